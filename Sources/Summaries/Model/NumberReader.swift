/// A number in a text, with everything its spelling may mean.
struct SpelledNumber: Equatable {
    /// Decimal values without leading or trailing zeros: what a careful reader takes it for.
    var values: Set<String>
    /// What a reader of another language may take it for: 1.234 is a thousand and more in German.
    var otherValues: Set<String> = []
}

/// Finds numbers in figures, whatever their spelling: 1,234 · 1.234,5 · 1'234 · 1.5e3 · 1.5 million · １２３ · 三十五 · 3万 · 2024-03-05.
///
/// Signs, units and percent signs are left out: a number is the same with another unit only if somebody made a different mistake.
struct NumberReader {
    private let scalars: [UInt32]
    private var index = 0
    private var found: [SpelledNumber] = []
    /// Whether figures inside of identifiers count, too: they do as evidence, not as claims.
    private let takesAll: Bool

    /// The numbers a text claims.
    static func claims(of text: [UInt8]) -> [SpelledNumber] {
        var reader = NumberReader(text, takesAll: false)
        reader.run()
        return reader.found
    }

    /// Every value that a text may be evidence for.
    static func evidence(in text: [UInt8]) -> Set<String> {
        var reader = NumberReader(text, takesAll: true)
        reader.run()
        return reader.found.reduce(into: []) { $0.formUnion($1.values) }
    }

    private init(_ text: [UInt8], takesAll: Bool) {
        scalars = WordReader.scalars(of: text).map(Self.plainDigit)
        self.takesAll = takesAll
    }

    /// Digits of other scripts as ASCII digits.
    private static func plainDigit(_ scalar: UInt32) -> UInt32 {
        switch scalar {
        case 0x0660...0x0669: scalar - 0x0660 + 0x30
        case 0x06F0...0x06F9: scalar - 0x06F0 + 0x30
        case 0x0966...0x096F: scalar - 0x0966 + 0x30
        case 0xFF10...0xFF19: scalar - 0xFF10 + 0x30
        default: scalar
        }
    }

    private mutating func run() {
        while index < scalars.count {
            if isDigit(index) {
                figures()
            } else if Numerals.isNumeral(scalars[index]) {
                numerals()
            } else {
                index += 1
            }
        }
    }

    private func isDigit(_ position: Int) -> Bool { position < scalars.count && scalars[position] &- 0x30 < 10 }

    private func digits(from start: Int) -> String {
        var end = start
        while isDigit(end) { end += 1 }
        return WordReader.text(Array(scalars[start..<end]))
    }

    // MARK: Figures

    private mutating func figures() {
        let isInName = index > 0 && (Scalars.isASCIILetter(scalars[index - 1]) || scalars[index - 1] == 0x5F)
        let start = index
        var groups = [digits(from: index)]
        var separators: [UInt32] = []
        index += groups[0].utf8.count
        while index + 1 < scalars.count, let width = separatorWidth(at: index), isDigit(index + width) {
            let group = digits(from: index + width)
            separators.append(scalars[index])
            groups.append(group)
            index += width + group.utf8.count
        }
        guard takesAll || !isInName else { return }
        let date = isDate(from: start)
        for number in SpelledNumber.read(groups, separators, splits: takesAll || date) { found.append(scaled(number)) }
    }

    /// Points, commas, apostrophes, underscores and narrow spaces stand between figures of one number; the latter only before three.
    private func separatorWidth(at position: Int) -> Int? {
        switch scalars[position] {
        case 0x2E, 0x2C: return 1
        case 0x27, 0x2019, 0x5F, 0xA0, 0x2009, 0x202F: return digits(from: position + 1).utf8.count == 3 ? 1 : nil
        default: return nil
        }
    }

    /// Three groups with points: a date or a version, whose parts are numbers of their own.
    private func isDate(from start: Int) -> Bool { scalars[start..<index].count(where: { $0 == 0x2E }) == 2 }

    private mutating func scaled(_ number: SpelledNumber) -> SpelledNumber {
        guard var exponent = takeExponent() ?? takeMagnitude() else { return number }
        exponent = min(max(exponent, -40), 40)
        let values = Set(number.values.map { Decimal10.shifted($0, by: exponent) })
        let others = Set(number.otherValues.map { Decimal10.shifted($0, by: exponent) })
        return SpelledNumber(values: takesAll ? values.union(number.values) : values, otherValues: others)
    }

    private mutating func takeExponent() -> Int? {
        guard index < scalars.count, scalars[index] | 0x20 == 0x65 else { return nil }
        let signed = index + 1 < scalars.count && (scalars[index + 1] == 0x2D || scalars[index + 1] == 0x2B)
        let start = index + (signed ? 2 : 1)
        guard isDigit(start) else { return nil }
        let text = digits(from: start)
        let isNegative = signed && scalars[index + 1] == 0x2D
        index = start + text.utf8.count
        return (Int(text.suffix(3)) ?? 0) * (isNegative ? -1 : 1)
    }

