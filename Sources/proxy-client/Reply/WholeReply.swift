/// A reply that came in one piece (`stream: false`): an ordinary chat completion, with the proxy's `phases` beside `choices`.
struct WholeReply: Decodable, Sendable {
    /// One summary or the answer, as the proxy's extension lists them.
    struct Phase: Decodable, Sendable {
        var phase: String
        var content: String?
    }

    var model: String?
    var phases: [Phase]?
    var choices: [Choice]
    var usage: TokenUsage?
}
