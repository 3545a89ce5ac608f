/// How values of one type are written: read from any source, shown as YAML, named for people.
struct Grammar<Value: Sendable>: Sendable {
    /// The type's name in tables and `--help`.
    let name: String
    /// Reads a value; nil after a complaint. The path is the setting's, for the complaint.
    let read: @Sendable (SourceValue, String, inout Reading) -> Value?
    /// The value as YAML, on one line; nil if it stands for "not set".
    let show: @Sendable (Value) -> String?
}

extension Grammar {
    /// A value that is one text.
    ///
    /// Complaints say what was expected and repeat what was found, cut to 40 characters.
    static func scalar(
        _ name: String, expected: String, show: @escaping @Sendable (Value) -> String,
        parse: @escaping @Sendable (String) throws(ValueFault) -> Value
    ) -> Grammar {
        Grammar(
            name: name,
            read: { source, path, reading in
                guard case .text(let text) = source.shape else {
                    let hint = Self.isEmpty(source) ? "give it a value, or remove the line" : nil
                    reading.complain(at: source.origin, path: path, "expected \(expected), found \(source.kind)", hint: hint)
                    return nil
                }
                do throws(ValueFault) {
                    return try parse(text)
                } catch {
                    let (problem, hint) = error.told(expected: "expected \(expected), found \(Quoted.excerpt(text))")
                    reading.complain(at: source.origin, path: path, problem, hint: hint)
                    return nil
                }
            },
            show: { Quoted.yaml(show($0)) })
    }

    /// The same value, or nothing. The word, if there is one, spells "nothing" on purpose.
    static func optional<Wrapped>(_ wrapped: Grammar<Wrapped>, word: String? = nil) -> Grammar where Value == Wrapped? {
        Grammar(
            name: word.map { "\($0) or \(wrapped.name)" } ?? wrapped.name,
            read: { source, path, reading in
                if let word, case .text(word) = source.shape { return .some(nil) }
                return wrapped.read(source, path, &reading).map { .some($0) }
            },
            show: { value in
                if let value { wrapped.show(value) } else { word }
            })
    }

    private static func isEmpty(_ source: SourceValue) -> Bool {
        if case .nothing = source.shape { return true }
        return false
    }
}
