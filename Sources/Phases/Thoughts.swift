import Summaries

/// What becomes of the reasoning: it feeds the summary, passes raw, or goes nowhere.
struct Thoughts: ~Copyable {
    private var summary: ReasoningSummary?
    let isRaw: Bool

    init(_ plan: StreamPlan) {
        switch plan.reasoning {
        case .extractive(let options):
            summary = ReasoningSummary(options: options, prompt: plan.promptFacts)
            isRaw = false
        case .off:
            summary = nil
            isRaw = false
        case .full:
            summary = nil
            isRaw = true
        }
    }

    var nextDue: Duration? { summary?.nextDue }

    mutating func received(_ text: Span<UInt8>, at now: Duration) {
        summary?.received(text, at: now)
    }

    mutating func step(at now: Duration) -> String? {
        summary?.step(at: now)?.text
    }

    mutating func lastStep(at now: Duration) -> String? {
        summary?.finish(at: now)?.text
    }
}
