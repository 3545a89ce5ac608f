import Settings
import Testing

/// The one table, and that every row of it works from every source.
@Suite struct CatalogueTests {
    @Test("every setting can be set from the file, the environment, a flag and its path", arguments: SettingsCatalogue.rows)
    func reachable(row: SettingsCatalogue.Row) throws {
        let sample = Sample(row)
        let path = row.path.replacing("[]", with: "[0]")
        #expect(try load(sample.yaml, environment: sample.around).shown(path) == sample.shown)
        #expect(try load(environment: sample.around.merging([row.environment: sample.flat]) { $1 }).shown(path) == sample.shown)
        #expect(try load(environment: sample.around, flags: [(row.flag, sample.flat)]).shown(path) == sample.shown)
        #expect(
            try load(environment: sample.around, flags: [(row.path.replacing("upstreams[]", with: "upstream"), sample.flat)]).shown(path)
                == sample.shown)
        #expect(sample.shown != ProxySettings().shown(path), "the sample is the default, so this test shows nothing")
    }

    @Test("flags win over the environment, the environment over the file, the file over defaults", arguments: SettingsCatalogue.rows)
    func precedence(row: SettingsCatalogue.Row) throws {
        let sample = Sample(row)
        let path = row.path.replacing("[]", with: "[0]")
        let all = try load(
            sample.yaml, environment: sample.around.merging([row.environment: sample.flat]) { $1 }, flags: [(row.flag, sample.flat)])
        #expect(all.origins[path] == .flag(row.flag))
        let two = try load(sample.yaml, environment: sample.around.merging([row.environment: sample.flat]) { $1 })
        #expect(two.origins[path] == .environment(row.environment))
        let one = try load(sample.yaml, environment: sample.around)
        #expect(one.origins[path].map { "\($0)".hasPrefix("proxy.yaml:") } == true)
        #expect(try load().origins.isEmpty)
    }

    @Test("names are unique, complete and spelled alike")
    func names() {
        let rows = SettingsCatalogue.rows
        #expect(Set(rows.map(\.path)).count == rows.count)
        #expect(Set(rows.map(\.environment)).count == rows.count)
        #expect(Set(rows.map(\.flag)).count == rows.count)
        for row in rows {
            #expect(row.flag.allSatisfy { $0.isLowercase || $0.isNumber || $0 == "-" })
            #expect(row.environment.allSatisfy { $0.isUppercase || $0.isNumber || $0 == "_" })
            #expect(row.summary.hasSuffix(".") && row.summary.count < 90)
        }
    }

    @Test("the promised names and defaults are these")
    func promises() {
        let promised = [
            ("HOST", "127.0.0.1"), ("PORT", "8080"), ("UPSTREAM_URL", "http://localhost:9000"), ("UPSTREAM_API_KEY", ""),
            ("UPSTREAM_MODEL", ""),
            ("PROXY_STREAM_COMMIT_DELAY", "300ms"), ("PROXY_LIMITS_BODY_BYTES", "10MiB"), ("UPSTREAM_TIMEOUTS_FIRST_EVENT", "2m"),
        ]
        for (name, standard) in promised {
            #expect(SettingsCatalogue.rows.first { $0.environment == name }?.standard == standard, "\(name)")
        }
    }

    @Test("help and the documentation's table name every setting")
    func renderings() {
        for row in SettingsCatalogue.rows {
            #expect(SettingsCatalogue.help.contains("  --\(row.flag) <"))
            #expect(SettingsCatalogue.markdownTable.contains("| `\(row.path)` | `\(row.environment)` | `--\(row.flag)` |"))
        }
    }

    @Test("flags are taken out of a command line in both spellings, and the rest keeps its order")
    func takenFlags() {
        let line = [
            "--config", "a.yaml", "--port=1", "--style", "inline", "-v", "--upstream-url=http://a/?b=c", "--host", "--", "--port", "2",
        ]
        let (flags, rest) = SettingsCatalogue.takeFlags(from: line)
        #expect(flags.map(\.name) == ["port", "style", "upstream-url", "host"])
        #expect(flags.map(\.value) == ["1", "inline", "http://a/?b=c", ""])
        #expect(rest == ["--config", "a.yaml", "-v", "--", "--port", "2"])
        #expect(SettingsCatalogue.takeFlags(from: ["--port"]).flags.map(\.value) == [""])
        // A short name stands for the flag's own.
        for line in [["--threads", "2"], ["--threads=2"], ["--server-threads=2"]] {
            let flags = SettingsCatalogue.takeFlags(from: line).flags
            #expect(flags.map(\.name) == ["server-threads"] && flags.map(\.value) == ["2"], "\(line)")
        }
    }
}

/// A value for one row, as each source writes it.
private struct Sample {
    /// The environment it needs: what it refers to, and what it must not be without.
    let around: [String: String]
    let flat: String
    let yaml: String
    let shown: String

