import Settings
import Testing

/// What the file says for coding agents.
@Suite struct AgentTests {
    private static let key = "canary-key-1-of-more-than-32-characters"
    private static let other = "canary-key-2-of-more-than-32-characters"

    @Test func nothingIsCarriedUnlessAPatternSaysSo() throws {
        let silent = try load("server: {port: 1}\n")
        #expect(!silent.agents.carriesReasoning(of: "deepseek-v4"))
        #expect(silent.limits.reasoningCarriedBytes == 128 << 10)
        let settings = try load(
            """
            agents:
              carry_reasoning: {"deepseek-*": on, "gpt-oss-nano": off, "gpt-oss*": on}
              reasoning_keys: [env:ONE, env:TWO]
              edit_tool: {"gpt-oss*": freeform, "*": off}
              instructions:
                "deepseek-*": |
                  You are careful.
                  You are brief.
              description: {"*": "A model."}
            """, environment: ["ONE": Self.key, "TWO": Self.other])
        let models = ["deepseek-v4", "gpt-oss-nano", "gpt-oss-120b", "llama"]
        #expect(models.map(settings.agents.carriesReasoning) == [true, false, true, false])
        #expect(settings.agents.reasoningKeys.map(\.exposed) == [Self.key, Self.other])
        #expect(settings.agents.editTools.map(\.value) == [.freeform, .off])
        #expect(settings.agents.instructions.map(\.value) == ["You are careful.\nYou are brief.\n"])
    }

    @Test func keysComeFromTheEnvironmentAndAreNeverShown() throws {
        let settings = try load(environment: ["REASONING_KEYS": "\(Self.key), \(Self.other)"])
        #expect(settings.agents.reasoningKeys.map(\.exposed) == [Self.key, Self.other])
        #expect(!settings.description.contains("canary") && settings.description.contains("reasoning_keys: [\"***\", \"***\"]"))
    }

    @Test func aShortKeyIsAnErrorAndNotRepeated() {
        let report = #expect(throws: SettingsReport.self) {
            try load("agents:\n  reasoning_keys: [env:KEY]\n", environment: ["KEY": "canary-short"])
        }
        let text = report.map { "\($0)" } ?? ""
        #expect(text.contains(":2:") && text.contains("agents.reasoning_keys") && text.contains("fewer than 32 characters"))
        #expect(!text.contains("canary"))
    }

    @Test func withoutAKeyThereIsAWarning() throws {
        let carrying = "agents: {carry_reasoning: {\"*\": on}}\n"
        #expect(try load(carrying).warnings.map(\.path) == ["agents.carry_reasoning"])
        #expect(try load(carrying, environment: ["REASONING_KEYS": Self.key]).warnings.isEmpty)
        #expect(try load("agents: {carry_reasoning: {\"*\": off}}\n").warnings.isEmpty)
    }

    @Test(arguments: [
        ("edit_tool: {a: freefrom}", "did you mean \"freeform\"?"),
        ("carry_reasoning: {a: maybe}", "on or off"), ("carry_reasoning: on", "expected pairs"),
        ("instructions: {a: \"\"}", "at most 65536"),
        ("reasoning_key: x", "did you mean"),
    ])
    func mistakesAreNamed(line: String, words: String) {
        let report = #expect(throws: SettingsReport.self) { try load("agents:\n  \(line)\n") }
        #expect("\(report.map { "\($0)" } ?? "")".contains(words))
    }
}
