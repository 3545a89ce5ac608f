import Foundation

/// One line per request on standard error.
struct RequestLog: Sendable {
    enum Form: Sendable {
        case none, text, json
    }

    struct Entry: Sendable {
        var request: ReceivedRequest
        var response: RoutedResponse
        var outcome: ServerState.Outcome
        var progress: StreamProgress
        var byteCount: Int
        var duration: Duration
        var port: Int?
    }

    let form: Form
    /// Whether lines of text tell the port: when several upstreams run.
    var showsPort = false
    var console = Console.standardError

    func write(_ entry: Entry) {
        switch form {
        case .none: return
        case .text: Console.write(text(entry) + "\n", to: .standardError)
        case .json: Console.write(json(entry).rendered() + "\n", to: .standardError)
        }
    }

    func text(_ entry: Entry) -> String {
        var parts = [console.paint(Self.time(), .dim)]
        if showsPort, let port = entry.port { parts.append(console.paint(":\(port)", .dim)) }
        parts.append("\(entry.request.method) \(entry.request.path)")
        if let answer = entry.response.answer {
            parts.append(console.paint(answer.model.isEmpty ? "(no model)" : answer.model, .bold))
            parts.append("→ " + console.paint(answer.scenario, .cyan) + (answer.streams ? "" : " (not streamed)"))
            if let fault = entry.response.fault { parts.append(console.paint("fault \(fault.kind.rawValue)", .yellow)) }
            if entry.progress.events > 0 { parts.append("\(entry.progress.events) events") }
        }
        parts.append("\(entry.byteCount) B in \(Self.seconds(entry.duration))")
        parts.append(console.paint(entry.outcome.rawValue, style(entry.outcome)))
        return parts.joined(separator: "  ")
    }

    func json(_ entry: Entry) -> JSON {
        [
            // WALL: a date for people.
            "time": .string(Date().formatted(.iso8601)), "port": entry.port.map { .integer($0) } ?? nil,
            "method": .string(entry.request.method), "path": .string(entry.request.path), "request": .integer(entry.response.number),
            "model": .optional(entry.response.answer?.model), "scenario": .optional(entry.response.answer?.scenario),
            "stream": entry.response.answer.map { .bool($0.streams) } ?? nil, "fault": .optional(entry.response.fault?.kind.rawValue),
            "events": .integer(entry.progress.events), "phase": .string(entry.progress.phase.rawValue),
            "bytes": .integer(entry.byteCount), "ms": .integer(entry.duration.milliseconds), "outcome": .string(entry.outcome.rawValue),
        ]
    }

    private func style(_ outcome: ServerState.Outcome) -> Console.Style {
        switch outcome {
        case .completed: .green
        case .endedByFault: .yellow
        case .cancelledByClient: .red
        }
    }

    private static func time() -> String {
        // WALL: a date for people.
        String(Date().formatted(.iso8601).dropFirst(11).prefix(8))
    }

    private static func seconds(_ duration: Duration) -> String {
        duration < .seconds(1) ? "\(duration.milliseconds) ms" : "\(Double(duration.milliseconds / 10) / 100) s"
    }
}
