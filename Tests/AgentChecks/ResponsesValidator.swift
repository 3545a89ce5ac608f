import Foundation

/// Reads a stream of the Responses API and knows the life cycle of every event: who opens what, what must follow whom, what repeats what.
///
/// | event | legal when | and then |
/// |---|---|---|
/// | created, in_progress | first and second; in_progress again at any time | – |
/// | output_item.added | no item open | the item is open, and empty |
/// | a part's added | its item open, no part open | the part is open, and empty |
/// | a text's delta, done | its part open | done repeats all deltas; no delta behind it |
/// | a part's done | its text done | the part is closed; it repeats the text |
/// | arguments' or input's delta, done | its call open | done repeats all deltas |
/// | output_item.done | its item open, no part open, text or arguments done | the item is closed; it repeats everything |
/// | completed, incomplete | no item open, but a call that was cut | over; output repeats every item |
/// | failed | at any time | over |
public struct ResponsesValidator {
    /// What is wrong, each with the number and type of its event.
    public private(set) var problems: [String] = []
    /// What a client holds.
    public internal(set) var reading = AgentReading()
    /// The types of all events.
    public private(set) var types: [String] = []

    private var nextNumber = 0
    private var responseID: String?
    var item: [String: Any]?
    var itemCount = 0
    private var doneItems: [[String: Any]] = []
    private var cutItems: [[String: Any]] = []
    var part: Part?
    var summaryParts: [[String: Any]] = []
    var contentParts: [[String: Any]] = []
    var arguments = ""
    var argumentsAreDone = false
    private var isOver = false

    struct Part {
        var type: String
        var index: Int
        var text = ""
        var isDone = false
    }

    /// Reads `output`; `isWhole` when it must hold the last event.
    public init(_ output: [UInt8], isWhole: Bool = true) {
        let events = AgentEvent.read(output, &problems)
        for event in events { receive(event) }
        if isWhole, !isOver { note("no last event") }
    }

    /// Reads recorded payloads, which have no `event:` lines.
    public init(payloads: [[String: Any]]) {
        for payload in payloads {
            receive(AgentEvent(name: payload["type"] as? String ?? "", object: payload, byteCount: 0))
        }
    }

    mutating func note(_ problem: String) {
        problems.append("\(types.count - 1) \(types.last ?? "-"): \(problem)")
    }

    mutating func require(_ condition: Bool, _ problem: String) {
        if !condition { note(problem) }
    }

    // MARK: Events

    private mutating func receive(_ event: AgentEvent) {
        let object = event.object
        let type = object["type"] as? String ?? ""
        types.append(type)
        require(event.name == type, "the event line says \(event.name)")
        if isOver { return note("behind the end") }
        if type == "ping" {
            reading.heartbeats += 1
            return require(itemCount > 0 || nextNumber >= 2, "a heartbeat before the beginning")
        }
        require(
            object["sequence_number"] as? Int == nextNumber, "sequence_number \(object["sequence_number"] ?? "none"), not \(nextNumber)")
        nextNumber += 1
        if nextNumber == 1 { require(type == "response.created", "not the first event") }
        if nextNumber == 2 { require(type == "response.in_progress", "not the second event") }
        if type.hasSuffix(".delta") { require(event.byteCount < 32 << 10, "a delta of \(event.byteCount) bytes") }
        dispatch(type, object)
    }

    private mutating func dispatch(_ type: String, _ object: [String: Any]) {
        switch type {
        case "response.created":
            require(nextNumber == 1, "again")
            begin(object)
        case "response.in_progress":
            if nextNumber > 2 { reading.heartbeats += 1 }
            begin(object)
        case "response.output_item.added": itemAdded(object)
        case "response.output_item.done": itemDone(object)
        case "response.reasoning_summary_part.added":
            partAdded(object, "summary_index", summaryParts.count, ["summary_text"], ["reasoning"])
        case "response.reasoning_summary_text.delta": textDelta(object, "summary_index", "summary_text")
        case "response.reasoning_summary_text.done": textDone(object, "summary_index", "summary_text", "text")
        case "response.reasoning_summary_part.done": partDone(object, "summary_index")
        case "response.content_part.added":
            let isReasoning = item?["type"] as? String == "reasoning"
            let kinds = isReasoning ? ["reasoning_text"] : ["output_text", "refusal"]
            partAdded(object, "content_index", contentParts.count, kinds, ["reasoning", "message"])
        case "response.output_text.delta": textDelta(object, "content_index", "output_text")
        case "response.output_text.done": textDone(object, "content_index", "output_text", "text")
        case "response.refusal.delta": textDelta(object, "content_index", "refusal")
        case "response.refusal.done": textDone(object, "content_index", "refusal", "refusal")
        case "response.reasoning_text.delta": textDelta(object, "content_index", "reasoning_text")
        case "response.reasoning_text.done": textDone(object, "content_index", "reasoning_text", "text")
        case "response.content_part.done": partDone(object, "content_index")
        case "response.function_call_arguments.delta": argumentsDelta(object, "function_call")
        case "response.function_call_arguments.done": argumentsDone(object, "function_call", "arguments")
        case "response.custom_tool_call_input.delta": argumentsDelta(object, "custom_tool_call")
        case "response.custom_tool_call_input.done": argumentsDone(object, "custom_tool_call", "input")
        case "response.completed", "response.incomplete", "response.failed": end(type, object)
        default: note("a type that nobody knows")
        }
    }

