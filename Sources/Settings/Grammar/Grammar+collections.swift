extension Grammar {
    /// A list: in YAML a list, in the environment and in flags separated by commas.
    static func list<Element: Sendable>(of element: Grammar<Element>) -> Grammar where Value == [Element] {
        Grammar(
            name: "list of \(element.name)",
            read: { source, path, reading in
                guard let parts = Self.elements(of: source) else {
                    reading.complain(at: source.origin, path: path, "expected a list, found \(source.kind)", hint: "write [a, b]")
                    return nil
                }
                let values = parts.enumerated().map { element.read($1, "\(path)[\($0)]", &reading) }
                let read = values.compactMap { $0 }
                return read.count == values.count ? read : nil
            },
            show: { values in values.isEmpty ? nil : "[" + values.compactMap { element.show($0) }.joined(separator: ", ") + "]" })
    }

    /// A mapping whose order counts: in YAML a mapping, in the environment and in flags `key=value` separated by commas.
    ///
    /// `pair` makes an entry of a key and its value, or says what is wrong with the key; `split` takes one apart again.
    static func mapping<Entry: Sendable, Element: Sendable>(
        of keys: String, to values: Grammar<Element>,
        pair: @escaping @Sendable (String, Element) throws(ValueFault) -> Entry, split: @escaping @Sendable (Entry) -> (String, Element)
    ) -> Grammar where Value == [Entry] {
        Grammar(
            name: "\(keys): \(values.name)",
            read: { source, path, reading in
                guard let parts = Self.pairs(of: source) else {
                    let found = source.isFlat ? "something else" : source.kind
                    let hint = source.isFlat ? "write \(keys)=value,\(keys)=value" : "write {\(keys): value}"
                    reading.complain(
                        at: source.origin, path: path, "expected pairs of \(keys) and \(values.name), found \(found)", hint: hint)
                    return nil
                }
                let entries = parts.map { Self.entry($0, path, values, pair, &reading) }
                let read = entries.compactMap { $0 }
                return read.count == entries.count ? read : nil
            },
            show: { entries in
                guard !entries.isEmpty else { return nil }
                let texts = entries.map(split).map { "\(Quoted.yaml($0)): \(values.show($1) ?? "")" }
                return "{" + texts.joined(separator: ", ") + "}"
            })
    }

    private static func entry<Entry, Element>(
        _ part: (key: SourceKey, value: SourceValue), _ path: String, _ values: Grammar<Element>,
        _ pair: (String, Element) throws(ValueFault) -> Entry, _ reading: inout Reading
    ) -> Entry? {
        guard let name = part.key.name, !name.isEmpty else {
            reading.complain(at: part.key.origin, path: path, "expected a text as key")
            return nil
        }
        let full = "\(path).\(Quoted.key(name))"
        guard let value = values.read(part.value, full, &reading) else { return nil }
        do throws(ValueFault) {
            return try pair(name, value)
        } catch {
            let (problem, hint) = error.told(expected: "expected \(path) without this key")
            reading.complain(at: part.key.origin, path: full, problem, hint: hint)
            return nil
        }
    }

    private static func elements(of source: SourceValue) -> [SourceValue]? {
        switch source.shape {
        case .list(let elements): elements
        case .text(let text) where source.isFlat: pieces(of: text).map { SourceValue(shape: .text($0), origin: source.origin) }
        case .text, .mapping, .nothing: nil
        }
    }

    private static func pairs(of source: SourceValue) -> [(key: SourceKey, value: SourceValue)]? {
        switch source.shape {
        case .mapping(let pairs): return pairs
        case .text(let text) where source.isFlat:
            let pairs = pieces(of: text).compactMap { piece -> (key: SourceKey, value: SourceValue)? in
                guard let equals = piece.firstIndex(of: "=") else { return nil }
                let value = SourceValue(shape: .text(String(piece[piece.index(after: equals)...])), origin: source.origin)
                return (SourceKey(name: String(piece[..<equals]), origin: source.origin), value)
            }
            return pairs.count == pieces(of: text).count ? pairs : nil
        case .text, .list, .nothing: return nil
        }
    }

    /// The parts between commas without the spaces around them; empty parts count for nothing.
    private static func pieces(of text: String) -> [String] {
        text.split(separator: ",").map { piece in
            var trimmed = piece.drop { $0 == " " }
            while trimmed.last == " " { trimmed.removeLast() }
            return String(trimmed)
        }.filter { !$0.isEmpty }
    }
}

extension Grammar {
    /// Model patterns, each with its value.
    static func byPattern<Element: Sendable>(_ values: Grammar<Element>) -> Grammar where Value == [PatternChoice<Element>] {
        mapping(
            of: "pattern", to: values,
            pair: { name, value in PatternChoice(pattern: ModelPattern(name), value: value) },
            split: { ($0.pattern.description, $0.value) })
    }
}

extension Grammar where Value == [ModelAlias] {
    /// Model names of clients, each with the upstream's name.
    static var aliases: Grammar {
        mapping(of: "name", to: .text("model name"), pair: { ModelAlias(name: $0, target: $1) }, split: { ($0.name, $0.target) })
    }
}

extension Grammar where Value == [HeaderField] {
    /// Header names and values. A value may be a reference to the environment; what is wrong with one never repeats it.
    static var headers: Grammar {
        let value = Grammar<Secret>(
            name: "value",
            read: { source, path, reading in
                guard case .text(let text) = source.shape else {
                    reading.complain(at: source.origin, path: path, "expected a header value, found \(source.kind)")
                    return nil
                }
                guard let name = reading.reference(in: text) else {
                    if case .file = source.origin, isSecret(path) {
                        reading.complain(.warning, at: source.origin, path: path, "a secret stands in the file", hint: "write env:NAME")
                    }
                    return Secret(text)
                }
                return reading.lookUp(name, at: source.origin, path: path).map { Secret($0) }
            },
            show: { "\"\($0)\"" })
        return mapping(of: "name", to: value, pair: Self.field, split: { ($0.name, $0.value) })
    }

    /// Whether a header's name says that its value is a credential.
    private static func isSecret(_ path: String) -> Bool {
        let name = path.lowercased()
        return ["authorization", "key", "token", "secret", "cookie"].contains { name.hasSuffix($0) }
    }

    @Sendable private static func field(_ name: String, _ value: Secret) throws(ValueFault) -> HeaderField {
        do throws(HeaderField.Fault) {
            return try HeaderField(checking: name, value: value.exposed)
        } catch {
            switch error {
            case .notAToken: throw .rule("this is not a header name")
            case .ours: throw .rule("the proxy writes this header itself")
            case .controlCharacter: throw .rule("the value holds a character that no header can carry")
            }
        }
    }
}
