/// When a reasoning summary speaks, and how much it may say.
public struct ReasoningSummaryOptions: Sendable {
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
    /// Characters of summary for each character of reasoning, at the beginning.
    public var share = 0.1
    /// Characters that may be said before the share allows them, so that short and slow reasoning gets a summary, too.
    public var openingCharacters = 240

    /// The defaults.
    public init() {}

    /// Characters that all steps may have after `reasoning` scalars: the opening allowance and the share at first, then ever less, never
    /// more than the total without room for one last step.
    func allowance(after reasoning: Int) -> Int {
        let room = max(1, maximumTotalCharacters - openingCharacters - maximumStepCharacters)
        let grown = Int(Double(reasoning) * share)
        return openingCharacters + grown * room / (grown + room)
    }
}
