extension Rehearsal {
    /// What came of one call to a small model.
    public struct Reply: Sendable {
        /// As the call's owner found it.
        public var outcome: SummaryOutcome
        /// The tokens that the model counted, if it did.
        public var usage: SummaryUsage?
        /// How long it took.
        public var time: Duration

        /// So much after so long.
        public init(_ outcome: SummaryOutcome, usage: SummaryUsage? = nil, time: Duration) {
            self.outcome = outcome
            self.usage = usage
            self.time = time
        }
    }

    /// Plays `reasoning` (UTF-8) at this many tokens a second to the engine that asks a small model.
    ///
    /// - Parameters:
    ///   - reasoning: the whole of it, UTF-8.
    ///   - prompt: what the user asked.
    ///   - options: when the model is asked, and with what.
    ///   - tokensPerSecond: how fast the reasoning comes.
    ///   - ask: makes a call, for which there is so much time; nil when that was not enough. It takes what it takes while the rehearsal's
    ///     clock stands still, and its result comes on that clock after the time that the reply says.
    public init(
        of reasoning: [UInt8], prompt: PromptFacts = PromptFacts(), options: ModelSummaryOptions = ModelSummaryOptions(),
        tokensPerSecond: Double = 50, ask: (SummaryCall, Duration) async -> Reply?
    ) async {
        var stage = ModelStage(ModelSummary(options: options, prompt: prompt))
        let gap = Duration.seconds(1) / max(0.001, tokensPerSecond)
        for end in Self.tokenEnds(in: reasoning.span) {
            duration = gap * tokenCount
            await stage.pass(to: duration, ask)
            stage.receive(reasoning, to: end, at: duration)
            await stage.look(at: duration, ask)
            tokenCount += 1
        }
        stage.finish(at: duration)
        said = stage.said
        modelFacts = stage.summary.closingFacts
    }
}

/// The engine and the one call that may be under way, on a clock that only counts.
private struct ModelStage: ~Copyable {
    var summary: ModelSummary
    var said: [Rehearsal.Said] = []
    private var running: (id: Int, reply: Rehearsal.Reply, end: Duration)?
    private var receivedBytes = 0

    init(_ summary: consuming ModelSummary) {
        self.summary = summary
    }

    mutating func receive(_ reasoning: [UInt8], to end: Int, at now: Duration) {
        summary.received(reasoning.span.extracting(receivedBytes..<end), at: now)
        receivedBytes = end
    }

    /// Everything that falls due before `end`, in the order of time.
    mutating func pass(to end: Duration, _ ask: (SummaryCall, Duration) async -> Rehearsal.Reply?) async {
        while true {
            let due = summary.nextDue
            guard let next = [running?.end, due].compactMap({ $0 }).min(), next < end else { return }
            await look(at: next, ask)
            // Nothing came of the time that was named: only text will change that.
            if summary.nextDue == due { return }
        }
    }

    /// What a stream's owner does when it wakes: a result first, then the step and the call that are due.
    mutating func look(at now: Duration, _ ask: (SummaryCall, Duration) async -> Rehearsal.Reply?) async {
        if let ended = running, ended.end <= now {
            running = nil
            note(summary.callEnded(ended.id, ended.reply.outcome, usage: ended.reply.usage, at: ended.end), at: ended.end)
        }
        note(summary.step(at: now), at: now)
        guard let call = summary.takeCall(at: now) else { return }
        running = await ask(call, call.deadline - now).map { (call.id, $0, now + $0.time) }
    }

    mutating func finish(at now: Duration) {
        note(summary.finish(at: now), at: now, isLast: true)
    }

    private mutating func note(_ step: Step?, at now: Duration, isLast: Bool = false) {
        if let step { said.append(Rehearsal.Said(step: step, time: now, receivedBytes: receivedBytes, isLast: isLast)) }
    }
}
