/// A value as one of the sources spells it, before anybody knows its type.
struct SourceValue: Sendable {
    /// What it looks like.
    indirect enum Shape: Sendable {
        /// One text, from any source.
        case text(String)
        /// A YAML list.
        case list([SourceValue])
        /// A YAML mapping.
        case mapping([(key: SourceKey, value: SourceValue)])
        /// A YAML key with nothing behind it.
        case nothing
    }

    /// What it looks like.
    let shape: Shape
    /// Where it stands.
    let origin: SettingOrigin

    /// Whether it is one text out of the environment or a flag, where lists are written with commas.
    var isFlat: Bool {
        if case .file = origin { return false }
        return true
    }

    /// What it is, for people.
    var kind: String {
        switch shape {
        case .text: "a text"
        case .list: "a list"
        case .mapping: "a mapping"
        case .nothing: "nothing"
        }
    }
}

/// A key of a YAML mapping.
struct SourceKey: Sendable {
    /// Its text; nil if it is no scalar.
    let name: String?
    /// Where it stands.
    let origin: SettingOrigin
}
