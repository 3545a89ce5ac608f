import AgentChecks
import Foundation
import Testing

private typealias Made = CodexStreams

/// The scripted Codex keeps its history, runs its tools, waits and gives up as the real one was seen to.
@Suite struct CodexTurnTests {
    private static func input(_ request: AgentHTTPRequest) -> [[String: Any]] { request.body["input"] as? [[String: Any]] ?? [] }
    private static func types(_ request: AgentHTTPRequest) -> [String] { input(request).compactMap { $0["type"] as? String } }

    // MARK: Silence

    @Test func commentsDoNotKeepItWaitingButEventsDo() throws {
        let patience = Duration.seconds(2)
        var comments: [ScriptedWire.Piece] = []
        var pings: [ScriptedWire.Piece] = []
        for _ in 0..<5 {
            comments += [.silence(.seconds(1)), .text(": ping\n\n")]
            pings += [.silence(.seconds(1)), .text("event: ping\ndata: {\"type\":\"ping\"}\n\n")]
        }
        var impatient = ScriptedWire([.init(200, comments + [.text(Made.answer)])])
        var client = CodexClient(model: "m")
        client.idleLimit = patience
        let failed = try client.ask("Say hello.", over: &impatient)
        #expect(failed.failure == "stream disconnected before completion: idle timeout waiting for SSE" && failed.requestCount == 6)
        #expect(impatient.durations.allSatisfy { $0 == patience })

        var patient = ScriptedWire([.init(200, pings + [.text(Made.answer)])])
        #expect(try client.ask("Say hello.", over: &patient).messages == ["Hello there."])
    }

    @Test func itGoesOnAtTheLastEventWhateverTheConnectionDoes() throws {
        var wire = ScriptedWire([.init(200, [.text(Made.answer), .silence(.seconds(15))], ending: .open)])
        var client = CodexClient(model: "m")
        _ = try client.ask("Say hello.", over: &wire)
        #expect(wire.durations == [.zero])
    }

    // MARK: HTTP errors

    struct ErrorRow: CustomTestStringConvertible, Sendable {
        var status: Int
        var code = "c"
        var body: String?
        var headers: [String: String] = [:]
        var requests: Int
        var shown: String
        var testDescription: String { "\(status) \(code)" }
    }

