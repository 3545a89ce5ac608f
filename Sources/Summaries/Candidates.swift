/// A sentence that may become a step.
struct Candidate {
    var text: [UInt8]
    /// Characters (grapheme clusters) of the text.
    var characters: Int
    var ordinal: Int
    var judgement: Judgement
    var score: Int { judgement.score }

    /// Characters that every sentence is taken to cost beside its own: a reader's attention.
    static let attention = 40
    /// What it says for its length: of two good sentences the shorter one leaves room for a third.
    var worth: Int { max(2, score + 10) * 1_000 / (characters + Self.attention) }
}

/// The best sentences since the last step: a bounded list in text order.
struct Candidates {
    /// Sentences kept. The worst goes when another comes.
    static let most = 12

    private(set) var list: [Candidate] = []
    /// What was dropped, at most as many as there can be: memory for those that come.
    private var spares: [Candidate] = []
    /// The best score in the list: asked for with every piece of text, so kept.
    private(set) var highestScore = Int.min

    var heldBytes: Int { list.reduce(0) { $0 + $1.text.count + $1.judgement.terms.count * 4 } }

    /// Returns the one that had to go, for its memory.
    mutating func add(_ candidate: Candidate) -> Candidate? {
        list.append(candidate)
        highestScore = max(highestScore, candidate.score)
        guard list.count > Self.most, let worst = list.indices.min(by: { list[$0].score < list[$1].score }) else { return nil }
        return list.remove(at: worst)
    }

    /// Keeps what comes after `ordinal` and is still new.
    mutating func drop(through ordinal: Int, butKeepNewTo said: SaidTerms) {
        var kept = 0
        for place in list.indices where list[place].ordinal > ordinal && said.isNew(list[place].judgement) {
            list.swapAt(kept, place)
            kept += 1
        }
        while list.count > kept { spares.append(list.removeLast()) }
        if spares.count > Self.most { spares.removeLast(spares.count - Self.most) }
        noteHighest()
    }

    /// One that was dropped, for its memory.
    mutating func takeSpare() -> Candidate? { spares.popLast() }

    mutating func removeAll() {
        list.removeAll(keepingCapacity: true)
        highestScore = .min
    }

    private mutating func noteHighest() { highestScore = list.reduce(.min) { max($0, $1.score) } }

    /// The worthiest of at least `score` points and at most `room` characters; of equals the latest. Asked for with every piece of text while a
    /// good sentence waits for room, so it looks without copying.
    func best(atLeast score: Int, within room: Int) -> Candidate? {
        guard highestScore >= score else { return nil }
        var best: (index: Int, worth: Int)?
        for index in list.indices {
            guard list[index].judgement.score >= score, list[index].characters <= room else { continue }
            let worth = list[index].worth
            if worth >= best?.worth ?? .min { best = (index, worth) }
        }
        return best.map { list[$0.index] }
    }

    /// The highest score of those with at most `room` characters; nil when there is none.
    func highestScore(within room: Int) -> Int? {
        var highest: Int?
        for index in list.indices where list[index].characters <= room { highest = max(highest ?? .min, list[index].judgement.score) }
        return highest
    }

    /// The best by `rank` among those that qualify; of equals the latest.
    func best(where qualifies: (Candidate) -> Bool, by rank: (Candidate) -> Int) -> Candidate? {
        var best: (index: Int, rank: Int)?
        for index in list.indices where qualifies(list[index]) {
            let worth = rank(list[index])
            if let held = best, held.rank > worth { continue }
            best = (index, worth)
        }
        return best.map { list[$0.index] }
    }

    /// The sentence right before or after another.
    func neighbour(of candidate: Candidate, at distance: Int) -> Candidate? {
        list.first { $0.ordinal == candidate.ordinal + distance }
    }
}