    // MARK: The response

    static let members = [
        "id", "object", "created_at", "status", "error", "incomplete_details", "instructions", "model", "output", "parallel_tool_calls",
        "metadata", "tools", "tool_choice", "temperature", "top_p", "usage", "reasoning", "text", "truncation", "max_output_tokens",
    ]

    private mutating func response(_ object: [String: Any], _ status: String) -> [String: Any] {
        let response = object["response"] as? [String: Any] ?? [:]
        for member in Self.members where response[member] == nil { note("the response has no \(member)") }
        require(response["object"] as? String == "response", "the response is no response")
        require(response["status"] as? String == status, "the status is \(response["status"] ?? "missing")")
        let id = response["id"] as? String
        require(id?.hasPrefix("resp_") == true && (responseID == nil || responseID == id), "the id is \(id ?? "missing")")
        responseID = id
        return response
    }

    private mutating func begin(_ object: [String: Any]) {
        let response = response(object, "in_progress")
        require((response["output"] as? [Any])?.isEmpty == true, "the output is not empty")
        require(response["usage"] is NSNull && response["error"] is NSNull, "usage or error at the beginning")
    }

    private mutating func end(_ type: String, _ object: [String: Any]) {
        isOver = true
        let status = String(type.dropFirst(9))
        let response = response(object, status)
        reading.ids.insert(responseID ?? "", at: 0)
        reading.ending = status
        let details = response["incomplete_details"] as? [String: Any]
        let error = response["error"] as? [String: Any]
        require((details != nil) == (status == "incomplete"), "incomplete_details")
        require((error != nil) == (status == "failed"), "error")
        if let reason = details?["reason"] as? String {
            require(["max_output_tokens", "content_filter"].contains(reason), "the reason is \(reason)")
            reading.ending = "incomplete \(reason)"
        }
        if let error { fail(error) }
        if status == "completed" { require(item == nil && cutItems.isEmpty, "an item is open") }
        if status == "incomplete", item != nil { require(isCutCall, "an item is open that is no call") }
        output(response["output"] as? [[String: Any]] ?? [], mayBeCut: status != "completed")
        usage(response["usage"])
    }

    private static let codes = ["server_error", "rate_limit_exceeded", "invalid_prompt", "context_length_exceeded"]

    private mutating func fail(_ error: [String: Any]) {
        let code = error["code"] as? String ?? ""
        require(Self.codes.contains(code), "the code is \(code)")
        reading.ending = "failed \(code)"
        reading.message = error["message"] as? String
        require(reading.message?.isEmpty == false, "no message")
    }

    private var isCutCall: Bool { (item?["type"] as? String)?.hasSuffix("_call") == true }

    /// The output repeats the items that are done, in order; what was cut follows them, or stands where it was opened.
    private mutating func output(_ output: [[String: Any]], mayBeCut: Bool) {
        var rest = doneItems[...]
        for entry in output {
            if let next = rest.first, isSame(next, entry) {
                rest.removeFirst()
                continue
            }
            let isCut = entry["status"] as? String == "incomplete" || entry["type"] as? String == "reasoning"
            require(mayBeCut && isCut, "an item in the output that was never done: \(entry)")
            checkCut(entry)
            if (entry["type"] as? String)?.hasSuffix("_call") == true { reading.cutCalls.append(Self.call(entry)) }
        }
        require(rest.isEmpty, "the output lacks \(rest.count) items")
        let ids = output.compactMap { $0["id"] as? String }
        require(Set(ids).count == ids.count && ids.count == output.count, "ids that are not unique: \(ids)")
        if reading.ending?.hasPrefix("failed") == false {
            require(ids.count == itemCount, "\(itemCount) items were added, \(ids.count) came out")
        }
    }

    /// What was not done repeats what was said of it.
    private mutating func checkCut(_ entry: [String: Any]) {
        if let earlier = cutItems.first(where: { isSame($0["id"], entry["id"]) }) {
            return require(isSame(earlier["said"], entry["arguments"] ?? entry["input"]), "a cut call that is not what was said")
        }
        require(isSame(item?["id"], entry["id"]), "an item that was never added")
        switch entry["type"] as? String {
        case "reasoning": require(isSame(entry["summary"], summaryParts), "a cut summary that is not what was said")
        case "message":
            let texts = (entry["content"] as? [[String: Any]] ?? []).compactMap { ($0["text"] ?? $0["refusal"]) as? String }
            let said = contentParts.compactMap { ($0["text"] ?? $0["refusal"]) as? String } + [part?.text].compactMap { $0 }
            require(texts == said, "a cut message that is not what was said")
        default: require((entry["arguments"] ?? entry["input"]) as? String == arguments, "a cut call that is not what was said")
        }
    }

