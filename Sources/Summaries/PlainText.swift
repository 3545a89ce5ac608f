/// Turns a passage with Markdown and simple formulas into plain text, or into nothing when it could not be shown without raw markup.
///
/// Emphasis, short code spans and link labels lose their marks and keep their words. Formulas are spelled plainly (see `Formula`). HTML,
/// JSON, long code, tables and unknown commands make the passage unquotable: half a formula would be worse than none.
struct PlainText {
    /// Bytes of a code span that still reads as a name. Longer spans are code.
    static let longestCodeSpan = 40
    /// Bytes looked ahead for the end of a link or tag.
    static let lookahead = 240

    private let source: [UInt8]
    private var index = 0
    private var plain: [UInt8] = []
    private var isBold = false
    private var isEmphasised = false
    private var isUnderscored = false
    private var isStrong = false
    private var bars = 0

    private init(_ source: [UInt8]) {
        self.source = source
        plain.reserveCapacity(source.count)
    }

    /// The text without markup; nil when it cannot be quoted.
    static func text(of source: [UInt8]) -> [UInt8]? {
        guard source.contains(where: isMarkup) else { return source }
        var reader = PlainText(source)
        while reader.index < source.count {
            guard reader.step() else { return nil }
        }
        return reader.bars > 2 ? nil : reader.plain
    }

    private static func isMarkup(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x60, 0x2A, 0x5F, 0x7E, 0x5B, 0x3C, 0x5C, 0x24, 0x7B, 0x7D, 0x7C: true
        default: false
        }
    }

    /// Takes the next byte or construct; false when the passage is unquotable.
    private mutating func step() -> Bool {
        switch source[index] {
        case 0x60: return codeSpan()
        case 0x2A: return star()
        case 0x5F: return underscore()
        case 0x7E: return tilde()
        case 0x5B: return link()
        case 0x3C: return angle()
        case 0x5C: return backslash()
        case 0x24: return dollar()
        case 0x7B, 0x7D: return false
        case 0x7C:
            bars += 1
            return keep()
        default: return keep()
        }
    }

    private mutating func keep() -> Bool {
        plain.append(source[index])
        index += 1
        return true
    }

    private mutating func skip(_ count: Int) -> Bool {
        index += count
        return true
    }

    private func byte(_ offset: Int) -> UInt8 {
        let position = index + offset
        return position >= 0 && position < source.count ? source[position] : 0x20
    }

    private func isWord(_ byte: UInt8) -> Bool {
        byte >= 0x80 || Scalars.isASCIILetter(UInt32(byte)) || byte &- 0x30 < 10
    }

    private func first(_ wanted: UInt8, from start: Int) -> Int? {
        let end = min(source.count, start + Self.lookahead)
        guard start < end else { return nil }
        return source[start..<end].firstIndex(of: wanted)
    }

    private mutating func codeSpan() -> Bool {
        var run = 1
        while byte(run) == 0x60 { run += 1 }
        guard run <= 2, let close = first(0x60, from: index + run) else { return false }
        let content = source[(index + run)..<close]
        guard content.count <= Self.longestCodeSpan, !content.contains(0x7B), !content.contains(0x5C), !content.contains(0x3C) else {
            return false
        }
        plain.append(contentsOf: content)
        index = close + run
        return index <= source.count
    }

    private mutating func star() -> Bool {
        if byte(1) == 0x2A {
            // "x**2" is code; "**bold**" is not.
            if !isBold, isWord(byte(-1)), isWord(byte(2)) { return false }
            isBold.toggle()
            return skip(2)
        }
        if isEmphasised, byte(-1) != 0x20 {
            isEmphasised = false
            return skip(1)
        }
        if !isWord(byte(-1)), byte(1) != 0x20, index + 1 < source.count, first(0x2A, from: index + 2) != nil {
            isEmphasised = true
            return skip(1)
        }
        return keep()
    }

    private mutating func underscore() -> Bool {
        if byte(1) == 0x5F, let end = endOfDunder() {
            plain.append(contentsOf: source[index..<end])
            index = end
            return true
        }
        if byte(1) == 0x5F, isStrong ? isWord(byte(-1)) && !isWord(byte(2)) : !isWord(byte(-1)) && isWord(byte(2)) {
            isStrong.toggle()
            return skip(2)
        }
        if isUnderscored, isWord(byte(-1)), !isWord(byte(1)), byte(1) != 0x5F {
            isUnderscored = false
            return skip(1)
        }
        if !isUnderscored, !isWord(byte(-1)), byte(-1) != 0x5F, isWord(byte(1)), first(0x5F, from: index + 2) != nil {
            isUnderscored = true
            return skip(1)
        }
        return keep()
    }

    /// Where a name such as `__main__` ends, which begins here; nil for words in bold.
    private func endOfDunder() -> Int? {
        guard !isStrong, !isWord(byte(-1)) else { return nil }
        var end = index + 2
        while end < source.count, source[end] &- 0x61 < 26 || source[end] == 0x5F { end += 1 }
        guard end >= index + 6, source[end - 1] == 0x5F, source[end - 2] == 0x5F else { return nil }
        return end == source.count || !isWord(source[end]) ? end : nil
    }

    private mutating func tilde() -> Bool { byte(1) == 0x7E ? skip(2) : keep() }

    private mutating func link() -> Bool {
        guard let close = first(0x5D, from: index), close + 1 < source.count, source[close + 1] == 0x28,
            let end = first(0x29, from: close + 2)
        else { return keep() }
        if plain.last == 0x21 { plain.removeLast() }
        plain.append(contentsOf: source[(index + 1)..<close])
        index = end + 1
        return true
    }

    private mutating func angle() -> Bool {
        let next = byte(1)
        let opensTag = Scalars.isASCIILetter(UInt32(next)) || next == 0x2F || next == 0x21 || next == 0x7C
        return opensTag && first(0x3E, from: index) != nil ? false : keep()
    }

    private mutating func backslash() -> Bool {
        switch byte(1) {
        case 0x28: return formula(from: index + 2, closedBy: [0x5C, 0x29])
        case 0x29, 0x5B, 0x5D: return false
        // Markdown escapes.
        case 0x2A, 0x5F, 0x23, 0x60, 0x2D, 0x2E, 0x21, 0x24, 0x25, 0x26:
            plain.append(byte(1))
            return skip(2)
        default: return bareCommand()
        }
    }

    /// A command outside formula marks, such as `\boxed{3}`: taken with its own arguments only.
    private mutating func bareCommand() -> Bool {
        guard let end = Formula.endOfCommand(in: source, at: index),
            let text = Formula.plain(source[index..<end])
        else { return false }
        plain.append(contentsOf: text)
        index = end
        return true
    }

    private mutating func formula(from start: Int, closedBy close: [UInt8]) -> Bool {
        var end = start
        while end + close.count <= source.count, !source[end..<(end + close.count)].elementsEqual(close) { end += 1 }
        guard end + close.count <= source.count, let text = Formula.plain(source[start..<end]) else { return false }
        plain.append(contentsOf: text)
        index = end + close.count
        return true
    }

    /// `$x$` is a formula when no space stands inside the marks and no digit after the closing one; else the sign is money.
    private mutating func dollar() -> Bool {
        guard byte(1) != 0x20, let close = first(0x24, from: index + 1), close > index + 1, source[close - 1] != 0x20,
            close + 1 >= source.count || source[close + 1] &- 0x30 >= 10
        else {
            return byte(1) &- 0x30 < 10 || byte(1) == 0x20 ? keep() : false
        }
        return formula(from: index + 1, closedBy: [0x24])
    }
}
