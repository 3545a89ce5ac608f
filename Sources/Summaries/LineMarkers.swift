/// What Markdown puts before a line: heading signs, bullets, numbers, quotation marks.
enum LineMarkers {
    /// The text after its line markers.
    static func removed(from text: [UInt8]) -> ArraySlice<UInt8> {
        var rest = text[...]
        while let next = afterOne(rest) { rest = next }
        return rest
    }

    /// `# Heading`, or a whole line in bold.
    static func isHeading(_ text: [UInt8]) -> Bool {
        if text.first == 0x23 { return true }
        guard text.count > 4, text.starts(with: [0x2A, 0x2A]), !text.dropFirst(2).dropLast(2).contains(0x2A) else { return false }
        let end = text.last == 0x3A ? text.dropLast() : text[...]
        return end.suffix(2).elementsEqual([0x2A, 0x2A])
    }

    /// A whole line in bold that says something: `**Answer: 50**`, `**It is 50.**`.
    static func isBoldStatement(_ text: [UInt8]) -> Bool {
        guard text.first == 0x2A, let end = text.lastIndex(where: { $0 != 0x2A && $0 != 0x20 }) else { return false }
        guard text[end] != 0x2E else { return true }
        return text[..<end].firstIndex(of: 0x3A).map { text[$0 + 1] == 0x20 || text[$0 + 1] == 0x2A } ?? false
    }

    /// The number of marker bytes is small, so a line of only markers costs no more than its length.
    private static func afterOne(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        guard let first = text.first, let space = text.prefix(8).firstIndex(of: 0x20) else { return nil }
        let marker = text[text.startIndex..<space]
        let isMarker =
            switch first {
            case 0x23, 0x3E: marker.allSatisfy { $0 == first }
            case 0x2D, 0x2A, 0x2B: marker.count == 1
            case 0xE2: marker.elementsEqual("•".utf8) || marker.elementsEqual("–".utf8) || marker.elementsEqual("—".utf8)
            default: isNumber(marker)
            }
        return isMarker ? text[(space + 1)...] : nil
    }

    /// `1.`, `12)`, `(3)`, `a)`.
    private static func isNumber(_ marker: ArraySlice<UInt8>) -> Bool {
        guard marker.count >= 2, marker.last == 0x2E || marker.last == 0x29 else { return false }
        let label = marker.first == 0x28 ? marker.dropFirst().dropLast() : marker.dropLast()
        let isLetter = label.count == 1 && marker.last == 0x29 && Scalars.isASCIILetter(UInt32(label.first ?? 0))
        return isLetter || !label.isEmpty && label.count <= 3 && label.allSatisfy { $0 &- 0x30 < 10 }
    }
}

/// Makes the first letter a capital, where that changes no name.
enum Capital {
    static func apply(to text: inout [UInt8]) {
        var cursor = ScalarCursor(to: text.count)
        guard let scalar = cursor.next(in: text.span), Scalars.isLowercase(scalar), isPlainWord(text, from: cursor.position),
            let upper = Unicode.Scalar(scalar)?.properties.titlecaseMapping
        else { return }
        text.replaceSubrange(0..<cursor.position, with: upper.utf8)
    }

    /// "the", "über"; but not "iPhone", "parse_date", "x", "print(…)".
    private static func isPlainWord(_ text: [UInt8], from second: Int) -> Bool {
        var index = second
        while index < text.count, text[index] >= 0x80 || text[index] &- 0x61 < 26 { index += 1 }
        guard index > second || text[0] == 0x61 || isElision(text) else { return false }
        guard index < text.count else { return true }
        switch text[index] {
        case 0x20, 0x2C, 0x27, 0x2E, 0x3A, 0x3F, 0x21, 0x3B: return index + 1 >= text.count || !isJoined(text, at: index)
        case 0x2D: return true
        default: return isElision(text)
        }
    }

    /// "l'eau", "d'abord".
    private static func isElision(_ text: [UInt8]) -> Bool {
        text.count > 3 && (text[1] == 0x27 || text[1] == 0xE2) && (text[2] >= 0x80 || Scalars.isASCIILetter(UInt32(text[2])))
    }

    private static func isJoined(_ text: [UInt8], at index: Int) -> Bool { text[index] == 0x2E && text[index + 1] != 0x20 }
}

/// Brackets and quotation marks: asides go, and what is left is balanced.
enum Brackets {
    /// Bytes of an aside in brackets that stays; longer ones go, the sentence is whole without them.
    static let longestAside = 36

    /// The text without long asides; nil when a bracket does not close, because then something is missing.
    static func tidied(_ text: [UInt8], keepsAsides: Bool = false) -> [UInt8]? {
        guard hasWholeQuotations(text) else { return nil }
        // Most sentences have neither.
        guard text.contains(where: { $0 == 0x28 || $0 == 0x22 }) else { return text }
        var kept: [UInt8] = []
        kept.reserveCapacity(text.count)
        var opens: [Int] = []
        for byte in text {
            kept.append(byte)
            if byte == 0x28 { opens.append(kept.count - 1) }
            guard byte == 0x29, let open = opens.popLast() else { continue }
            if opens.isEmpty, !keepsAsides, open > 0, !kept[(open + 1)...].contains(0x28), isAside(kept[open...]) {
                drop(from: open, of: &kept)
            }
        }
        guard opens.isEmpty else { return nil }
        return withoutOddQuotes(withoutOuterBrackets(kept))
    }

    /// False when a quotation mark of Japanese or Chinese, 「」 or 『』, stands without its other half: the sentence was cut inside it.
    private static func hasWholeQuotations(_ text: [UInt8]) -> Bool {
        guard text.contains(0xE3) else { return true }
        var (single, double) = (0, 0)
        for index in text.indices.dropLast(2) where text[index] == 0xE3 && text[index + 1] == 0x80 {
            switch text[index + 2] {
            case 0x8C: single += 1
            case 0x8D: single -= 1
            case 0x8E: double += 1
            case 0x8F: double -= 1
            default: break
            }
            if single < 0 || double < 0 { return false }
        }
        return single == 0 && double == 0
    }

    private static func isAside(_ aside: ArraySlice<UInt8>) -> Bool {
        aside.count > longestAside || aside.contains(0x3F) || aside.dropLast().last == 0x2E
    }

    private static func drop(from open: Int, of kept: inout [UInt8]) {
        kept.removeSubrange(open...)
        while kept.last == 0x20 { kept.removeLast() }
    }

    private static func withoutOuterBrackets(_ text: [UInt8]) -> [UInt8] {
        guard text.first == 0x28, text.last == 0x29, text.count(where: { $0 == 0x28 }) == 1 else { return text }
        return Array(text.dropFirst().dropLast())
    }

    private static func withoutOddQuotes(_ text: [UInt8]) -> [UInt8] {
        guard text.count(where: { $0 == 0x22 }) == 1 else { return text }
        return text.filter { $0 != 0x22 }
    }
}
