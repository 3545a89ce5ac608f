/// Text of others inside messages and YAML.
enum Quoted {
    /// The text in double quotes, without control characters and cut to 40 characters, for a message of one line.
    static func excerpt(_ text: String) -> String {
        let cut = text.prefix(40)
        return "\"" + cut.map(escaped).joined() + (cut.endIndex < text.endIndex ? "…\"" : "\"")
    }

    /// A key as far as it looks like one. The rest may be a value, even a secret, whose colon lacks its space.
    static func key(_ text: String) -> String {
        let name = text.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || "_-*./".contains($0)) }.prefix(40)
        return name.endIndex == text.endIndex ? text : "\(name)…"
    }

    /// The text as a YAML scalar inside a flow collection: plain where that is safe, else in double quotes.
    static func yaml(_ text: String) -> String {
        let isPlain =
            text.first.map { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "/" || $0 == ".") } ?? false
            && text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "/._-:+*%".contains($0)) } && text.last != ":"
        return isPlain ? text : "\"" + text.map(escaped).joined() + "\""
    }

    /// The text as a YAML scalar that keeps backslashes readable: in single quotes, or in double ones where single ones cannot say it.
    static func literal(_ text: String) -> String {
        let isVisible = text.unicodeScalars.allSatisfy {
            $0.value >= 0x20 && !(0x7F...0x9F).contains($0.value) && !(0x2028...0x2029).contains($0.value) && $0.value != 0xFEFF
        }
        if isVisible { return "'" + text.map { $0 == "'" ? "''" : String($0) }.joined() + "'" }
        return "\"" + text.map(escaped).joined() + "\""
    }

    private static func escaped(_ character: Character) -> String {
        if character == "\"" || character == "\\" { return "\\\(character)" }
        return character.unicodeScalars.map { scalar in
            let isVisible = scalar.value >= 0x20 && !(0x7F...0x9F).contains(scalar.value) && !(0x2028...0x2029).contains(scalar.value)
            if isVisible { return String(Character(scalar)) }
            let hex = String(scalar.value, radix: 16, uppercase: true)
            return "\\u" + String(repeating: "0", count: 4 - min(4, hex.utf8.count)) + hex
        }.joined()
    }
}
