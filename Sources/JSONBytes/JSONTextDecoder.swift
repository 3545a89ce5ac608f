/// Turns the undecoded contents of JSON strings, which follow one another as one text, into UTF-8.
///
/// A character outside the basic plane is two escapes (`\uD83D\uDE00`), and servers do cut between them: the first half
/// waits here until the next string brings the second. A half that stays alone becomes U+FFFD.
public struct JSONTextDecoder: Sendable {
    private var highSurrogate: UInt16?

    /// A decoder at the start of a text.
    public init() {}

    /// Whether half a character waits for the next string.
    public var isHoldingHalfCharacter: Bool { highSurrogate != nil }

    /// Appends the text of `string`, whose bytes are in `bytes` and were checked by `JSONCursor`.
    public mutating func decode(_ string: JSONString, in bytes: Span<UInt8>, to output: inout [UInt8]) {
        let content = bytes.extracting(string.content)
        guard string.hasEscapes || highSurrogate != nil else {
            output.append(content)
            return
        }
        if !content.isEmpty { decodeEscaped(content, to: &output) }
    }

    /// The text has ended: a half character that still waits becomes U+FFFD.
    public mutating func finish(to output: inout [UInt8]) {
        flushHalf(to: &output)
    }

    private mutating func decodeEscaped(_ content: Span<UInt8>, to output: inout [UInt8]) {
        var plain = 0
        var index = 0
        while index < content.count {
            guard content[index] == UInt8(ascii: "\\") else {
                index += 1
                continue
            }
            appendPlain(content.extracting(plain..<index), to: &output)
            index = decodeEscape(at: index, in: content, to: &output)
            plain = index
        }
        appendPlain(content.extracting(plain..<content.count), to: &output)
    }

    private mutating func appendPlain(_ text: Span<UInt8>, to output: inout [UInt8]) {
        guard !text.isEmpty else { return }
        flushHalf(to: &output)
        output.append(text)
    }

    private mutating func decodeEscape(at index: Int, in content: Span<UInt8>, to output: inout [UInt8]) -> Int {
        guard index + 1 < content.count else { return content.count }
        if content[index + 1] == UInt8(ascii: "u") {
            guard index + 6 <= content.count else { return content.count }
            var unit: UInt16 = 0
            for offset in 2..<6 { unit = unit << 4 | (JSONText.hexDigit(content[index + offset]) ?? 0) }
            receive(unit, to: &output)
            return index + 6
        }
        flushHalf(to: &output)
        output.append(JSONTextDecoder.byte(ofEscape: content[index + 1]))
        return index + 2
    }

    private mutating func receive(_ unit: UInt16, to output: inout [UInt8]) {
        if UTF16.isTrailSurrogate(unit), let high = highSurrogate {
            highSurrogate = nil
            let value = 0x10000 + (UInt32(high) - 0xD800) << 10 + (UInt32(unit) - 0xDC00)
            JSONTextDecoder.append(scalar: value, to: &output)
            return
        }
        flushHalf(to: &output)
        if UTF16.isLeadSurrogate(unit) {
            highSurrogate = unit
        } else {
            JSONTextDecoder.append(scalar: UTF16.isTrailSurrogate(unit) ? 0xFFFD : UInt32(unit), to: &output)
        }
    }

    private mutating func flushHalf(to output: inout [UInt8]) {
        guard highSurrogate != nil else { return }
        highSurrogate = nil
        JSONTextDecoder.append(scalar: 0xFFFD, to: &output)
    }

    private static func byte(ofEscape letter: UInt8) -> UInt8 {
        switch letter {
        case UInt8(ascii: "n"): 0x0A
        case UInt8(ascii: "t"): 0x09
        case UInt8(ascii: "r"): 0x0D
        case UInt8(ascii: "b"): 0x08
        case UInt8(ascii: "f"): 0x0C
        default: letter
        }
    }

    private static func append(scalar value: UInt32, to output: inout [UInt8]) {
        switch value {
        case 0..<0x80:
            output.append(UInt8(value))
        case 0x80..<0x800:
            output.append(0xC0 | UInt8(value >> 6))
            output.append(0x80 | UInt8(value & 0x3F))
        case 0x800..<0x10000:
            output.append(0xE0 | UInt8(value >> 12))
            output.append(0x80 | UInt8(value >> 6 & 0x3F))
            output.append(0x80 | UInt8(value & 0x3F))
        default:
            output.append(0xF0 | UInt8(value >> 18))
            output.append(0x80 | UInt8(value >> 12 & 0x3F))
            output.append(0x80 | UInt8(value >> 6 & 0x3F))
            output.append(0x80 | UInt8(value & 0x3F))
        }
    }
}
