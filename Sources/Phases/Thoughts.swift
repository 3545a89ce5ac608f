import ChatRequests
import Summaries

/// What becomes of the reasoning: it feeds the summary, passes raw, or goes nowhere.
struct Thoughts: ~Copyable {
    private enum Use {
        case summarised, asked, raw, dropped
    }

    /// The extractive engine alone; unused where a model is asked.
    private var summary = ReasoningSummary()
    /// A model is asked, and an extractive engine of its own stands by; nil where nobody is. On its own, because it is the larger part of a
    /// stream and few streams have it.
    private let model: Model?
    /// Of reasoning that is not summarised; a summary has its own.
    private var watch = RepetitionWatch()
    private let use: Use
    /// Whether titles stand in the text; agents have a place of their own for them.
    private let showsTitles: Bool

    private final class Model {
        var summary: ModelSummary

        init(_ summary: consuming ModelSummary) {
            self.summary = summary
        }
    }

    init(_ plan: StreamPlan) {
        showsTitles = plan.agent == nil && plan.showsTitles && (plan.style == .reasoning || plan.style == .think)
        guard case .extractive(let options) = plan.reasoning else {
            if case .full = plan.reasoning { use = .raw } else { use = .dropped }
            model = nil
            return
        }
        if var asking = plan.modelSummary {
            asking.pace = options
            model = Model(ModelSummary(options: asking, prompt: plan.promptFacts))
            use = .asked
        } else {
            model = nil
            summary = ReasoningSummary(options: options, prompt: plan.promptFacts)
            use = .summarised
        }
    }

    var isRaw: Bool { use == .raw }

    var nextDue: Duration? {
        mutating get {
            switch use {
            case .summarised: summary.nextDue
            case .asked: model?.summary.nextDue
            case .raw, .dropped: nil
            }
        }
    }

    /// Times the model began to repeat itself.
    var repetitionCount: Int {
        switch use {
        case .summarised: summary.repetitionCount
        case .asked: model?.summary.repetitionCount ?? 0
        case .raw, .dropped: watch.count
        }
    }

    mutating func received(_ text: Span<UInt8>, at now: Duration) {
        switch use {
        case .summarised: summary.received(text, at: now)
        case .asked: model?.summary.received(text, at: now)
        case .raw, .dropped: watch.received(text, at: now)
        }
    }

    /// Another upstream thinks from the start; what was said is not said again.
    mutating func restarted() {
        switch use {
        case .summarised: summary.restarted()
        case .asked: model?.summary.restarted()
        case .raw, .dropped: watch.restarted()
        }
    }

    mutating func step(at now: Duration) -> Step? {
        switch use {
        case .summarised: shown(summary.step(at: now))
        case .asked: shown(model?.summary.step(at: now))
        case .raw, .dropped: nil
        }
    }

    mutating func lastStep(at now: Duration) -> Step? {
        switch use {
        case .summarised: shown(summary.finish(at: now))
        case .asked: shown(model?.summary.finish(at: now))
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
    var awaitedCall: Int? { model?.summary.awaitedCall }

    /// What the model engine did, with a call under way as dropped; nil without one.
    var modelFacts: ModelSummaryFacts? { model?.summary.closingFacts }

    /// The same model was asked for something else: it comes out of the same budget.
    mutating func charge(_ tokens: Int) {
        model?.summary.charge(tokens)
    }

    mutating func takeCall(at now: Duration) -> SummaryCall? { model?.summary.takeCall(at: now) }

    mutating func callEnded(_ id: Int, _ outcome: SummaryOutcome, usage: SummaryUsage?, at now: Duration) -> Step? {
        shown(model?.summary.callEnded(id, outcome, usage: usage, at: now))
    }
}
