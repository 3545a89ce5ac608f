/// The sign of life while nothing can be shown: one line that is drawn over itself and erased before anything else is written.
struct Spinner {
    private static let frames = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"]
    /// Back to the first column, and the line erased.
    static let eraser = "\r\u{1B}[K"
    /// A reply that comes sooner than this never shows a spinner.
    static let patience = Duration.milliseconds(300)

    private var turn = 0
    private(set) var isVisible = false

    /// The next picture.
    mutating func draw(_ wait: Wait, elapsed: Duration, _ palette: Palette) -> String {
        let frame = Self.frames[turn % Self.frames.count]
        turn += 1
        isVisible = true
        let label = "\(Self.label(wait)) · \(Int(elapsed.seconds)) s"
        return Self.eraser + palette.paint(frame, .warning) + " " + palette.paint(label, .faint)
    }

    /// What removes the spinner from the screen; empty when it is not there.
    mutating func erase() -> String {
        defer { isVisible = false }
        return isVisible ? Self.eraser : ""
    }

    private static func label(_ wait: Wait) -> String {
        switch wait {
        case .head: "waiting for the server"
        case .firstText: "waiting for the model"
        case .moreThinking: "thinking"
        }
    }
}
