/// The routes of coding agents: what their requests become at the upstreams.
public struct AgentSettings: Sendable {
    /// Whether the reasoning begins with what was understood of the question.
    public var showsPrompt = false
    /// The efforts that upstreams know, weakest first; empty: none is sent.
    public var efforts = ["low", "medium", "high"]
    /// The member that bounds the answer's length, by model.
    public var lengthFields: [PatternChoice<LengthFieldName>] = []
    /// The member of `chat_template_kwargs` that tells the chat template whether to think, by model; none is sent to other models.
    public var thinkingSwitches: [PatternChoice<TemplateSwitchName>] = []
}

/// The member that bounds the answer's length.
public enum LengthFieldName: String, Sendable, CaseIterable {
    case maxTokens = "max_tokens"
    case maxCompletionTokens = "max_completion_tokens"
}

/// How a chat template is told to think or not.
public enum TemplateSwitchName: String, Sendable, CaseIterable {
    case enableThinking = "enable_thinking"
    case thinking
}
