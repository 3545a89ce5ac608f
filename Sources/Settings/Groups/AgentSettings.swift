/// What coding agents get that other clients do not.
public struct AgentSettings: Sendable {
    /// Fewest characters of a key for ``reasoningKeys``.
    public static let minimumKeyLength = 32

    /// Keys under which raw reasoning travels; the first seals, all open. Without any the process makes up its own.
    public var reasoningKeys: [Secret] = []
    /// Which models are given back their raw reasoning of a tool step; the first pattern that fits wins.
    public var carriesReasoning: [PatternChoice<Bool>] = []
    /// How many tokens a model's context holds, where its upstream's list does not say it better; the first pattern that fits wins.
    public var contextWindows: [PatternChoice<Int>] = []
    /// How a model is offered the tool that edits files; the first pattern that fits wins.
    public var editTools: [PatternChoice<EditTool>] = []
    /// What a model is told to be, in an agent that asks for it; the first pattern that fits wins.
    public var instructions: [PatternChoice<String>] = []
    /// A line for people on a model; the first pattern that fits wins.
    public var descriptions: [PatternChoice<String>] = []
    /// Whether the reasoning begins with what was understood of the question.
    public var showsPrompt = false
    /// The efforts that upstreams know, weakest first; empty: none is sent.
    public var efforts = ["low", "medium", "high"]
    /// The member that bounds the answer's length; the first pattern that fits wins.
    public var lengthFields: [PatternChoice<LengthFieldName>] = []
    /// The member of `chat_template_kwargs` that tells a chat template whether to think; the first pattern that fits wins.
    public var thinkingSwitches: [PatternChoice<TemplateSwitchName>] = []

    /// Nothing but defaults.
    public init() {}

    /// Whether a model is given back its raw reasoning.
    ///
    /// - Parameter model: the model, as `models.map` has it.
    /// - Returns: false unless a pattern says so.
    public func carriesReasoning(of model: String) -> Bool {
        carriesReasoning.first { $0.pattern.matches(model) }?.value ?? false
    }

    /// How many tokens a model's context holds.
    ///
    /// - Parameter model: the model, as `models.map` has it.
    /// - Returns: what is configured; nil if nothing is.
    public func contextWindow(of model: String) -> Int? {
        contextWindows.first { $0.pattern.matches(model) }?.value
    }
}

/// How a coding agent offers its model the tool that edits files.
public enum EditTool: String, Sendable, CaseIterable {
    /// As a function with one string: for versions of Codex that know it.
    case function
    /// As free text under a grammar, for models that were trained on it.
    case freeform
    /// Not at all: the model edits with shell commands.
    case off
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
