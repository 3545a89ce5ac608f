import Foundation

/// Reads a stream of the Messages API and knows the life cycle of every event.
///
/// | event | legal when | and then |
/// |---|---|---|
/// | message_start | first | content empty, no stop reason, usage |
/// | content_block_start | no block open; thinking only before any other kind | the block is open, and empty |
/// | content_block_delta | a block open; the delta's type fits it; a signature once, as the last of its block | – |
/// | content_block_stop | a block open; thinking only with its signature | closed |
/// | message_delta | no block open, once | stop reason, usage |
/// | message_stop | behind message_delta | over |
/// | error | at any time | over |
/// | ping | between message_start and the end | – |
public struct MessagesValidator {
    /// What is wrong, each with the number and type of its event.
    public private(set) var problems: [String] = []
    /// What a client holds.
    public private(set) var reading = AgentReading()
    /// The types of all events.
    public private(set) var types: [String] = []

    private var block: [String: Any]?
    private var blockCount = 0
    private var text = ""
    private var signature: String?
    private var hasStarted = false
    private var hasOtherThanThinking = false
    private var hasDelta = false
    private var isOver = false

    /// Reads `output`; `isWhole` when it must hold the last event.
    public init(_ output: [UInt8], isWhole: Bool = true) {
        for event in AgentEvent.read(output, &problems) { receive(event) }
        if isWhole, !isOver { note("no last event") }
    }

    /// Reads recorded payloads, which have no `event:` lines.
    public init(payloads: [[String: Any]]) {
        for payload in payloads {
            receive(AgentEvent(name: payload["type"] as? String ?? "", object: payload, byteCount: 0))
        }
    }

    private mutating func note(_ problem: String) {
        problems.append("\(types.count - 1) \(types.last ?? "-"): \(problem)")
    }

    private mutating func require(_ condition: Bool, _ problem: String) {
        if !condition { note(problem) }
    }

    private mutating func receive(_ event: AgentEvent) {
        let object = event.object
        let type = object["type"] as? String ?? ""
        types.append(type)
        require(event.name == type, "the event line says \(event.name)")
        require(event.byteCount < 32 << 10, "an event of \(event.byteCount) bytes")
        if isOver { return note("behind the end") }
        require(hasStarted || type == "message_start", "before the beginning")
        switch type {
        case "message_start": start(object)
        case "content_block_start": blockStart(object)
        case "content_block_delta": blockDelta(object)
        case "content_block_stop": blockStop(object)
        case "message_delta": messageDelta(object)
        case "message_stop":
            require(hasDelta, "without message_delta")
            isOver = true
        case "ping": reading.heartbeats += 1
        case "error": fail(object)
        default: note("a type that nobody knows")
        }
    }

    // MARK: The message

    private mutating func start(_ object: [String: Any]) {
        require(!hasStarted, "again")
        hasStarted = true
        let message = object["message"] as? [String: Any] ?? [:]
        require((message["content"] as? [Any])?.isEmpty == true, "the content is not empty")
        require(message["stop_reason"] is NSNull && message["stop_sequence"] is NSNull, "a stop reason at the beginning")
        Self.checkMessage(message, &problems, &reading)
        reading.usage = nil
    }

    fileprivate static func checkMessage(_ message: [String: Any], _ problems: inout [String], _ reading: inout AgentReading) {
        let id = message["id"] as? String ?? ""
        if !id.hasPrefix("msg_") { problems.append("the id is \(id)") }
        reading.ids.append(id)
        if message["type"] as? String != "message" || message["role"] as? String != "assistant" {
            problems.append("no assistant's message")
        }
        if (message["model"] as? String)?.isEmpty != false { problems.append("no model") }
        checkUsage(message["usage"], &problems, &reading)
    }

    fileprivate static func checkUsage(_ value: Any?, _ problems: inout [String], _ reading: inout AgentReading) {
        let usage = value as? [String: Any] ?? [:]
        for name in ["input_tokens", "output_tokens"] where usage[name] as? Int == nil { problems.append("usage has no \(name)") }
        reading.usage = numbers(usage)
    }

    fileprivate static let stopReasons = ["end_turn", "max_tokens", "stop_sequence", "tool_use", "refusal"]

    private mutating func messageDelta(_ object: [String: Any]) {
        require(!hasDelta, "again")
        require(block == nil, "a block is open")
        hasDelta = true
        let delta = object["delta"] as? [String: Any] ?? [:]
        reading.ending = delta["stop_reason"] as? String
        require(Self.stopReasons.contains(reading.ending ?? ""), "the stop reason is \(reading.ending ?? "missing")")
        require(delta["stop_sequence"] != nil, "no stop_sequence")
        reading.stopSequence = delta["stop_sequence"] as? String
        require((reading.stopSequence != nil) == (reading.ending == "stop_sequence"), "the stop sequence")
        require(
            (reading.ending == "tool_use") == (!reading.calls.isEmpty && !["max_tokens", "refusal"].contains(reading.ending)), "tool_use")
        Self.checkUsage(object["usage"], &problems, &reading)
    }

