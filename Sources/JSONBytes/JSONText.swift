import ByteScan

/// The text of JSON strings: bytes in, bytes out.
public enum JSONText {
    /// Appends `text` (UTF-8) as the content of a JSON string, without quotes.
    ///
    /// Escapes `"`, `\`, U+0000–U+001F and U+007F, and, so that no reader takes them for line ends, U+2028 and U+2029.
    /// Everything else stays as it is.
    public static func appendEscaped(_ text: Span<UInt8>, to output: inout [UInt8]) {
        var plain = 0
        var index = 0
        while index < text.count {
            let byte = text[index]
            if byte >= 0x20, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\"), byte != 0x7F, byte != 0xE2 {
                index += 1
                continue
            }
            if byte == 0xE2 {
                guard index + 2 < text.count, text[index + 1] == 0x80, text[index + 2] & 0xFE == 0xA8 else {
                    index += 1
                    continue
                }
                output.append(text.extracting(plain..<index))
                output.append(text[index + 2] == 0xA8 ? "\\u2028" : "\\u2029")
                index += 3
            } else {
                output.append(text.extracting(plain..<index))
                appendEscape(of: byte, to: &output)
                index += 1
            }
            plain = index
        }
        output.append(text.extracting(plain..<text.count))
    }

    /// Appends `text` as a whole JSON string, with quotes.
    public static func appendQuoted(_ text: Span<UInt8>, to output: inout [UInt8]) {
        output.append(UInt8(ascii: "\""))
        appendEscaped(text, to: &output)
        output.append(UInt8(ascii: "\""))
    }

    /// Appends `text` as a whole JSON string, with quotes.
    public static func appendQuoted(_ text: String, to output: inout [UInt8]) {
        text.withBytes { appendQuoted($0, to: &output) }
    }

    /// The value of a hexadecimal digit.
    @inline(__always)
    public static func hexDigit(_ byte: UInt8) -> UInt16? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt16(byte - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt16(byte - UInt8(ascii: "a") + 10)
        case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt16(byte - UInt8(ascii: "A") + 10)
        default: nil
        }
    }

    /// Whether `range` of `bytes` spells `literal`.
    @inline(__always)
    public static func equal(_ bytes: Span<UInt8>, _ range: Range<Int>, _ literal: String) -> Bool {
        // As a span: iterating over `utf8` costs 25 instructions for each byte, and names are a third of the work on a chunk.
        guard range.count == literal.utf8.count else { return false }
        return literal.withBytes { expected in
            for offset in expected.indices where bytes[range.lowerBound + offset] != expected[offset] { return false }
            return true
        }
    }

    private static func appendEscape(of byte: UInt8, to output: inout [UInt8]) {
        switch byte {
        case UInt8(ascii: "\""): output.append("\\\"")
        case UInt8(ascii: "\\"): output.append("\\\\")
        case 0x0A: output.append("\\n")
        case 0x0D: output.append("\\r")
        case 0x09: output.append("\\t")
        default:
            output.append("\\u00")
            output.append(lowercaseHex(byte >> 4))
            output.append(lowercaseHex(byte & 15))
        }
    }

    private static func lowercaseHex(_ nibble: UInt8) -> UInt8 {
        nibble < 10 ? UInt8(ascii: "0") + nibble : UInt8(ascii: "a") + nibble - 10
    }
}
