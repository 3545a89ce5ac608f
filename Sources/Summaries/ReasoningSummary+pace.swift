// When the next step is due, and how long it may be.
extension ReasoningSummary {
    /// How many points a sentence needs by now: ever fewer, the longer nothing was said.
    func pace(since begun: Duration) -> Pace {
        guard let lastStep else {
            return Pace(start: begun, end: begun + options.firstStepDelay, good: Self.goodOpeningScore, fair: Self.fairOpeningScore)
        }
        return Pace(
            start: lastStep + options.minimumStepInterval, end: lastStep + options.maximumStepInterval, good: Self.goodScore,
            fair: Self.fairScore)
    }

    var hasEnoughNew: Bool { splitter.scalarCount - scalarsAtLastStep >= options.minimumNewCharacters }

    /// When the first of the candidates falls due: within the usual room, or later within the wider one.
    func soonestDue(_ pace: Pace) -> Duration? {
        let soon = candidates.highestScore(within: room).flatMap { pace.due(for: $0) }
        guard let overdue, let later = candidates.highestScore(within: overdueRoom).flatMap({ pace.due(for: $0) }) else { return soon }
        guard let soon else { return max(later, overdue) }
        return min(soon, max(later, overdue))
    }

    /// From when on silence is worse than a longer first step or a shorter conclusion.
    private var overdue: Duration? {
        lastStep.map { $0 + options.maximumStepInterval } ?? begun.map { $0 + options.firstStepDelay }
    }

    /// Characters the next step may have at `now`.
    func room(at now: Duration) -> Int {
        guard let overdue, now >= overdue else { return room }
        return max(room, overdueRoom)
    }

    /// A reasoning begins with what was asked: while there is time, a short sentence of that is enough.
    private var room: Int { fitting(stepCount == 0 ? opening * 3 / 5 : allowance - characterCount) }

    private var overdueRoom: Int {
        guard stepCount > 0 else { return fitting(max(allowance, opening)) }
        return fitting(options.overdueAllowance(after: splitter.scalarCount, opening: opening) - characterCount)
    }

    private var allowance: Int { options.allowance(after: splitter.scalarCount, opening: opening) }

    private func fitting(_ room: Int) -> Int { min(room, options.maximumStepCharacters, remainingCharacters) }

    /// `openingCharacters` in this text's script: a character of Chinese or Japanese says more than two letters, and takes a model as long.
    var opening: Int {
        options.openingCharacters * (splitter.scalarCount * 5 - splitter.wideCount * 3) / max(1, splitter.scalarCount * 5)
    }
}