    init(_ row: SettingsCatalogue.Row) {
        let (flat, yaml, shown) = Self.values(row)
        self.flat = flat
        around = ["SAMPLE_KEY": "canary-S-1"].merging(Self.companions[row.path] ?? [:]) { $1 }
        self.shown = shown
        let isUpstream = row.path.hasPrefix("upstreams[].")
        let keys = row.path.replacing("upstreams[].", with: "").split(separator: ".")
        let value = keys.dropLast().reversed().reduce("\(keys[keys.count - 1]): \(yaml)") { "\($1): {\($0)}" }
        let address = row.path == "upstreams[].url" ? "" : "url: \"http://localhost:1\", "
        let extra = row.path == "upstreams[].auth" ? "" : "auth: none, "
        self.yaml = isUpstream ? "upstreams: [{\(address)\(extra)\(value)}]" : "{\(value)}"
    }

    /// A key as long as one for reasoning has to be.
    private static let longKey = "canary-S-2-of-thirty-two-characters-and-more"

    /// What a setting must not be without.
    private static let companions = [
        "server.require_auth": ["API_TOKENS": "canary-S-2"],
        "agents.reasoning_keys": ["LONG_KEY": longKey],
        "summaries.engine": ["SUMMARY_URL": "http://localhost:1", "SUMMARY_MODEL": "small"],
        "summaries.prompt_engine": ["SUMMARY_URL": "http://localhost:1", "SUMMARY_MODEL": "small"],
    ]

    private static func values(_ row: SettingsCatalogue.Row) -> (String, String, String) {
        switch row.type {
        case "duration", "off or duration": ("7s", "7s", "7s")
        case "size": ("9KiB", "9KiB", "9KiB")
        case "off or size": ("20MiB", "20MiB", "20MiB")
        case "list of origin":
            (
                "https://a.example, http://b.example:81", "[\"https://a.example\", \"http://b.example:81\"]",
                "[https://a.example, http://b.example:81]"
            )
        case "number", "auto or number", "off or number": row.path.hasSuffix("budget_tokens") ? ("999", "999", "999") : ("99", "99", "99")
        case "on, off": row.standard == "on" ? ("off", "off", "off") : ("on", "on", "on")
        case "secret": ("canary-S-1", "env:SAMPLE_KEY", "\"***\"")
        case "percent": ("35%", "35%", "35%")
        case "list of secret" where row.path == "agents.reasoning_keys": (longKey, "[env:LONG_KEY]", "[\"***\"]")
        case "list of secret": ("canary-S-1", "[env:SAMPLE_KEY]", "[\"***\"]")
        case "list of effort": ("low, ultra", "[low, ultra]", "[low, ultra]")
        case "pattern: number": ("a*=2048,c=4096", "{a*: 2048, c: 4096}", "{a*: 2048, c: 4096}")
        case "list of pattern": ("a*, b", "[\"a*\", b]", "[a*, b]")
        case "address": ("http://u.example/v1", "http://u.example/v1", "http://u.example/v1")
        case "name: value": ("X-One=1,X-Two=2", "{X-One: 1, X-Two: env:SAMPLE_KEY}", "{X-One: \"***\", X-Two: \"***\"}")
        case let type where type.hasPrefix("pattern: auto"): ("a*=concise,*=off", "{a*: concise, \"*\": off}", "{a*: concise, \"*\": off}")
        case let type where type.hasPrefix("pattern: events"): ("a*=think,*=off", "{a*: think, \"*\": off}", "{a*: think, \"*\": off}")
        case let type where type.hasPrefix("pattern: auto"): ("a*=concise,*=off", "{a*: concise, \"*\": off}", "{a*: concise, \"*\": off}")
        case let type where type.hasPrefix("pattern: ") && type.contains(", "): byPattern(last(of: type, but: "").0)
        case let type where type.contains(": "): ("a=b,c=d", "{a: b, c: d}", "{a: b, c: d}")
        case let type where type.contains(", "):
            // An authorization that needs no key, else the last word that is not the default.
            type.hasPrefix("key, ") ? ("none", "none", "none") : last(of: type, but: row.standard)
        default: ("some-text", "some-text", "some-text")
        }
    }

    private static func byPattern(_ word: String) -> (String, String, String) {
        ("a=\(word)", "{a: \(word)}", "{a: \(word)}")
    }

    private static func last(of words: String, but standard: String) -> (String, String, String) {
        let word = words.split(separator: ", ").map(String.init).last { $0 != standard } ?? ""
        return (word, word, word)
    }
}

extension ProxySettings {
    /// The value of a path in the printed settings.
    func shown(_ path: String) -> String? {
        var open: [(indent: Int, key: String)] = []
        for line in description.split(separator: "\n") {
            let indent = line.prefix { $0 == " " || $0 == "-" }.count
            let text = line.dropFirst(indent)
            guard !text.hasPrefix("#"), let colon = text.range(of: ":") else { continue }
            open.removeAll { $0.indent >= indent }
            open.append((indent, String(text[..<colon.lowerBound])))
            let value = text[colon.upperBound...].split(separator: "  #", omittingEmptySubsequences: false)[0].drop { $0 == " " }
            if open.map(\.key).joined(separator: ".").replacing("upstreams.", with: "upstreams[0].") == path { return String(value) }
        }
        return nil
    }
}
