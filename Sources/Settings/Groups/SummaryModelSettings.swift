/// The small model that makes the steps of reasoning summaries and says what was asked, and how far it is trusted with time and tokens.
public struct SummaryModelSettings: Sendable {
    /// Where it listens; nil if nobody said.
    public var url: UpstreamAddress?
    /// The key it wants, if it wants one. Clients' keys never go there.
    public var apiKey: Secret?
    /// What it is called there; nil if nobody said.
    public var name: String?
    /// A file of certificate authorities in place of the system's.
    public var caFile: String?
    /// What it is told; nil for the instructions that are built in.
    public var prompt: String?
    /// What it is told of a prompt summary; nil for the instructions that are built in.
    public var promptInstructions: String?
    /// The language of the summaries, by its English name; nil for the user's.
    public var language: String?
    /// How it is kept from thinking.
    public var thinking = SummaryThinking.auto
    /// How long one call may take.
    public var deadline = Duration.milliseconds(2500)
    /// How long the call about the prompt may take; the head never waits for it.
    public var promptDeadline = Duration.seconds(1)
    /// Tokens one of its answers may have.
    public var maxTokens = 120
    /// Bytes of new reasoning that one call shows.
    public var windowBytes = 6000
    /// Bytes of the conversation that the call about the prompt shows.
    public var promptWindowBytes = 4096
    /// Tokens all calls for one answer may take.
    public var budgetTokens = 20_000
    /// Calls under way at the same time, of all streams together.
    public var concurrency = 16

    /// All defaults.
    public init() {}
}

/// Who makes a summary.
public enum SummaryEngine: String, Sendable, CaseIterable {
    /// It is made of sentences of the text itself.
    case extractive
    /// A small model writes it; the extractive engine stands by.
    case model
}

/// How a small model is kept from thinking about a summary.
public enum SummaryThinking: String, Sendable, CaseIterable {
    /// As its family has it.
    case auto
    /// The template argument `enable_thinking`.
    case enableThinking = "enable_thinking"
    /// The template argument `thinking`.
    case thinking
    /// Both template arguments.
    case template
    /// A low `reasoning_effort`.
    case lowEffort = "low_effort"
    /// The `reasoning_effort` none.
    case noEffort = "no_effort"
    /// The words `/no_think`.
    case noThink = "no_think"
    /// Nothing is said about it.
    case none
}

/// The words in braces of a text that somebody else fills in.
enum Placeholders {
    /// Those of the instructions for a summariser.
    static let ofInstructions = ["language", "limit"]
    /// Bytes of such a text.
    static let longestText = 8192

    /// The first word in braces that is not known; nil when there is none. Braces around anything but a word are text.
    static func unknown(in text: String, known: [String]) -> String? {
        var rest = text[...]
        while let open = rest.firstIndex(of: "{") {
            rest = rest[rest.index(after: open)...]
            guard let close = rest.firstIndex(of: "}") else { return nil }
            let name = rest[..<close]
            let isWord = !name.isEmpty && name.allSatisfy { $0.isASCII && $0.isLetter || $0 == "_" }
            if isWord, !known.contains(String(name)) { return String(name) }
        }
        return nil
    }
}
