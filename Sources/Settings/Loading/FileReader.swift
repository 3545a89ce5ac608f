/// Reads the settings file into settings: finds each value's setting, and says what belongs nowhere.
struct FileReader {
    /// What has been read of one entry of `upstreams`.
    struct Entry {
        var upstream = UpstreamSettings()
    }

    /// Complaints, and the environment for references.
    var reading: Reading
    /// The settings so far.
    var settings = ProxySettings()
    /// The upstreams of the file; nil if it lists none.
    var entries: [Entry]?

    /// Repeated keys that have not been reported.
    private var repeated: [YAMLText.Place: RepeatedKeys.Found] = [:]

    /// The most repeated keys that are reported at once.
    private static let repeatedKeyLimit = 50

    init(environment: [String: String]) {
        reading = Reading(environment: environment)
    }

    /// Reads a file.
    mutating func read(_ file: SettingsFile) {
        switch file.content {
        case .unreadable(let reason):
            reading.complain(at: nil, path: file.path, "cannot be read: \(reason)")
        case .bytes(let bytes):
            guard let text = text(of: bytes, path: file.path) else { return }
            if let document = document(in: text, path: file.path) { readMapping(document) }
            complainOfLeftOver(path: file.path)
        }
    }
}

// The way from bytes to a document.
extension FileReader {
    private mutating func text(of bytes: [UInt8], path: String) -> String? {
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        let content = bytes.starts(with: mark) ? bytes.dropFirst(3) : bytes[...]
        if let text = String(validating: content, as: UTF8.self) { return text }
        reading.complain(at: .file(path: path, line: 1, column: 1), path: "", "the file is not UTF-8")
        return nil
    }

    private mutating func document(in text: String, path: String) -> SourceValue? {
        var keys = RepeatedKeys(text)
        var yaml = YAMLText(path: path)
        while true {
            switch yaml.read(keys.text) {
            case .document(let value):
                repeated = keys.found
                return value
            case .empty:
                return nil
            case .malformed(let problem, let place):
                repeated = keys.found
                complainOfMalformed(problem, at: place, path: path, lines: keys.lines)
                return nil
            case .repeatedKey(let key, let first):
                if keys.found.count < Self.repeatedKeyLimit, keys.takeOut(key, after: first) { continue }
                repeated = keys.found
                let origin = SettingOrigin.file(path: path, line: first.line, column: first.column)
                reading.complain(at: origin, path: Quoted.key(key), "the key is given twice", hint: "keep one of them")
                return nil
            }
        }
    }

    private mutating func complainOfMalformed(_ problem: String, at place: YAMLText.Place?, path: String, lines: [String]) {
        let line = place?.line ?? 1
        let hasTab = lines.indices.contains(line - 1) && lines[line - 1].contains("\t")
        let origin = SettingOrigin.file(path: path, line: line, column: place?.column ?? 1)
        reading.complain(at: origin, path: "", problem, hint: hasTab ? "indent with spaces, not with tabs" : nil)
    }

    private mutating func complainOfRepeated(_ found: RepeatedKeys.Found, at origin: SettingOrigin, below shown: String) {
        let problem = "the key is given twice, first in line \(found.firstLine)"
        reading.complain(at: origin, path: shown + Quoted.key(found.key), problem, hint: "keep one of them")
    }

    /// Repeated keys in parts of the file that no setting reads.
    private mutating func complainOfLeftOver(path: String) {
        for (place, found) in repeated {
            complainOfRepeated(found, at: .file(path: path, line: place.line, column: place.column), below: "")
        }
        repeated = [:]
    }
}

// The way from a document to settings.
extension FileReader {
    private mutating func readMapping(_ document: SourceValue) {
        guard case .mapping = document.shape else {
            reading.complain(at: document.origin, path: "", "expected a mapping of settings, found \(document.kind)")
            return
        }
        let paths = SettingsCatalogue.general.map(\.path)
        let lists = [SettingsCatalogue.upstreamKey, SettingsCatalogue.profileKey]
        walk(document, below: "", paths: paths + lists, shown: "") { reader, value, path, _ in
            if path == SettingsCatalogue.upstreamKey { return reader.readUpstreams(value) }
            if path == SettingsCatalogue.profileKey { return reader.readProfiles(value) }
            guard let setting = SettingsCatalogue.general.first(where: { $0.path == path }) else { return }
            if setting.read(value, path, &reader.settings, &reader.reading) { reader.settings.origins[path] = value.origin }
        }
    }

    private mutating func readUpstreams(_ value: SourceValue) {
        guard case .list(let values) = value.shape else {
            let hint = "write one \"- name: …\" for each"
            reading.complain(
                at: value.origin, path: SettingsCatalogue.upstreamKey, "expected a list of upstreams, found \(value.kind)", hint: hint)
            return
        }
        if values.isEmpty {
            reading.complain(at: value.origin, path: SettingsCatalogue.upstreamKey, "expected at least one upstream")
        }
        entries = values.enumerated().map { readUpstream($1, at: "\(SettingsCatalogue.upstreamKey)[\($0)]") }
    }

