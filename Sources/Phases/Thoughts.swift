import ChatRequests
import Summaries

/// What becomes of the reasoning: it feeds the summary, passes raw, or goes nowhere.
struct Thoughts: ~Copyable {
    private enum Use {
        case summarised, raw, dropped
    }

    private var summary: ReasoningSummary
    /// Of reasoning that is not summarised; a summary has its own.
    private var watch = RepetitionWatch()
    private let use: Use
    private let showsTitles: Bool

    init(_ plan: StreamPlan) {
        showsTitles = plan.showsTitles && (plan.style == .reasoning || plan.style == .think)
        switch plan.reasoning {
        case .extractive(let options):
            summary = ReasoningSummary(options: options, prompt: plan.promptFacts)
            use = .summarised
        case .off:
            summary = ReasoningSummary()
            use = .dropped
        case .full:
            summary = ReasoningSummary()
            use = .raw
        }
    }

    var isRaw: Bool { use == .raw }

    var nextDue: Duration? { use == .summarised ? summary.nextDue : nil }

    /// Times the model began to repeat itself.
    var repetitionCount: Int { use == .summarised ? summary.repetitionCount : watch.count }

    mutating func received(_ text: Span<UInt8>, at now: Duration) {
        if use == .summarised { summary.received(text, at: now) } else { watch.received(text, at: now) }
    }

    /// Another upstream thinks from the start; what was said is not said again.
    mutating func restarted() {
        if use == .summarised { summary.restarted() } else { watch.restarted() }
    }

    mutating func step(at now: Duration) -> Step? {
        guard use == .summarised, let step = summary.step(at: now) else { return nil }
        return shown(step)
    }

    mutating func lastStep(at now: Duration) -> Step? {
        guard use == .summarised, let step = summary.finish(at: now) else { return nil }
        return shown(step)
    }

    /// With its title in front of the text, where titles are wanted there.
    private func shown(_ step: Step) -> Step {
        guard showsTitles, let title = step.title else { return step }
        return Step(text: "**\(title)**\n\n\(step.text)")
    }
}
