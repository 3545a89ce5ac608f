/// Text that stands between `<think>` and `</think>` and must not end there by itself.
enum ThinkTags {
    /// `text` with every think tag spelled so that no reader takes it for one: a prompt that asks about `</think>` must not close
    /// the block it is quoted in.
    static func defused(_ text: String) -> String {
        guard text.utf8.contains(UInt8(ascii: "<")) else { return text }
        var output = ""
        var rest = text[...]
        while let opening = rest.firstIndex(of: "<") {
            output += rest[..<opening]
            rest = rest[opening...]
            output += isTag(rest) ? "‹" : "<"
            rest.removeFirst()
        }
        return output + rest
    }

    private static func isTag(_ text: Substring) -> Bool {
        let word = text.dropFirst().first == "/" ? text.dropFirst(2) : text.dropFirst()
        return word.prefix(5).lowercased() == "think"
    }
}
