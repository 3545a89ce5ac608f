/// Where a string's content stands in the text, between the quotes and undecoded.
public struct JSONString: Sendable, Equatable {
    /// The bytes between the quotes.
    public let content: Range<Int>
    /// Whether the content holds a backslash: without one the bytes are the text.
    public let hasEscapes: Bool

    /// The range with both quotes.
    public var quoted: Range<Int> { content.lowerBound - 1..<content.upperBound + 1 }

    /// A string whose content stands at `content`.
    public init(content: Range<Int>, hasEscapes: Bool) {
        self.content = content
        self.hasEscapes = hasEscapes
    }

    /// The string whose content begins at `start`, right behind its opening quote. Checks everything up to its closing quote.
    ///
    /// - Throws: `JSONError` for what is no string (RFC 8259, section 7).
    public init(in bytes: Span<UInt8>, contentFrom start: Int) throws(JSONError) {
        var index = start
        var hasEscapes = false
        while true {
            index = bytes.plainEnd(from: index)
            guard index < bytes.count else { throw .unexpectedEnd }
            switch bytes[index] {
            case UInt8(ascii: "\""):
                self.init(content: start..<index, hasEscapes: hasEscapes)
                return
            case UInt8(ascii: "\\"):
                hasEscapes = true
                index = try JSONString.escapeEnd(in: bytes, at: index)
            default:
                throw .controlCharacter(offset: index)
            }
        }
    }

    /// The offset behind the escape that begins at `index`.
    private static func escapeEnd(in bytes: Span<UInt8>, at index: Int) throws(JSONError) -> Int {
        guard index + 1 < bytes.count else { throw .unexpectedEnd }
        switch bytes[index + 1] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"), UInt8(ascii: "n"),
            UInt8(ascii: "r"), UInt8(ascii: "t"):
            return index + 2
        case UInt8(ascii: "u"):
            for offset in 2..<6 {
                guard index + offset < bytes.count else { throw .unexpectedEnd }
                guard JSONText.hexDigit(bytes[index + offset]) != nil else { throw .malformed(offset: index) }
            }
            return index + 6
        default:
            throw .malformed(offset: index)
        }
    }
}
