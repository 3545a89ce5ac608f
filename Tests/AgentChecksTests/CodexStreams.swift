import AgentChecks

/// Responses written by hand, for a scripted Codex: each a row's stream.
enum CodexStreams {
    static func event(_ type: String, _ members: String = "") -> String {
        "event: \(type)\ndata: {\"type\":\"\(type)\"\(members.isEmpty ? "" : ",\(members)")}\n\n"
    }

    static func added(_ item: String) -> String { event("response.output_item.added", "\"output_index\":0,\"item\":\(item)") }
    static func done(_ item: String) -> String { event("response.output_item.done", "\"output_index\":0,\"item\":\(item)") }
    static func text(_ delta: String, of id: String = "msg_1") -> String {
        event("response.output_text.delta", "\"item_id\":\"\(id)\",\"delta\":\"\(delta)\"")
    }
    static func summary(_ delta: String, of id: String = "rs_1") -> String {
        event("response.reasoning_summary_text.delta", "\"item_id\":\"\(id)\",\"summary_index\":0,\"delta\":\"\(delta)\"")
    }

    static let message = #"{"type":"message","id":"msg_1","role":"assistant","content":[{"type":"output_text","text":"Hello there."}]}"#
    static let emptyMessage = #"{"type":"message","id":"msg_1","role":"assistant","content":[]}"#
    static let reasoning = #"{"type":"reasoning","id":"rs_1","summary":[{"type":"summary_text","text":"**Looking**\n\nIt looks."}]}"#
    static let emptyReasoning = #"{"type":"reasoning","id":"rs_1","summary":[]}"#
    static let completed = event("response.completed", #""response":{"id":"resp_1"}"#)
    /// An answer with everything.
    static let answer =
        event("response.created", #""response":{"id":"resp_1"}"#) + added(emptyReasoning)
        + event("response.reasoning_summary_part.added", "\"summary_index\":0") + summary("**Looking**\\n\\n") + summary("It looks.")
        + done(reasoning) + added(emptyMessage) + text("Hello ") + text("there.") + done(message) + completed

    static func call(_ name: String, _ arguments: String, id: String = "call_1", namespace: String? = nil) -> String {
        let inside = namespace.map { "\"namespace\":\"\($0)\"," } ?? ""
        return done(
            "{\"type\":\"function_call\",\"id\":\"fc_1\",\"call_id\":\"\(id)\",\(inside)\"name\":\"\(name)\",\"arguments\":\"\(arguments)\"}"
        )
    }

    static func customCall(_ name: String, _ input: String, id: String = "call_1") -> String {
        done("{\"type\":\"custom_tool_call\",\"id\":\"ctc_1\",\"call_id\":\"\(id)\",\"name\":\"\(name)\",\"input\":\"\(input)\"}")
    }

    static func failed(_ code: String, _ message: String) -> String {
        event("response.failed", "\"response\":{\"id\":\"resp_1\",\"error\":{\"code\":\"\(code)\",\"message\":\"\(message)\"}}")
    }

    static func incomplete(_ reason: String) -> String {
        event("response.incomplete", "\"response\":{\"id\":\"resp_1\",\"incomplete_details\":{\"reason\":\"\(reason)\"}}")
    }

    static func response(_ text: String, ending: ScriptedWire.Ending = .end) -> ScriptedWire.Response {
        ScriptedWire.Response(200, [.text(text)], ending: ending)
    }

    static func error(_ status: Int, _ message: String, code: String = "c", headers: [String: String] = [:]) -> ScriptedWire.Response {
        ScriptedWire.Response(
            status, headers: headers, [.text("{\"error\":{\"message\":\"\(message)\",\"type\":\"t\",\"code\":\"\(code)\"}}")])
    }
}
