/// Finds the second appearance of a key that the YAML library refused, and takes it out of the way.
///
/// The library stops at the first repeated key and names only its first appearance. To report every fault of a file at
/// once, the later key is renamed in place and the text read again; the renamed key is skipped by its place. Works for
/// keys of block mappings, one per line; for any other the library's refusal stands alone.
struct RepeatedKeys {
    /// The text without its repeated keys.
    private(set) var lines: [String]
    /// A key taken out of the way.
    struct Found {
        let key: String
        /// The line of its first appearance.
        let firstLine: Int
    }

    /// The keys taken out of the way, by their place.
    private(set) var found: [YAMLText.Place: Found] = [:]

    init(_ text: String) {
        lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }

    /// The text as it is now.
    var text: String { lines.joined(separator: "\n") }

    /// Renames the next appearance of a key in the mapping that begins with or contains the given place.
    ///
    /// - Returns: false if it was not found.
    mutating func takeOut(_ key: String, after first: YAMLText.Place) -> Bool {
        for index in lines.indices.dropFirst(first.line) {
            let line = lines[index]
            let content = line.drop { $0 == " " }
            guard let mark = content.first, mark != "#" else { continue }
            let column = line.count - content.count + 1
            if column < first.column { return false }
            guard column == first.column, isKey(key, of: content) else { continue }
            let place = YAMLText.Place(line: index + 1, column: column)
            lines[index] = String(repeating: " ", count: column - 1) + "repeated key \(found.count)" + afterKey(content)
            found[place] = Found(key: key, firstLine: first.line)
            return true
        }
        return false
    }

    private func isKey(_ key: String, of content: Substring) -> Bool {
        guard let colon = content.firstIndex(of: ":") else { return false }
        var name = content[..<colon]
        while name.last == " " { name.removeLast() }
        return name == key || name == "\"\(key)\"" || name == "'\(key)'"
    }

    private func afterKey(_ content: Substring) -> Substring {
        content.firstIndex(of: ":").map { content[$0...] } ?? ""
    }
}
