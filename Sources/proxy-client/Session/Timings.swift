/// When the stations of one reply were passed, counted from the start of the request.
struct Timings: Equatable, Sendable {
    var head: Duration?
    /// The first phase marker or text of any kind.
    var firstFrame: Duration?
    /// The first text of reasoning, summarised or raw.
    var firstReasoning: Duration?
    var firstAnswer: Duration?
    var total: Duration?

    /// The first frame, reasoning and answer each keep their first time.
    mutating func sawText(of part: ReplyPart, at now: Duration) {
        firstFrame = firstFrame ?? now
        switch part {
        case .promptSummary: break
        case .reasoningSummary, .thinking: firstReasoning = firstReasoning ?? now
        case .answer: firstAnswer = firstAnswer ?? now
        }
    }
}

/// How fast the answer came.
struct TokenRate: Equatable, Sendable {
    var tokensPerSecond: Double
    /// True when the tokens were not counted by the server but taken as four bytes of the answer each.
    var isEstimate: Bool

    /// The rate of the answer: its tokens over the time from its first token to the end.
    ///
    /// Nil when nothing came or the time is too short to divide by (under 1 ms: a reply in one piece).
    init?(usage: TokenUsage?, answerByteCount: Int, timings: Timings) {
        guard let first = timings.firstAnswer, let total = timings.total, answerByteCount > 0 else { return nil }
        let seconds = (total - first).seconds
        guard seconds >= 0.001 else { return nil }
        let counted = usage.map { $0.completionTokens - ($0.reasoningTokens ?? 0) } ?? 0
        // Without a separate count the total includes the thinking, which came before the time measured here.
        let isCounted = counted > 0 && (usage?.reasoningTokens != nil || timings.firstReasoning == nil)
        let tokens = isCounted ? Double(counted) : Double(answerByteCount) / 4
        self.init(tokensPerSecond: tokens / seconds, isEstimate: !isCounted)
    }

    init(tokensPerSecond: Double, isEstimate: Bool) {
        self.tokensPerSecond = tokensPerSecond
        self.isEstimate = isEstimate
    }
}

extension Duration {
    /// This duration in seconds.
    var seconds: Double {
        let parts = components
        return Double(parts.seconds) + Double(parts.attoseconds) / 1e18
    }

    /// This duration in milliseconds, to a tenth.
    var milliseconds: Double { (seconds * 10_000).rounded() / 10 }
}
