/// Scores sentences: how much they say, how much of it the prompt said already, and what their phrases promise.
///
/// The points are a fitted estimate of whether a reader would miss the sentence, 20 points for each unit of log odds, 40 for even odds (see
/// `Cue.points` for the phrases). Linear in the sentence; nothing is remembered from one to the next.
struct Judge {
    /// Terms, numbers and names of one sentence that earn points.
    static let mostCounted = 20
    static let mostNumbers = 4
    static let mostNames = 4
    /// Length in letters of scripts with spaces at which a sentence gets no points for it, and what a character of the other scripts is worth.
    static let plainLength = 80
    static let ideographWorth = 5
    /// Single letters a sentence may hold; more of them spell something out.
    static let plainLetters = 3
    /// Terms of one sentence that are looked at.
    static let mostTerms = 96

    private let promptTerms: [UInt32]
    private var terms: [Term] = []
    /// Memory for the terms of the next judgement.
    private var spare: [UInt32] = []
    private let lexicon = Lexicon.shared

    init(prompt: PromptFacts) {
        promptTerms = Self.termsOfPrompt(prompt.lastUserText)
    }

    var heldBytes: Int { promptTerms.count * 4 }

    /// What the sentence is worth; nil when it must not be quoted.
    mutating func judge(_ sentence: Sentence) -> Judgement? {
        TermReader.read(sentence.text.span, into: &terms)
        if terms.count > Self.mostTerms { terms.removeLast(terms.count - Self.mostTerms) }
        var judgement = Judgement(room: terms.count, in: &spare)
        weighTerms(of: sentence, into: &judgement)
        weighCues(into: &judgement)
        weighForm(of: sentence, into: &judgement)
        guard judgement.score < -500 || judgement.terms.isEmpty else { return judgement }
        recycle(judgement.terms)
        return nil
    }

    /// Takes back the memory of a judgement that is not needed any more.
    mutating func recycle(_ terms: consuming [UInt32]) {
        spare = terms
    }

    private mutating func weighTerms(of sentence: Sentence, into judgement: inout Judgement) {
        var count = TermCount()
        for (position, term) in terms.enumerated() where !term.isLight && !lexicon.isEmpty(term) {
            if term.length == 1, term.kind == .word { count.letters += 1 }
            let identity = lexicon.identity(of: term)
            guard judgement.insert(identity) else { continue }
            if isInPrompt(identity) { count.asked += 1 }
            if lexicon.isNumber(term) { count.numbers += 1 }
            if term.isCapitalised && position > 0 { count.names += 1 }
            if term.kind == .ideographs { count.pairs += 1 }
        }
        let known = judgement.terms.count
        // Pairs of ideographs overlap.
        let counted = min(Self.mostCounted, known - count.pairs / 2)
        judgement.score = 22 + counted * 6 / 5 + min(count.numbers, Self.mostNumbers) * 3 + min(count.names, Self.mostNames) * 3 / 2
        judgement.score += Self.lengthPoints(sentence.text.count - count.pairs * 3 + count.pairs * Self.ideographWorth / 2)
        judgement.score -= max(0, count.letters - Self.plainLetters) * 4
        if known > 0 { judgement.score -= 20 * count.asked / known }
    }

    private struct TermCount {
        var letters = 0
        var asked = 0
        var numbers = 0
        var names = 0
        var pairs = 0
    }

    /// 16 times the natural logarithm of the length over `plainLength`, from a table of steps: the same on every machine.
    private static func lengthPoints(_ length: Int) -> Int {
        var points = 0
        var (at, bound) = (length, plainLength)
        // A quarter more is 3.57 points.
        while at > bound, points < 25 { (bound, points) = (bound * 5 / 4, points + 1) }
        while at < bound, at > 0, points > -12 { (at, points) = (at * 5 / 4 + 1, points - 1) }
        return points * 18 / 5
    }

