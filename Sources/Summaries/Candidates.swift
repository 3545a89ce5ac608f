/// A sentence that may become a step.
struct Candidate {
    var text: [UInt8]
    /// Characters (grapheme clusters) of the text.
    var characters: Int
    var ordinal: Int
    /// When its end had come.
    var time: Duration
    var judgement: Judgement
    /// Points for what the reasoning keeps coming back to and no step has said, less those for what was said.
    var topicality = 0
    var score: Int { judgement.score + topicality }
}

/// What a step of one or two sentences is worth: what a reader would miss, less what it costs to read.
enum Worth {
    /// Points from which a sentence is as likely to be missed as not.
    static let evenScore = 47
    /// The chance that a sentence would be missed rises by so much a point, per hundred thousand, between the bounds.
    static let rise = 1_000
    static let leastChance = 2_000
    static let mostChance = 98_000
    /// The same measure for a character of the summary: a sentence that is missed with even odds may have 125.
    static let price = 400
    /// What a term counts that two sentences of a step share.
    static let repetition = 3_000

    /// Of one sentence.
    static func of(_ candidate: Candidate) -> Int {
        min(mostChance, max(leastChance, 50_000 + rise * (candidate.score - evenScore))) - price * candidate.characters
    }
}

/// The best sentences since the last step: a bounded list in text order.
struct Candidates {
    /// Sentences kept. The worst goes when another comes.
    static let most = 16

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

    /// Keeps what comes after `ordinal` and is still new. What comes before and is new goes to `leftovers`.
    mutating func drop(through ordinal: Int, butKeepNewTo said: SaidTerms, to leftovers: inout Leftovers) {
        var kept = 0
        for place in list.indices where list[place].ordinal > ordinal && said.isNew(list[place].judgement) {
            list.swapAt(kept, place)
            kept += 1
        }
        while list.count > kept {
            let dropped = list.removeLast()
            if !said.isNew(dropped.judgement) {
                spares.append(dropped)
            } else if let displaced = leftovers.add(dropped) {
                spares.append(displaced)
            }
        }
        if spares.count > Self.most { spares.removeLast(spares.count - Self.most) }
        noteHighest()
    }

    /// Moves what came before `time` to `leftovers`.
    mutating func expire(before time: Duration, to leftovers: inout Leftovers) {
        guard let first = list.first, first.time < time else { return }
        var kept = 0
        for place in list.indices where list[place].time >= time {
            list.swapAt(kept, place)
            kept += 1
        }
        while list.count > kept {
            let dropped = list.removeLast()
            if let displaced = leftovers.add(dropped) { spares.append(displaced) }
        }
        noteHighest()
    }

    /// One that was dropped, for its memory.
    mutating func takeSpare() -> Candidate? { spares.popLast() }

    /// Rates all anew: the reasoning and the steps have gone on since they came.
    mutating func rate(_ recurring: RecurringTerms, _ said: SaidTerms) {
        for index in list.indices { list[index].topicality = Topicality.points(of: list[index].judgement.terms, recurring, said) }
        noteHighest()
    }

    mutating func removeAll() {
        list.removeAll(keepingCapacity: true)
        highestScore = .min
    }

    private mutating func noteHighest() { highestScore = list.reduce(.min) { max($0, $1.score) } }

    /// The one or two sentences of at least `least` points, in the text's order, that are worth most together in `room` characters. A sentence
    /// that points back stands behind the one it points to. Where there are none such, the best that there is room for: what called for the step
    /// may have fallen below since. Compares each two: some hundred comparisons a step.
    func bestStep(within room: Int, from least: Int) -> [Candidate] {
        var best: (worth: Int, indices: ClosedRange<Int>, isPair: Bool)?
        let worths = list.map { Worth.of($0) }
        func offer(_ worth: Int, _ first: Int, _ last: Int) {
            if worth > best?.worth ?? .min { best = (worth, first...last, first != last) }
        }
        let good = list.indices.filter { list[$0].characters <= room && list[$0].score >= least }
        for first in good where !list[first].judgement.dangles {
            offer(worths[first], first, first)
            for second in good where second > first && fits(second, behind: first, within: room) {
                let shared = SaidTerms.shared(list[first].judgement.terms, list[second].judgement.terms)
                guard shared * 100 <= min(list[first].judgement.terms.count, list[second].judgement.terms.count) * SaidTerms.overlapLimit
                else { continue }
                offer(worths[first] + worths[second] - shared * Worth.repetition, first, second)
            }
        }
        guard let best else { return self.best(where: { $0.characters <= room }, by: \.score).map { [$0] } ?? [] }
        return best.isPair ? [list[best.indices.lowerBound], list[best.indices.upperBound]] : [list[best.indices.lowerBound]]
    }

    private func fits(_ second: Int, behind first: Int, within room: Int) -> Bool {
        let (before, after) = (list[first], list[second])
        guard before.characters + after.characters < room else { return false }
        return !after.judgement.dangles || after.ordinal == before.ordinal + 1
    }

    /// The highest score of those with at most `room` characters; nil when there is none.
    func highestScore(within room: Int) -> Int? {
        var highest: Int?
        for index in list.indices where list[index].characters <= room { highest = max(highest ?? .min, list[index].score) }
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
}
