/// Lays environment and flags over what the file said.
struct SourceOverlay {
    private var settings: ProxySettings
    private var entries: [FileReader.Entry]?
    /// Complaints, and the environment for references.
    private(set) var reading: Reading

    init(reader: FileReader) {
        settings = reader.settings
        entries = reader.entries
        reading = reader.reading
    }

    /// Whether environment and flags may speak of "the" upstream.
    private var hasSeveral: Bool { (entries?.count ?? 0) > 1 }

    /// Takes every variable that the catalogue names.
    mutating func apply(environment: [String: String]) {
        for setting in SettingsCatalogue.general {
            guard let text = environment[setting.environment], !text.isEmpty else { continue }
            apply(setting, SourceValue(shape: .text(text), origin: .environment(setting.environment)))
        }
        for setting in SettingsCatalogue.upstream {
            guard let text = environment[setting.environment], !text.isEmpty else { continue }
            applyUpstream(setting, SourceValue(shape: .text(text), origin: .environment(setting.environment)))
        }
        warnOfNearMisses(environment)
    }

    /// Takes flags in their order, so that the last of the same name wins.
    mutating func apply(flags: [SettingsSources.Flag]) {
        for flag in flags {
            let value = SourceValue(shape: .text(flag.value), origin: .flag(flag.name))
            if let setting = SettingsCatalogue.general.first(where: { $0.flag == flag.name || $0.path == flag.name }) {
                apply(setting, value)
            } else if let setting = SettingsCatalogue.upstream.first(where: { $0.flag == flag.name || "upstream.\($0.path)" == flag.name })
            {
                applyUpstream(setting, value)
            } else {
                let meant = NearestName.of(flag.name, among: SettingsCatalogue.rows.flatMap { [$0.flag, $0.path] })
                reading.complain(at: value.origin, path: "", "unknown flag", hint: meant.map { "did you mean \"--\($0)\"?" })
            }
        }
    }

    /// The settings with their upstreams.
    mutating func finish() -> ProxySettings {
        if let entries { settings.upstreams = entries.indices.map(named) }
        return settings
    }

    private mutating func apply(_ setting: Setting<ProxySettings>, _ value: SourceValue) {
        if setting.read(value, setting.path, &settings, &reading) { settings.origins[setting.path] = value.origin }
    }

    private mutating func applyUpstream(_ setting: Setting<UpstreamSettings>, _ value: SourceValue) {
        guard !hasSeveral else { return complainOfSeveral(setting, value.origin) }
        let path = "\(SettingsCatalogue.upstreamKey)[0].\(setting.path)"
        var upstream = entries?.first?.upstream ?? settings.upstreams.first ?? UpstreamSettings()
        guard setting.read(value, path, &upstream, &reading) else { return }
        settings.origins[path] = value.origin
        if entries?.isEmpty == false { entries?[0].upstream = upstream } else { settings.upstreams = [upstream] }
    }

    private mutating func complainOfSeveral(_ setting: Setting<UpstreamSettings>, _ origin: SettingOrigin) {
        let problem = "the file lists several upstreams, so this names none of them"
        switch origin {
        case .environment(let name):
            guard !reading.referenced.contains(name) else { return }
            let severity: SettingsIssue.Severity = setting.path == "url" ? .error : .warning
            reading.complain(severity, at: origin, path: "", problem, hint: "unset it, or refer to it in the file")
        case .flag, .file, .standard:
            reading.complain(at: origin, path: "", problem, hint: "set \(setting.path) in the file")
        }
    }

    /// An upstream of the file under its own name, else under its address's host.
    private func named(_ index: Int) -> UpstreamSettings {
        var upstream = entries?[index].upstream ?? UpstreamSettings()
        guard settings.origins["\(SettingsCatalogue.upstreamKey)[\(index)].name"] == nil else { return upstream }
        upstream.name = upstream.url.isPortGiven ? "\(upstream.url.host):\(upstream.url.port)" : upstream.url.host
        return upstream
    }

    /// Variables that look like ours but are not: most likely a slip, but others' variables may begin the same way.
    private mutating func warnOfNearMisses(_ environment: [String: String]) {
        let known = SettingsCatalogue.rows.map(\.environment)
        for name in environment.keys.sorted() where name.hasPrefix("PROXY_") || name.hasPrefix("UPSTREAM_") {
            guard !known.contains(name), !reading.referenced.contains(name) else { continue }
            let near = known.first { NearestName.distance(Array($0.utf8), Array(name.utf8)) <= 2 }
            guard let near else { continue }
            reading.complain(.warning, at: .environment(name), path: "", "unknown variable", hint: "did you mean \"\(near)\"?")
        }
    }
}
