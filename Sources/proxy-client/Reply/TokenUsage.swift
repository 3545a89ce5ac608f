/// The server's count of tokens.
struct TokenUsage: Equatable, Sendable {
    var promptTokens: Int
    var completionTokens: Int
    /// The part of `completionTokens` that was spent on thinking, where the server says so.
    var reasoningTokens: Int?
}

extension TokenUsage: Decodable {
    private enum Key: String, CodingKey {
        case prompt = "prompt_tokens"
        case completion = "completion_tokens"
        case details = "completion_tokens_details"
        case reasoning = "reasoning_tokens"
    }

    init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: Key.self)
        promptTokens = try fields.decodeIfPresent(Int.self, forKey: .prompt) ?? 0
        completionTokens = try fields.decodeIfPresent(Int.self, forKey: .completion) ?? 0
        // `try?`: servers send null, or another shape, for details they do not count; the totals still hold.
        let details = try? fields.nestedContainer(keyedBy: Key.self, forKey: .details)
        reasoningTokens = try? details?.decodeIfPresent(Int.self, forKey: .reasoning)
    }
}
