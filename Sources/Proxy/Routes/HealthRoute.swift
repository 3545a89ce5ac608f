import JSONBytes
import Settings
import Upstream

/// Health, readiness and metrics: answered from memory, never by asking an upstream.
struct HealthRoute {
    let server: ServerContext

    private static let json = [("content-type", "application/json"), ("cache-control", "no-store")]

    /// `draining` on the way out, `unavailable` when no upstream would be called, `degraded` when one of several would not, else `ok`.
    private var status: String {
        if server.isDraining { return "draining" }
        let admitting = server.upstreams.entries.count { $0.status.admitsCalls }
        if admitting == 0 { return "unavailable" }
        return admitting == server.upstreams.entries.count ? "ok" : "degraded"
    }

    /// Status, version, uptime, and each upstream with what it is doing.
    func health(_ sink: ResponseSink) {
        let status = status
        var output = JSONObjectWriter()
        output.string("status", status)
        output.string("version", Version.current)
        output.number("uptime_seconds", Int(server.uptime.inSeconds))
        output.number("streams_open", server.openStreamCount)
        output.number("streams_waiting", server.streams.waitingCount)
        output.array("upstreams", server.upstreams.entries.map(HealthRoute.describe))
        if let summariser = server.summariser { output.raw("summariser", HealthRoute.describe(summariser.entry)) }
        sink.respond(status: HealthRoute.code(status), headers: HealthRoute.json, body: output.finished() + [0x0A])
    }

    private static func code(_ status: String) -> Int {
        status == "ok" || status == "degraded" ? 200 : 503
    }

    /// One upstream and what it is doing.
    static func describe(_ upstream: UpstreamEntry) -> [UInt8] {
        var entry = JSONObjectWriter()
        let status = upstream.status
        entry.string("name", upstream.name)
        entry.string("breaker", status.stateName)
        if let reason = status.reason { entry.string("reason", reason) }
        if let code = status.lastFailureCode { entry.string("last_failure", code) }
        if let wait = status.retryAfter ?? status.throttledFor { entry.number("retry_after_ms", wait.inMilliseconds) }
        if status.hasCredentialFault { entry.boolean("credential_fault", true) }
        entry.number("window_calls", status.calls)
        entry.raw("window_failures", Array(HealthRoute.decimal(status.failures).utf8))
        entry.number("failures_in_row", status.consecutiveFailures)
        entry.number("in_flight", upstream.inFlightCount)
        return entry.finished()
    }

    /// Failures are counted in halves.
    private static func decimal(_ number: Double) -> String {
        number == number.rounded() ? String(Int(number)) : String(number)
    }

    /// The process runs.
    func live(_ sink: ResponseSink) {
        sink.respond(status: 200, headers: HealthRoute.json, body: Array("{\"status\": \"ok\"}\n".utf8))
    }

    /// The process takes new work.
    func ready(_ sink: ResponseSink) {
        var output = JSONObjectWriter()
        output.string("status", status)
        sink.respond(status: HealthRoute.code(status), headers: HealthRoute.json, body: output.finished() + [0x0A])
    }

    /// Prometheus' text.
    func metrics(_ sink: ResponseSink) {
        var gauges: [(MetricName, [(String, String)], Double)] = [
            (.buildInfo, [("version", Version.current)], 1),
            (.uptime, [], server.uptime.inSeconds),
            (.streamsOpen, [], Double(server.openStreamCount)),
            (.connectionsOpen, [], Double(server.openConnectionCount)),
            (.startsKnown, [], Double(server.learned.count)),
            (.queueLength, [], Double(server.streams.waitingCount)),
        ]
        if let bytes = MemoryWatch.residentBytes { gauges.append((.residentMemory, [], Double(bytes))) }
        for upstream in server.upstreams.entries + [server.summariser?.entry].compactMap({ $0 }) {
            gauges.append((.upstreamInFlight, [("upstream", upstream.name)], Double(upstream.inFlightCount)))
            let status = upstream.status
            let current = status.stateName
            gauges.append((.breakerNextAttempt, [("upstream", upstream.name)], (status.retryAfter ?? .zero).inSeconds))
            if let reason = status.reasonName {
                gauges.append((.breakerReason, [("upstream", upstream.name), ("reason", reason)], 1))
            }
            for state in ["closed", "half_open", "open", "throttled"] {
                gauges.append((.breakerState, [("upstream", upstream.name), ("state", state)], state == current ? 1 : 0))
            }
        }
        let text = server.metrics.text(gauges: gauges)
        sink.respond(
            status: 200, headers: [("content-type", "text/plain; version=0.0.4; charset=utf-8")], body: Array(text.utf8))
    }
}

/// The version that `--version`, `/health` and the user agent tell.
enum Version {
    static let current = "0.1.0"
}

/// Writes one JSON object, member by member.
struct JSONObjectWriter {
    private var bytes: [UInt8] = [UInt8(ascii: "{")]

    mutating func string(_ name: String, _ value: String) {
        begin(name)
        JSONText.appendQuoted(value, to: &bytes)
    }

    mutating func number(_ name: String, _ value: Int) {
        begin(name)
        bytes.append(String(value))
    }

    mutating func boolean(_ name: String, _ value: Bool) {
        begin(name)
        bytes.append(value ? "true" : "false")
    }

    /// A member whose value is JSON already.
    mutating func raw(_ name: String, _ value: [UInt8]) {
        begin(name)
        bytes += value
    }

    mutating func array(_ name: String, _ values: [[UInt8]]) {
        begin(name)
        bytes.append("[")
        bytes += Array(values.joined(separator: Array(", ".utf8)))
        bytes.append("]")
    }

    consuming func finished() -> [UInt8] {
        bytes.append(UInt8(ascii: "}"))
        return bytes
    }

    private mutating func begin(_ name: String) {
        if bytes.count > 1 { bytes.append(", ") }
        JSONText.appendQuoted(name, to: &bytes)
        bytes.append(": ")
    }
}
