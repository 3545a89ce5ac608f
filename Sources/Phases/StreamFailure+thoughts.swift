extension [UInt8] {
    /// Marks with which models begin a thought.
    private static let marks = ["<think", "<reasoning>", "[THINK]", "<|channel|>analysis"].map { [UInt8]($0.utf8) }
    /// What the names of all fields of reasoning begin with.
    private static let names = ["reasoning", "thinking"].map { [UInt8]($0.utf8) }

    /// Cuts an error's text where it begins to quote what the model thought: gateways that stumble over a chunk or an answer put it into
    /// their message. A quoted field of reasoning keeps its name and colon; a name that is merely mentioned ("reasoning_content: not
    /// permitted") is left alone.
    mutating func cutWhereThoughtsBegin() {
        for index in indices {
            if Self.marks.contains(where: { self[index...].starts(with: $0) }) {
                removeSubrange(index...)
            } else if let end = endOfQuotedName(at: index) {
                removeSubrange(end...)
            } else {
                continue
            }
            self += Array(" …".utf8)
            return
        }
    }

    /// Where the value of a field of reasoning begins, if its name stands at `index`: in quotes, perhaps escaped, and with a colon behind.
    private func endOfQuotedName(at index: Int) -> Int? {
        guard let name = Self.names.first(where: { self[index...].starts(with: $0) }) else { return nil }
        var place = index + name.count
        func skip(_ isMeant: (UInt8) -> Bool) {
            while place < count, isMeant(self[place]) { place += 1 }
        }
        skip { $0 == UInt8(ascii: "_") || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) }
        skip { $0 == UInt8(ascii: "\\") }
        guard place < count, self[place] == UInt8(ascii: "\"") || self[place] == UInt8(ascii: "'") else { return nil }
        place += 1
        skip { $0 == 0x20 }
        guard place < count, self[place] == UInt8(ascii: ":") else { return nil }
        return place + 1
    }
}
