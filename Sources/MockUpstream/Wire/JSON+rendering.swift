/// How JSON text is spelt. Every choice is one that a real provider has made.
struct JSONSpelling: Sendable, Equatable {
    /// Everything outside ASCII is written as `\uXXXX`, as Python's `json.dumps` does by default.
    var escapesUnicode = false
    /// A space after `:` and `,`, as Python writes it.
    var spaced = false

    static let compact = JSONSpelling()
}

extension JSON {
    /// The value as UTF-8 JSON text on one line.
    func bytes(_ spelling: JSONSpelling = .compact) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(256)
        write(to: &output, spelling)
        return output
    }

    /// The value as JSON text on one line.
    func rendered(_ spelling: JSONSpelling = .compact) -> String {
        String(decoding: bytes(spelling), as: UTF8.self)
    }

    func write(to output: inout [UInt8], _ spelling: JSONSpelling) {
        switch self {
        case .null: output.append(contentsOf: "null".utf8)
        case .bool(let truth): output.append(contentsOf: (truth ? "true" : "false").utf8)
        case .number(let digits): output.append(contentsOf: digits.utf8)
        case .string(let text): Self.write(text, to: &output, spelling)
        case .array(let elements):
            output.append(UInt8(ascii: "["))
            for (index, element) in elements.enumerated() {
                if index > 0 { Self.writeComma(to: &output, spelling) }
                element.write(to: &output, spelling)
            }
            output.append(UInt8(ascii: "]"))
        case .object(let members):
            output.append(UInt8(ascii: "{"))
            for (index, member) in members.enumerated() {
                if index > 0 { Self.writeComma(to: &output, spelling) }
                Self.write(member.key, to: &output, spelling)
                output.append(UInt8(ascii: ":"))
                if spelling.spaced { output.append(UInt8(ascii: " ")) }
                member.value.write(to: &output, spelling)
            }
            output.append(UInt8(ascii: "}"))
        }
    }

    private static func writeComma(to output: inout [UInt8], _ spelling: JSONSpelling) {
        output.append(UInt8(ascii: ","))
        if spelling.spaced { output.append(UInt8(ascii: " ")) }
    }

    private static func write(_ text: String, to output: inout [UInt8], _ spelling: JSONSpelling) {
        output.append(UInt8(ascii: "\""))
        if spelling.escapesUnicode {
            for unit in text.utf16 {
                if unit < 0x80 { writeASCII(UInt8(unit), to: &output) } else { writeEscape(unit, to: &output) }
            }
        } else {
            for byte in text.utf8 {
                if byte < 0x80 { writeASCII(byte, to: &output) } else { output.append(byte) }
            }
        }
        output.append(UInt8(ascii: "\""))
    }

    private static func writeASCII(_ byte: UInt8, to output: inout [UInt8]) {
        switch byte {
        case UInt8(ascii: "\""): output.append(contentsOf: #"\""#.utf8)
        case UInt8(ascii: "\\"): output.append(contentsOf: #"\\"#.utf8)
        case 0x0A: output.append(contentsOf: #"\n"#.utf8)
        case 0x0D: output.append(contentsOf: #"\r"#.utf8)
        case 0x09: output.append(contentsOf: #"\t"#.utf8)
        case 0..<0x20: writeEscape(UInt16(byte), to: &output)
        default: output.append(byte)
        }
    }

    private static let hexDigits = Array("0123456789abcdef".utf8)

    private static func writeEscape(_ unit: UInt16, to output: inout [UInt8]) {
        output.append(contentsOf: #"\u"#.utf8)
        for shift in [12, 8, 4, 0] { output.append(hexDigits[Int(unit >> UInt16(shift)) & 0xF]) }
    }
}

extension JSON {
    /// The bytes of a literal: `JSON.render(["status": "ok"])`.
    static func render(_ value: JSON) -> [UInt8] { value.bytes() }
}
