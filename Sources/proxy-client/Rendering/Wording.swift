import Foundation

/// The sentences around a reply.
enum Wording {
    static func head(_ facts: ReplyFacts, at now: Duration) -> String {
        var words = ["status \(facts.status) after \(now.clock)"]
        words.append("style \(facts.style ?? "not given (X-Phases)")")
        if let id = facts.requestID { words.append("request \(id)") }
        return words.joined(separator: ", ")
    }

    static func usage(_ usage: TokenUsage) -> String {
        let thinking = usage.reasoningTokens.map { ", \($0) of them thinking" } ?? ""
        return "tokens: \(usage.promptTokens) in the prompt, \(usage.completionTokens) completed\(thinking)"
    }

    static func note(_ note: Note) -> String {
        switch note {
        case .lengthReached(hadAnswer: true): "The answer ends here because the token limit was reached; see --max-tokens."
        case .lengthReached(hadAnswer: false):
            "The token limit was reached while the model was thinking: there is no answer. See --max-tokens."
        case .filtered: "The server's content filter ended the answer."
        case .toolsAsked: "The model asks for tools, which this client does not run."
        case .unreadableEvent: "The stream contains events that are not chat chunks; they were left out."
        case .emptyAnswer: "The answer is empty."
        }
    }

    /// The lines of times and speed at the end of a verbose reply.
    static func times(_ ending: Ending) -> [String] {
        let times = ending.timings
        let stations = [
            ("first frame", times.firstFrame), ("first reasoning", times.firstReasoning), ("first answer", times.firstAnswer),
            ("total", times.total),
        ]
        let passed = stations.map { name, time in "\(name) \(time?.clock ?? "never")" }.joined(separator: " · ")
        var speed = ending.rate.map { [rate($0)] } ?? []
        if let reason = ending.finishReason { speed.append("finish reason \(reason)") }
        return speed.isEmpty ? [passed] : [passed, speed.joined(separator: " · ")]
    }

    private static func rate(_ rate: TokenRate) -> String {
        let number = String(format: "%.1f", rate.tokensPerSecond)
        return rate.isEstimate ? "about \(number) tokens/s (estimate: 4 bytes a token)" : "\(number) tokens/s"
    }
}

extension Duration {
    /// This duration as a reading: `3.2 ms`, `845 ms`, `12.31 s`.
    var clock: String {
        switch seconds {
        case ..<0.01: String(format: "%.1f ms", seconds * 1000)
        case ..<1: String(format: "%.0f ms", seconds * 1000)
        default: String(format: "%.2f s", seconds)
        }
    }
}
