import AgentAPIs
import ChatRequests

/// What a request in either API says, before anything is made of it.
struct NeutralRequest: Sendable {
    var model: String?
    var stream = false
    /// The conversation in the client's order.
    var events: [ConversationEvent] = []
    /// Where the conversation stands in the body, for errors about it.
    var conversationField: String
    /// Tools in order; of equal ones the last counts.
    var tools: [AgentTool] = []
    /// Tools that results have named, which deferred ones wait for.
    var namedTools: Set<String> = []
    var choice = ToolChoice.unsaid
    var parallelCalls: Bool?
    /// Tokens of the answer, at most.
    var length: Int?
    /// Numbers that go as they are, with the names that the body has for them.
    var sampling: [(name: String, value: [UInt8])] = []
    var stops: [[UInt8]] = []
    var effort: String?
    var thinking: Bool?
    var summary: SummaryLevel?
    var format: AnswerFormat?
    var includesEncryptedReasoning = false
    var leftOut = LeftOut()
    var echo = RequestEcho()

    init(conversationField: String) {
        self.conversationField = conversationField
    }
}

/// What was left out of a request: a few names, fit for a log line.
struct LeftOut: Sendable {
    private(set) var names: [String] = []
    private static let most = 16

    /// Notes a type's name, once, cut down to what a log line can bear.
    mutating func note(_ name: String) {
        let shown = ToolNames.valid(String(name.prefix(48)))
        guard names.count < LeftOut.most, !names.contains(shown) else { return }
        names.append(shown)
    }
}
