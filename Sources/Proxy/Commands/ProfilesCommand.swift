import ArgumentParser
import Detect
import Foundation
import Settings

/// `proxy profiles`: the detection profiles in force, for people, for the configuration file, and for machines.
struct ProfilesCommand: ConfiguredCommand {
    static let configuration = CommandConfiguration(
        commandName: "profiles",
        abstract: "List the detection profiles, explain one, or say which a model gets.",
        discussion: """
            A profile says how a family of models marks its reasoning. `--yaml` prints profiles in the form in which the configuration
            file takes them, under `profiles:`. A profile there with a built-in's name replaces it; `extends` takes what it does not say
            from another. Markers are text as it stands; {pattern: '…'} is a PCRE2 pattern on bytes, every quantifier bounded.

            EXAMPLES:
              proxy profiles
              proxy profiles qwen3
              proxy profiles --model Qwen/Qwen3-8B
              proxy profiles --yaml qwen3 > mine.yaml

            KEYS OF A PROFILE:
            \(SettingsCatalogue.profileHelp)
            """)

    @Argument(help: "The profile to explain; without it all are listed.")
    var name: String?

    @Option(help: ArgumentHelp("Say which profile this model gets, and why.", valueName: "id"))
    var model: String?

    @Flag(help: "Print in the configuration file's form.")
    var yaml = false

    @Flag(help: "Print JSON, one profile a line.")
    var json = false

    @OptionGroup var source: ConfigurationSource

    @Option(help: "When to use colour: auto, always, never.")
    var color = ColourChoice.auto

    func validate() throws {
        if yaml, json { throw ValidationError("Choose one of --yaml and --json.") }
        if name != nil, model != nil { throw ValidationError("Name a profile or a model, not both.") }
    }

    func run(flags: [SettingsSources.Flag]) async throws {
        let configuration = try Configuration(file: source.config, flags: flags)
        let choice = model.map { configuration.choice(forModel: $0) }
        let named = try choice?.profile.profile ?? name.map { try configuration.profile(named: $0).profile }
        let profiles = named.map { [$0] } ?? configuration.profiles.profiles
        if yaml {
            print("profiles:")
            for profile in profiles { print(ProfileSettings(profile).yaml, terminator: "") }
        } else if json {
            for profile in profiles { printJSON(profile, choice, configuration) }
        } else if let named {
            if let choice, let model { print("\(model) gets the profile \(named.name): \(choice.explanation(model: model)).\n") }
            print(explained(named, configuration).joined(separator: "\n"))
        } else {
            print(table(profiles, configuration).joined(separator: "\n"))
        }
    }

    private func printJSON(_ profile: Profile, _ choice: ProfileChoice?, _ configuration: Configuration) {
        let object = ProfileJSON(profile: profile, isConfigured: configuration.isConfigured(profile)).object
        guard let choice, let model else { return print(String(decoding: object, as: UTF8.self)) }
        var output = JSONObjectWriter()
        output.string("model", model)
        output.string("profile", profile.name)
        output.string("reason", choice.explanation(model: model))
        output.raw("detail", object)
        print(String(decoding: output.finished(), as: UTF8.self))
    }

    // MARK: For people

    private func table(_ profiles: [Profile], _ configuration: Configuration) -> [String] {
        let paint = color.paint
        let rows = profiles.map { profile in
            let words = ProfileWords(profile: profile)
            let mark = configuration.isConfigured(profile) ? "*" : ""
            return [profile.name + mark, words.shortStart, words.shortMarkers, profile.summary]
        }
        let headings = ["NAME", "BEGINS", "MARKERS", "FOR"]
        let widths = headings.indices.map { column in (rows + [headings]).map { $0[column].count }.max() ?? 0 }
        let tints: [Paint.Tint?] = [.strong, nil, .marker, .faint]
        let lines = ([headings] + rows).enumerated().map { index, row in
            row.indices.map { column in
                let padding = column == row.count - 1 ? "" : String(repeating: " ", count: widths[column] - row[column].count + 2)
                let tint = index == 0 ? Paint.Tint.faint : tints[column]
                return (tint.map { paint(row[column], $0) } ?? row[column]) + padding
            }.joined()
        }
        return lines + (configuration.settings.profiles.isEmpty ? [] : ["", "* from the configuration"])
    }

    private func explained(_ profile: Profile, _ configuration: Configuration) -> [String] {
        let paint = color.paint
        let words = ProfileWords(profile: profile)
        var rows: [(String, [String])] = [
            ("origin", [configuration.isConfigured(profile) ? "the configuration" : "built in"]),
            ("models", profile.modelPatterns.isEmpty ? ["only where it is named"] : profile.modelPatterns.map { "/\($0)/" }),
            ("begins", [words.start]),
        ]
        rows += words.markers
        rows += words.quirks.isEmpty ? [] : [("notes", words.quirks)]
        let width = rows.map(\.0.count).max() ?? 0
        let isMarker = Set(words.markers.map(\.name))
        let lines = rows.flatMap { name, texts in
            texts.enumerated().map { index, text in
                let label = index == 0 ? name : ""
                let shown = isMarker.contains(name) ? paint(text, .marker) : text
                return "  " + paint(label, .faint) + String(repeating: " ", count: width - label.count + 2) + shown
            }
        }
        return [paint(profile.name, .strong) + "  " + profile.summary] + lines
    }
}
