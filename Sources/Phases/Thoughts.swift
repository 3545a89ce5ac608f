import ChatRequests
import Summaries

/// What becomes of the reasoning: it feeds the summary, passes raw, or goes nowhere.
struct Thoughts: ~Copyable {
    private enum Use {
        case summarised, asked, raw, dropped
    }

    /// The extractive engine alone; unused where a model is asked.
    private var summary = ReasoningSummary()
    /// A model is asked, and an extractive engine of its own stands by.
    private var model = ModelSummary()
    /// Of reasoning that is not summarised; a summary has its own.
    private var watch = RepetitionWatch()
    private let use: Use
    /// Whether titles stand in the text; agents have a place of their own for them.
    private let showsTitles: Bool

    init(_ plan: StreamPlan) {
        showsTitles = plan.agent == nil && plan.showsTitles && (plan.style == .reasoning || plan.style == .think)
        switch plan.reasoning {
        case .extractive(let options):
            if var asking = plan.modelSummary {
                asking.pace = options
                model = ModelSummary(options: asking, prompt: plan.promptFacts)
                use = .asked
            } else {
                summary = ReasoningSummary(options: options, prompt: plan.promptFacts)
                use = .summarised
            }
        case .off: use = .dropped
        case .full: use = .raw
        }
    }

    var isRaw: Bool { use == .raw }

    var nextDue: Duration? {
        mutating get {
            switch use {
            case .summarised: summary.nextDue
            case .asked: model.nextDue
            case .raw, .dropped: nil
            }
        }
    }

    /// Times the model began to repeat itself.
    var repetitionCount: Int {
        switch use {
        case .summarised: summary.repetitionCount
        case .asked: model.repetitionCount
        case .raw, .dropped: watch.count
        }
    }

    mutating func received(_ text: Span<UInt8>, at now: Duration) {
        switch use {
        case .summarised: summary.received(text, at: now)
        case .asked: model.received(text, at: now)
        case .raw, .dropped: watch.received(text, at: now)
        }
    }

    /// Another upstream thinks from the start; what was said is not said again.
    mutating func restarted() {
        switch use {
        case .summarised: summary.restarted()
        case .asked: model.restarted()
        case .raw, .dropped: watch.restarted()
        }
    }

    mutating func step(at now: Duration) -> Step? {
        switch use {
        case .summarised: shown(summary.step(at: now))
        case .asked: shown(model.step(at: now))
        case .raw, .dropped: nil
        }
    }

    mutating func lastStep(at now: Duration) -> Step? {
        switch use {
        case .summarised: shown(summary.finish(at: now))
        case .asked: shown(model.finish(at: now))
        case .raw, .dropped: nil
        }
    }

    /// With its title in front of the text, where titles are wanted there.
    private func shown(_ step: Step?) -> Step? {
        guard showsTitles, let step, let title = step.title else { return step }
        return Step(text: "**\(title)**\n\n\(step.text)")
    }
}

// The calls of the model engine.
extension Thoughts {
    var awaitedCall: Int? { mutating get { use == .asked ? model.awaitedCall : nil } }

    /// What the model engine did, with a call under way as dropped; nil without one.
    var modelFacts: ModelSummaryFacts? { use == .asked ? model.closingFacts : nil }

    /// The same model was asked for something else: it comes out of the same budget.
    mutating func charge(_ tokens: Int) {
        if use == .asked { model.charge(tokens) }
    }

    mutating func takeCall(at now: Duration) -> SummaryCall? { use == .asked ? model.takeCall(at: now) : nil }

    mutating func callEnded(_ id: Int, _ outcome: SummaryOutcome, usage: SummaryUsage?, at now: Duration) -> Step? {
        use == .asked ? shown(model.callEnded(id, outcome, usage: usage, at: now)) : nil
    }
}
