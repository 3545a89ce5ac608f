/// Reads the members of a JSON object one by one and refuses what is left over.
///
/// A scenario with a misspelt key would quietly play something else than its author meant; so every unknown key is an error that
/// names the file, the place and the keys that exist there.
struct StrictFields {
    let file: String
    let path: String
    private var left: [JSON.Member]
    private var asked: [String] = []

    init(_ value: JSON, file: String, path: String) throws(ScenarioError) {
        guard case .object(let members) = value else {
            throw .wrongType(file: file, path: path.isEmpty ? "the scenario" : path, expected: "an object")
        }
        self.file = file
        self.path = path
        left = members
    }

    /// Where `key` stands, as an error message names it.
    func place(_ key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }

    mutating func value(_ key: String) -> JSON? {
        asked.append(key)
        guard let index = left.firstIndex(where: { $0.key == key }) else { return nil }
        return left.remove(at: index).value
    }

    mutating func string(_ key: String) throws(ScenarioError) -> String? {
        try converted(key, "a string", \.text)
    }

    mutating func bool(_ key: String) throws(ScenarioError) -> Bool? {
        try converted(key, "true or false", \.truth)
    }

    mutating func integer(_ key: String) throws(ScenarioError) -> Int? {
        try converted(key, "a whole number, not negative") { $0.integer.flatMap { $0 >= 0 ? $0 : nil } }
    }

    mutating func double(_ key: String) throws(ScenarioError) -> Double? {
        try converted(key, "a number, not negative") { $0.double.flatMap { $0 >= 0 ? $0 : nil } }
    }

    /// A text, either as one string or as an array of strings, which are joined with line ends: long texts stay readable in a file.
    mutating func text(_ key: String) throws(ScenarioError) -> String? {
        try converted(key, "a string or an array of strings (its lines)") { value in
            value.text ?? value.elements.flatMap(Self.allStrings)?.joined(separator: "\n")
        }
    }

    mutating func strings(_ key: String) throws(ScenarioError) -> [String]? {
        try converted(key, "an array of strings") { $0.elements.flatMap(Self.allStrings) }
    }

    mutating func array(_ key: String) throws(ScenarioError) -> [JSON]? {
        try converted(key, "an array", \.elements)
    }

    /// Refuses whatever nobody asked for.
    func finish() throws(ScenarioError) {
        if let stray = left.first {
            throw .unknownKey(file: file, path: path, key: stray.key, known: asked.sorted())
        }
    }

    private mutating func converted<T>(_ key: String, _ expected: String, _ convert: (JSON) -> T?) throws(ScenarioError) -> T? {
        guard let value = value(key) else { return nil }
        guard let result = convert(value) else { throw .wrongType(file: file, path: place(key), expected: expected) }
        return result
    }

    private static func allStrings(_ elements: [JSON]) -> [String]? {
        let strings = elements.compactMap(\.text)
        return strings.count == elements.count ? strings : nil
    }
}
