/// What the strings that a cursor has passed say.
extension JSONCursor {
    /// Whether the text of `string` is `literal`, however it is escaped.
    public func matches(_ string: JSONString, _ literal: String) -> Bool {
        if string.hasEscapes { return text(of: string).elementsEqual(literal.utf8) }
        return JSONText.equal(bytes, string.content, literal)
    }

    /// The number of bytes in the text of `string`, its escapes resolved. A `switch` over it spares most comparisons of names.
    public func byteCount(_ string: JSONString) -> Int {
        string.hasEscapes ? text(of: string).count : string.content.count
    }

    /// The value of a string that holds decimal digits only, at most 18 of them.
    public func decimal(_ string: JSONString) -> Int? {
        guard !string.content.isEmpty, string.content.count <= 18 else { return nil }
        var value = 0
        for index in string.content {
            let digit = bytes[index]
            guard digit >= UInt8(ascii: "0"), digit <= UInt8(ascii: "9") else { return nil }
            value = value * 10 + Int(digit - UInt8(ascii: "0"))
        }
        return value
    }

    /// Allocates, which is fair: hardly anybody escapes a name.
    func text(of string: JSONString) -> [UInt8] {
        var text: [UInt8] = []
        var decoder = JSONTextDecoder()
        decoder.decode(string, in: bytes, to: &text)
        decoder.finish(to: &text)
        return text
    }
}
