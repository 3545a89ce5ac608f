import ByteScan
import EventStream
import JSONBytes

/// The types of the Responses API's events that the proxy sends.
struct ResponsesEvent {
    /// The `event:` line, which some consumers route on; it says the same as `type`.
    let name: EventName
    /// `{"type":"…","sequence_number":`
    let opening: [UInt8]

    private init(_ type: StaticString) {
        name = EventName(type)
        opening = Array("{\"type\":\"".utf8) + type.description.utf8 + Array("\",\"sequence_number\":".utf8)
    }

    static let created = ResponsesEvent("response.created")
    static let inProgress = ResponsesEvent("response.in_progress")
    static let completed = ResponsesEvent("response.completed")
    static let incomplete = ResponsesEvent("response.incomplete")
    static let failed = ResponsesEvent("response.failed")
    static let itemAdded = ResponsesEvent("response.output_item.added")
    static let itemDone = ResponsesEvent("response.output_item.done")
    static let summaryPartAdded = ResponsesEvent("response.reasoning_summary_part.added")
    static let summaryTextDelta = ResponsesEvent("response.reasoning_summary_text.delta")
    static let summaryTextDone = ResponsesEvent("response.reasoning_summary_text.done")
    static let summaryPartDone = ResponsesEvent("response.reasoning_summary_part.done")
    static let partAdded = ResponsesEvent("response.content_part.added")
    static let partDone = ResponsesEvent("response.content_part.done")
    static let textDelta = ResponsesEvent("response.output_text.delta")
    static let textDone = ResponsesEvent("response.output_text.done")
    static let refusalDelta = ResponsesEvent("response.refusal.delta")
    static let refusalDone = ResponsesEvent("response.refusal.done")
    static let reasoningDelta = ResponsesEvent("response.reasoning_text.delta")
    static let reasoningDone = ResponsesEvent("response.reasoning_text.done")
    static let argumentsDelta = ResponsesEvent("response.function_call_arguments.delta")
    static let argumentsDone = ResponsesEvent("response.function_call_arguments.done")
    static let inputDelta = ResponsesEvent("response.custom_tool_call_input.delta")
    static let inputDone = ResponsesEvent("response.custom_tool_call_input.done")

    static let ping: EventName = "ping"
}

extension [UInt8] {
    /// Appends `,"name":` and the text as a JSON string.
    mutating func appendMember(_ name: StaticString, _ text: Span<UInt8>) {
        beginMember(name)
        JSONText.appendQuoted(text, to: &self)
    }

    /// Appends `,"name":` and the text as a JSON string.
    mutating func appendMember(_ name: StaticString, _ text: String) {
        text.withBytes { appendMember(name, $0) }
    }

    /// Appends `,"name":` and the number.
    mutating func appendMember(_ name: StaticString, _ number: Int) {
        beginMember(name)
        append(decimal: number)
    }

    /// Appends `,"name":` and a value that is JSON already; line breaks in it become spaces.
    mutating func appendMember(_ name: StaticString, json: [UInt8]) {
        beginMember(name)
        reserveCapacity(count + json.count)
        for byte in json { append(byte == 0x0A || byte == 0x0D ? 0x20 : byte) }
    }

    /// Appends `,"name":`.
    mutating func beginMember(_ name: StaticString) {
        append(UInt8(ascii: ","))
        append(UInt8(ascii: "\""))
        append(name.description)
        append(UInt8(ascii: "\""))
        append(UInt8(ascii: ":"))
    }
}