    private mutating func takeMagnitude() -> Int? {
        guard index < scalars.count else { return nil }
        if let zeros = Numerals.magnitude(scalars[index]) {
            index += 1
            return zeros
        }
        var position = index
        while position < scalars.count, Scalars.isSpace(scalars[position]) { position += 1 }
        let word = scalars[position...].prefix(12).prefix { Scalars.isLetter($0) && !Scalars.isIdeographic($0) }
        guard let zeros = Numerals.magnitudeWords[WordReader.text(word.map(Scalars.folded))] else { return nil }
        index = position + word.count
        return zeros
    }

    // MARK: Ideographs

    private mutating func numerals() {
        let start = index
        while index < scalars.count, Numerals.isNumeral(scalars[index]) { index += 1 }
        let run = Array(scalars[start..<index])
        // One numeral alone is more often a part of a word than a number.
        guard takesAll || run.count > 1 && !Numerals.isWord(run) else { return }
        found.append(SpelledNumber(values: [String(Numerals.value(of: run))]))
    }
}

extension SpelledNumber {
    /// The numbers in figures of one or more groups. With `splits` the groups may be numbers of their own, as in a date or a list.
    static func read(_ groups: [String], _ separators: [UInt32], splits: Bool) -> [SpelledNumber] {
        let whole = joined(groups, separators)
        guard splits, groups.count > 1 else { return whole.map { [$0] } ?? groups.map { SpelledNumber(values: [Decimal10.canonical($0)]) } }
        let parts = groups.map { SpelledNumber(values: [Decimal10.canonical($0)]) }
        return whole.map { [$0] + parts } ?? parts
    }

    /// The groups as one number; nil when they are none.
    private static func joined(_ groups: [String], _ separators: [UInt32]) -> SpelledNumber? {
        guard let separator = separators.last else { return SpelledNumber(values: [Decimal10.canonical(groups[0])]) }
        let isUniform = separators.allSatisfy { $0 == separator }
        if separator != 0x2E, separator != 0x2C {
            return isUniform && areThousands(groups) ? SpelledNumber(values: [Decimal10.canonical(groups.joined())]) : nil
        }
        if groups.count == 2 { return pair(groups, separator) }
        if isUniform { return areThousands(groups) ? SpelledNumber(values: [Decimal10.canonical(groups.joined())]) : nil }
        guard !separators.dropLast().contains(separator), areThousands(Array(groups.dropLast())) else { return nil }
        return SpelledNumber(values: [Decimal10.canonical(groups.dropLast().joined() + "." + groups[groups.count - 1])])
    }

    /// `3.14`, `3,14`, `1,234`, `1.234`.
    private static func pair(_ groups: [String], _ separator: UInt32) -> SpelledNumber {
        let decimal = Decimal10.canonical(groups.joined(separator: "."))
        guard areThousands(groups) else { return SpelledNumber(values: [decimal]) }
        let thousands = Decimal10.canonical(groups.joined())
        return separator == 0x2C
            ? SpelledNumber(values: [thousands], otherValues: [decimal]) : SpelledNumber(values: [decimal], otherValues: [thousands])
    }

    /// Three figures in every group but the first, or two in all but the first and the last, as in India.
    private static func areThousands(_ groups: [String]) -> Bool {
        guard let last = groups.last, groups.count > 1, last.utf8.count == 3, groups[0] != "0", groups[0].utf8.count <= 3 else {
            return groups.count == 1
        }
        let middle = groups.dropFirst().dropLast()
        return middle.allSatisfy { $0.utf8.count == 3 } || groups[0].utf8.count <= 2 && middle.allSatisfy { $0.utf8.count == 2 }
    }
}

/// Decimal numbers as text, exact at any size.
enum Decimal10 {
    /// Without leading zeros, and behind the point without trailing ones.
    static func canonical(_ text: String) -> String {
        let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        let whole = parts[0].drop { $0 == "0" }
        var fraction = parts.count > 1 ? parts[1] : ""
        while fraction.last == "0" { fraction.removeLast() }
        return (whole.isEmpty ? "0" : String(whole)) + (fraction.isEmpty ? "" : "." + fraction)
    }

    /// Times a power of ten.
    static func shifted(_ text: String, by places: Int) -> String {
        let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        var digits = String(parts[0])
        let fraction = parts.count > 1 ? String(parts[1]) : ""
        var point = digits.count + places
        digits += fraction
        if point > digits.count { digits += String(repeating: "0", count: point - digits.count) }
        if point <= 0 {
            digits = String(repeating: "0", count: 1 - point) + digits
            point = 1
        }
        let split = digits.index(digits.startIndex, offsetBy: point)
        return canonical(String(digits[..<split]) + "." + String(digits[split...]))
    }
}