    private mutating func usage(_ value: Any?) {
        guard let usage = value as? [String: Any] else { return require(value is NSNull, "usage is missing") }
        let numbers = numbers(usage)
        for name in ["input_tokens", "cached_tokens", "output_tokens", "reasoning_tokens", "total_tokens"] where numbers[name] == nil {
            note("usage has no \(name)")
        }
        reading.usage = numbers
    }

    // MARK: Items

    static let prefixes = ["reasoning": "rs_", "message": "msg_", "function_call": "fc_", "custom_tool_call": "ctc_"]

    private mutating func itemAdded(_ object: [String: Any]) {
        if isCutCall, var item {
            item["said"] = arguments
            // A call that was cut is followed by others only if they were cut, too, or are whole.
            cutItems.append(item)
            self.item = nil
        }
        require(item == nil, "an item is still open")
        require(object["output_index"] as? Int == itemCount, "output_index \(object["output_index"] ?? "none"), not \(itemCount)")
        let added = object["item"] as? [String: Any] ?? [:]
        let type = added["type"] as? String ?? ""
        let id = added["id"] as? String ?? ""
        require(Self.prefixes[type].map { id.hasPrefix($0) } == true, "an item of type \(type) with the id \(id)")
        require(!reading.ids.contains(id), "an id that was used: \(id)")
        reading.ids.append(id)
        if type == "reasoning" {
            require(itemCount == 0, "reasoning is not first")
            require((added["summary"] as? [Any])?.isEmpty == true, "the summary is not empty")
            reading.hasReasoning = true
        } else {
            require(added["status"] as? String == "in_progress", "the status is \(added["status"] ?? "missing")")
        }
        if type == "message" { require((added["content"] as? [Any])?.isEmpty == true, "the content is not empty") }
        if type == "function_call" { require(added["arguments"] as? String == "", "the arguments are not empty") }
        if type == "custom_tool_call" { require(added["input"] as? String == "", "the input is not empty") }
        if type.hasSuffix("_call") { checkNames(added) }
        (item, part, summaryParts, contentParts, arguments, argumentsAreDone) = (added, nil, [], [], "", false)
        itemCount += 1
    }

    private mutating func checkNames(_ call: [String: Any]) {
        for member in ["call_id", "name"] { require((call[member] as? String)?.isEmpty == false, "no \(member)") }
    }

    private mutating func itemDone(_ object: [String: Any]) {
        guard let item else { return note("no item is open") }
        let done = object["item"] as? [String: Any] ?? [:]
        require(object["output_index"] as? Int == itemCount - 1, "output_index \(object["output_index"] ?? "none")")
        require(part == nil, "a part is open")
        for member in ["id", "type", "call_id", "name", "namespace", "role"] {
            require(isSame(done[member], item[member]), "\(member) has changed")
        }
        switch done["type"] as? String {
        case "reasoning": reasoningDone(done)
        case "message": messageDone(done)
        default: callDone(done)
        }
        doneItems.append(done)
        self.item = nil
    }

    private mutating func reasoningDone(_ done: [String: Any]) {
        require(isSame(done["summary"], summaryParts), "the summary is not what its parts say")
        require(isSame(done["content"] ?? [], contentParts), "the content is not what its parts say")
        reading.sealed = done["encrypted_content"] as? String
    }

    private mutating func messageDone(_ done: [String: Any]) {
        require(["completed", "incomplete"].contains(done["status"] as? String), "the status is \(done["status"] ?? "missing")")
        require(isSame(done["content"], contentParts), "the content is not what its parts say")
        require(!contentParts.isEmpty, "a message without content")
    }

    private mutating func callDone(_ done: [String: Any]) {
        require(done["status"] as? String == "completed", "the status is \(done["status"] ?? "missing")")
        require(argumentsAreDone, "the arguments are not done")
        require((done["arguments"] ?? done["input"]) as? String == arguments, "arguments that are not what was said")
        reading.calls.append(Self.call(done))
    }

    static func call(_ item: [String: Any]) -> AgentReading.Call {
        AgentReading.Call(
            id: item["call_id"] as? String ?? "", kind: item["type"] as? String == "custom_tool_call" ? "custom" : "function",
            namespace: item["namespace"] as? String, name: item["name"] as? String ?? "",
            arguments: (item["arguments"] ?? item["input"]) as? String ?? "")
    }

    /// Whether the event speaks of the open item.
    mutating func isOfItem(_ object: [String: Any], _ types: [String]) -> Bool {
        guard let item, types.contains(item["type"] as? String ?? "") else {
            note("no item is open that this could belong to")
            return false
        }
        require(object["item_id"] as? String == item["id"] as? String, "item_id \(object["item_id"] ?? "none")")
        require(object["output_index"] as? Int == itemCount - 1, "output_index \(object["output_index"] ?? "none")")
        return true
    }
}
