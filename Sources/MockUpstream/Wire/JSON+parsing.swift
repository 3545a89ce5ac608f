/// Why a text is not JSON, and where.
struct JSONProblem: Error, Equatable, CustomStringConvertible {
    var line: Int
    var column: Int
    var problem: String

    var description: String { "line \(line), column \(column): \(problem)" }
}

extension JSON {
    /// Parses one JSON text (RFC 8259), with nothing but white space after it. At most `JSONReader.depthLimit` levels deep.
    init(parsing bytes: [UInt8]) throws(JSONProblem) {
        var reader = JSONReader(bytes: bytes)
        self = try reader.document()
    }

    init(parsing text: String) throws(JSONProblem) {
        try self.init(parsing: Array(text.utf8))
    }
}

/// A recursive-descent reader. Lone surrogates become U+FFFD, because a Swift string cannot hold them.
private struct JSONReader {
    static let depthLimit = 256

    let bytes: [UInt8]
    var position = 0

    mutating func document() throws(JSONProblem) -> JSON {
        let value = try value(depth: 0)
        skipSpace()
        guard position == bytes.count else { throw problem("there is text after the end of the JSON value") }
        return value
    }

    private mutating func value(depth: Int) throws(JSONProblem) -> JSON {
        guard depth < Self.depthLimit else { throw problem("nested deeper than \(Self.depthLimit) levels") }
        skipSpace()
        switch peek {
        case UInt8(ascii: "{"): return try object(depth: depth)
        case UInt8(ascii: "["): return try array(depth: depth)
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        case let byte? where "-0123456789".utf8.contains(byte): return try number()
        case nil: throw problem("the text ends where a value should begin")
        default: throw problem("expected a value")
        }
    }

    private mutating func object(depth: Int) throws(JSONProblem) -> JSON {
        position += 1
        var members: [JSON.Member] = []
        if accept("}") { return .object(members) }
        repeat {
            skipSpace()
            guard peek == UInt8(ascii: "\"") else { throw problem("expected a key in quotes") }
            let key = try string()
            guard accept(":") else { throw problem("expected ':' after the key \"\(key)\"") }
            members.append(.init(key: key, value: try value(depth: depth + 1)))
        } while accept(",")
        guard accept("}") else { throw problem("expected ',' or '}'") }
        return .object(members)
    }

    private mutating func array(depth: Int) throws(JSONProblem) -> JSON {
        position += 1
        var elements: [JSON] = []
        if accept("]") { return .array(elements) }
        repeat { elements.append(try value(depth: depth + 1)) } while accept(",")
        guard accept("]") else { throw problem("expected ',' or ']'") }
        return .array(elements)
    }

    private mutating func word(_ word: String, _ value: JSON) throws(JSONProblem) -> JSON {
        guard bytes[position...].starts(with: word.utf8) else { throw problem("expected \(word)") }
        position += word.utf8.count
        return value
    }

    private mutating func number() throws(JSONProblem) -> JSON {
        let start = position
        while let byte = peek, "+-.eE0123456789".utf8.contains(byte) { position += 1 }
        let digits = String(decoding: bytes[start..<position], as: UTF8.self)
        guard Double(digits) != nil else { throw problem("\(digits) is not a number") }
        return .number(digits)
    }

    private mutating func string() throws(JSONProblem) -> String {
        position += 1
        var text: [UInt8] = []
        while let byte = peek {
            position += 1
            switch byte {
            case UInt8(ascii: "\""): return String(decoding: text, as: UTF8.self)
            case UInt8(ascii: "\\"): try escape(into: &text)
            case 0..<0x20: throw problem("a raw control character in a string (write \\n for a line end)")
            default: text.append(byte)
            }
        }
        throw problem("the text ends inside a string")
    }

    private mutating func escape(into text: inout [UInt8]) throws(JSONProblem) {
        let escaped = peek
        position += 1
        switch escaped {
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0C)
        case UInt8(ascii: "u"): text.append(contentsOf: Character(try unicodeEscape()).utf8)
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): if let escaped { text.append(escaped) }
        default: throw problem("unknown escape in a string")
        }
    }

    private mutating func unicodeEscape() throws(JSONProblem) -> Unicode.Scalar {
        let high = try hexUnit()
        if let scalar = Unicode.Scalar(high) { return scalar }
        guard (0xD800..<0xDC00).contains(high), bytes[position...].starts(with: #"\u"#.utf8) else { return "\u{FFFD}" }
        let before = position
        position += 2
        let low = try hexUnit()
        guard (0xDC00..<0xE000).contains(low) else {
            position = before
            return "\u{FFFD}"
        }
        return Unicode.Scalar((UInt32(high) - 0xD800) << 10 + (UInt32(low) - 0xDC00) + 0x10000) ?? "\u{FFFD}"
    }

    private mutating func hexUnit() throws(JSONProblem) -> UInt16 {
        let end = min(position + 4, bytes.count)
        let digits = String(decoding: bytes[position..<end], as: UTF8.self)
        guard digits.utf8.count == 4, let unit = UInt16(digits, radix: 16) else { throw problem("\\u needs four hexadecimal digits") }
        position = end
        return unit
    }

    private var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func accept(_ character: Unicode.Scalar) -> Bool {
        skipSpace()
        guard peek == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    private mutating func skipSpace() {
        while let byte = peek, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
    }

    private func problem(_ text: String) -> JSONProblem {
        let before = bytes[..<min(position, bytes.count)]
        let line = before.reduce(1) { $1 == 0x0A ? $0 + 1 : $0 }
        let lineStart = before.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
        return JSONProblem(line: line, column: before.count - lineStart + 1, problem: text)
    }
}
