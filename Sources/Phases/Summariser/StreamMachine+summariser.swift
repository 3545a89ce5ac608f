public import Summaries

// The model engine's calls: the machine says which are due, the owner makes them and tells what came of them.
extension StreamMachine {
    /// The call to a summariser that is due now; nil when none is. Never after the answer has begun.
    public mutating func takeSummaryCall(at now: Duration) -> SummaryCall? {
        core.takeSummaryCall(at: now)
    }

    /// The call whose result is still wanted, by its id. An owner ends every other call.
    public var awaitedSummaryCall: Int? { core.awaitedSummaryCall }

    /// A call to a summariser has ended; legal at every time, also for a call that nobody awaits.
    public mutating func summaryCallEnded(
        _ id: Int, _ outcome: SummaryOutcome, usage: SummaryUsage? = nil, at now: Duration, into output: inout [UInt8]
    ) {
        let before = output.count
        core.summaryCallEnded(id, outcome, usage: usage, at: now, into: &output)
        _ = core.action(hasWritten: output.count > before, at: now)
    }

    /// What the model engine did, with a call under way as dropped; nil when the plan has none.
    public var modelSummaryFacts: ModelSummaryFacts? { core.thoughts.modelFacts }
}

extension StreamCore {
    private var isThinking: Bool { isOpen && end == nil && reading.lost == nil && !phases.isFinal }

    var awaitedSummaryCall: Int? { isThinking ? thoughts.awaitedCall : nil }

    mutating func takeSummaryCall(at now: Duration) -> SummaryCall? {
        isThinking ? thoughts.takeCall(at: now) : nil
    }

    mutating func summaryCallEnded(
        _ id: Int, _ outcome: SummaryOutcome, usage: SummaryUsage?, at now: Duration, into output: inout [UInt8]
    ) {
        let step = thoughts.callEnded(id, outcome, usage: usage, at: now)
        guard isThinking else { return }
        if let step { say(step, at: now, into: &output) } else { sendStep(at: now, into: &output) }
    }
}
