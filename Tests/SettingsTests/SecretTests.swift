import Settings
import Testing

/// What must not be seen is not seen, whatever is printed.
@Suite struct SecretTests {
    private static let yaml = """
        upstreams:
          - url: https://a.example
            api_key: canary-literal
            headers: {X-Api-Key: canary-header, X-Env: "${CANARY}"}
          - url: https://b.example
            api_key: env:CANARY
          - url: https://c.example
            api_key: ${CANARY}
        """

    private func outputs(of value: some Any) -> [String] {
        var dumped = ""
        dump(value, to: &dumped)
        return ["\(value)", String(describing: value), String(reflecting: value), dumped]
    }

    @Test("no printing of settings, warnings or their parts shows a secret")
    func settings() throws {
        let settings = try load(Self.yaml, environment: ["CANARY": "canary-env"])
        #expect(settings.upstreams.map(\.apiKey?.exposed) == ["canary-literal", "canary-env", "canary-env"])
        let all =
            outputs(of: settings) + outputs(of: settings.upstreams) + outputs(of: settings.warnings)
            + outputs(of: settings.upstreams[0].apiKey)
        for text in all { #expect(!text.contains("canary-")) }
        #expect(settings.description.contains("api_key: \"***\""))
        #expect(settings.warnings.map(\.path) == ["upstreams[0].api_key", "upstreams[0].headers.X-Api-Key"])
    }

    @Test(
        "no complaint shows a secret",
        arguments: [
            "api_key: [canary-1]", "api_key: \"canary 1\"", "api_key: {env: canary-1}", "url: https://u:canary-1@b.example",
            "headers: {X-Key: \"canary-1\\n\"}", "headers: {Host: canary-1}", "headers: [canary-1]", "headers: canary-1",
            "api_key:canary-1: x",
            "api-key: canary-1", "apikey: canary-1",
        ])
    func complaints(line: String) {
        let report = #expect(throws: SettingsReport.self) {
            try load(
                "upstreams:\n  - name: a\n    \(line)\n", flags: [("upstream-headers", "canary-2"), ("upstream-url", "x://canary-3@a")])
        }
        for text in report.map(outputs) ?? [] { #expect(!text.contains("canary-"), "\(text)") }
    }

    @Test("a key in a command line is taken with a warning")
    func flag() throws {
        let settings = try load(flags: [("upstream-api-key", "canary-4")])
        #expect(settings.upstreams[0].apiKey?.exposed == "canary-4")
        #expect(settings.warnings.count == 1)
        #expect(try load(environment: ["K": "canary-5"], flags: [("upstream-api-key", "env:K")]).warnings.isEmpty)
    }
}
