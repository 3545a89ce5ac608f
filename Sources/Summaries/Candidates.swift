/// A sentence that may become a step.
struct Candidate {
    var text: [UInt8]
    /// Characters (grapheme clusters) of the text.
    var characters: Int
    var ordinal: Int
    var judgement: Judgement
    /// Short enough to be quoted, but written without punctuation at the end of the text: it may be cut.
    var score: Int { judgement.score }
}

/// The best sentences since the last step: a bounded list in text order.
struct Candidates {
    /// Sentences kept. The worst goes when another comes.
    static let most = 12

    private(set) var list: [Candidate] = []

    var heldBytes: Int { list.reduce(0) { $0 + $1.text.count + $1.judgement.terms.count * 4 } }

    mutating func add(_ candidate: Candidate) {
        list.append(candidate)
        guard list.count > Self.most, let worst = list.indices.min(by: { list[$0].score < list[$1].score }) else { return }
        list.remove(at: worst)
    }

    /// Keeps what comes after `ordinal` and is still new.
    mutating func drop(through ordinal: Int, butKeepNewTo said: SaidTerms) {
        list.removeAll { $0.ordinal <= ordinal || !said.isNew($0.judgement.terms) }
    }

    mutating func removeAll() { list.removeAll(keepingCapacity: true) }

    /// The best by `rank` among those that qualify; of equals the latest.
    func best(where qualifies: (Candidate) -> Bool, by rank: (Candidate) -> Int) -> Candidate? {
        var best: Candidate?
        for candidate in list where qualifies(candidate) {
            if let held = best, rank(held) > rank(candidate) { continue }
            best = candidate
        }
        return best
    }

    /// The sentence right before or after another.
    func neighbour(of candidate: Candidate, at distance: Int) -> Candidate? {
        list.first { $0.ordinal == candidate.ordinal + distance }
    }
}
