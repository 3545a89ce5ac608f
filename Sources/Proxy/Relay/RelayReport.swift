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
        if let summaries = relay.machine.modelSummaryFacts { count(summaries) }
        if let statistics = relay.attempt?.statistics {
            metrics.add(.upstreamConnections, [("kind", statistics.reusedConnection ? "reused" : "new")])
        }
    }

    private func count(_ facts: ModelSummaryFacts) {
        let metrics = relay.server.metrics
        for (fate, number) in facts.fates {
            if fate.wasCalled { metrics.add(.summaryCalls, [("result", fate.rawValue)], by: number) }
            if fate.isFallback { metrics.add(.summaryFallbacks, [("reason", fate.rawValue)], by: number) }
        }
        metrics.add(.summaryTokens, [("kind", "prompt")], by: facts.usage.prompt)
        metrics.add(.summaryTokens, [("kind", "completion")], by: facts.usage.completion)
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
        if let summaries = relay.machine.modelSummaryFacts {
            metadata["summary_calls"] = "\(summaries.callCount)"
            metadata["summary_steps"] = "\(summaries.fates[.used] ?? 0)"
            metadata["summary_tokens"] = "\(summaries.usage.prompt + summaries.usage.completion)"
        }
        if case .failed(let failure) = end { metadata["code"] = "\(failure.code)" }
        relay.server.log.info("chat", metadata: metadata)
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
