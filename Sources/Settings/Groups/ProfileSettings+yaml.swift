extension ProfileSettings {
    /// The profile as an entry of the file's list `profiles`, in the form that the file is read in.
    ///
    /// Lists of markers have one line for each, because patterns are long.
    public var yaml: String { yaml(note: nil) }

    func yaml(note: String?) -> String {
        var lines: [String] = []
        var section = ""
        for setting in SettingsCatalogue.profile {
            let parts = setting.path.split(separator: ".").map(String.init)
            guard let value = blocks(of: setting) else { continue }
            let isNested = parts.count > 1
            if isNested, section != parts[0] { lines.append("    \(parts[0]):") }
            section = isNested ? parts[0] : ""
            let indent = isNested ? "      " : "    "
            if value.count == 1, !value[0].hasPrefix("- ") {
                lines.append("\(indent)\(parts[parts.count - 1]): \(value[0])")
            } else {
                lines.append("\(indent)\(parts[parts.count - 1]):")
                lines += value.map { "\(indent)  \($0)" }
            }
        }
        let head = lines.first.map { "  - " + $0.drop { $0 == " " } + (note.map { "  # \($0)" } ?? "") }
        return ([head].compactMap { $0 } + lines.dropFirst()).joined(separator: "\n") + "\n"
    }

    /// A setting's value, nil if it is not given: one line, or one for each element of a list of markers.
    private func blocks(of setting: Setting<ProfileSettings>) -> [String]? {
        let markers: [(String, [PatternText]?)] = [
            ("models", models), ("starts", starts), ("ends", ends), ("implicit_ends", implicitEnds), ("strays", strays),
            ("prose.openers", prose.openers), ("prose.ends", prose.ends), ("prose.vetoes", prose.vetoes),
            ("channels.header_starts", channels.headerStarts), ("channels.header_ends", channels.headerEnds),
            ("channels.body_ends", channels.bodyEnds),
        ]
        if let (_, list) = markers.first(where: { $0.0 == setting.path }) { return list.map { items($0, .marker) } }
        switch setting.path {
        case "frames": return frames.map { items($0, .frame) }
        case "channels.rules": return channels.rules.map { items($0, .channelRule) }
        case "efforts_that_disable": return effortsThatDisable.map { ["[\($0.map(Quoted.yaml).joined(separator: ", "))]"] }
        default: return setting.show(self).map { [$0] }
        }
    }

    private func items<Element>(_ elements: [Element], _ grammar: Grammar<Element>) -> [String] {
        elements.isEmpty ? ["[]"] : elements.map { "- \(grammar.show($0) ?? "")" }
    }
}
