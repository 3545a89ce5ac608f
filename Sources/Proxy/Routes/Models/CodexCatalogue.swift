import Settings

/// Models in the form of the catalogue that Codex asks for: how large a model's context is, which tools it is offered and what it is told to
/// be. Without an entry Codex assumes a context of its own choice and offers no tool that edits files.
///
/// The members are those that Codex insists on, and few others: a value it does not know makes it drop the whole catalogue.
struct CodexCatalogue {
    private let settings: ProxySettings

    init(_ settings: ProxySettings) {
        self.settings = settings
    }

    func list(_ models: [KnownModel]) -> [UInt8] {
        var list = JSONObjectWriter()
        list.array("models", models.enumerated().map { describe($1, priority: $0) })
        return list.finished()
    }

    /// One model. Those with lower `priority` are shown first.
    func describe(_ model: KnownModel, priority: Int) -> [UInt8] {
        let codex = settings.agents
        var entry = JSONObjectWriter()
        entry.string("slug", model.id)
        entry.string("display_name", model.id)
        entry.string("description", value(codex.descriptions, model) ?? "Served by \(model.upstream.name).")
        entry.string("default_reasoning_level", "medium")
        entry.array("supported_reasoning_levels", CodexCatalogue.levels.map(CodexCatalogue.level))
        entry.string("shell_type", "shell_command")
        entry.string("visibility", "list")
        entry.boolean("supported_in_api", true)
        entry.number("priority", priority)
        entry.raw("upgrade", CodexCatalogue.null)
        entry.string("base_instructions", value(codex.instructions, model) ?? CodexCatalogue.usualInstructions)
        // Only then does Codex ask for summaries.
        entry.boolean("supports_reasoning_summaries", true)
        entry.boolean("support_verbosity", false)
        entry.raw("default_verbosity", CodexCatalogue.null)
        let tool = value(codex.editTools, model) ?? .freeform
        if tool == .off {
            entry.raw("apply_patch_tool_type", CodexCatalogue.null)
        } else {
            entry.string("apply_patch_tool_type", tool.rawValue)
        }
        entry.raw("truncation_policy", Array(#"{"mode": "tokens", "limit": 10000}"#.utf8))
        entry.boolean("supports_parallel_tool_calls", true)
        if let tokens = model.contextWindow { entry.number("context_window", tokens) }
        entry.array("experimental_supported_tools", [])
        return entry.finished()
    }

    private func value<Value>(_ choices: [PatternChoice<Value>], _ model: KnownModel) -> Value? {
        choices.first { $0.pattern.matches(model.id) }?.value
    }

    private static let null = Array("null".utf8)

    private static let levels = [
        ("low", "Short thinking, quick answers"), ("medium", "Thinking as the task asks for it"), ("high", "Long thinking, for hard tasks"),
    ]

    private static func level(_ level: (name: String, words: String)) -> [UInt8] {
        var entry = JSONObjectWriter()
        entry.string("effort", level.name)
        entry.string("description", level.words)
        return entry.finished()
    }

    /// What a model is told to be where nobody says: an agent's prompt that fits any model.
    static let usualInstructions = """
        You are a coding agent in the user's terminal. You work in the user's folder with the tools you are given.

        - Go on until the task is done, or until you need something that only the user can say. Do not stop at a plan.
        - Look before you change: read the files that matter, and search the folder instead of guessing names.
        - Make the smallest change that does the task, in the manner of the code around it. Do not touch what the task does not ask for.
        - Edit files with apply_patch where you have it, else with shell commands. Never print a whole file as an answer in its place.
        - Check what you did: run the tests, the build or the program, and say so if you could not.
        - Do not commit, delete, or fetch anything that you were not asked to.
        - Before a series of calls, say in one sentence what you are about to do. At the end, say briefly what you changed and what you found out.
        """
}
