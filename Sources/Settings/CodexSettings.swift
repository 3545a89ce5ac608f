/// What Codex is told of models in its catalogue; for each the first pattern that fits wins.
public struct CodexSettings: Sendable {
    /// How a model is offered the tool that edits files.
    public var editTools: [PatternChoice<EditTool>] = []
    /// What a model is told to be.
    public var instructions: [PatternChoice<String>] = []
    /// A line for people.
    public var descriptions: [PatternChoice<String>] = []
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
