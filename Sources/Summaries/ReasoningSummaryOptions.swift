/// When a reasoning summary speaks, and how much it may say.
public struct ReasoningSummaryOptions: Sendable {
    /// How much is said.
    ///
    /// | | steps apart | characters of a step | share of the reasoning, with the conclusion | in all |
    /// |---|---|---|---|---|
    /// | `concise` | 6 to 16 s | 160 | 5 to 7.5 % | half |
    /// | `auto` | 3 to 8 s | 240 | 10 to 15 % | 8,000 |
    /// | `detailed` | 2 to 5 s | 320 | 20 to 30 % | twice |
    public enum Level: Sendable, CaseIterable {
        case concise, auto, detailed
    }

    /// The first step comes this long after the first reasoning byte at the latest, if there is a sentence; a good sentence comes at once.
    public var firstStepDelay: Duration = .milliseconds(2_500)
    /// Steps are at least this far apart.
    public var minimumStepInterval: Duration = .seconds(3)
    /// After this time a sentence of less worth will do.
    public var maximumStepInterval: Duration = .seconds(8)
    /// Scalars of new reasoning that a further step needs.
    public var minimumNewCharacters = 120
    /// Characters of one step.
    public var maximumStepCharacters = 240
    /// Characters of all steps together. The pace slows down long before, so that a long reasoning is covered to its end.
    public var maximumTotalCharacters = 8_000
    /// Characters of summary for each character of reasoning, at the beginning; a little more with the conclusion.
    public var share = 0.1
    /// Characters that the first step may have before the share allows them.
    public var openingCharacters = 120
    /// After so long a time of mere repetition a step says so, once for each loop; nil for never.
    public var repetitionNoticeDelay: Duration? = .seconds(10)

    /// The defaults.
    public init() {}

    /// What a level asks for, measured against what `auto` shall be.
    ///
    /// - Parameters:
    ///   - level: how much is said.
    ///   - interval: the shortest time between two steps at `auto`; the longest is 8/3 of it.
    ///   - total: characters of all steps together at `auto`.
    public init(level: Level, interval: Duration = .seconds(3), total: Int = 8_000) {
        minimumStepInterval = interval
        maximumStepInterval = interval * 8 / 3
        maximumTotalCharacters = total
        switch level {
        case .auto: break
        case .concise: scale(interval: 2, step: 160, share: 0.05, total: total / 2)
        case .detailed: scale(interval: 2.0 / 3, step: 320, share: 0.2, total: total * 2)
        }
    }

    private mutating func scale(interval: Double, step: Int, share: Double, total: Int) {
        minimumStepInterval = minimumStepInterval * interval
        maximumStepInterval = maximumStepInterval * interval
        minimumNewCharacters = Int(Double(minimumNewCharacters) * interval)
        maximumStepCharacters = step
        openingCharacters = step / 2
        self.share = share
        maximumTotalCharacters = max(step, total)
    }

    /// Characters that all steps may have after `reasoning` scalars, before the conclusion: the share, then ever less, never more than the
    /// total without room for one last step; at the beginning less, so that there is room for a conclusion if the text ends soon.
    func allowance(after reasoning: Int) -> Int {
        let room = max(1, maximumTotalCharacters - maximumStepCharacters)
        let grown = Int(Double(reasoning) * share)
        let early = max(openingCharacters * 5 / 3, Int(Double(reasoning) * share * Self.earlyShare) - openingCharacters / 3)
        return min(early, openingCharacters / 2 + grown * room / (grown + room))
    }

    /// Characters that the conclusion may have when `said` were said of so long a text: up to five thirds of a step, and some in any case.
    func closingRoom(after reasoning: Int, said: Int) -> Int {
        let left = Int(Double(reasoning) * share * Self.closingShare) - said
        let least = reasoning < Self.shortText ? maximumStepCharacters : openingCharacters * 5 / 6
        return max(least, min(left, maximumStepCharacters * 5 / 3))
    }

    /// Scalars of a text that is so short that a conclusion is told whole.
    static let shortText = 2_000
    /// How much more than the share may be used early, and with the conclusion.
    private static let earlyShare = 1.2
    private static let closingShare = 1.48
}
