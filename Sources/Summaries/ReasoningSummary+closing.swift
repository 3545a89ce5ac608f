// The last step: the conclusion, if there is one and it has not been said.
extension ReasoningSummary {
    /// What a conclusion is worth beside its points, and what each passage behind it takes away.
    static let answerWorth = 40
    static let conclusionWorth = 25
    static let distanceWorth = 5

    /// The step with which the summary ends; nil when there is nothing left to say.
    mutating func closingStep(at now: Duration) -> Step? {
        let share = options.closingRoom(after: splitter.scalarCount, opening: opening, said: characterCount)
        let room = min(share, remainingCharacters)
        if let drawn = drawnConclusion(within: room) { return isWorthEnding(with: drawn, at: now) ? sayAlone(drawn, at: now) : nil }
        guard let chosen = bestLeft(within: room), isWorthEnding(with: chosen, at: now) else { return nil }
        return sayAlone(chosen, at: now)
    }

    /// The conclusion among the last passages, however long ago its words were new.
    private mutating func drawnConclusion(within room: Int) -> Candidate? {
        let passages = closing.latestFirst
        guard let last = passages.first?.ordinal else { return nil }
        var best: (candidate: Candidate, rank: Int)?
        for passage in passages {
            guard let candidate = closingCandidate(passage, within: room) else { continue }
            let drawn = candidate.judgement.answers ? Self.answerWorth : candidate.judgement.concludes ? Self.conclusionWorth : 0
            let rank = candidate.score + drawn - (last - passage.ordinal) * Self.distanceWorth
            if rank > best?.rank ?? .min { best = (candidate, rank) }
        }
        return best?.candidate
    }

    private mutating func closingCandidate(_ passage: Passage, within room: Int) -> Candidate? {
        guard let sentence = Sentence(passage, isClosing: true), sentence.kind == .statement, !sentence.isAnnouncement,
            !sentence.isTrailing,
            let judgement = judge.judge(sentence), stepCount == 0 || judgement.score + (judgement.concludes ? 20 : 0) > Self.fairScore + 10
        else { return nil }
        var text = String(decoding: sentence.text, as: UTF8.self)  // WHY: valid UTF-8, some sentences at the end
        if text.count > room {
            guard let short = Sentence(passage).map({ String(decoding: $0.text, as: UTF8.self) }) else { return nil }  // WHY: as above
            guard let cut = short.count <= room ? short : Clauses.leading(text, within: room) else { return nil }
            text = cut
        }
        return Candidate(text: Array(text.utf8), characters: text.count, ordinal: passage.ordinal, judgement: judgement)
    }

    /// Right after a step only a conclusion or a decision is worth another, and only one that says more than the answer given.
    private func isWorthEnding(with chosen: Candidate, at now: Duration) -> Bool {
        guard let lastStep else { return true }
        let isDue = now >= lastStep + options.minimumStepInterval
        guard said.isNew(chosen.judgement) else { return false }
        guard chosen.judgement.concludes || chosen.judgement.decides else { return chosen.score >= Self.fairScore && isDue }
        guard hasAnswered else { return true }
        let fresh = chosen.judgement.terms.filter { !judge.isInPrompt($0) }
        return (chosen.judgement.answers || isDue) && said.isNewLately(fresh, upTo: Self.answeredOverlap)
    }

    /// The best of what waited when the end came.
    private func bestLeft(within room: Int) -> Candidate? {
        let least = stepCount == 0 ? Int.min : Self.fairScore
        let latest = candidates.list.last?.ordinal ?? 0
        return candidates.best(where: { $0.score >= least && $0.characters <= room }) { candidate in
            let drawn = candidate.judgement.answers ? Self.answerWorth : candidate.judgement.concludes ? Self.conclusionWorth : 0
            return candidate.score + drawn - min(30, latest - candidate.ordinal)
        }
    }
}
