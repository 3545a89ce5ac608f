import Foundation

/// One response of the Messages API as Claude Code reads it: events count by their `event:` lines, and a response is over when its body is.
package struct ClaudeStream: AgentReader {
    /// How a response ended for the client.
    package enum Ending: Equatable {
        /// With a stop reason, or a whole message.
        case complete
        /// `error` in the stream.
        case error(type: String, message: String)
        /// The body ended without a stop reason.
        case cleanEnd
        /// The connection broke.
        case cut
        /// No byte came for too long.
        case idle
        /// Not 200.
        case status(Int, body: String)
    }

    /// What there is of a message, which decides what is done about an error.
    package enum Progress {
        case nothing, thinking, text
    }

    /// How it ended; nil while it runs.
    package private(set) var ending: Ending?
    /// The message so far.
    package private(set) var message = ClaudeMessage()
    /// The pieces of the thinking as the screen showed them.
    package private(set) var liveThinking: [String] = []
    /// The pieces of the text as the screen showed them.
    package private(set) var liveTexts: [String] = []
    /// The response's headers.
    package private(set) var headers: [String: String] = [:]
    /// Whether a block has begun.
    package private(set) var hasBegunBlock = false
    /// Whether text has begun.
    package private(set) var hasBegunText = false
    /// How long the body went on behind `message_stop`.
    package private(set) var lingering = Duration.zero
    package private(set) var deadline: Duration
    package var isDone: Bool { ending != nil }

    private let idleLimit: Duration
    private let isStreamed: Bool
    private var status = 0
    private var body: [UInt8] = []
    private var reading = EventReading()
    private var hasStarted = false
    private var hasStopReason = false
    private var stopTime: Duration?
    private var open: [Int: [String: Any]] = [:]
    private var inputs: [Int: String] = [:]

    package init(idleLimit: Duration, isStreamed: Bool) {
        self.idleLimit = isStreamed ? idleLimit : .seconds(600)
        self.isStreamed = isStreamed
        deadline = self.idleLimit
    }

    /// What is finished.
    package var progress: Progress {
        if message.content.isEmpty { return .nothing }
        return message.content.allSatisfy { ["thinking", "redacted_thinking"].contains($0["type"] as? String) } ? .thinking : .text
    }

    // MARK: Bytes

    package mutating func receive(status: Int, headers: [String: String]) {
        self.status = status
        self.headers = headers
    }

    package mutating func receive(_ bytes: [UInt8], at time: Duration) {
        deadline = time + idleLimit
        guard status == 200, isStreamed else { return body += bytes }
        for event in reading.receive(bytes) where !isDone && !event.name.isEmpty {
            if event.name == "message_stop" { stopTime = time }
            if let object = event.object { take(event.name, object) }
        }
    }

    package mutating func ended(isCut: Bool, at time: Duration) {
        guard ending == nil else { return }
        if let stopTime { lingering = time - stopTime }
        guard status == 200 else { return ending = .status(status, body: String(decoding: body, as: UTF8.self)) }
        if isStreamed {
            ending = hasStarted && hasStopReason ? .complete : isCut ? .cut : .cleanEnd
        } else {
            let object = (try? JSONSerialization.jsonObject(with: Data(body))) as? [String: Any]
            message = object.flatMap { ClaudeMessage(whole: $0) } ?? ClaudeMessage()
            ending = message.id.isEmpty ? .cut : .complete
        }
    }

    package mutating func idled(at time: Duration) {
        if let stopTime { lingering = time - stopTime }
        ending = hasStarted && hasStopReason ? .complete : .idle
    }

    // MARK: Events

    private mutating func take(_ name: String, _ event: [String: Any]) {
        let index = event["index"] as? Int ?? 0
        switch name {
        case "message_start":
            let start = event["message"] as? [String: Any]
            hasStarted = true
            message.id = start?["id"] as? String ?? ""
            message.usage = start?["usage"] as? [String: Int] ?? [:]
        case "content_block_start": begin(index, event["content_block"] as? [String: Any] ?? [:])
        case "content_block_delta": if let delta = event["delta"] as? [String: Any] { add(delta, index) }
        case "content_block_stop": finish(index)
        case "message_delta":
            hasStopReason = true
            let delta = event["delta"] as? [String: Any]
            message.stopReason = delta?["stop_reason"] as? String
            message.stopSequence = delta?["stop_sequence"] as? String
            message.usage.merge(event["usage"] as? [String: Int] ?? [:]) { $1 }
        case "error":
            let error = event["error"] as? [String: Any]
            ending = .error(type: error?["type"] as? String ?? "", message: error?["message"] as? String ?? "")
        default: break
        }
    }

    private mutating func begin(_ index: Int, _ block: [String: Any]) {
        guard hasStarted else { return }
        open[index] = block
        hasBegunBlock = true
        if block["type"] as? String == "text" { hasBegunText = true }
    }

    private mutating func add(_ delta: [String: Any], _ index: Int) {
        switch delta["type"] as? String {
        case "text_delta": liveTexts.append(append(delta["text"], to: "text", index))
        case "thinking_delta": liveThinking.append(append(delta["thinking"], to: "thinking", index))
        case "signature_delta": open[index]?["signature"] = delta["signature"]
        case "input_json_delta": inputs[index, default: ""] += delta["partial_json"] as? String ?? ""
        default: break
        }
    }

    private mutating func append(_ piece: Any?, to member: String, _ index: Int) -> String {
        let piece = piece as? String ?? ""
        let before = open[index]?[member] as? String ?? ""
        open[index]?[member] = before + piece
        return piece
    }

    private mutating func finish(_ index: Int) {
        guard var block = open.removeValue(forKey: index) else { return }
        if block["type"] as? String == "tool_use", let text = inputs.removeValue(forKey: index), !text.isEmpty {
            let input = (try? JSONSerialization.jsonObject(with: Data(text.utf8))) as? [String: Any]
            block["input"] = input ?? [:]
            if input == nil, let id = block["id"] as? String { message.unreadableCalls.insert(id) }
        }
        message.content.append(block)
    }
}
