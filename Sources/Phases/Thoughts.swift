import Summaries

/// What becomes of the reasoning: it feeds the summary, passes raw, or goes nowhere.
struct Thoughts: ~Copyable {
    private enum Use {
        case summarised, raw, dropped
    }

    private var summary: ReasoningSummary
    private let use: Use

    init(_ plan: StreamPlan) {
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

    mutating func received(_ text: Span<UInt8>, at now: Duration) {
        if use == .summarised { summary.received(text, at: now) }
    }

    /// Another upstream thinks from the start; what was said is not said again.
    mutating func restarted() {
        if use == .summarised { summary.restarted() }
    }

    mutating func step(at now: Duration) -> Step? {
        use == .summarised ? summary.step(at: now) : nil
    }

    mutating func lastStep(at now: Duration) -> Step? {
        use == .summarised ? summary.finish(at: now) : nil
    }
}
