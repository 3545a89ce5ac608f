import ArgumentParser
import Detect
import Foundation
import Settings

/// A command that gets the settings' flags, which are taken from the command line before it is parsed.
protocol ConfiguredCommand: ParsableCommand {
    /// Runs the command with those flags.
    func run(flags: [SettingsSources.Flag]) async throws
}

/// The option that every command shares: as one group, so that it may stand before and after a command's name.
struct ConfigurationSource: ParsableArguments {
    @Option(name: .shortAndLong, help: ArgumentHelp("Read settings from this YAML file.", valueName: "file"))
    var config: String?
}

/// The settings and profiles in force, for every command.
struct Configuration {
    let settings: ProxySettings
    let profiles: ProfileCatalogue

    /// Loads and checks everything; complaints go to the standard error.
    ///
    /// - Throws: the exit status of a bad configuration.
    init(file: String?, flags: [SettingsSources.Flag]) throws {
        var sources = SettingsSources(
            flags: flags, environment: ProcessInfo.processInfo.environment, file: file.map { SettingsFile.read($0) },
            knownProfiles: Set(ProfileCatalogue.builtIn.profiles.map(\.name)))
        sources.checkProfiles = { ConfiguredProfiles($0).issues() }
        do {
            settings = try ProxySettings.load(from: sources)
            profiles = try ConfiguredProfiles(settings.profiles).catalogue()
        } catch {
            StandardError.write("\(error)\n")
            throw ExitCode(1)
        }
    }

    /// A profile by its name.
    ///
    /// - Throws: the exit status of wrong use, after a hint.
    func profile(named name: String) throws -> CompiledProfile {
        if let profile = profiles.named(name) { return profile }
        StandardError.write("proxy: there is no profile '\(VisibleText.line(name))'; `proxy profiles` lists them\n")
        throw ExitCode.validationFailure
    }

    /// The profile that requests for a model get, by the upstream that would be asked first.
    func choice(forModel model: String) -> ProfileChoice {
        let upstream = UpstreamDirectory(settings.upstreams).serving(model).first?.settings ?? UpstreamSettings()
        return ProfileChoice(model: model, upstream: upstream, detection: settings.detection, catalogue: profiles)
    }

    /// Whether a profile comes from the configuration.
    func isConfigured(_ profile: Profile) -> Bool {
        settings.profiles.contains { $0.name == profile.name }
    }
}
