import Summaries

/// What becomes of the reasoning: it feeds the summary, passes raw, or goes nowhere.
struct Thoughts: ~Copyable {
    private enum Use {
        case summarised, raw, dropped
    }

    /// Unused while a model makes the steps: then `model` has the extractive engine that stands by.
    private var summary: ReasoningSummary
    private var model = ModelSummary()
    private let hasModel: Bool
    private let use: Use

    init(_ plan: StreamPlan) {
        summary = ReasoningSummary()
        guard case .extractive(let options) = plan.reasoning else {
            hasModel = false
            if case .full = plan.reasoning { use = .raw } else { use = .dropped }
            return
        }
        use = .summarised
        hasModel = plan.modelSummary != nil
        if var asking = plan.modelSummary {
            asking.pace = options
            model = ModelSummary(options: asking, prompt: plan.promptFacts)
        } else {
            summary = ReasoningSummary(options: options, prompt: plan.promptFacts)
        }
    }

    var isRaw: Bool { use == .raw }

    var nextDue: Duration? {
        guard use == .summarised else { return nil }
        return hasModel ? model.nextDue : summary.nextDue
    }

    mutating func received(_ text: Span<UInt8>, at now: Duration) {
        guard use == .summarised else { return }
        if hasModel { model.received(text, at: now) } else { summary.received(text, at: now) }
    }

    /// Another upstream thinks from the start; what was said is not said again.
    mutating func restarted() {
        guard use == .summarised else { return }
        if hasModel { model.restarted() } else { summary.restarted() }
    }

    mutating func step(at now: Duration) -> Step? {
        guard use == .summarised else { return nil }
        return hasModel ? model.step(at: now) : summary.step(at: now)
    }

    mutating func lastStep(at now: Duration) -> Step? {
        guard use == .summarised else { return nil }
        return hasModel ? model.finish(at: now) : summary.finish(at: now)
    }
}

// The calls of the model engine.
extension Thoughts {
    var awaitedCall: Int? { hasModel ? model.awaitedCall : nil }

    /// What the model engine did, with a call under way as dropped; nil without one.
    var modelFacts: ModelSummaryFacts? { hasModel ? model.closingFacts : nil }

    mutating func takeCall(at now: Duration) -> SummaryCall? { hasModel ? model.takeCall(at: now) : nil }

    mutating func callEnded(_ id: Int, _ outcome: SummaryOutcome, usage: SummaryUsage?, at now: Duration) -> Step? {
        hasModel ? model.callEnded(id, outcome, usage: usage, at: now) : nil
    }
}
