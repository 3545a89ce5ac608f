extension Grammar where Value == PatternText {
    /// A marker: a text that is looked for as it stands, or `{pattern: '…'}`.
    static var marker: Grammar {
        text(expected: "the text of a marker, or {pattern: '…'}")
    }

    /// Models: a name in which `*` stands for any characters, or `{pattern: '…'}`.
    static var models: Grammar {
        text(expected: "a model name, with * for any characters, or {pattern: '…'}")
    }

    /// A PCRE2 pattern, without the word.
    static var barePattern: Grammar {
        Grammar(
            name: "pattern",
            read: { source, path, reading in
                guard case .text(let text) = source.shape, !text.isEmpty else {
                    let found = source.kind == "a text" ? "an empty text" : source.kind
                    reading.complain(at: source.origin, path: path, "expected a PCRE2 pattern, found \(found)")
                    return nil
                }
                return PatternText(.pattern, text, at: SettingPlace(source.origin, path))
            },
            show: { Quoted.literal($0.text) })
    }

    private static func text(expected: String) -> Grammar {
        Grammar(
            name: "marker",
            read: { source, path, reading in
                switch source.shape {
                case .text(let text) where !text.isEmpty: return PatternText(.literal, text, at: SettingPlace(source.origin, path))
                case .mapping:
                    let members = Members(source, path, keys: ["pattern"], &reading)
                    return members?.read("pattern", barePattern, &reading)
                case .text, .list, .nothing:
                    let found = source.kind == "a text" ? "an empty text" : source.kind
                    reading.complain(at: source.origin, path: path, "expected \(expected), found \(found)")
                    return nil
                }
            },
            show: { $0.form == .literal ? Quoted.literal($0.text) : "{pattern: \(Quoted.literal($0.text))}" })
    }
}

extension Grammar where Value == FrameText {
    /// `{open: …, close: …}`.
    static var frame: Grammar {
        Grammar(
            name: "frame",
            read: { source, path, reading in
                guard let members = Members(source, path, keys: ["open", "close"], &reading) else { return nil }
                let open = members.read("open", .marker, &reading)
                let close = members.read("close", .marker, &reading)
                guard let open, let close else { return nil }
                return FrameText(open: open, close: close)
            },
            show: { frame in
                let marker = Grammar<PatternText>.marker
                return "{open: \(marker.show(frame.open) ?? ""), close: \(marker.show(frame.close) ?? "")}"
            })
    }
}

extension Grammar where Value == ChannelText.Rule {
    /// `{pattern: '…', body: answer}`.
    static var channelRule: Grammar {
        Grammar(
            name: "rule",
            read: { source, path, reading in
                guard let members = Members(source, path, keys: ["pattern", "body"], &reading) else { return nil }
                let pattern = members.read("pattern", .barePattern, &reading)
                let body = members.read("body", Grammar<ChannelBodyName>.choice, &reading)
                guard let pattern, let body else { return nil }
                return ChannelText.Rule(pattern: pattern, body: body)
            },
            show: { "{pattern: \(Quoted.literal($0.pattern.text)), body: \($0.body.rawValue)}" })
    }
}

extension Grammar where Value == StartText {
    /// A word, or one rule with the switches it looks at.
    static var start: Grammar {
        Grammar(
            name: "start",
            read: { source, path, reading in
                switch source.shape {
                case .text(let text): word(text, source, path, &reading)
                case .mapping: rule(source, path, &reading)
                case .list, .nothing: complaint(source, path, "found \(source.kind)", &reading)
                }
            },
            show: shown)
    }

    private static let words: [(name: String, value: StartText)] = [
        ("outside", .outside), ("inside", .inside), ("undecided", .undecided),
    ]

    private static let rules: [(name: String, make: @Sendable ([ThinkingSwitchName]) -> StartText)] = [
        ("inside_unless_off", { .insideUnlessOff($0) }), ("inside_if_on", { .insideIfOn($0) }),
        ("inside_if_on_or_undecided", { .insideIfOnOrUndecided($0) }), ("undecided_if_on", { .undecidedIfOn($0) }),
    ]

    private static let effortRule = "inside_if_effort_unless"

