import Detect
import Settings
import Testing

@testable import Proxy

/// Profiles between the file's words and the detector's data.
@Suite struct ProfileSettingsTests {
    @Test("a built-in profile in the file's words is the same profile again", arguments: ProfileCatalogue.builtIn.profiles.map(\.name))
    func words(name: String) throws {
        let profile = try #require(ProfileCatalogue.builtIn.named(name)).profile
        let words = ProfileSettings(profile)
        #expect(Profile(words, on: nil) == profile)
        let printed = "profiles:\n" + words.yaml
        let read = try settings(printed)
        #expect(read.profiles.map(\.yaml) == [words.yaml])
        #expect(ConfiguredProfiles(read.profiles).resolved(read.profiles[0]) == profile)
    }

    @Test("what extends another takes all but its models; what replaces one takes these, too")
    func extending() throws {
        let profiles = try settings(
            """
            profiles:
              - {name: a, extends: qwen3, ends: ['</x>']}
              - {name: b, extends: a, start: inside}
              - {name: qwen3, extends: qwen3, start: outside}
            """
        ).profiles
        let configured = ConfiguredProfiles(profiles)
        let qwen = try #require(ProfileCatalogue.builtIn.named("qwen3")).profile
        let (a, b, changed) = (configured.resolved(profiles[0]), configured.resolved(profiles[1]), configured.resolved(profiles[2]))
        #expect(a.modelPatterns.isEmpty && a.starts == qwen.starts && a.implicitEnds == qwen.implicitEnds)
        #expect(a.ends == [.text("</x>")] && a.startRule == .outside, "a extends the configured qwen3, not the built-in")
        #expect(b.ends == a.ends && b.startRule == .inside)
        #expect(changed.modelPatterns == qwen.modelPatterns && changed.summary == qwen.summary && changed.startRule == .outside)
    }

    @Test("a replacement with its built-in's models keeps its place, one with others comes first")
    func order() throws {
        func family(_ yaml: String, _ model: String) throws -> String {
            try ConfiguredProfiles(settings("profiles: [\(yaml)]").profiles).catalogue().profile(forModel: model).profile.name
        }
        #expect(try family("{name: qwen3, extends: qwen3}", "qwen3-30b-instruct") == "qwen3-instruct")
        #expect(try family("{name: qwen3, extends: qwen3, models: ['*instruct']}", "qwen3-30b-instruct") == "qwen3")
        #expect(try family("{name: mine, models: ['qwen3*']}", "Qwen3-30b-instruct") == "mine")
        #expect(try family("{name: mine, models: ['qwen3*']}", "org/qwen3-30b-instruct") == "qwen3-instruct")
        #expect(try family("{name: mine, models: ['a.b']}", "axb") == "default")
    }

    private func settings(_ yaml: String) throws -> ProxySettings {
        try ProxySettings.load(
            from: SettingsSources(file: SettingsFile(path: "p.yaml", content: .bytes(Array(yaml.utf8)))))
    }
}
