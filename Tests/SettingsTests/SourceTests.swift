import Settings
import Testing

/// Environment and flags, and how they go together with the file.
@Suite struct SourceTests {
    @Test("nothing at all gives the defaults")
    func defaults() throws {
        let settings = try load()
        #expect(settings.upstreams.map(\.url.description) == ["http://localhost:9000"])
        #expect(settings.upstreams[0].authorization == .forward)
        #expect(settings.warnings.isEmpty)
    }

    @Test("the environment alone describes an upstream")
    func environmentAlone() throws {
        let settings = try load(environment: [
            "UPSTREAM_URL": "https://api.example.com/v1/", "UPSTREAM_API_KEY": "canary", "UPSTREAM_MODEL": "m",
        ])
        #expect(settings.upstreams[0].url.endpoint("chat/completions") == "https://api.example.com/v1/chat/completions")
        #expect(settings.upstreams[0].authorization == .key)
        #expect(settings.upstreams[0].model == "m")
    }

    @Test("an empty variable counts as absent")
    func emptyVariable() throws {
        #expect(try load(environment: ["PORT": "", "UPSTREAM_API_KEY": ""]).origins.isEmpty)
    }

    @Test("the last flag of a name wins")
    func lastFlag() throws {
        #expect(try load(flags: [("port", "1"), ("server.port", "2")]).server.port == 2)
    }

    @Test("faults of environment and flags are reported together with those of the file, in this order")
    func allSources() {
        let report = #expect(throws: SettingsReport.self) {
            try load("oops: 1\n", environment: ["PORT": "many"], flags: [("sytle", "inline"), ("host", "")])
        }
        let lines = report?.description.split(separator: "\n").map { $0.prefix { $0 != ":" } }
        #expect(lines == ["proxy.yaml", "PORT", "--sytle", "--host"])
        #expect(report?.description.contains("--sytle: unknown flag; did you mean \"--style\"?") == true)
        #expect(report?.description.contains("PORT: server.port: expected a whole number from 0 to 65535, found \"many\"") == true)
    }

    @Test("a variable that misses a known name by a letter is warned of")
    func nearMiss() throws {
        let settings = try load(environment: [
            "UPSTREAM_APIKEY": "canary", "PROXY_SERVICE_HOST": "10.0.0.1", "PROXY_PORT": "tcp://10.0.0.1:80",
        ])
        #expect(settings.warnings.map(\.description) == ["UPSTREAM_APIKEY: warning: unknown variable; did you mean \"UPSTREAM_API_KEY\"?"])
    }

    private static let two =
        "upstreams:\n  - url: http://a.example\n    auth: none\n  - url: https://b.example\n    api_key: env:UPSTREAM_API_KEY\n"

    @Test("with several upstreams in the file, their variables name none of them")
    func severalUpstreams() throws {
        #expect(throws: SettingsReport.self) {
            try load(Self.two, environment: ["UPSTREAM_API_KEY": "k", "UPSTREAM_URL": "http://c.example"])
        }
        #expect(throws: SettingsReport.self) {
            try load(Self.two, environment: ["UPSTREAM_API_KEY": "k"], flags: [("upstream-model", "m")])
        }
        let settings = try load(Self.two, environment: ["UPSTREAM_API_KEY": "k", "UPSTREAM_MODEL": "m"])
        #expect(settings.warnings.map(\.origin) == [.environment("UPSTREAM_MODEL")])
        #expect(settings.upstreams.map(\.model) == [nil, nil])
        #expect(settings.upstreams[1].apiKey?.exposed == "k")
    }

    @Test("a key towards another machine without TLS is warned of")
    func plainKey() throws {
        #expect(try load(environment: ["UPSTREAM_URL": "http://a.example", "UPSTREAM_API_KEY": "k"]).warnings.count == 1)
        #expect(try load(environment: ["UPSTREAM_URL": "http://127.0.0.1:1", "UPSTREAM_API_KEY": "k"]).warnings.isEmpty)
    }
}
