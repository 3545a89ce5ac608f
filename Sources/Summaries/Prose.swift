/// Tells sentences from code, tables, spelled-out letters and rows of figures.
enum Prose {
    /// Letters in words of two or more, of all visible scalars, in percent: below it is no sentence.
    static let leastWordShare = 48
    /// The same of a closing sentence: "The answer is 31/91 ≈ 0.341."
    static let leastClosingWordShare = 30
    /// Words of two or more letters that a sentence has.
    static let leastWords = 3
    static let leastIdeographs = 4

    /// True when the text reads as a sentence. A closing one may have a single word: "Answer: 50."
    static func reads(_ text: [UInt8], isClosing: Bool = false) -> Bool {
        let count = Count(text.span)
        guard count.ideographs + count.words > 0 else { return false }
        let least = isClosing ? 1 : leastWords
        guard count.words >= least || count.ideographs >= leastIdeographs else { return false }
        guard count.wordScalars * 100 >= count.visible * (isClosing ? leastClosingWordShare : leastWordShare) else { return false }
        return count.singles <= count.words + count.ideographs
    }

    /// Bytes of a line that gives a result.
    static let longestResult = 60

    /// True for a short equation with figures: "1440 - 240 = 1200."
    static func isResult(_ text: [UInt8]) -> Bool {
        guard text.count <= longestResult, text.first != 0x3D, text.contains(where: { $0 &- 0x30 < 10 }) else { return false }
        return (1...2).contains(text.count { $0 == 0x3D }) && !text.contains(0x3F)
    }

    private struct Count {
        var visible = 0
        var words = 0
        var ideographs = 0
        var singles = 0
        var wordScalars = 0
        private var run = 0

        init(_ text: Span<UInt8>) {
            var cursor = ScalarCursor(to: text.count)
            while let scalar = cursor.next(in: text) {
                // Letters of ASCII words are most of the text.
                if Scalars.isASCIILetter(scalar) {
                    visible += 1
                    run += 1
                } else {
                    take(scalar)
                }
            }
            endWord()
        }

        private mutating func take(_ scalar: UInt32) {
            if scalar == 0x20 { return endWord() }
            visible += 1
            if scalar == 0x27 || scalar == 0x2019 {
                wordScalars += 1
            } else if scalar < 0x80 {
                endWord()
            } else if Scalars.isIdeographic(scalar) {
                endWord()
                ideographs += 1
                wordScalars += 1
            } else if Scalars.isLetter(scalar) {
                run += 1
            } else {
                endWord()
            }
        }

        private mutating func endWord() {
            if run == 1 { singles += 1 }
            if run >= 2 { words += 1 }
            wordScalars += run
            run = 0
        }
    }
}

/// Code between backticks.
enum CodeSpans {
    /// The text without code spans: what is said about code is no code. Nil when there are none.
    static func removed(from text: [UInt8]) -> [UInt8]? {
        guard text.contains(0x60) else { return nil }
        var isCode = false
        var kept: [UInt8] = []
        kept.reserveCapacity(text.count)
        for byte in text {
            if byte == 0x60 { isCode.toggle() } else if !isCode { kept.append(byte) }
        }
        return kept
    }
}

/// Recognises a line of program text, markup or data that stands without a fence.
enum CodeLine {
    static func looksLike(_ line: [UInt8]) -> Bool {
        guard let last = line.last else { return false }
        if last == 0x3B || last == 0x7B || last == 0x7D { return true }
        let text = line.span
        if startsWithKeyword(line) { return true }
        var signs = 0
        var index = 0
        while index < text.count {
            let byte = text[index]
            let next: UInt8 = index + 1 < text.count ? text[index + 1] : 0x20
            if isPair(byte, next) { return true }
            if isSign(byte) { signs += 1 }
            index += 1
        }
        return signs * 12 > text.count
    }

    /// Two signs that stand together only in programs.
    private static func isPair(_ first: UInt8, _ second: UInt8) -> Bool {
        switch (first, second) {
        case (0x3D, 0x3D), (0x21, 0x3D), (0x2B, 0x3D), (0x26, 0x26), (0x7C, 0x7C), (0x3A, 0x3A), (0x2F, 0x2A), (0x7D, 0x2C): true
        case (0x7B, 0x22), (0x22, 0x3A), (0x5B, 0x22): true
        default: false
        }
    }

    private static func isSign(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x3D, 0x7B, 0x7D, 0x5B, 0x5D, 0x3C, 0x3E, 0x5C, 0x5F, 0x7C, 0x26, 0x23, 0x40, 0x7E, 0x5E: true
        default: false
        }
    }

    private static let keywords: [[UInt8]] = [
        "def ", "class ", "import ", "from ", "func ", "let ", "var ", "const ", "return ", "print(", "#include", "public ", "private ",
        "elif ",
        "else:", "for ", "while ", "if ", "SELECT ", "INSERT ", "$ ", "// ", "/* ", "<?", "#!/",
    ].map { Array($0.utf8) }

    /// A keyword alone is not enough ("let me see"): a sign of code must follow.
    private static func startsWithKeyword(_ line: [UInt8]) -> Bool {
        let first = line.first
        guard keywords.contains(where: { $0.first == first && line.starts(with: $0) }) else { return false }
        if line.last == 0x3A && !line.contains(0x2C) && line.count(where: { $0 == 0x20 }) <= 4 { return true }
        return line.contains(where: { $0 == 0x3D || $0 == 0x28 || $0 == 0x7B }) && !line.contains(0x2C) && line.last != 0x2E
    }
}
