import Foundation

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Colours, when somebody is there to see them.
struct Console: Sendable {
    enum Style: String, Sendable {
        case bold = "1"
        case dim = "2"
        case red = "31"
        case green = "32"
        case yellow = "33"
        case cyan = "36"
    }

    let isColoured: Bool

    static let standardOutput = Console(isColoured: allowsColour && isatty(STDOUT_FILENO) == 1)
    static let standardError = Console(isColoured: allowsColour && isatty(STDERR_FILENO) == 1)

    func paint(_ text: String, _ style: Style) -> String {
        isColoured ? "\u{1B}[\(style.rawValue)m\(text)\u{1B}[0m" : text
    }

    /// Writes at once; a reader that has gone away is no reason to stop serving.
    static func write(_ text: String, to handle: FileHandle) {
        try? handle.write(contentsOf: Data(text.utf8))
    }

    /// https://no-color.org: any value but the empty one switches colours off.
    private static var allowsColour: Bool { ProcessInfo.processInfo.environment["NO_COLOR"]?.isEmpty ?? true }
}
