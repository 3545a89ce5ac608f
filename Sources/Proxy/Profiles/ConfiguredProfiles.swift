import Detect
import Settings

/// The detection profiles of the configuration, judged, and joined with the built-in ones.
struct ConfiguredProfiles {
    private let settings: [ProfileSettings]

    init(_ settings: [ProfileSettings]) {
        self.settings = settings
    }

    /// The built-in families and the configured profiles, as they are in force.
    func catalogue() throws(ProfileError) -> ProfileCatalogue {
        settings.isEmpty ? .builtIn : try ProfileCatalogue.builtIn(with: settings.map(resolved))
    }

    /// Everything that is wrong with the profiles' patterns, each at its own place.
    func issues() -> [SettingsIssue] {
        settings.flatMap { profile in
            let own = patternIssues(profile)
            guard own.isEmpty else { return own }
            let isWhole = chain(of: profile).allSatisfy { patternIssues($0).isEmpty }
            guard isWhole, !profile.name.isEmpty, let reason = ProfileCheck.fault(in: resolved(profile)) else { return [] }
            return [SettingsIssue(at: profile.place, told(profile, reason))]
        }
    }

    private func patternIssues(_ profile: ProfileSettings) -> [SettingsIssue] {
        let markers = profile.markers.compactMap { text in
            ProfileCheck.fault(in: Marker(text)).map { SettingsIssue(at: text.place, told(profile, $0)) }
        }
        let searched = profile.searchedPatterns.compactMap { text in
            ProfileCheck.fault(inSearched: text.text).map { SettingsIssue(at: text.place, told(profile, $0)) }
        }
        return markers + searched
    }

    private func told(_ profile: ProfileSettings, _ reason: String) -> String {
        "profile \"\(profile.name)\": \(reason)"
    }

    // MARK: What a profile extends

    /// The profile with what it takes from the one it extends.
    func resolved(_ profile: ProfileSettings) -> Profile {
        let chain = chain(of: profile)
        var whole = chain.last?.extends.flatMap(builtIn)
        for link in chain.reversed() { whole = Profile(link, on: whole) }
        return whole ?? Profile(profile, on: nil)
    }

    /// The profile, the configured one it extends, and so on: up to one that extends none or a built-in one. A circle is cut; the
    /// settings' own check reports it.
    private func chain(of profile: ProfileSettings) -> [ProfileSettings] {
        var chain = [profile]
        while let last = chain.last, let extended = last.extends, extended != last.name,
            let next = settings.first(where: { $0.name == extended }), !chain.contains(where: { $0.name == next.name })
        {
            chain.append(next)
        }
        return chain
    }

    private func builtIn(_ name: String) -> Profile? {
        ProfileCatalogue.builtIn.profiles.first { $0.name == name }
    }
}

extension ProfileSettings {
    /// Every marker that the profile itself names.
    fileprivate var markers: [PatternText] {
        let lists = [
            starts, ends, implicitEnds, strays, prose.openers, prose.ends, prose.vetoes, channels.headerStarts, channels.headerEnds,
            channels.bodyEnds,
        ]
        return lists.flatMap { $0 ?? [] } + (frames ?? []).flatMap { [$0.open, $0.close] }
    }

    /// Patterns that are searched in a model's id or in a header.
    fileprivate var searchedPatterns: [PatternText] {
        let models = (models ?? []).filter { $0.form == .pattern }
        return models + (channels.rules ?? []).map(\.pattern) + [channels.recipient].compactMap { $0 }
    }
}