    private static let errors = ["api_error", "overloaded_error", "rate_limit_error", "invalid_request_error"]

    private mutating func fail(_ object: [String: Any]) {
        isOver = true
        require(!hasDelta, "behind message_delta")
        let error = object["error"] as? [String: Any] ?? [:]
        let type = error["type"] as? String ?? ""
        require(Self.errors.contains(type), "the error's type is \(type)")
        reading.ending = "error \(type)"
        reading.message = error["message"] as? String
        require(reading.message?.isEmpty == false, "no message")
    }

    // MARK: Blocks

    private mutating func blockStart(_ object: [String: Any]) {
        require(block == nil, "a block is still open")
        require(!hasDelta, "behind message_delta")
        require(object["index"] as? Int == blockCount, "index \(object["index"] ?? "none"), not \(blockCount)")
        let started = object["content_block"] as? [String: Any] ?? [:]
        switch started["type"] as? String {
        case "thinking":
            require(!hasOtherThanThinking, "thinking is not first")
            require(started["thinking"] as? String == "" && started["signature"] as? String == "", "the block is not empty")
            reading.hasReasoning = true
        case "text":
            hasOtherThanThinking = true
            require(started["text"] as? String == "", "the block is not empty")
        case "tool_use":
            hasOtherThanThinking = true
            require((started["input"] as? [String: Any])?.isEmpty == true, "the input is not empty")
            for member in ["id", "name"] { require((started[member] as? String)?.isEmpty == false, "no \(member)") }
        default: note("a block of type \(started["type"] ?? "none")")
        }
        (block, text, signature) = (started, "", nil)
    }

    private static let deltas = [
        "thinking_delta": "thinking", "text_delta": "text", "input_json_delta": "tool_use", "signature_delta": "thinking",
    ]
    private static let members = [
        "thinking_delta": "thinking", "text_delta": "text", "input_json_delta": "partial_json", "signature_delta": "signature",
    ]

    private mutating func blockDelta(_ object: [String: Any]) {
        guard let block else { return note("no block is open") }
        require(object["index"] as? Int == blockCount, "index \(object["index"] ?? "none")")
        let delta = object["delta"] as? [String: Any] ?? [:]
        let type = delta["type"] as? String ?? ""
        require(Self.deltas[type] == block["type"] as? String, "a delta of type \(type) in \(block["type"] ?? "none")")
        let piece = delta[Self.members[type] ?? ""] as? String ?? ""
        require(signature == nil, "behind the signature")
        if type == "signature_delta" {
            require(!piece.isEmpty, "an empty signature")
            signature = piece
        } else {
            text += piece
        }
    }

    private mutating func blockStop(_ object: [String: Any]) {
        guard let block else { return note("no block is open") }
        require(object["index"] as? Int == blockCount, "index \(object["index"] ?? "none")")
        switch block["type"] as? String {
        case "thinking":
            require(signature != nil, "no signature")
            reading.summary.append(text)
            reading.sealed = signature
        case "text":
            require(!text.isEmpty, "an empty text")
            reading.text += text
        default:
            reading.calls.append(
                AgentReading.Call(id: block["id"] as? String ?? "", name: block["name"] as? String ?? "", arguments: text))
        }
        blockCount += 1
        self.block = nil
    }
}

extension MessagesValidator {
    /// Reads a collected message: one object.
    public static func collected(_ body: [UInt8]) -> (problems: [String], reading: AgentReading) {
        var problems: [String] = []
        var reading = AgentReading()
        guard let object = (try? JSONSerialization.jsonObject(with: Data(body))) as? [String: Any] else { return (["no object"], reading) }
        checkMessage(object, &problems, &reading)
        reading.ending = object["stop_reason"] as? String
        reading.stopSequence = object["stop_sequence"] as? String
        if !stopReasons.contains(reading.ending ?? "") { problems.append("the stop reason is \(reading.ending ?? "missing")") }
        var hasOtherThanThinking = false
        for block in object["content"] as? [[String: Any]] ?? [] {
            switch block["type"] as? String {
            case "thinking":
                if hasOtherThanThinking { problems.append("thinking is not first") }
                reading.hasReasoning = true
                reading.summary.append(block["thinking"] as? String ?? "")
                reading.sealed = block["signature"] as? String
                if reading.sealed?.isEmpty != false { problems.append("no signature") }
            case "text":
                hasOtherThanThinking = true
                reading.text += block["text"] as? String ?? ""
            case "tool_use":
                hasOtherThanThinking = true
                guard let input = block["input"] as? [String: Any],
                    let data = try? JSONSerialization.data(withJSONObject: input, options: [.sortedKeys])
                else {
                    problems.append("an input that is no object")
                    continue
                }
                reading.calls.append(
                    AgentReading.Call(
                        id: block["id"] as? String ?? "", name: block["name"] as? String ?? "",
                        arguments: String(decoding: data, as: UTF8.self)))
            default: problems.append("a block of type \(block["type"] ?? "none")")
            }
        }
        return (problems, reading)
    }
}
