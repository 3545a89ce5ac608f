/// The part of a reply that a piece of text belongs to, in the order in which parts come.
///
/// The raw values are the tags on the wire (`thinking` is ours: raw reasoning that a server sends without a phase tag).
enum ReplyPart: String, Equatable, Sendable {
    /// What the proxy understood of the prompt.
    case promptSummary = "prompt_summary"
    /// The model's thinking, told in short steps.
    case reasoningSummary = "reasoning_summary"
    /// Raw reasoning, as servers without a summariser send it (style `off`).
    case thinking
    /// The answer.
    case answer = "final_output"

    /// The part that a wire tag names; nil for a tag this client does not know.
    init?(tag: String?) {
        guard let tag, let part = ReplyPart(rawValue: tag) else { return nil }
        self = part
    }

    /// What stands above the part's text.
    var heading: String {
        switch self {
        case .promptSummary: "Prompt summary"
        case .reasoningSummary: "Reasoning summary"
        case .thinking: "Thinking"
        case .answer: "Answer"
        }
    }
}
