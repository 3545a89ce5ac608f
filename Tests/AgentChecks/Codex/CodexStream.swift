import Foundation

/// One response of the Responses API as Codex reads it: finished items count, deltas are only shown, and the last event decides.
package struct CodexStream: AgentReader {
    /// How a response ended for the client.
    package enum Ending: Equatable {
        case completed
        /// Text is kept, the turn fails, no retry.
        case incomplete(reason: String)
        /// `response.failed`.
        case failed(code: String, message: String)
        /// The stream could not be used to its end.
        case disconnected(String)
        /// Not 200.
        case status(Int, body: String)
    }

    /// How it ended; nil while it runs.
    package private(set) var ending: Ending?
    /// The finished items, which go into the history.
    package private(set) var items: [[String: Any]] = []
    /// What the screen has shown of each message while it came, in order.
    package private(set) var liveTexts: [String] = []
    /// What the status line has shown of the summary while it came, part by part.
    package private(set) var liveSummaries: [String] = []
    /// Raw reasoning that came; shown only to those who ask for it.
    package private(set) var liveReasoning = ""
    /// The usage of the last event.
    package private(set) var usage: [String: Int]?
    /// The response's headers.
    package private(set) var headers: [String: String] = [:]
    package private(set) var deadline: Duration
    package var isDone: Bool { ending != nil }

    private let idleLimit: Duration
    private let target: String
    private var status = 0
    private var body: [UInt8] = []
    private var reading = EventReading()
    /// The item that was opened last: every delta is credited to it, whatever its `item_id`.
    private var activeType: String?
    /// Whether a summary's delta was booked on the open message, whose own deltas then stop showing.
    private var isMuted = false

    package init(idleLimit: Duration, target: String) {
        self.idleLimit = idleLimit
        self.target = target
        deadline = idleLimit
    }

    // MARK: Bytes

    package mutating func receive(status: Int, headers: [String: String]) {
        self.status = status
        self.headers = headers
    }

    package mutating func receive(_ bytes: [UInt8], at time: Duration) {
        guard status == 200 else { return body += bytes }
        for event in reading.receive(bytes) where !isDone {
            // Comments do not come here; everything with data does, also what is no JSON.
            deadline = time + idleLimit
            if let object = event.object { take(object) }
        }
    }

    package mutating func ended(isCut: Bool, at time: Duration) {
        guard ending == nil else { return }
        ending = status == 200 ? .disconnected("stream closed before response.completed") : .status(status, body: text(body))
    }

    package mutating func idled(at time: Duration) {
        ending = .disconnected("idle timeout waiting for SSE")
    }

    private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    // MARK: Events

    private mutating func take(_ event: [String: Any]) {
        let delta = event["delta"] as? String ?? ""
        switch event["type"] as? String {
        case "response.output_item.added": open(event["item"] as? [String: Any])
        case "response.output_item.done": finish(event["item"] as? [String: Any])
        case "response.output_text.delta":
            if activeType == "message", !isMuted { liveTexts[liveTexts.count - 1] += delta }
        case "response.reasoning_summary_part.added":
            if activeType == "reasoning" { liveSummaries.append("") }
        case "response.reasoning_summary_text.delta":
            if activeType == "reasoning" {
                if liveSummaries.isEmpty { liveSummaries.append("") }
                liveSummaries[liveSummaries.count - 1] += delta
            } else if activeType != nil {
                isMuted = true
            }
        case "response.reasoning_text.delta":
            if activeType == "reasoning" { liveReasoning += delta }
        case "response.completed": complete(event["response"] as? [String: Any])
        case "response.incomplete":
            let details = (event["response"] as? [String: Any])?["incomplete_details"] as? [String: Any]
            ending = .incomplete(reason: details?["reason"] as? String ?? "unknown")
        case "response.failed":
            let error = (event["response"] as? [String: Any])?["error"] as? [String: Any]
            ending = .failed(code: error?["code"] as? String ?? "", message: error?["message"] as? String ?? "")
        default: break  // `error` among them
        }
    }

    private mutating func open(_ item: [String: Any]?) {
        activeType = item?["type"] as? String
        isMuted = false
        if activeType == "message" { liveTexts.append("") }
    }

    private mutating func finish(_ item: [String: Any]?) {
        activeType = nil
        if let item { items.append(item) }
    }

    private mutating func complete(_ response: [String: Any]?) {
        guard response?["id"] is String else {
            ending = .disconnected("failed to parse response.completed: missing field `id`")
            return
        }
        if let usage = response?["usage"] as? [String: Any] {
            let names = ["input_tokens", "output_tokens", "total_tokens"]
            guard names.allSatisfy({ usage[$0] is Int }) else {
                let missing = names.first { !(usage[$0] is Int) } ?? ""
                ending = .disconnected("failed to parse response.completed: missing field `\(missing)`")
                return
            }
            self.usage = numbers(usage)
        }
        ending = .completed
    }
}
