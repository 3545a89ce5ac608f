// The last step: the conclusion, if there is one and it has not been said, and what else there is room for.
extension ReasoningSummary {
    /// What a conclusion is worth beside its points, what standing in the last line adds, and what each passage behind it takes away.
    static let answerWorth = 40
    static let conclusionWorth = 25
    static let lastLineWorth = 20
    static let distanceWorth = 5
    /// Terms of a sentence that does no more than name what was chosen.
    static let choiceTerms = 2
    /// What being the last sentence is worth to one that stands beside the conclusion; each passage behind it takes `distanceWorth`.
    static let recencyWorth = 20

    /// The step with which the summary ends; nil when there is nothing left to say.
    mutating func closingStep(at now: Duration) -> Step? {
        let others = othersCharacterCount
        let length = splitter.scalarCount
        let room = min(remainingCharacters, options.conclusionRoom(after: length, opening: opening, said: characterCount))
        var chosen: [Candidate] = []
        let drawn = drawnConclusion(within: room)
        if let drawn, isWorthEnding(with: drawn) { chosen = [drawn] }
        fill(&chosen, within: min(remainingCharacters, options.closingRoom(after: length, said: characterCount + others)))
        if chosen.isEmpty, stepCount == 0, let best = bestLeft(within: room) { chosen = [best] }
        guard let main = chosen.first(where: { $0.ordinal == drawn?.ordinal }) ?? chosen.first else { return nil }
        return say(chosen, titledBy: main, at: now)
    }

    /// The conclusion among the last passages, however long ago its words were new.
    private mutating func drawnConclusion(within room: Int) -> Candidate? {
        let passages = closing.latestFirst
        guard let last = passages.first?.ordinal else { return nil }
        let lastLine = passages.first { $0.startsLine }?.ordinal ?? last
        var best: (candidate: Candidate, rank: Int)?
        for passage in passages {
            guard let candidate = closingCandidate(passage, isLast: passage.ordinal == last, within: room) else { continue }
            let isHeaded = passages.contains { $0.ordinal == passage.ordinal - 1 && headsConclusion($0) }
            let drawn =
                candidate.judgement.answers || isHeaded ? Self.answerWorth : candidate.judgement.concludes ? Self.conclusionWorth : 0
            let place = (passage.ordinal >= lastLine ? Self.lastLineWorth : 0) - (last - passage.ordinal) * Self.distanceWorth
            let rank = candidate.score + drawn + place
            if rank > best?.rank ?? .min { best = (candidate, rank) }
        }
        return best?.candidate
    }

    /// Whether the passage is a heading of the conclusion: "**10. Conclusion**".
    private mutating func headsConclusion(_ passage: Passage) -> Bool {
        guard var sentence = Sentence(passage), sentence.kind == .heading else { return false }
        sentence.text.removeFirst(sentence.text.prefix { $0 &- 0x30 < 10 || $0 == 0x2E || $0 == 0x29 || $0 == 0x20 }.count)
        return judge.judge(sentence)?.concludes ?? false
    }

    private mutating func closingCandidate(_ passage: Passage, isLast: Bool, within room: Int) -> Candidate? {
        guard let sentence = Sentence(passage, isClosing: true), sentence.kind == .statement, !sentence.isAnnouncement,
            !sentence.isTrailing,
            let judgement = judge.judge(sentence),
            stepCount == 0 || judgement.concludes && isLast || judgement.score + (judgement.concludes ? 20 : 0) > Self.fairScore + 10
        else { return nil }
        var text = String(decoding: sentence.text, as: UTF8.self)  // WHY: valid UTF-8, some sentences at the end
        if text.count > room {
            guard let short = Sentence(passage).map({ String(decoding: $0.text, as: UTF8.self) }) else { return nil }  // WHY: as above
            guard let cut = short.count <= room ? short : Clauses.leading(text, within: room) else { return nil }
            text = cut
        }
        return Candidate(text: Array(text.utf8), characters: text.count, ordinal: passage.ordinal, time: .zero, judgement: judgement)
    }

    /// Only what says more than the steps, and more than the answer if that has just been given.
    private func isWorthEnding(with drawn: Candidate) -> Bool {
        // "I'd go with Springline.": a name that was weighed before, and chosen only now.
        let isChoice = drawn.judgement.concludes && drawn.judgement.terms.count <= Self.choiceTerms && !hasAnswered
        guard isChoice || said.isNew(drawn.judgement) else { return false }
        guard hasAnswered else { return true }
        let fresh = drawn.judgement.terms.filter { !judge.isInPrompt($0) }
        return said.isNewLately(fresh, upTo: Self.answeredOverlap)
    }

    /// Puts the best of what no step has said to the conclusion, in the text's order: room that is left at the end is of no use any more.
    private mutating func fill(_ chosen: inout [Candidate], within room: Int) {
        var left = chosen.reduce(room) { $0 - $1.characters - 1 }
        let last = closing.latestFirst.first?.ordinal ?? 0
        let ranked = unsaid().map { ($0, $0.score + max(0, Self.recencyWorth - (last - $0.ordinal) * Self.distanceWorth)) }
        for (candidate, _) in ranked.sorted(by: { ($0.1, $0.0.ordinal) > ($1.1, $1.0.ordinal) })
        where candidate.characters <= left && candidate.score >= Self.fairScore && fits(candidate, beside: chosen) {
            chosen.append(candidate)
            left -= candidate.characters + 1
        }
        chosen.sort { $0.ordinal < $1.ordinal }
    }

    private func fits(_ candidate: Candidate, beside chosen: [Candidate]) -> Bool {
        let terms = candidate.judgement.terms
        if candidate.judgement.dangles, !chosen.contains(where: { $0.ordinal == candidate.ordinal - 1 }) { return false }
        return chosen.allSatisfy { other in
            guard other.ordinal != candidate.ordinal else { return false }
            let shared = SaidTerms.shared(other.judgement.terms, terms)
            return shared * 100 <= min(other.judgement.terms.count, terms.count) * SaidTerms.overlapLimit
        }
    }

    /// What no step has said: of the last passages, of those since the last step, and the best of the whole text, each once.
    private mutating func unsaid() -> [Candidate] {
        var found: [Int: Candidate] = [:]
        for candidate in leftovers.list + candidates.list { found[candidate.ordinal] = candidate }
        for passage in closing.latestFirst where found[passage.ordinal] == nil {
            guard let sentence = Sentence(passage), sentence.kind == .statement, let judgement = judge.judge(sentence) else { continue }
            found[passage.ordinal] = Candidate(
                text: sentence.text, characters: CharacterCount.of(sentence.text), ordinal: passage.ordinal, time: .zero,
                judgement: judgement)
        }
        return found.values.filter { said.isNew($0.judgement) }.map { candidate in
            var rated = candidate
            rated.topicality = Topicality.points(of: candidate.judgement.terms, recurring, said)
            return rated
        }
    }

    /// The best of what waited when the end came.
    private func bestLeft(within room: Int) -> Candidate? {
        let latest = candidates.list.last?.ordinal ?? 0
        return candidates.best(where: { $0.characters <= room }) { candidate in
            let drawn = candidate.judgement.answers ? Self.answerWorth : candidate.judgement.concludes ? Self.conclusionWorth : 0
            return candidate.score + drawn - min(30, latest - candidate.ordinal)
        }
    }
}
