/// Why scenarios could not be loaded or chosen. Every message names the file and what to change.
enum ScenarioError: Error, Equatable, CustomStringConvertible {
    /// The file or folder cannot be read.
    case unreadable(file: String, reason: String)
    /// The file is not JSON.
    case syntax(file: String, problem: JSONProblem)
    /// A key that no scenario has; `known` are the keys allowed in that place.
    case unknownKey(file: String, path: String, key: String, known: [String])
    /// A value has the wrong type.
    case wrongType(file: String, path: String, expected: String)
    /// A required key is absent.
    case missing(file: String, path: String)
    /// A value has the right type and means nothing.
    case invalid(file: String, path: String, problem: String)
    /// Two files describe the same scenario or claim the same model.
    case duplicate(file: String, name: String, other: String)
    /// Nothing has this name; `known` are all the names there are.
    case noSuchScenario(name: String, known: [String])

    var description: String {
        switch self {
        case .unreadable(let file, let reason):
            "\(file): cannot be read: \(reason)"
        case .syntax(let file, let problem):
            "\(file): not valid JSON: \(problem)"
        case .unknownKey(let file, let path, let key, let known):
            "\(file): unknown key \"\(key)\"\(path.isEmpty ? "" : " in \(path)")\(hint(for: key, among: known))"
        case .wrongType(let file, let path, let expected):
            "\(file): \(path) must be \(expected)"
        case .missing(let file, let path):
            "\(file): \(path) is missing"
        case .invalid(let file, let path, let problem):
            "\(file): \(path): \(problem)"
        case .duplicate(let file, let name, let other):
            "\(file): the name \"\(name)\" is already taken by \(other)"
        case .noSuchScenario(let name, let known):
            "there is no scenario \"\(name)\"\(hint(for: name, among: known))"
        }
    }

    private func hint(for name: String, among known: [String]) -> String {
        if let near = known.min(by: { distance($0, name) < distance($1, name) }), distance(near, name) <= max(2, name.count / 3) {
            return "; did you mean \"\(near)\"?"
        }
        return known.count > 20 ? "; see --list" : "; known: \(known.joined(separator: ", "))"
    }

    /// Edits between two names (Levenshtein), for the "did you mean" hint only.
    private func distance(_ left: String, _ right: String) -> Int {
        let right = Array(right)
        var row = Array(0...right.count)
        for (i, character) in left.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for j in right.indices {
                let above = row[j + 1]
                row[j + 1] = min(above + 1, row[j] + 1, diagonal + (right[j] == character ? 0 : 1))
                diagonal = above
            }
        }
        return row[right.count]
    }
}