    private static func complaint(_ source: SourceValue, _ path: String, _ found: String, _ reading: inout Reading) -> StartText? {
        let hint = "rules are \((rules.map(\.name) + [effortRule]).joined(separator: ", "))"
        reading.complain(
            at: source.origin, path: path, "expected outside, inside, undecided or {rule: [switch]}, \(found)", hint: hint)
        return nil
    }

    private static func word(_ text: String, _ source: SourceValue, _ path: String, _ reading: inout Reading) -> StartText? {
        if let known = words.first(where: { $0.name == text }) { return known.value }
        return complaint(source, path, "found \(Quoted.excerpt(text))", &reading)
    }

    private static func rule(_ source: SourceValue, _ path: String, _ reading: inout Reading) -> StartText? {
        guard case .mapping(let pairs) = source.shape, pairs.count == 1, let pair = pairs.first, let name = pair.key.name else {
            return complaint(source, path, "found a mapping of another form", &reading)
        }
        let full = "\(path).\(Quoted.key(name))"
        if name == effortRule {
            return Grammar<[String]>.list(of: .text("value of reasoning_effort")).read(pair.value, full, &reading)
                .map { .insideIfEffort(unless: $0) }
        }
        if let known = rules.first(where: { $0.name == name }) {
            return Grammar<[ThinkingSwitchName]>.list(of: .choice).read(pair.value, full, &reading).flatMap { switches in
                guard switches.isEmpty else { return known.make(switches) }
                reading.complain(at: pair.value.origin, path: full, "expected at least one switch")
                return nil
            }
        }
        let names = rules.map(\.name) + [effortRule]
        let hint = NearestName.of(name, among: names).map { "did you mean \"\($0)\"?" } ?? "rules are \(names.joined(separator: ", "))"
        reading.complain(at: pair.key.origin, path: full, "unknown start rule", hint: hint)
        return nil
    }

    @Sendable private static func shown(_ start: StartText) -> String? {
        func list(_ rule: String, _ values: [String]) -> String { "{\(rule): [\(values.map(Quoted.yaml).joined(separator: ", "))]}" }
        return switch start {
        case .outside: "outside"
        case .inside: "inside"
        case .undecided: "undecided"
        case .insideUnlessOff(let switches): list("inside_unless_off", switches.map(\.rawValue))
        case .insideIfOn(let switches): list("inside_if_on", switches.map(\.rawValue))
        case .insideIfOnOrUndecided(let switches): list("inside_if_on_or_undecided", switches.map(\.rawValue))
        case .undecidedIfOn(let switches): list("undecided_if_on", switches.map(\.rawValue))
        case .insideIfEffort(let efforts): list(effortRule, efforts)
        }
    }
}

/// The values of a mapping whose keys are known and all needed.
private struct Members {
    private let values: [String: SourceValue]
    private let source: SourceValue
    private let path: String

    /// Takes a mapping apart; nil after a complaint about its shape. An unknown key is a complaint, too.
    init?(_ source: SourceValue, _ path: String, keys: [String], _ reading: inout Reading) {
        guard case .mapping(let pairs) = source.shape else {
            let form = keys.map { "\($0): …" }.joined(separator: ", ")
            reading.complain(at: source.origin, path: path, "expected {\(form)}, found \(source.kind)")
            return nil
        }
        var values: [String: SourceValue] = [:]
        for (key, value) in pairs {
            if let name = key.name, keys.contains(name) {
                values[name] = value
            } else {
                let name = key.name ?? ""
                let hint =
                    NearestName.of(name, among: keys).map { "did you mean \"\($0)\"?" }
                    ?? "the keys here are \(keys.joined(separator: ", "))"
                reading.complain(at: key.origin, path: "\(path).\(Quoted.key(name))", "unknown key", hint: hint)
            }
        }
        self.values = values
        self.source = source
        self.path = path
    }

    /// Reads one of the values; nil after a complaint.
    func read<Value>(_ key: String, _ grammar: Grammar<Value>, _ reading: inout Reading) -> Value? {
        guard let value = values[key] else {
            reading.complain(at: source.origin, path: path, "the key \(key) is missing")
            return nil
        }
        return grammar.read(value, "\(path).\(key)", &reading)
    }
}
