extension SettingsCatalogue {
    private typealias Place<Value> = any WritableKeyPath<ProxySettings, Value> & Sendable

    private static func set<Value: Sendable>(
        _ path: String, _ place: Place<Value>, _ grammar: Grammar<Value>, environment: String? = nil, _ summary: String
    ) -> Setting<ProxySettings> {
        Setting(path, place, grammar, prefix: ("PROXY_", ""), environment: environment, summary)
    }

    /// What concerns coding agents alone.
    static let agents: [Setting<ProxySettings>] = [
        set(
            "agents.carry_reasoning", \.agents.carriesReasoning, .byPattern(.toggle),
            "Models that get their raw reasoning of a tool step back, encrypted, through the client."),
        set(
            "agents.reasoning_keys", \.agents.reasoningKeys, .list(of: .secret), environment: "REASONING_KEYS",
            "Keys for that, of 32 characters or more; the first seals, all open; none: made up."),
        set(
            "agents.context_window", \.agents.contextWindows, .byPattern(.count(1024...1_000_000_000)),
            "Tokens of a model's context: told to agents, and a bound for the answers they ask for."),
        set(
            "agents.edit_tool", \.agents.editTools, .byPattern(.choice),
            "How Codex offers a model apply_patch; the first that fits wins, else freeform."),
        set(
            "agents.instructions", \.agents.instructions, .byPattern(.prose),
            "What Codex tells a model to be; the first that fits wins, else a short text of ours."),
        set(
            "agents.description", \.agents.descriptions, .byPattern(.text("line of text")),
            "What Codex shows of a model; the first pattern that fits wins."),
        set(
            "agents.prompt_summary", \.agents.showsPrompt, .toggle, "Begin an agent's reasoning summary with what was asked."),
        set(
            "agents.efforts", \.agents.efforts, .list(of: .text("effort")),
            "Efforts that upstreams know: the nearest is sent, or none if there are none."),
        set(
            "agents.length_field", \.agents.lengthFields, .byPattern(.choice),
            "Member that bounds an agent's answer, by model; else max_tokens."),
        set(
            "agents.thinking_switch", \.agents.thinkingSwitches, .byPattern(.choice),
            "Template argument that switches thinking, by model; else none is sent."),
    ]
}

extension Grammar where Value == String {
    /// Bytes of a prompt's text.
    private static var longestProse: Int { 64 << 10 }

    /// Any text, also of several lines.
    static var prose: Grammar {
        scalar("text", expected: "a text of at most \(longestProse) bytes", show: { $0 }) { text throws(ValueFault) in
            let isPlain = text.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F || $0 == "\n" || $0 == "\t" }
            guard !text.isEmpty, isPlain, text.utf8.count <= longestProse else { throw .unexpected(hint: nil) }
            return text
        }
    }
}
