/// A value that must not be seen: an API key, a header that may carry one.
///
/// Every way of printing it (`description`, string interpolation, `dump`, a mirror) shows `***`; the characters leave
/// only through ``exposed``, so a search for that name finds every place a secret can go.
public struct Secret: Sendable, Hashable {
    /// The characters themselves, for the one request header that needs them.
    public let exposed: String

    /// Wraps the characters.
    ///
    /// - Parameter exposed: what must not be seen.
    public init(_ exposed: String) {
        self.exposed = exposed
    }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Always `***`.
    public var description: String { "***" }

    /// Always `***`.
    public var debugDescription: String { "***" }

    /// A mirror without children, so that `dump` and test failures show nothing either.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
