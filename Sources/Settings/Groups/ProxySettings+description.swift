extension ProxySettings: CustomStringConvertible, CustomReflectable {
    /// The settings as they are in force, as a YAML file, each value with where it came from. Secrets show as `***`.
    public var description: String {
        var lines: [String] = []
        var sections: [String] = []
        for setting in SettingsCatalogue.general {
            if setting.path.hasPrefix("style."), !lines.contains("upstreams:") { lines += upstreamLines() }
            let (opened, name) = Self.open(setting.path, in: &sections)
            lines += opened
            lines.append(line(name, depth: sections.count, value: setting.show(self), path: setting.path))
        }
        if !profiles.isEmpty { lines.append("profiles:") }
        lines += profiles.map { String($0.yaml(note: "\($0.place.origin)").dropLast()) }
        return lines.joined(separator: "\n") + "\n"
    }

    /// A mirror without children: `dump` shows the description and nothing else.
    public var customMirror: Mirror { Mirror(self, children: [:]) }

    private func upstreamLines() -> [String] {
        var lines = ["upstreams:"]
        for (index, upstream) in upstreams.enumerated() {
            var sections: [String] = []
            for setting in SettingsCatalogue.upstream {
                let (opened, name) = Self.open(setting.path, in: &sections)
                lines += opened.map { "    " + $0 }
                let text = line(name, depth: sections.count + 2, value: setting.show(upstream), path: "upstreams[\(index)].\(setting.path)")
                lines.append(setting.path == "name" ? "  - " + text.drop { $0 == " " } : text)
            }
        }
        return lines
    }

    private func line(_ name: String, depth: Int, value: String?, path: String) -> String {
        let origin = origins[path].map { "  # \($0)" } ?? ""
        let indent = String(repeating: "  ", count: depth)
        guard let value else { return "\(indent)# \(name):" + (origin.isEmpty ? "" : " none" + origin) }
        return "\(indent)\(name): \(value)\(origin)"
    }

    /// The section lines that a path needs, given the sections that are open; and its last part.
    private static func open(_ path: String, in sections: inout [String]) -> (lines: [String], name: String) {
        var parts = path.split(separator: ".").map(String.init)
        let name = parts.removeLast()
        let shared = zip(parts, sections).prefix { $0 == $1 }.count
        let lines = parts.indices.dropFirst(shared).map { String(repeating: "  ", count: $0) + parts[$0] + ":" }
        sections = parts
        return (lines, name)
    }
}
