/// How a small model is asked for the prompt summary.
public struct ModelPromptOptions: Sendable {
    /// What the model is told.
    public var prompt = SummaryPrompt(template: SummaryPrompt.standardForPrompts)
    /// The language of the summary, by its English name; nil for the user's.
    public var language: String?
    /// How long the call may take. What leaves without the model leaves when it always does, however long this is.
    public var deadline: Duration = .seconds(1)
    /// Bytes of the conversation that the call shows: the last message, and in front of a short one the message before; of more both ends.
    public var windowBytes = 4_096
    /// Tokens the answer may have.
    public var maximumTokens = 120
    /// Tokens all calls of one stream may take, this one included.
    public var budgetTokens = 20_000
    /// Characters of the summary, with what is counted behind it.
    public var maximumCharacters = 240

    /// The defaults.
    public init() {}
}