    private mutating func readUpstream(_ value: SourceValue, at base: String) -> Entry {
        var entry = Entry()
        settings.origins[base] = value.origin
        guard case .mapping = value.shape else {
            reading.given.insert("\(base).url")
            reading.complain(at: value.origin, path: base, "expected a mapping, found \(value.kind)", hint: "write \"- url: http://…\"")
            return entry
        }
        walk(value, below: "", paths: SettingsCatalogue.upstream.map(\.path), shown: "\(base).") { reader, value, path, shown in
            guard let setting = SettingsCatalogue.upstream.first(where: { $0.path == path }) else { return }
            if setting.read(value, shown, &entry.upstream, &reader.reading) { reader.settings.origins[shown] = value.origin }
        }
        return entry
    }

    private mutating func readProfiles(_ value: SourceValue) {
        let key = SettingsCatalogue.profileKey
        switch value.shape {
        case .list(let values): settings.profiles = values.enumerated().map { readProfile($1, at: "\(key)[\($0)]") }
        // A list whose entries are all comments.
        case .nothing: return
        case .text, .mapping:
            let hint = "write one \"- name: …\" for each"
            reading.complain(at: value.origin, path: key, "expected a list of profiles, found \(value.kind)", hint: hint)
        }
    }

    private mutating func readProfile(_ value: SourceValue, at base: String) -> ProfileSettings {
        var profile = ProfileSettings()
        profile.place = SettingPlace(value.origin, base)
        settings.origins[base] = value.origin
        guard case .mapping = value.shape else {
            reading.given.insert("\(base).name")
            reading.complain(at: value.origin, path: base, "expected a mapping, found \(value.kind)", hint: "write \"- name: …\"")
            return profile
        }
        walk(value, below: "", paths: SettingsCatalogue.profile.map(\.path), shown: "\(base).") { reader, value, path, shown in
            guard let setting = SettingsCatalogue.profile.first(where: { $0.path == path }) else { return }
            if setting.read(value, shown, &profile, &reader.reading) { reader.settings.origins[shown] = value.origin }
        }
        return profile
    }

    /// Walks over a mapping and the sections in it. `visit` gets each value that is no section, its path and the path
    /// as people know it.
    private mutating func walk(
        _ mapping: SourceValue, below prefix: String, paths: [String], shown: String,
        visit: (inout FileReader, SourceValue, String, String) -> Void
    ) {
        guard case .mapping(let pairs) = mapping.shape else { return }
        for (key, value) in pairs {
            if let found = takeRepeated(key) {
                complainOfRepeated(found, at: key.origin, below: shown + prefix)
                continue
            }
            let path = prefix + (key.name ?? "")
            if paths.contains(path) {
                visit(&self, value, path, shown + path)
            } else if key.name != nil, paths.contains(where: { $0.hasPrefix(path + ".") }) {
                walkSection(value, at: path, paths: paths, shown: shown, visit: visit)
            } else {
                complainOfUnknown(key, below: prefix, paths: paths, shown: shown)
            }
        }
    }

    private mutating func walkSection(
        _ value: SourceValue, at path: String, paths: [String], shown: String,
        visit: (inout FileReader, SourceValue, String, String) -> Void
    ) {
        switch value.shape {
        case .mapping:
            walk(value, below: path + ".", paths: paths, shown: shown, visit: visit)
        case .nothing:
            // A section whose lines are all comments.
            return
        case .text, .list:
            let keys = Self.children(of: path + ".", in: paths)
            reading.complain(
                at: value.origin, path: shown + path, "expected a mapping, found \(value.kind)",
                hint: "its keys are \(keys.joined(separator: ", "))")
        }
    }

    private mutating func takeRepeated(_ key: SourceKey) -> RepeatedKeys.Found? {
        guard case .file(_, let line, let column) = key.origin else { return nil }
        return repeated.removeValue(forKey: YAMLText.Place(line: line, column: column))
    }

    private mutating func complainOfUnknown(_ key: SourceKey, below prefix: String, paths: [String], shown: String) {
        guard let name = key.name else {
            let path = String((shown + prefix).dropLast())
            return reading.complain(at: key.origin, path: path, "expected a key that is a text")
        }
        let siblings = Self.children(of: prefix, in: paths)
        let elsewhere = Self.path(of: prefix + name, in: paths) ?? paths.first { $0.hasSuffix(".\(name)") }
        let meant = elsewhere.map { shown + $0 } ?? NearestName.of(name, among: siblings)
        let hint = meant.map { "did you mean \"\($0)\"?" } ?? "the keys here are \(siblings.joined(separator: ", "))"
        reading.complain(at: key.origin, path: shown + prefix + Quoted.key(name), "unknown key", hint: hint)
    }

    /// The keys directly below a prefix, in the order of the catalogue.
    private static func children(of prefix: String, in paths: [String]) -> [String] {
        var keys: [String] = []
        for path in paths where path.hasPrefix(prefix) {
            let key = String(path.dropFirst(prefix.count).prefix { $0 != "." })
            if !keys.contains(key) { keys.append(key) }
        }
        return keys
    }

    /// The path whose dots somebody wrote as underscores (`limits_body_bytes`).
    private static func path(of name: String, in paths: [String]) -> String? {
        paths.first { path in String(path.map { $0 == "." ? "_" : $0 }) == name }
    }
}
