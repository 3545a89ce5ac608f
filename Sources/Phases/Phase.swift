/// What a stretch of the stream shows to the client.
public enum Phase: String, Sendable, CaseIterable {
    /// What was understood of the question.
    case promptSummary = "prompt_summary"
    /// Short steps while the model thinks.
    case reasoningSummary = "reasoning_summary"
    /// The answer.
    case finalOutput = "final_output"

    /// How the text of a phase is introduced where it shares a field with the answer; the history stripper looks for it.
    public var label: String {
        switch self {
        case .promptSummary: "[Prompt Summary] "
        case .reasoningSummary: "[Reasoning Summary] "
        case .finalOutput: ""
        }
    }
}

/// Keeps the promise that all three phases come, each once and in order.
struct PhaseTracker {
    private(set) var current: Phase?

    var isFinal: Bool { current == .finalOutput }

    /// The phase that begins next on the way to `target`; nil when `target` has begun or is past.
    mutating func next(towards target: Phase) -> Phase? {
        let all = Phase.allCases
        let reached = current.flatMap { all.firstIndex(of: $0) } ?? -1
        guard let wanted = all.firstIndex(of: target), reached < wanted else { return nil }
        current = all[reached + 1]
        return current
    }
}
