/// A word, number or pair of ideographs as the scoring sees it.
struct Term: Equatable {
    enum Kind: Equatable { case word, number, ideographs }

    /// Of the whole word in lower case: what the lexicon is asked for.
    var exact: UInt32
    /// Of its first letters without a plural s: what counts as the same term.
    var stem: UInt32
    var kind: Kind
    var isCapitalised: Bool
    /// A pair of ideographs with a particle in it, or of particles only.
    var isLight = false
    /// Scalars.
    var length: Int
    /// The bytes it stands at.
    var start: Int
    var end: Int
}

/// Cuts text into terms. Words are told apart by hash: 32 bits are enough where a mistake only shifts a score.
struct TermReader {
    /// Scalars of a word that make its stem: "count", "counted" and "counting" differ little, "position" and "positive" do differ.
    static let stemLength = 6

    private static let basis: UInt32 = 0x811C_9DC5
    private static let prime: UInt32 = 0x0100_0193

    private var hash = basis
    private var beforeLast = basis
    private var prefix = basis
    private var last: UInt32 = 0
    private var first: UInt32 = 0
    /// The two scalars before the one at hand: a minus sign belongs to its number.
    private var before: UInt32 = 0x20
    private var beforeBefore: UInt32 = 0x20
    private var length = 0
    private var start = 0
    private var pending: UInt32 = 0
    private var pairStart = 0
    private var runLength = 0

    /// Replaces the content of `terms` with the terms of `text`.
    static func read(_ text: Span<UInt8>, into terms: inout [Term]) {
        terms.removeAll(keepingCapacity: true)
        var reader = TermReader()
        var cursor = ScalarCursor(to: text.count)
        var begin = 0
        while let scalar = cursor.next(in: text) {
            reader.take(scalar, at: begin, next: cursor.position < text.count ? text[cursor.position] : 0x20, into: &terms)
            begin = cursor.position
        }
        reader.endWord(at: begin, into: &terms)
        reader.endRun(at: begin, into: &terms)
    }

    /// The hash of one word, as `Term.exact` has it.
    static func hash(of word: String) -> UInt32 {
        var terms: [Term] = []
        read(Array(word.utf8).span, into: &terms)
        return terms.first?.exact ?? 0
    }

    @inline(__always)
    private mutating func take(_ scalar: UInt32, at begin: Int, next: UInt8, into terms: inout [Term]) {
        sort(scalar, at: begin, next: next, into: &terms)
        (beforeBefore, before) = (before, scalar)
    }

    @inline(__always)
    private mutating func sort(_ scalar: UInt32, at begin: Int, next: UInt8, into terms: inout [Term]) {
        if scalar != 0x27, Scalars.isASCIILetter(scalar) || scalar >= 0x80 && !Scalars.isIdeographic(scalar) && Scalars.isLetter(scalar) {
            endRun(at: begin, into: &terms)
            grow(scalar, at: begin)
        } else if Scalars.isDigit(scalar) {
            endRun(at: begin, into: &terms)
            if length == 0, before == 0x2D || before == 0x2212, !Scalars.isLetter(beforeBefore), !Scalars.isDigit(beforeBefore) {
                hash = (hash ^ 0x2D) &* Self.prime
            }
            grow(scalar, at: begin)
        } else if length > 0, joins(scalar, next) {
            if scalar == 0x2E || scalar == 0x2C { mix(scalar) }
        } else {
            endWord(at: begin, into: &terms)
            if Scalars.isIdeographic(scalar) { pair(scalar, at: begin, into: &terms) } else { endRun(at: begin, into: &terms) }
        }
    }

    /// The point in 3.14 and the apostrophe in don't; not the one in l'eau or it's.
    private func joins(_ scalar: UInt32, _ next: UInt8) -> Bool {
        switch scalar {
        case 0x2E, 0x2C: Scalars.isDigit(last) && next &- 0x30 < 10
        case 0x27, 0x2019: length > 2 && next == 0x74
        default: false
        }
    }

    @inline(__always)
    private mutating func grow(_ scalar: UInt32, at begin: Int) {
        if length == 0 { (start, first) = (begin, scalar) }
        mix(Scalars.folded(scalar))
    }

    @inline(__always)
    private mutating func mix(_ scalar: UInt32) {
        beforeLast = hash
        hash = (hash ^ scalar) &* Self.prime
        last = scalar
        length += 1
        if length <= Self.stemLength { prefix = hash }
    }

    private mutating func endWord(at end: Int, into terms: inout [Term]) {
        guard length > 0 else { return }
        // The s of "letter's" is no term; the apostrophe ended the word before it.
        let isNumber = Scalars.isDigit(first)
        let isPlural = length > 3 && length <= Self.stemLength && last == 0x73
        let stem = isNumber ? hash : isPlural ? beforeLast : prefix
        terms.append(
            Term(
                exact: hash, stem: stem, kind: isNumber ? .number : .word, isCapitalised: Scalars.isUppercase(first), isLight: false,
                length: length, start: start, end: end))
        (hash, beforeLast, prefix, last, length) = (Self.basis, Self.basis, Self.basis, 0, 0)
    }

    private mutating func pair(_ scalar: UInt32, at begin: Int, into terms: inout [Term]) {
        if runLength > 0 { append(pairOf: pending, scalar, from: pairStart, to: begin, into: &terms) }
        runLength += 1
        pending = scalar
        pairStart = begin
    }

    private mutating func endRun(at end: Int, into terms: inout [Term]) {
        guard runLength > 0 else { return }
        if runLength == 1 { append(pairOf: pending, 0, from: pairStart, to: end, into: &terms) }
        runLength = 0
    }

    private func append(pairOf first: UInt32, _ second: UInt32, from start: Int, to end: Int, into terms: inout [Term]) {
        let hash = ((Self.basis ^ first) &* Self.prime ^ second) &* Self.prime
        let width = second == 0 ? 0 : second < 0x800 ? 2 : second < 0x1_0000 ? 3 : 4
        terms.append(
            Term(
                exact: hash, stem: hash, kind: .ideographs, isCapitalised: false, length: second == 0 ? 1 : 2, start: start,
                end: end + width))
    }
}
