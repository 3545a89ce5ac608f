extension ProxySettings {
    /// Makes settings from all sources and checks them: flags over environment over file over defaults.
    ///
    /// `UPSTREAM_…` variables and `--upstream-…` flags describe the one upstream: they override the file's if it lists
    /// one. If it lists several, a flag or `UPSTREAM_URL` is an error and any other variable is ignored with a warning.
    ///
    /// - Parameter sources: flags, environment and file.
    /// - Returns: settings that hold together; ``warnings`` has what was odd.
    /// - Throws: every error of every source at once, with the warnings.
    public static func load(from sources: SettingsSources) throws(SettingsReport) -> ProxySettings {
        var reader = FileReader(environment: sources.environment)
        if let file = sources.file { reader.read(file) }
        var overlay = SourceOverlay(reader: reader)
        overlay.apply(environment: sources.environment)
        overlay.apply(flags: sources.flags)
        var settings = overlay.finish()
        var reading = overlay.reading
        SettingsCheck(settings: settings, knownProfiles: sources.knownProfiles).run(&reading)
        // A profile of which parts could not be read is not judged as a whole.
        reading.issues += sources.checkProfiles(settings.profiles).filter { found in
            !reading.issues.contains { $0.path.hasPrefix(found.path + ".") }
        }
        let report = SettingsReport(reading.issues)
        guard report.errors.isEmpty else { throw report }
        settings.warnings = report.warnings
        settings.keepTokensFromUpstreams()
        return settings
    }
}

extension ProxySettings {
    /// With tokens, the credentials of clients are the proxy's own business: an upstream that would see them by default sees none.
    private mutating func keepTokensFromUpstreams() {
        guard !server.apiTokens.isEmpty else { return }
        for index in upstreams.indices where upstreams[index].authorization == .forward {
            upstreams[index].auth = UpstreamAuthorization.none
        }
    }
}
