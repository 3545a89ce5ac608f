import AgentChecks

/// Responses written by hand, for a scripted Claude Code: each a row's stream.
enum ClaudeStreams {
    static func event(_ type: String, _ members: String = "") -> String {
        "event: \(type)\ndata: {\"type\":\"\(type)\"\(members.isEmpty ? "" : ",\(members)")}\n\n"
    }

    static func start(_ id: String = "msg_1", usage: String = "") -> String {
        let usage = usage.isEmpty ? "" : ",\"usage\":\(usage)"
        return event("message_start", "\"message\":{\"id\":\"\(id)\",\"type\":\"message\",\"role\":\"assistant\",\"content\":[]\(usage)}")
    }

    static func begin(_ index: Int, _ block: String) -> String {
        event("content_block_start", "\"index\":\(index),\"content_block\":\(block)")
    }
    static func delta(_ index: Int, _ delta: String) -> String { event("content_block_delta", "\"index\":\(index),\"delta\":\(delta)") }
    static func stop(_ index: Int) -> String { event("content_block_stop", "\"index\":\(index)") }

    static func beginText(_ index: Int) -> String { begin(index, #"{"type":"text","text":""}"#) }
    static func textDelta(_ index: Int, _ text: String) -> String { delta(index, "{\"type\":\"text_delta\",\"text\":\"\(text)\"}") }
    static func text(_ index: Int, _ text: String) -> String { beginText(index) + textDelta(index, text) + stop(index) }

    static func beginThinking(_ index: Int) -> String { begin(index, #"{"type":"thinking","thinking":"","signature":""}"#) }
    static func thinking(_ index: Int, _ text: String, signature: String? = "reasoning-proxy") -> String {
        beginThinking(index) + delta(index, "{\"type\":\"thinking_delta\",\"thinking\":\"\(text)\"}")
            + (signature.map { delta(index, "{\"type\":\"signature_delta\",\"signature\":\"\($0)\"}") } ?? "") + stop(index)
    }

    static func call(_ index: Int, _ name: String, _ pieces: [String], id: String = "toolu_1") -> String {
        begin(index, "{\"type\":\"tool_use\",\"id\":\"\(id)\",\"name\":\"\(name)\",\"input\":{}}")
            + pieces.map { delta(index, "{\"type\":\"input_json_delta\",\"partial_json\":\"\($0)\"}") }.joined() + stop(index)
    }

    /// A reason in quotes, or null.
    static func end(_ reason: String = "\"end_turn\"", usage: String = "") -> String {
        event("message_delta", "\"delta\":{\"stop_reason\":\(reason)}\(usage.isEmpty ? "" : ",\"usage\":\(usage)")") + event("message_stop")
    }

    static func error(_ type: String, _ message: String = "words") -> String {
        event("error", "\"error\":{\"type\":\"\(type)\",\"message\":\"\(message)\"}")
    }

    /// An answer with everything.
    static let answer =
        start(usage: #"{"input_tokens":0,"output_tokens":0}"#) + event("ping") + thinking(0, "It looks.") + text(1, "Hello there.")
        + end(usage: #"{"input_tokens":7,"output_tokens":3}"#)
    /// The same, not streamed.
    static let whole = ScriptedWire.Response(
        200,
        [
            .text(
                #"{"id":"msg_w","type":"message","role":"assistant","content":[{"type":"text","text":"Whole."}],"stop_reason":"end_turn"}"#)
        ])

    static func response(_ text: String, ending: ScriptedWire.Ending = .end) -> ScriptedWire.Response {
        ScriptedWire.Response(200, [.text(text)], ending: ending)
    }

    static func failure(_ status: Int, _ message: String = "words", headers: [String: String] = [:]) -> ScriptedWire.Response {
        let headers = headers.merging(["request-id": "req_1"]) { old, _ in old }
        return ScriptedWire.Response(
            status, headers: headers, [.text("{\"type\":\"error\",\"error\":{\"type\":\"t\",\"message\":\"\(message)\"}}")])
    }
}