    private func weighCues(into judgement: inout Judgement) {
        var met: UInt32 = 0
        lexicon.forEachCue(in: terms) { met |= 1 << UInt32($0.rawValue) }
        for cue in Cue.allCases where met & 1 << UInt32(cue.rawValue) != 0 {
            judgement.score += cue.points
            if cue == .answer || cue == .conclusion { judgement.concludes = true }
            if cue == .answer { judgement.answers = true }
            if cue == .decision { judgement.decides = true }
            if cue == .dangling { judgement.dangles = true }
        }
        if met & 1 << UInt32(Cue.form.rawValue) != 0 { (judgement.concludes, judgement.answers) = (false, false) }
    }

    private func weighForm(of sentence: Sentence, into judgement: inout Judgement) {
        if sentence.tone.contains(.consequence) {
            judgement.score += 11
            judgement.concludes = true
        }
        if sentence.isResult { judgement.score += 20 }
        if sentence.isAnnouncement { judgement.score -= 10 }
        if sentence.isTrailing { judgement.score -= 24 }
        guard sentence.kind == .question else { return }
        judgement.score -= 20
        (judgement.concludes, judgement.answers) = (false, false)
    }

    /// True for a term that the prompt holds.
    func isInPrompt(_ identity: UInt32) -> Bool {
        var (low, high) = (0, promptTerms.count)
        while low < high {
            let middle = (low + high) / 2
            if promptTerms[middle] < identity { low = middle + 1 } else { high = middle }
        }
        return low < promptTerms.count && promptTerms[low] == identity
    }

    /// Bytes looked at from each end of the prompt, and terms kept of them.
    static let promptWindow = 3_072
    static let mostPromptTerms = 384

    private static func termsOfPrompt(_ text: [UInt8]) -> [UInt32] {
        var found: Set<UInt32> = []
        let head = min(text.count, promptWindow)
        collect(from: 0, to: head, of: text, into: &found)
        collect(from: max(head, text.count - promptWindow), to: text.count, of: text, into: &found)
        return found.sorted()
    }

    /// The identities of a text's terms, those without content left out; not each once.
    static func terms(of text: Span<UInt8>) -> [UInt32] {
        var terms: [Term] = []
        TermReader.read(text, into: &terms)
        let lexicon = Lexicon.shared
        return terms.filter { !$0.isLight && !lexicon.isEmpty($0) }.map { lexicon.identity(of: $0) }
    }

    private static func collect(from start: Int, to end: Int, of text: [UInt8], into found: inout Set<UInt32>) {
        var terms: [Term] = []
        TermReader.read(text.span.extracting(start..<end), into: &terms)
        let lexicon = Lexicon.shared
        for term in terms where found.count < mostPromptTerms && !term.isLight && !lexicon.isEmpty(term) {
            found.insert(lexicon.identity(of: term))
        }
    }
}

/// What a sentence is worth, and the terms that tell it from others.
struct Judgement {
    var score = 0
    /// It draws a conclusion.
    var concludes = false
    /// It states the answer.
    var answers = false
    /// It says what will be done.
    var decides = false
    /// It begins with a word that points back.
    var dangles = false
    /// The identities of its terms, each once, sorted.
    private(set) var terms: [UInt32] = []

    /// A judgement of nothing.
    init() {}

    /// A judgement with room for so many terms, in the memory of `spare`.
    init(room: Int, in spare: inout [UInt32]) {
        swap(&terms, &spare)
        terms.removeAll(keepingCapacity: true)
        // Room for nearly every sentence: memory that goes from one to the next must not be too small for it.
        terms.reserveCapacity(max(room, 48))
    }

    /// Adds a term; false when it is there already.
    mutating func insert(_ identity: UInt32) -> Bool {
        var position = terms.count
        while position > 0, terms[position - 1] >= identity {
            if terms[position - 1] == identity { return false }
            position -= 1
        }
        terms.insert(identity, at: position)
        return true
    }
}
