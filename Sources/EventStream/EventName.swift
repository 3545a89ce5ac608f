/// The name of an event to write, fixed in the program's text.
///
/// Names come from `StaticString` alone, so nothing that a client or an upstream sent can become one.
/// Making one allocates: keep it in a `static let`.
public struct EventName: Sendable, ExpressibleByStringLiteral {
    /// The whole line, with its line feed.
    let line: [UInt8]

    /// The name `name`; a line break in it becomes a space.
    public init(_ name: StaticString) {
        line = Array("event: ".utf8) + name.description.utf8.map(EventWriter.withoutLineBreak) + [Byte.lineFeed]
    }

    /// The name written as a literal.
    public init(stringLiteral name: StaticString) {
        self.init(name)
    }
}
