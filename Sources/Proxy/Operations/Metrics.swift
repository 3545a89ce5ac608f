import Synchronization

/// Counters, gauges and histograms in Prometheus' text form (version 0.0.4). Updated once per request, never per chunk, so one lock
/// is enough. Labels come from fixed sets and from configuration, never from requests: their number is bounded.
final class Metrics: Sendable {
    /// Upper bounds in seconds.
    static let buckets: [Double] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300]

    private struct Series: Hashable {
        var name: MetricName
        var labels: String
    }

    private struct Histogram {
        var counts = [Int](repeating: 0, count: Metrics.buckets.count)
        var count = 0
        var sum = 0.0
    }

    private struct Store {
        var counters: [Series: Int] = [:]
        var histograms: [Series: Histogram] = [:]
    }

    private let store = Mutex(Store())

    /// Adds to a counter.
    func add(_ metric: MetricName, _ labels: [(String, String)] = [], by amount: Int = 1) {
        let series = Series(name: metric, labels: Metrics.render(labels))
        store.withLock { $0.counters[series, default: 0] += amount }
    }

    /// Records a duration in a histogram.
    func observe(_ metric: MetricName, _ duration: Duration, _ labels: [(String, String)] = []) {
        let series = Series(name: metric, labels: Metrics.render(labels))
        let seconds = duration.inSeconds
        store.withLock { store in
            var histogram = store.histograms[series] ?? Histogram()
            for (position, bound) in Metrics.buckets.enumerated() where seconds <= bound { histogram.counts[position] += 1 }
            histogram.count += 1
            histogram.sum += seconds
            store.histograms[series] = histogram
        }
    }

    /// The exposition text; `gauges` are values that are read when asked for.
    func text(gauges: [(MetricName, [(String, String)], Double)]) -> String {
        let (counters, histograms) = store.withLock { ($0.counters, $0.histograms) }
        var output = ""
        for metric in MetricName.allCases {
            var lines = ""
            for (name, labels, value) in gauges where name == metric {
                lines += Metrics.line(name.rawValue, Metrics.render(labels), Metrics.number(value))
            }
            for (series, value) in counters.sorted(by: { $0.key.labels < $1.key.labels }) where series.name == metric {
                lines += Metrics.line(metric.rawValue, series.labels, "\(value)")
            }
            for (series, histogram) in histograms.sorted(by: { $0.key.labels < $1.key.labels }) where series.name == metric {
                lines += Metrics.lines(metric.rawValue, series.labels, histogram)
            }
            guard !lines.isEmpty else { continue }
            output += "# HELP \(metric.rawValue) \(metric.help)\n# TYPE \(metric.rawValue) \(metric.kind)\n" + lines
        }
        return output
    }

    private static func lines(_ name: String, _ labels: String, _ histogram: Histogram) -> String {
        var output = ""
        let prefix = labels.isEmpty ? "" : labels + ","
        for (position, bound) in buckets.enumerated() {
            output += line(name + "_bucket", prefix + "le=\"\(number(bound))\"", "\(histogram.counts[position])")
        }
        output += line(name + "_bucket", prefix + "le=\"+Inf\"", "\(histogram.count)")
        output += line(name + "_sum", labels, number(histogram.sum))
        return output + line(name + "_count", labels, "\(histogram.count)")
    }

    private static func line(_ name: String, _ labels: String, _ value: String) -> String {
        labels.isEmpty ? "\(name) \(value)\n" : "\(name){\(labels)} \(value)\n"
    }

    private static func number(_ value: Double) -> String {
        value == value.rounded() && abs(value) < 1e15 ? String(Int(value)) : String(value)
    }

    private static func render(_ labels: [(String, String)]) -> String {
        var text = ""
        for (name, value) in labels {
            if !text.isEmpty { text += "," }
            text += name
            text += "=\""
            text += escaped(value)
            text += "\""
        }
        return text
    }

    private static func escaped(_ value: String) -> String {
        guard value.utf8.contains(where: { $0 == UInt8(ascii: "\\") || $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\n") }) else {
            return value
        }
        var output = ""
        for character in value.unicodeScalars {
            switch character {
            case "\\": output += "\\\\"
            case "\"": output += "\\\""
            case "\n": output += "\\n"
            default: output.unicodeScalars.append(character)
            }
        }
        return output
    }
}

