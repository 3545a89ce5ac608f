/// When the model engine asks its model, and with what.
public struct ModelSummaryOptions: Sendable {
    /// What the model is told.
    public var prompt = SummaryPrompt()
    /// The language of the steps, by its English name; nil for the user's.
    public var language: String?
    /// How long a call may take.
    public var deadline: Duration = .milliseconds(2_500)
    /// The first call is made this long after the first reasoning byte, so that there is something to say a step about.
    public var firstCallDelay: Duration = .milliseconds(500)
    /// Bytes of new reasoning that the first call needs.
    public var firstCallBytes = 80
    /// Bytes of new reasoning that one call shows; of more the end.
    public var windowBytes = 6_000
    /// Tokens one answer may have.
    public var maximumTokens = 120
    /// Tokens all calls of one stream may take, questions included; then the extractive engine goes on alone.
    public var budgetTokens = 20_000
    /// The pace of the steps, their lengths, and the extractive engine that stands by.
    public var pace = ReasoningSummaryOptions()

    /// The defaults.
    public init() {}
}

/// How many tokens a text has, roughly: what a budget needs before anybody has counted.
enum TokenEstimate {
    /// Four bytes of ASCII, or one scalar of anything else, are a token.
    static func tokens(of text: String) -> Int {
        var ascii = 0
        var others = 0
        for byte in text.utf8 {
            if byte < 0x80 { ascii += 1 } else if byte & 0xC0 != 0x80 { others += 1 }
        }
        return ascii / 4 + others + 1
    }
}
