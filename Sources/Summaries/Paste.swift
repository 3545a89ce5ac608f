/// Something pasted into a prompt that is described, not quoted.
struct Paste: Equatable {
    enum Kind: Int, Equatable { case code, log, data, markup }

    var kind: Kind
    /// The language a fence names; else empty.
    var language = ""
    var lines: Int
    /// It goes on in the part that was not looked at.
    var isOpenEnded = false

    /// "swift code, 34 lines".
    var description: String {
        let name =
            switch kind {
            case .code: language.isEmpty ? "code" : "\(language) code"
            case .log: "a log"
            case .data: "data"
            case .markup: "marked-up text"
            }
        if isOpenEnded { return name }
        return lines == 1 ? "\(name), 1 line" : "\(name), \(lines) lines"
    }
}

/// What one line of a prompt looks like.
enum LineKind: Equatable {
    case blank, prose
    /// Without a word: it belongs to what stands before it.
    case wordless
    case paste(Paste.Kind)

    /// The kind of a line, by its first `longest` bytes.
    init(_ line: ArraySlice<UInt8>) {
        let indent = line.prefix { $0 == 0x20 || $0 == 0x09 }.count
        var body = line.dropFirst(indent).prefix(Self.longest)
        while let last = body.last, last == 0x20 || last == 0x0D || last == 0x09 { body.removeLast() }
        guard let first = body.first else {
            self = .blank
            return
        }
        let text = Array(body)
        if Self.isLog(text, indent: indent) {
            self = .paste(.log)
        } else if Self.isData(text, first: first) {
            self = .paste(.data)
        } else if first == 0x3C, text.last == 0x3E {
            self = .paste(.markup)
        } else if CodeLine.looksLike(text) || indent >= 4 && Self.hasCall(text) || Self.isComment(text, indent: indent) {
            self = .paste(.code)
        } else if text.count < 40, !text.contains(where: { $0 >= 0x80 || Scalars.isASCIILetter(UInt32($0)) }) {
            self = .wordless
        } else {
            self = .prose
        }
    }

    /// Bytes of a line that are looked at.
    static let longest = 320

    private static func isLog(_ text: [UInt8], indent: Int) -> Bool {
        if startsWithTime(text) { return true }
        if indent > 0, text.starts(with: "at ".utf8), text.contains(0x28) || text.contains(0x2E) { return true }
        if text.starts(with: "File \"".utf8) || text.starts(with: "Traceback (".utf8) || text.starts(with: "Caused by:".utf8) {
            return true
        }
        return levels.contains { level in text.starts(with: level) || text.dropFirst().starts(with: level) }
    }

    private static let levels = ["ERROR", "WARN", "INFO", "DEBUG", "TRACE", "FATAL", "error:", "warning:", "Exception in"].map {
        Array($0.utf8)
    }

    /// "2026-01-05T…", "[12:30:01", "12:30:01,123".
    private static func startsWithTime(_ text: [UInt8]) -> Bool {
        let body = text.first == 0x5B || text.first == 0x28 ? text.dropFirst() : text[...]
        let head = Array(body.prefix(10))
        guard head.count >= 8, head[0] &- 0x30 < 10, head[1] &- 0x30 < 10 else { return false }
        let isDate = head.count == 10 && (head[4] == 0x2D || head[4] == 0x2F) && head[7] == head[4]
        return isDate || head[2] == 0x3A && head[5] == 0x3A
    }

    private static func isData(_ text: [UInt8], first: UInt8) -> Bool {
        switch first {
        case 0x7B, 0x7D, 0x5D: return text.count == 1 || text.last != 0x2E
        case 0x5B: return text.count == 1 || text.contains(0x22) || text.contains(0x7B)
        case 0x22: return text.count(where: { $0 == 0x22 }) >= 2 && text.contains(0x3A) && (text.last == 0x2C || text.last == 0x22)
        case 0x7C: return text.last == 0x7C
        default: break
        }
        let separators = text.count { $0 == 0x2C || $0 == 0x09 || $0 == 0x3B }
        let spaces = text.count { $0 == 0x20 }
        return separators >= 3 && spaces <= separators / 2
    }

    private static func hasCall(_ text: [UInt8]) -> Bool {
        text.last == 0x29 || text.last == 0x3A || text.contains(0x3D) || text.starts(with: "return".utf8)
    }

    private static func isComment(_ text: [UInt8], indent: Int) -> Bool {
        text.starts(with: "// ".utf8) || text.starts(with: "/*".utf8) || text.starts(with: "* ".utf8) && indent % 2 == 1
    }
}
