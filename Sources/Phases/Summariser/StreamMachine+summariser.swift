public import Summaries

// The model engine's calls: the machine says which are due, the owner makes them and tells what came of them.
extension StreamMachine {
    /// The call to a summariser that is due now; nil when none is. Before the head it is the one about the prompt, which is due at once;
    /// after the answer has begun there is none.
    public mutating func takeSummaryCall(at now: Duration) -> SummaryCall? {
        core.takeSummaryCall(at: now)
    }

    /// The call whose result is still wanted, by its id. An owner ends every other call.
    public var awaitedSummaryCall: Int? { mutating get { core.awaitedSummaryCall } }

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

    /// What came of the call about the prompt, under way as dropped; nil when the plan has none.
    public var modelPromptFacts: ModelSummaryFacts? { core.prompt?.closingFacts }
}

extension StreamCore {
    private var isThinking: Bool { mutating get { isOpen && !isOver && !reading.isLost && !phases.isFinal } }

    var awaitedSummaryCall: Int? {
        mutating get {
            if !isOpen { return isOver ? nil : prompt?.awaitedCall }
            return isThinking ? thoughts.awaitedCall : nil
        }
    }

    mutating func takeSummaryCall(at now: Duration) -> SummaryCall? {
        if !isOpen { return isOver ? nil : prompt?.takeCall(at: now) }
        return isThinking ? thoughts.takeCall(at: now) : nil
    }

    /// What is told of the prompt, now: a model that has not said it yet says it no more.
    mutating func promptSummary(at now: Duration) -> String? {
        guard let told = prompt?.tell(at: now) else { return plan.promptSummary }
        thoughts.charge(prompt?.tokens ?? 0)
        return told
    }

    mutating func summaryCallEnded(
        _ id: Int, _ outcome: SummaryOutcome, usage: SummaryUsage?, at now: Duration, into output: inout [UInt8]
    ) {
        if id == ModelPromptSummary.callID { return prompt?.callEnded(outcome, usage: usage, at: now) ?? () }
        let step = thoughts.callEnded(id, outcome, usage: usage, at: now)
        guard isThinking else { return }
        if let step { say(step, at: now, into: &output) } else { sendStep(at: now, into: &output) }
    }
}
