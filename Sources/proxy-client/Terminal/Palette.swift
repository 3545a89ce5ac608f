/// The colours of the client: one for each part of a reply, and a few for what stands around it.
enum Tint: String, Sendable {
    case promptHeading = "1;36"
    case promptText = "2;36"
    case reasoningHeading = "1;33"
    case reasoningText = "3;33"
    case answerHeading = "1;32"
    /// The answer itself keeps the terminal's own colour.
    case answerText = ""
    case good = "32"
    case warning = "33"
    case fault = "1;31"
    case faint = "2"
    case strong = "1"

    static func heading(of part: ReplyPart) -> Tint {
        switch part {
        case .promptSummary: .promptHeading
        case .reasoningSummary, .thinking: .reasoningHeading
        case .answer: .answerHeading
        }
    }

    static func text(of part: ReplyPart) -> Tint {
        switch part {
        case .promptSummary: .promptText
        case .reasoningSummary: .reasoningText
        case .thinking: .faint
        case .answer: .answerText
        }
    }
}

/// Puts a colour around text, or leaves it as it is.
struct Palette: Equatable, Sendable {
    var hasColour: Bool

    /// `text` in a colour, line by line: every line ends in the terminal's own colour, whatever comes after it.
    func paint(_ text: String, _ tint: Tint) -> String {
        guard hasColour, !tint.rawValue.isEmpty else { return text }
        return text.split(separator: "\n", omittingEmptySubsequences: false)
            .map { $0.isEmpty ? "" : "\u{1B}[\(tint.rawValue)m\($0)\u{1B}[0m" }
            .joined(separator: "\n")
    }
}
