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

    /// From when on silence is worse than a shorter conclusion; nil before the first step.
    private var overdue: Duration? { lastStep.map { $0 + options.maximumStepInterval } }

    /// Characters the next step may have at `now`.
    func room(at now: Duration) -> Int {
        guard let overdue, now >= overdue else { return room }
        return max(room, overdueRoom)
    }

    private var room: Int {
        let allowed = options.allowance(after: splitter.scalarCount, opening: opening)
        let share = (stepCount == 0 ? max(allowed, opening) : allowed) - characterCount
        return min(share, options.maximumStepCharacters, remainingCharacters)
    }

    private var overdueRoom: Int {
        let share = options.overdueAllowance(after: splitter.scalarCount, opening: opening) - characterCount
        return min(share, options.maximumStepCharacters, remainingCharacters)
    }

    /// `openingCharacters` in this text's script: a character of Chinese or Japanese says more than two letters, and takes a model as long.
    var opening: Int {
        options.openingCharacters * (splitter.scalarCount * 5 - splitter.wideCount * 3) / max(1, splitter.scalarCount * 5)
    }
}
