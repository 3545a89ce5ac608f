import Settings
import Testing

/// What the settings file says, and what is said about it.
@Suite struct FileTests {
    @Test("every fault of a bad file is reported with its place, its path and a hint", arguments: try SettingsFixtures.names(in: "bad"))
    func badFile(name: String) throws {
        let report = #expect(throws: SettingsReport.self) { try fixture("bad/\(name).yaml") }
        #expect(try report?.description == SettingsFixtures.text("bad/\(name).txt").dropLast().description)
    }

    @Test("a good file loads without a warning", arguments: try SettingsFixtures.names(in: "good"))
    func goodFile(name: String) throws {
        #expect(try fixture("good/\(name).yaml").warnings.isEmpty)
    }

    @Test("the example that sets everything leaves no setting at its default place")
    func completeFile() throws {
        let settings = try fixture("good/all.yaml")
        let missing = SettingsCatalogue.rows.map { $0.path.replacing("[]", with: "[0]") }.filter { settings.origins[$0] == nil }
        #expect(missing.isEmpty)
        #expect(settings.upstreams[0].apiKey?.exposed == "canary-A-5f1c")
        #expect(settings.upstreams[0].headers.map(\.value.exposed) == ["reading", "canary-B-77d0"])
        #expect(settings.upstreams[0].aliases == [.init(name: "gpt-4o", target: "fast-1"), .init(name: "o3", target: "fast-2")])
        #expect(settings.upstreams[1].name == "localhost:11434")
        #expect(settings.style.standard == .off)
        #expect(settings.limits.modelsBytes == 2_000_000)
        #expect(settings.upstreams[0].timeouts.total == .seconds(360))
    }

    @Test("values behind an anchor count for each upstream that refers to it")
    func anchors() throws {
        let clocks = try fixture("good/anchors.yaml").upstreams.map(\.timeouts.connect)
        #expect(clocks == [.seconds(1), .seconds(1)])
    }

    @Test("a file that cannot be read is named with the reason")
    func unreadable() {
        let report = #expect(throws: SettingsReport.self) {
            try ProxySettings.load(
                from: SettingsSources(file: SettingsFile(path: "etc/p.yaml", content: .unreadable(reason: "no such file"))))
        }
        #expect(report?.description == "etc/p.yaml: cannot be read: no such file")
    }

    @Test("a byte order mark and CRLF line ends are no fault")
    func marksAndLineEnds() throws {
        #expect(try load("\u{FEFF}server:\r\n  port: 81\r\n").server.port == 81)
    }

    @Test("thousands of repeated keys end in a bounded report")
    func manyRepeatedKeys() {
        let yaml = String(repeating: "strip_history: on\n", count: 2000)
        let report = #expect(throws: SettingsReport.self) { try load(yaml) }
        #expect((1...60).contains(report?.issues.count ?? 0))
    }

    @Test("aliases that multiply and brackets without end are refused, not followed")
    func hostileFiles() {
        let laughs = (1...12).map { "l\($0): &l\($0) [\(Array(repeating: "*l\($0 - 1)", count: 10).joined(separator: ", "))]\n" }.joined()
        for yaml in ["l0: &l0 x\n" + laughs, String(repeating: "[", count: 100_000), String(repeating: "- ", count: 100_000) + "x"] {
            #expect(throws: SettingsReport.self) { try load(yaml) }
        }
    }

    @Test("the printed settings are a file that gives the same settings")
    func printedSettings() throws {
        let settings = try fixture("good/all.yaml")
        let printed = settings.description
        // A hidden key is too short for one under which reasoning travels.
        let again = try load(
            printed.replacing("reasoning_keys: [\"***\"]", with: "reasoning_keys: [env:E_KEY]"), environment: SettingsFixtures.environment)
        let values = { (text: String) in text.split(separator: "\n").map { $0.split(separator: "  # ")[0] } }
        #expect(values(again.description) == values(printed))
        #expect(again.upstreams[1].timeouts.total == settings.upstreams[1].timeouts.total)
    }

    @Test("profiles are read with all their keys, each value with its place")
    func profiles() throws {
        let settings = try fixture("good/profiles.yaml")
        #expect(settings.profiles.map(\.name) == ["acme", "headers", "qwen3", "child"])
        let acme = settings.profiles[0]
        #expect(acme.models?.map(\.form) == [.literal, .pattern])
        #expect(acme.starts?.map(\.text) == ["<a>", "<b{1,3}>"])
        #expect(acme.ends?[0].text == "</a>\n")
        #expect(acme.ends?[1].place.path == "profiles[0].ends[1]")
        #expect(acme.ends?[1].place.origin == .file(path: "proxy.yaml", line: 6, column: 22))
        #expect(acme.frames?[0].close.form == .pattern)
        #expect(acme.prose.bound == 4096)
        #expect(acme.start == .insideIfOnOrUndecided([.enableThinking, .thinking]))
        #expect(acme.whitespace == .exact)
        #expect(acme.interleaved == true && acme.laterStartsAtLineStart == true && acme.specialTokens == true)
        #expect(settings.profiles[1].channels.rules?.map(\.body) == [.toolCall, .answer])
        #expect(settings.profiles[2].start == .insideIfEffort(unless: ["none"]))
        #expect(settings.profiles[2].extends == "qwen3" && settings.profiles[2].starts == nil)
        #expect(settings.profiles[3].prose.openers?.isEmpty == true && settings.profiles[3].prose.ends == nil)
        #expect(!settings.detection.learns)
    }

    @Test("a profile's YAML is read back as it was, key for key")
    func printedProfiles() throws {
        let settings = try fixture("good/profiles.yaml")
        let printed = "profiles:\n" + settings.profiles.map(\.yaml).joined()
        #expect(try "profiles:\n" + load(printed).profiles.map(\.yaml).joined() == printed)
        // Every key appears: the first two profiles together set them all.
        for key in SettingsCatalogue.profileHelp.split(separator: "\n").map({ $0.split(separator: " ")[0].split(separator: ".").last ?? "" }
        ) {
            #expect(printed.contains("\(key):"), "\(key)")
        }
    }

    @Test("what another module finds in the profiles joins the report at its place")
    func foreignIssues() throws {
        var sources = SettingsSources(file: file("server: {port: x}\nprofiles: [{name: a, ends: [b, c]}]\n"))
        sources.checkProfiles = { profiles in
            (profiles.first?.ends ?? []).map { SettingsIssue(at: $0.place, "no \($0.text)") }
        }
        let report = #expect(throws: SettingsReport.self) { try ProxySettings.load(from: sources) }
        #expect(
            report?.description.split(separator: "\n").dropFirst().joined(separator: "|")
                == "proxy.yaml:2:29: profiles[0].ends[0]: no b|proxy.yaml:2:32: profiles[0].ends[1]: no c")
    }

    private func fixture(_ name: String) throws -> ProxySettings {
        let content = try SettingsFile.Content.bytes(SettingsFixtures.bytes(name))
        return try ProxySettings.load(
            from: SettingsSources(
                environment: SettingsFixtures.environment, file: SettingsFile(path: "proxy.yaml", content: content),
                knownProfiles: SettingsFixtures.profiles))
    }
}
