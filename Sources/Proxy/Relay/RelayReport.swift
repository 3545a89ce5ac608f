import ChatRequests
import Logging
import Phases
import Settings
import Summaries
import Upstream

/// What a chat request leaves behind: one access-log line and the metrics. No text of prompt, reasoning or answer.
struct RelayReport {
    private let relay: Relay

    init(_ relay: Relay) {
        self.relay = relay
    }

    func file(_ end: StreamEnd) {
        let facts = relay.facts ?? relay.machine.facts
        count(end, facts)
        if let upstream = relay.attempt?.upstream { relay.server.learn(from: facts, relay.job, at: upstream) }
        log(end, facts)
    }

    private func count(_ end: StreamEnd, _ facts: StreamFacts) {
        let metrics = relay.server.metrics
        let status = end == .clientLeft ? "499" : String(relay.sink.status)
        metrics.add(.requests, [("route", relay.job.route.rawValue), ("status", status)])
        metrics.add(.streamEnds, [("end", end.name)])
        metrics.observe(.requestDuration, relay.now)
        if let time = facts.firstFrame { metrics.observe(.firstFrame, time) }
        if let time = facts.firstReasoning { metrics.observe(.firstReasoning, time) }
        if let time = facts.firstAnswer { metrics.observe(.firstAnswer, time) }
        metrics.add(.reasoningBytes, by: facts.reasoningBytes)
        metrics.add(.answerBytes, by: facts.answerBytes)
        metrics.add(.summarySteps, by: facts.summarySteps)
        if facts.reasoningRepetitions > 0 { metrics.add(.reasoningRepetitions, by: facts.reasoningRepetitions) }
        if facts.answerIsMissing { metrics.add(.answersMissing) }
        if end == .clientLeft { metrics.add(.clientsLeft, [("phase", facts.phase?.rawValue ?? "none")]) }
        if let steps = relay.machine.modelSummaryFacts { count(steps) }
        if let prompt = relay.machine.modelPromptFacts { count(prompt: prompt) }
    }

    private func count(_ facts: ModelSummaryFacts) {
        let metrics = relay.server.metrics
        for (fate, number) in facts.fates {
            if fate.wasCalled { metrics.add(.summaryCalls, [("result", fate.rawValue)], by: number) }
            if fate.isFallback { metrics.add(.summaryFallbacks, [("reason", fate.rawValue)], by: number) }
        }
        count(facts.usage)
    }

    private func count(prompt facts: ModelSummaryFacts) {
        for (fate, number) in facts.fates { relay.server.metrics.add(.promptSummaryCalls, [("result", fate.rawValue)], by: number) }
        count(facts.usage)
    }

    private func count(_ usage: SummaryUsage) {
        relay.server.metrics.add(.summaryTokens, [("kind", "prompt")], by: usage.prompt)
        relay.server.metrics.add(.summaryTokens, [("kind", "completion")], by: usage.completion)
    }

    /// Model names come from clients: a log line holds the beginning of a long one.
    private static func bounded(_ name: String) -> String {
        name.utf8.count <= 200 ? name : String(name.prefix(100)) + "…"
    }

    private func log(_ end: StreamEnd, _ facts: StreamFacts) {
        guard relay.server.settings.logging.accessLog else { return }
        var metadata: Logger.Metadata = [
            "request_id": "\(relay.job.request.id)", "model": "\(RelayReport.bounded(relay.job.model))",
            "route": "\(relay.job.route.rawValue)", "style": "\(relay.job.styleName)", "upstream": "\(relay.attempt?.upstream.name ?? "-")",
            "stream": "\(relay.job.isStream)", "end": "\(end.name)",
            "status": "\(end == .clientLeft ? 499 : relay.sink.status)", "duration_ms": "\(relay.now.inMilliseconds)",
            "reasoning_bytes": "\(facts.reasoningBytes)", "answer_bytes": "\(facts.answerBytes)", "steps": "\(facts.summarySteps)",
            "sent_bytes": "\(relay.sink.byteCount)",
        ]
        if relay.attemptCount > 1 { metadata["attempts"] = "\(relay.attemptCount)" }
        if let time = facts.firstFrame { metadata["first_frame_ms"] = "\(time.inMilliseconds)" }
        if let time = facts.firstReasoning { metadata["first_reasoning_ms"] = "\(time.inMilliseconds)" }
        if let time = facts.firstAnswer { metadata["first_answer_ms"] = "\(time.inMilliseconds)" }
        if let phase = facts.phase { metadata["phase"] = "\(phase.rawValue)" }
        if let reason = facts.finishReason { metadata["finish_reason"] = "\(reason)" }
        if facts.reasoningRepetitions > 0 { metadata["reasoning_repetitions"] = "\(facts.reasoningRepetitions)" }
        if facts.answerIsMissing { metadata["answer_missing"] = "true" }
        if relay.attemptCount == 0 { metadata["breaker"] = "\(relay.queue.refusal.headerValue)" }
        metadata.merge(summaries()) { $1 }
        if case .failed(let failure) = end { metadata["code"] = "\(failure.code)" }
        relay.server.log.info("chat", metadata: metadata)
    }

    /// What the model that makes summaries did.
    private func summaries() -> Logger.Metadata {
        let (steps, prompt) = (relay.machine.modelSummaryFacts, relay.machine.modelPromptFacts)
        guard steps != nil || prompt != nil else { return [:] }
        let tokens = [steps, prompt].compactMap { $0?.usage }.reduce(0) { $0 + $1.prompt + $1.completion }
        var metadata: Logger.Metadata = ["summary_tokens": "\(tokens)"]
        if let steps {
            metadata["summary_calls"] = "\(steps.callCount)"
            metadata["summary_steps"] = "\(steps.fates[.used] ?? 0)"
        }
        if let fate = prompt?.fates.keys.first { metadata["prompt_summary"] = "\(fate.rawValue)" }
        return metadata
    }
}

extension StreamEnd {
    /// A name for labels and logs.
    var name: String {
        switch self {
        case .finished: "finished"
        case .failed: "failed"
        case .clientLeft: "client_left"
        }
    }
}