/// Every metric there is: name, kind, and what it tells.
enum MetricName: String, CaseIterable {
    case buildInfo = "reasoning_proxy_build_info"
    case uptime = "reasoning_proxy_uptime_seconds"
    case requests = "reasoning_proxy_requests_total"
    case requestDuration = "reasoning_proxy_request_duration_seconds"
    case streamsOpen = "reasoning_proxy_streams_open"
    case streamEnds = "reasoning_proxy_stream_ends_total"
    case clientsLeft = "reasoning_proxy_clients_left_total"
    case firstFrame = "reasoning_proxy_time_to_first_frame_seconds"
    case firstReasoning = "reasoning_proxy_time_to_first_reasoning_seconds"
    case firstAnswer = "reasoning_proxy_time_to_first_answer_seconds"
    case reasoningBytes = "reasoning_proxy_reasoning_bytes_total"
    case answerBytes = "reasoning_proxy_answer_bytes_total"
    case summarySteps = "reasoning_proxy_summary_steps_total"
    case summaryCalls = "reasoning_proxy_summary_calls_total"
    case summaryFallbacks = "reasoning_proxy_summary_fallbacks_total"
    case promptSummaryCalls = "reasoning_proxy_prompt_summary_calls_total"
    case summaryTokens = "reasoning_proxy_summary_tokens_total"
    case summarySeconds = "reasoning_proxy_summary_seconds"
    case reasoningRepetitions = "reasoning_proxy_reasoning_repetitions_total"
    case answersMissing = "reasoning_proxy_answers_missing_total"
    case carriedReasoning = "reasoning_proxy_carried_reasoning_total"
    case startsLearned = "reasoning_proxy_starts_learned_total"
    case startsKnown = "reasoning_proxy_starts_known"
    case readersPaused = "reasoning_proxy_slow_reader_pauses_total"
    case upstreamFailures = "reasoning_proxy_upstream_failures_total"
    case failovers = "reasoning_proxy_failovers_total"
    case retries = "reasoning_proxy_retries_total"
    case retriesDenied = "reasoning_proxy_retries_denied_total"
    case hedges = "reasoning_proxy_hedges_total"
    case breakerRefusals = "reasoning_proxy_breaker_refusals_total"
    case upstreamConnections = "reasoning_proxy_upstream_connections_total"
    case upstreamInFlight = "reasoning_proxy_upstream_in_flight"
    case breakerReason = "reasoning_proxy_breaker_reason"
    case breakerNextAttempt = "reasoning_proxy_breaker_next_attempt_seconds"
    case breakerTransitions = "reasoning_proxy_breaker_transitions_total"
    case breakerState = "reasoning_proxy_breaker_state"
    case connectionsOpen = "reasoning_proxy_client_connections_open"
    case idleConnectionsClosed = "reasoning_proxy_idle_connections_closed_total"
    case queueLength = "reasoning_proxy_queue_length"
    case queueWait = "reasoning_proxy_queue_wait_seconds"
    case overloadRefusals = "reasoning_proxy_overload_refusals_total"
    case rateLimited = "reasoning_proxy_rate_limited_total"
    case residentMemory = "process_resident_memory_bytes"

    var kind: String {
        switch self {
        case .buildInfo, .uptime, .streamsOpen, .upstreamInFlight, .breakerState, .breakerReason, .breakerNextAttempt, .connectionsOpen,
            .startsKnown, .queueLength, .residentMemory:
            "gauge"
        case .requestDuration, .firstFrame, .firstReasoning, .firstAnswer, .queueWait, .summarySeconds: "histogram"
        default: "counter"
        }
    }

    var help: String {
        switch self {
        case .buildInfo: "Version of the running proxy; always 1."
        case .uptime: "Seconds since the start."
        case .requests: "Requests answered, by route and status."
        case .requestDuration: "From the request's last byte to the response's last byte."
        case .streamsOpen: "Chat requests being answered."
        case .streamEnds: "Chat requests by how they ended."
        case .clientsLeft: "Clients that went away before the end, by the phase they saw last."
        case .firstFrame: "From the request's last byte to the first frame for the client."
        case .firstReasoning: "From the request's last byte to the first reasoning text of the upstream."
        case .firstAnswer: "From the request's last byte to the first answer text or tool call."
        case .reasoningBytes: "Reasoning text received, in bytes of UTF-8."
        case .answerBytes: "Answer text delivered, in bytes of UTF-8."
        case .summarySteps: "Steps of reasoning summaries sent."
        case .summaryCalls: "Calls to the model that makes steps, by what came of them."
        case .summaryFallbacks: "Steps left to the extractive engine because the model gave none, by reason."
        case .promptSummaryCalls: "Prompt summaries asked of a model, by what came of it; all but used are told without it."
        case .summaryTokens: "Tokens of the model that makes summaries, as it counted them, by kind."
        case .summarySeconds: "Duration of completed calls to the model that makes summaries."
        case .reasoningRepetitions: "Loops in reasoning: times a model began to repeat itself word by word."
        case .answersMissing: "Answers missing because the length was used up by reasoning."
        case .carriedReasoning: "Raw reasoning sent out sealed and come back, by what came of it: sealed, opened, or why it was dropped."
        case .startsLearned: "Models found to begin inside reasoning although their profile says outside."
        case .startsKnown: "Models remembered to begin inside reasoning."
        case .readersPaused: "Times an upstream was paused because its client read too slowly."
        case .upstreamFailures: "Failures of an upstream, by code."
        case .failovers: "Requests moved to another upstream before their answer began, by the phase the client saw and the failure's code."
        case .retries: "Requests sent once more to the same upstream, by the failure's code."
        case .retriesDenied: "Further attempts that were not made because the budget for them was used up."
        case .hedges: "Second upstreams asked beside a slow one, by what came of it: won, lost, failed, cancelled or denied."
        case .breakerRefusals: "Requests refused because every upstream that serves their model is left alone."
        case .upstreamConnections: "Connections of upstream transfers that ended well, new or reused."
        case .upstreamInFlight: "Requests an upstream is working on."
        case .breakerReason: "Why an upstream is left alone: 1 for the reason, nothing while it is called."
        case .breakerNextAttempt: "Seconds until an upstream may be called again; 0 while it is called."
        case .breakerTransitions: "Changes of the breakers' states, by the state they changed to."
        case .breakerState: "1 for the state the upstream's circuit breaker is in."
        case .connectionsOpen: "Client connections open."
        case .idleConnectionsClosed: "Idle client connections closed to make room for new ones."
        case .queueLength: "Chat requests waiting for a place among those that are answered."
        case .queueWait: "How long a chat request waited for a place, in vain or not; those that got one at once are not counted."
        case .overloadRefusals: "Requests and connections refused because something was used up, by what it was."
        case .rateLimited: "Requests refused because their client had sent or running too many."
        case .residentMemory: "Resident memory in bytes."
        }
    }
}

extension Duration {
    /// The duration as a number of seconds.
    var inSeconds: Double {
        Double(components.seconds) + Double(components.attoseconds) / 1e18
    }

    /// Whole milliseconds, rounded.
    var inMilliseconds: Int {
        Int((inSeconds * 1000).rounded())
    }
}
