/// A word as the faithfulness check sees it.
struct Word {
    /// In lower case, without a possessive ending.
    var folded: String
    /// In lower case, the word before it; empty at a sentence's beginning.
    var before: String
    /// The first of its sentence.
    var isInitial: Bool
    var isCapitalised: Bool
    /// Two capitals or more and nothing small: an acronym.
    var isAcronym: Bool
    /// A digit, an underscore, a dot or a capital inside: a name of something made.
    var isIdentifier: Bool
    var length: Int
}

/// Cuts text into words of alphabets, and collects runs of katakana, in which Japanese writes names. Other ideographs are no words.
struct WordReader {
    private let scalars: [UInt32]
    private var index = 0
    private var words: [Word] = []
    private var isInitial = true
    private var before = ""

    /// The words of a text, in order.
    static func words(of text: [UInt8]) -> [Word] {
        var reader = WordReader(text)
        reader.run()
        return reader.words
    }

    /// Runs of three and more katakana.
    static func katakana(of text: [UInt8]) -> [String] {
        var runs: [String] = []
        var run: [UInt32] = []
        for scalar in Self.scalars(of: text) + [0x20] {
            if (0x30A1...0x30FA).contains(scalar) || scalar == 0x30FC {
                run.append(scalar)
            } else {
                if run.count >= 3 { runs.append(Self.text(run)) }
                run.removeAll(keepingCapacity: true)
            }
        }
        return runs
    }

    static func scalars(of text: [UInt8]) -> [UInt32] {
        var scalars: [UInt32] = []
        scalars.reserveCapacity(text.count)
        var cursor = ScalarCursor(to: text.count)
        while let scalar = cursor.next(in: text.span) { scalars.append(scalar) }
        return scalars
    }

    static func text(_ scalars: [UInt32]) -> String {
        var text = String.UnicodeScalarView()
        for scalar in scalars { text.append(Unicode.Scalar(scalar) ?? "\u{FFFD}") }
        return String(text)
    }

    private init(_ text: [UInt8]) {
        scalars = Self.scalars(of: text)
    }

    private mutating func run() {
        while index < scalars.count {
            let scalar = scalars[index]
            if isLetter(scalar) {
                word()
            } else if Scalars.isDigit(scalar) {
                number()
            } else {
                mark(scalar)
                index += 1
            }
        }
    }

    private func isLetter(_ scalar: UInt32) -> Bool { Scalars.isLetter(scalar) && !Scalars.isIdeographic(scalar) }

    /// Figures and what sticks to them are for the number reader.
    private mutating func number() {
        while index < scalars.count, Scalars.isDigit(scalars[index]) || isLetter(scalars[index]) { index += 1 }
        (isInitial, before) = (false, "0")
    }

    private mutating func mark(_ scalar: UInt32) {
        switch scalar {
        case 0x2E, 0x21, 0x3F, 0x3A, 0x0A, 0x2022, 0x3002, 0xFF01, 0xFF1F, 0xFF1A, 0x2026:
            (isInitial, before) = (true, "")
        default: break
        }
    }

    private mutating func word() {
        let start = index
        while index < scalars.count, continues(at: index) { index += 1 }
        var letters = Array(scalars[start..<index])
        let isDotted = letters.contains(0x2E)
        let parts = letters.split(separator: 0x2E)
        if letters.count > 2, letters[letters.count - 2] == 0x27 || letters[letters.count - 2] == 0x2019, letters.last == 0x73 {
            letters.removeLast(2)
        }
        let capitals = letters.count { Scalars.isUppercase($0) }
        let isSpelled = letters.contains { Scalars.isDigit($0) || $0 == 0x5F } || isDotted && parts.contains { $0.count > 1 }
        let isAcronym = capitals >= 2 && capitals == letters.count(where: { isLetter($0) })
        let word = Word(
            folded: Self.text(letters.map(Scalars.folded)), before: before, isInitial: isInitial,
            isCapitalised: Scalars.isUppercase(letters[0]),
            isAcronym: isAcronym, isIdentifier: isSpelled || !isAcronym && letters.dropFirst().contains { Scalars.isUppercase($0) },
            length: letters.count)
        words.append(word)
        (isInitial, before) = (false, word.folded)
    }

    private func continues(at position: Int) -> Bool {
        let scalar = scalars[position]
        if isLetter(scalar) || Scalars.isDigit(scalar) || scalar == 0x5F { return true }
        // The apostrophe in "Fermat's", the point in "Node.js": only between letters.
        guard scalar == 0x27 || scalar == 0x2019 || scalar == 0x2E, position + 1 < scalars.count else { return false }
        return isLetter(scalars[position + 1])
    }
}
