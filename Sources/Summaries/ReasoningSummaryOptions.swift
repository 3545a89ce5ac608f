/// When a reasoning summary speaks, and how much it may say.
public struct ReasoningSummaryOptions: Sendable {
    /// How much is said.
    ///
    /// | | steps apart | characters of a step | share of the reasoning, with the conclusion | in all |
    /// |---|---|---|---|---|
    /// | `concise` | 6 to 16 s | 160 | 5 to 7.5 % | half |
    /// | `auto` | 3 to 8 s | 240 | 10 to 15 % | 8,000 |
    /// | `detailed` | 2 to 5 s | 320 | 20 to 30 % | twice |
    ///
    /// Two fifths of the share are for the last step, which may have twice the characters.
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
    /// Characters of one step; the last one, with the conclusion, may have twice as many.
    public var maximumStepCharacters = 240
    /// Characters of all steps together. The pace slows down long before, so that a long reasoning is covered to its end.
    public var maximumTotalCharacters = 8_000
    /// Characters of summary for each character of reasoning, with the conclusion; of a long text less, see `maximumTotalCharacters`.
    public var share = 0.147
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
        case .concise: scale(interval: 2, step: 160, share: 0.074, total: total / 2)
        case .detailed: scale(interval: 2.0 / 3, step: 320, share: 0.294, total: total * 2)
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

    /// Characters that all steps may have after `reasoning` scalars, before the conclusion: at the beginning enough for two short steps, then
    /// what the share leaves beside a conclusion. `opening` is `openingCharacters` in the text's script.
    func allowance(after reasoning: Int, opening: Int) -> Int {
        let early = min(opening * 3 / 2, opening / 2 + Int(Double(reasoning) * share * Self.earlyShare))
        return max(early, affordable(after: reasoning) - closingReserve(after: reasoning))
    }

    /// Characters kept for the conclusion: what a reasoning comes to is said at its end, with the reasons.
    private func closingReserve(after reasoning: Int) -> Int { min(affordable(after: reasoning) * 2 / 5, maximumClosingCharacters) }

    private var maximumClosingCharacters: Int { maximumStepCharacters * 2 }

    /// The same when a step is overdue: all there is while a conclusion may have more than the share anyway, and later what leaves room for a
    /// short one.
    func overdueAllowance(after reasoning: Int, opening: Int) -> Int {
        let affordable = affordable(after: reasoning)
        return reasoning < Self.shortText * 4 / 5 ? affordable : affordable * 19 / 20 - opening * 3 / 10
    }

    /// The share of so long a text, but less when that comes to more than half the total: ever less, never more than the total without room
    /// for one last step.
    private func affordable(after reasoning: Int) -> Int {
        let room = max(1, maximumTotalCharacters - maximumStepCharacters)
        let wanted = Int(Double(reasoning) * share)
        return wanted * 2 <= room ? wanted : room - room * room / (4 * wanted)
    }

    /// Characters that the conclusion may have when `said` were said of so long a text: what is left of the share, and some in any case.
    func conclusionRoom(after reasoning: Int, opening: Int, said: Int) -> Int {
        let least = reasoning < Self.shortText ? maximumStepCharacters : opening * 3 / 4
        return max(least, closingRoom(after: reasoning, said: said))
    }

    /// Characters that the closing step may have: what is left of the share.
    func closingRoom(after reasoning: Int, said: Int) -> Int {
        min(Int(Double(reasoning) * share) - said, maximumClosingCharacters)
    }

    /// Scalars of a text that is so short that a conclusion is told whole.
    static let shortText = 2_000
    /// How much of the share may be used early: there must be room for a conclusion if the text ends soon.
    private static let earlyShare = 0.8
}
