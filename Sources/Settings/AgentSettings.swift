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

    /// Nothing but defaults.
    public init() {}

    /// Whether a model is given back its raw reasoning.
    ///
    /// - Parameter model: the model as the client calls it.
    /// - Returns: false unless a pattern says so.
    public func carriesReasoning(of model: String) -> Bool {
        carriesReasoning.first { $0.pattern.matches(model) }?.value ?? false
    }

    /// How many tokens a model's context holds.
    ///
    /// - Parameter model: the model as the client calls it.
    /// - Returns: what is configured; nil if nothing is.
    public func contextWindow(of model: String) -> Int? {
        contextWindows.first { $0.pattern.matches(model) }?.value
    }
}

/// How a coding agent offers its model the tool that edits files.
public enum EditTool: String, Sendable, CaseIterable {
    /// As a function with one string.
    case function
    /// As free text under a grammar, for models that were trained on it.
    case freeform
    /// Not at all: the model edits with shell commands.
    case off
}