    @Test(arguments: [
        ErrorRow(status: 400, requests: 1, shown: #"{"error":{"message":"words","type":"t","code":"c"}}"#),
        ErrorRow(status: 401, requests: 6, shown: "unexpected status 401: words"),
        ErrorRow(status: 404, requests: 6, shown: "unexpected status 404: words"),
        ErrorRow(status: 422, requests: 6, shown: "unexpected status 422: words"),
        ErrorRow(
            status: 429, headers: ["retry-after": "2"], requests: 6, shown: "exceeded retry limit, last status: 429 Too Many Requests"),
        ErrorRow(status: 500, requests: 30, shown: "We're currently experiencing high demand, which may cause temporary errors."),
        ErrorRow(status: 502, headers: ["retry-after": "3"], requests: 30, shown: "unexpected status 502: words"),
        ErrorRow(status: 503, headers: ["retry-after": "1"], requests: 30, shown: "unexpected status 503: words"),
        ErrorRow(status: 504, requests: 30, shown: "unexpected status 504: words"),
        ErrorRow(status: 502, body: "<html>plain</html>", requests: 30, shown: "unexpected status 502: <html>plain</html>"),
        ErrorRow(
            status: 503, code: "server_is_overloaded", requests: 5, shown: "Selected model is at capacity. Please try a different model."),
    ])
    func anHTTPErrorIsTakenAsTheTableSays(row: ErrorRow) throws {
        let response = row.body.map { ScriptedWire.Response(row.status, headers: row.headers, [.text($0)]) }
        var wire = ScriptedWire([response ?? Made.error(row.status, "words", code: row.code, headers: row.headers)])
        var client = CodexClient(model: "m")
        let turn = try client.ask("Say hello.", over: &wire)
        #expect(turn.failure == row.shown && turn.requestCount == row.requests && wire.requests.count == row.requests)
        if let seconds = row.headers["retry-after"].flatMap({ Double($0) }) { #expect(wire.waits.allSatisfy { $0 == .seconds(seconds) }) }
    }

    @Test func aRateLimitInTheStreamIsWaitedForAsItSays() throws {
        var wire = ScriptedWire([
            Made.response(Made.failed("rate_limit_exceeded", "Rate limit reached, try again in 1.5s.")),
            Made.response(Made.failed("rate_limit_exceeded", "Please try again in 250ms")), Made.response(Made.answer),
        ])
        var client = CodexClient(model: "m")
        #expect(try client.ask("Say hello.", over: &wire).messages == ["Hello there."])
        #expect(wire.waits == [.milliseconds(1500), .milliseconds(250)])
    }

    // MARK: History

    @Test func aFinishedItemOfABrokenStreamEndsTheNextRequest() throws {
        var wire = ScriptedWire([
            Made.response(Made.done(Made.reasoning) + Made.done(Made.message), ending: .cut), Made.response(Made.answer),
        ])
        var client = CodexClient(model: "m")
        let turn = try client.ask("Say hello.", over: &wire)
        #expect(Self.input(wire.requests[1]).last?["role"] as? String == "assistant")
        #expect(turn.messages == ["Hello there.", "Hello there."], "the client shows both")
    }

    @Test func aContentFilterAddsANoteEachTime() throws {
        var wire = ScriptedWire([Made.response(Made.incomplete("content_filter"))])
        var client = CodexClient(model: "m")
        _ = try client.ask("Say hello.", over: &wire)
        let notes = wire.requests.map { Self.input($0).count { $0["role"] as? String == "developer" } }
        #expect(notes == [1, 2, 3, 4, 5, 6])
        #expect(Self.input(wire.requests[5]).last?["role"] as? String == "developer")
    }

    @Test func whatItGotIsSentBackWithItsIDs() throws {
        let sealed = String(repeating: "rp.", count: 20_000)
        let reasoning =
            #"{"type":"reasoning","id":"rs_7","summary":[{"type":"summary_text","text":"**A**\n\nB"}],"encrypted_content":"\#(sealed)"}"#
        var wire = ScriptedWire([Made.response(Made.done(reasoning) + Made.done(Made.message) + Made.completed)])
        var client = CodexClient(model: "m")
        _ = try client.ask("One.", over: &wire)
        _ = try client.ask("Two.", over: &wire)
        let second = Self.input(wire.requests[1])
        #expect(Self.types(wire.requests[1]) == ["message", "message", "message", "reasoning", "message", "message"])
        #expect(second[3]["id"] as? String == "rs_7" && second[3]["content"] is NSNull)
        #expect(second[3]["encrypted_content"] as? String == sealed)
        #expect(second[4]["id"] as? String == "msg_1")
        let body = wire.requests[1].body
        #expect(body["instructions"] == nil && body["store"] as? Bool == false && body["stream"] as? Bool == true)
        #expect(body["include"] as? [String] == ["reasoning.encrypted_content"] && body["previous_response_id"] == nil)
    }

    @Test func compactionRewritesTheHistory() throws {
        var wire = ScriptedWire([Made.response(Made.answer)])
        var client = CodexClient(model: "m")
        _ = try client.ask("One.", over: &wire)
        _ = try client.compact(over: &wire)
        #expect(client.history.allSatisfy { ["developer", "user"].contains($0["role"] as? String) })
        #expect("\(client.history.last ?? [:])".contains("Summary so far: Hello there."))
    }

    // MARK: Tools

    private static func tools() -> [CodexTool] {
        [
            .function("shell") { .text("ran \($0)") }, .custom("apply_patch") { .text("patched \($0)") },
            .function("fetch", in: "mcp__web") { .text("fetched \($0)") },
            .function("view_image") { _ in .image("data:image/png;base64,AAAA") },
        ]
    }

    private static func outputs(_ calls: String) throws -> (outputs: [[String: Any]], notices: [String], request: AgentHTTPRequest) {
        var wire = ScriptedWire([Made.response(calls + Made.completed), Made.response(Made.answer)])
        var client = CodexClient(model: "m")
        client.tools = tools()
        let turn = try client.ask("Do it.", over: &wire)
        #expect(turn.lastMessage == "Hello there.")
        return (turn.outputs, turn.notices, wire.requests[1])
    }

    struct CallRow: CustomTestStringConvertible, Sendable {
        var name: String
        var call: String
        var output: String
        var type = "function_call_output"
        var notice: String?
        var testDescription: String { name }
    }

    @Test(arguments: [
        CallRow(name: "a function", call: Made.call("shell", "{}"), output: "ran {}"),
        CallRow(
            name: "a custom tool", call: Made.customCall("apply_patch", "*** Begin"), output: "patched *** Begin",
            type: "custom_tool_call_output"),
        CallRow(name: "a function in a namespace", call: Made.call("fetch", "{}", namespace: "mcp__web"), output: "fetched {}"),
        CallRow(
            name: "the namespace with a dot", call: Made.call("mcp__web.fetch", "{}"), output: "unsupported call: mcp__web.fetch",
            notice: "unsupported call: mcp__web.fetch"),
        CallRow(
            name: "the namespace with underscores", call: Made.call("mcp__web__fetch", "{}"),
            output: "unsupported call: mcp__web__fetch", notice: "unsupported call: mcp__web__fetch"),
        CallRow(
            name: "without its namespace", call: Made.call("fetch", "{}"), output: "unsupported call: fetch",
            notice: "unsupported call: fetch"),
        CallRow(
            name: "a custom tool as a function", call: Made.call("apply_patch", "{}"), output: "aborted", notice: "incompatible payload"),
        CallRow(
            name: "a function as a custom tool", call: Made.customCall("shell", "ls"), output: "aborted",
            type: "custom_tool_call_output", notice: "incompatible payload"),
        CallRow(
            name: "arguments that are no JSON", call: Made.call("shell", "{oops"), output: "failed to parse function arguments",
            notice: "failed to parse function arguments"),
        CallRow(
            name: "an unknown tool", call: Made.call("nobody", "{}"), output: "unsupported call: nobody",
            notice: "unsupported call: nobody"),
    ])
    func aCallIsAnsweredAsItWasMade(row: CallRow) throws {
        let (outputs, notices, request) = try Self.outputs(row.call)
        #expect(outputs.count == 1 && outputs[0]["output"] as? String == row.output && outputs[0]["type"] as? String == row.type)
        #expect(outputs[0]["call_id"] as? String == "call_1")
        #expect(notices == [row.notice].compactMap { $0 })
        #expect(Self.types(request).suffix(2) == [row.type.replacing("_output", with: ""), row.type])
    }

    @Test func outputsComeInTheOrderOfTheCallsBehindAllOfThem() throws {
        let calls =
            Made.call("shell", "{}", id: "a") + Made.customCall("apply_patch", "x", id: "b") + Made.call("view_image", "{}", id: "c")
        let (outputs, _, request) = try Self.outputs(calls)
        #expect(outputs.map { $0["call_id"] as? String } == ["a", "b", "c"])
        #expect(
            Self.types(request).suffix(6) == [
                "function_call", "custom_tool_call", "function_call", "function_call_output", "custom_tool_call_output",
                "function_call_output",
            ])
        #expect((outputs[2]["output"] as? [[String: Any]])?.first?["type"] as? String == "input_image")
    }

    @Test func itDeclaresToolsOfFourKinds() throws {
        let declared = try Self.outputs(Made.call("shell", "{}")).request.body["tools"] as? [[String: Any]] ?? []
        #expect(declared.compactMap { $0["type"] as? String } == ["function", "custom", "function", "namespace", "web_search"])
        #expect((declared[3]["tools"] as? [[String: Any]])?.first?["name"] as? String == "fetch")
    }
}
