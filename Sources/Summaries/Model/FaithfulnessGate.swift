/// Checks that a step says nothing the reasoning and the prompt do not hold: every number and every proper name in it must occur in the
/// window it was made from, or in the prompt, in whatever spelling.
///
/// What it cannot see: a wrong relation between things that do occur, and small words such as "not". In doubt it refuses, because the
/// extractive step is there to take the place. Cost: linear in the window; the prompt is read once for each stream, of a long one
/// `promptWindow` bytes of each end.
struct FaithfulnessGate {
    /// Why a step is not faithful.
    enum Objection: Equatable {
        /// A number that is not there.
        case number
        /// A name, acronym or identifier that is not there.
        case name
        /// Hardly a word of it is there.
        case unrelated
    }

    /// Bytes of the prompt that count as evidence, from each end.
    static let promptWindow = 4_096
    /// Share of a step's words that the window or the prompt must have when all are in one language, in percent.
    static let leastShared = 25
    /// A step with fewer terms is not judged by them.
    static let fewTerms = 4

    private let prompt: Evidence

    init(prompt text: [UInt8]) {
        let head = Array(text.prefix(Self.promptWindow))
        let tail = text.count > Self.promptWindow ? Array(text.suffix(min(Self.promptWindow, text.count - Self.promptWindow))) : []
        prompt = Evidence(head + [0x0A] + tail)
    }

    /// Nil when the step is faithful.
    func objection(to step: [UInt8], madeFrom window: [UInt8]) -> Objection? {
        let evidence = Evidence(window)
        let language = LanguageGuess(step).language ?? .english
        let words = WordReader.words(of: step)
        if !numbersOccur(step, words, language, evidence) { return .number }
        if !namesOccur(step, words, language, evidence) { return .name }
        if !isRelated(step, evidence) { return .unrelated }
        return nil
    }

    // MARK: Numbers

    private func numbersOccur(_ step: [UInt8], _ words: [Word], _ language: LanguageGuess.Language, _ evidence: Evidence) -> Bool {
        let known = evidence.numbers.union(prompt.numbers)
        for number in NumberReader.claims(of: step) where number.values.union(number.otherValues).isDisjoint(with: known) { return false }
        var position = 0
        while position < words.count {
            let next = position + 1 < words.count ? words[position + 1].folded : ""
            position += 1
            guard var value = Numerals.value(of: words[position - 1].folded, in: language) else { continue }
            if value >= 20, let unit = Numerals.unit(next, in: language) {
                // "twenty-one": the ten is no claim by itself.
                value += unit
                position += 1
            }
            guard known.contains(String(value)) else { return false }
        }
        return true
    }

    // MARK: Names

    private func namesOccur(_ step: [UInt8], _ words: [Word], _ language: LanguageGuess.Language, _ evidence: Evidence) -> Bool {
        let runs = WordReader.katakana(of: step)
        if evidence.hasKatakana || prompt.hasKatakana {
            for run in runs where !evidence.katakana.contains(run) && !prompt.katakana.contains(run) { return false }
        }
        for (position, word) in words.enumerated() {
            let next = position + 1 < words.count ? words[position + 1] : nil
            guard NameSigns.isName(word, before: next, in: language) else { continue }
            let isExact = word.isIdentifier || word.isAcronym
            guard evidence.has(word, exactly: isExact) || prompt.has(word, exactly: isExact) else { return false }
        }
        return true
    }

    // MARK: Words

    private func isRelated(_ step: [UInt8], _ evidence: Evidence) -> Bool {
        let language = LanguageGuess(step)
        guard !language.contradicts(evidence.language) || !language.contradicts(prompt.language) else { return true }
        let terms = Set(Judge.terms(of: step.span))
        guard terms.count >= Self.fewTerms else { return true }
        let shared = terms.count { evidence.terms.contains($0) || prompt.terms.contains($0) }
        return shared * 100 >= terms.count * Self.leastShared
    }
}

/// What a text holds that a step may repeat.
private struct Evidence {
    var numbers: Set<String>
    var words: Set<String> = []
    var katakana: Set<String>
    var terms: Set<UInt32>
    var language: LanguageGuess
    var hasKatakana: Bool { !katakana.isEmpty }
    private var months: Set<Int> = []

    init(_ text: [UInt8]) {
        numbers = NumberReader.evidence(in: text)
        katakana = Set(WordReader.katakana(of: text))
        terms = Set(Judge.terms(of: text.span))
        language = LanguageGuess(text)
        var tens = 0
        for word in WordReader.words(of: text) {
            words.insert(word.folded)
            if let month = Numerals.month(word.folded) { months.insert(month) }
            let values = Numerals.values(of: word.folded)
            for value in values {
                numbers.insert(String(value))
                if tens >= 20, value < 10 { numbers.insert(String(tens + value)) }
            }
            tens = values.max() ?? 0
        }
        // A month in figures is as good as its name; the other way round it is one, too.
        numbers.formUnion(months.map(String.init))
    }

    func has(_ word: Word, exactly: Bool) -> Bool {
        if words.contains(word.folded) { return true }
        if let month = Numerals.month(word.folded) { return months.contains(month) || numbers.contains(String(month)) }
        return !exactly && words.contains { Self.areForms(of: word.folded, $0) }
    }

    /// Two forms of one word: a long common beginning, and little behind it.
    private static func areForms(of first: String, _ second: String) -> Bool {
        let longer = max(first.utf8.count, second.utf8.count)
        guard longer >= 6 else { return false }
        let common = zip(first.utf8, second.utf8).prefix { $0 == $1 }.count
        return common >= longer - (longer >= 9 ? 3 : 2) && common >= 4
    }
}
