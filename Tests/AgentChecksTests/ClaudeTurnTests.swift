import AgentChecks
import Foundation
import Testing

private typealias Made = ClaudeStreams

/// The scripted Claude Code keeps its conversation, runs its tools, waits and gives up as the real one was seen to.
@Suite struct ClaudeTurnTests {
    private static func messages(_ request: AgentHTTPRequest) -> [[String: Any]] { request.body["messages"] as? [[String: Any]] ?? [] }
    private static func blocks(_ message: [String: Any]) -> [[String: Any]] { message["content"] as? [[String: Any]] ?? [] }

    // MARK: Ends

    @Test func aCutAnswerIsGoneOnFromThreeTimes() throws {
        for reason in ["max_tokens", "model_context_window_exceeded"] {
            var wire = ScriptedWire([Made.response(Made.start() + Made.text(0, "Hel") + Made.end("\"\(reason)\""))])
            var client = ClaudeCodeClient(model: "m")
            let turn = try client.ask("Say hello.", over: &wire)
            #expect(turn.failure == "The response exceeded the output token maximum." && wire.requests.count == 4)
            #expect(wire.requests.map { $0.body["max_tokens"] as? Int } == [32_000, 128_000, 128_000, 128_000])
        }
    }

    @Test func aRefusalIsAskedAboutOnce() throws {
        var wire = ScriptedWire([Made.response(Made.start() + Made.text(0, "No.") + Made.end("\"refusal\""))])
        var client = ClaudeCodeClient(model: "m")
        #expect(try client.ask("Say hello.", over: &wire).failure == "The model's safeguards stopped the answer.")
        #expect(wire.requests.count == 2)
    }

    @Test(arguments: [Made.start() + Made.thinking(0, "T") + Made.end(), Made.start() + Made.end()])
    func anAnswerThatShowsNothingIsAskedForOnce(stream: String) throws {
        var wire = ScriptedWire([Made.response(stream), Made.response(Made.answer)])
        var client = ClaudeCodeClient(model: "m")
        #expect(try client.ask("Say hello.", over: &wire).result == "Hello there.")
        var silent = ScriptedWire([Made.response(stream)])
        var other = ClaudeCodeClient(model: "m")
        let turn = try other.ask("Say hello.", over: &silent)
        #expect(turn.result.isEmpty && turn.failure == nil && silent.requests.count == 2)
    }

    @Test func usageInTheEndOverwritesThatOfTheBeginning() throws {
        var wire = ScriptedWire([Made.response(Made.answer)])
        var client = ClaudeCodeClient(model: "m")
        #expect(try client.ask("Say hello.", over: &wire).usage == ["input_tokens": 7, "output_tokens": 3])
    }

    // MARK: Silence

    @Test func itWaitsForTheBodysEnd() throws {
        var wire = ScriptedWire([.init(200, [.text(Made.answer), .silence(.seconds(15))])])
        var client = ClaudeCodeClient(model: "m")
        let turn = try client.ask("Say hello.", over: &wire)
        #expect(turn.lingering == .seconds(15) && turn.result == "Hello there.")
    }

    @Test func anyByteKeepsItWaiting() throws {
        for beat in [": ping\n\n", Made.event("ping"), " "] {
            var pieces: [ScriptedWire.Piece] = [.text(Made.start())]
            for _ in 0..<5 { pieces += [.silence(.seconds(8)), .text(beat)] }
            var wire = ScriptedWire([.init(200, pieces + [.text("\n\n" + Made.answer)])])
            var client = ClaudeCodeClient(model: "m")
            client.idleLimit = .seconds(10)
            #expect(try client.ask("Say hello.", over: &wire).streams == [true], "\(beat)")
        }
        var wire = ScriptedWire([.init(200, [.text(Made.start()), .silence(.seconds(11)), .text(Made.answer)]), Made.whole])
        var client = ClaudeCodeClient(model: "m")
        client.idleLimit = .seconds(10)
        #expect(try client.ask("Say hello.", over: &wire).streams == [true, false])
    }

    // MARK: HTTP errors

    struct ErrorRow: CustomTestStringConvertible, Sendable {
        var status: Int
        var message = "words"
        var headers: [String: String] = [:]
        var requests: Int
        var shown: String
        var testDescription: String { "\(status) \(message) \(headers)" }
    }

    @Test(arguments: [
        ErrorRow(status: 429, requests: 11, shown: "API Error: 429 words"),
        ErrorRow(status: 500, requests: 11, shown: "API Error: 500 words Check your inference gateway."),
        ErrorRow(status: 503, requests: 11, shown: "API Error: 503 words Check your inference gateway."),
        ErrorRow(status: 529, requests: 11, shown: "API Error: 529 words Check your inference gateway."),
        ErrorRow(status: 408, requests: 11, shown: "API Error: 408 words"),
        ErrorRow(status: 401, requests: 11, shown: "API Error: 401 words"),
        ErrorRow(status: 429, headers: ["retry-after": "600"], requests: 1, shown: "API Error: 429 words"),
        ErrorRow(
            status: 503, headers: ["x-should-retry": "false"], requests: 1, shown: "API Error: 503 words Check your inference gateway."),
        ErrorRow(status: 400, requests: 6, shown: "API Error: 400 words"),
        ErrorRow(
            status: 400, message: "prompt is too long: 9 tokens > 8 maximum", requests: 1,
            shown: "Prompt is too long. prompt is too long: 9 tokens > 8 maximum"),
        ErrorRow(status: 403, requests: 1, shown: "API Error: 403 words"),
        ErrorRow(status: 404, requests: 2, shown: "There's an issue with the selected model. API Error: 404 words"),
        ErrorRow(status: 413, requests: 1, shown: "Request too large. API Error: 413 words"),
    ])
    func anHTTPErrorIsTakenAsTheTableSays(row: ErrorRow) throws {
        var wire = ScriptedWire([Made.failure(row.status, row.message, headers: row.headers)])
        var client = ClaudeCodeClient(model: "m")
        let turn = try client.ask("Say hello.", over: &wire)
        #expect(turn.failure == row.shown && wire.requests.count == row.requests)
        if row.status == 404 { #expect(turn.streams == [true, false]) }
        if row.status == 503, row.requests == 11 {
            #expect(wire.waits == [0.5, 1, 2, 4, 8, 16, 32, 32, 32, 32].map { Duration.seconds($0) })
        }
        if row.status == 400, row.requests == 6 {
            let betas = wire.requests.map { $0.headers.last { $0.name == "anthropic-beta" }?.value.count ?? 0 }
            #expect(betas == betas.sorted(by: >) && Set(betas).count == 6)
        }
    }

    @Test func aRetryAfterThatIsLongerIsKept() throws {
        var wire = ScriptedWire([Made.failure(503, headers: ["retry-after": "5"]), Made.response(Made.answer)])
        var client = ClaudeCodeClient(model: "m")
        #expect(try client.ask("Say hello.", over: &wire).result == "Hello there.")
        #expect(wire.waits == [.seconds(5)])
    }

    @Test func anErrorOfAnotherShapeIsUnderstoodAndAMissingIDIsMentioned() throws {
        var wire = ScriptedWire([.init(403, [.text(#"{"error":{"message":"words","type":"t","code":"c"}}"#)])])
        var client = ClaudeCodeClient(model: "m")
        let failure = try client.ask("Say hello.", over: &wire).failure
        #expect(failure == "API Error: 403 words The response had no request-id header.")
    }

    // MARK: Tools

    private static func tools() -> [ClaudeTool] {
        [
            ClaudeTool("Bash") { .text("ran \($0["command"] as? String ?? "nothing")") }, ClaudeTool("Look") { _ in .image("AAAA") },
            ClaudeTool("WebFetch", isDeferred: true) { _ in .text("fetched") }, ClaudeTool("Quiet") { _ in .nothing },
        ]
    }

    private func run(_ stream: String) throws -> (turn: ClaudeTurn, requests: [AgentHTTPRequest]) {
        var wire = ScriptedWire([Made.response(Made.start("msg_c") + stream), Made.response(Made.answer)])
        var client = ClaudeCodeClient(model: "m")
        client.tools = Self.tools()
        let turn = try client.ask("Do it.", over: &wire)
        #expect(turn.result == "Hello there." && turn.failure == nil)
        return (turn, wire.requests)
    }

    @Test(arguments: ["\"tool_use\"", "\"end_turn\"", "null"], ["call_1", "functions.Bash:0", "toolu_1"])
    func aCallIsRunWhateverTheReasonAndTheID(reason: String, id: String) throws {
        let (turn, requests) = try run(Made.call(0, "Bash", [#"{\"command\":"#, #" \"ls\"}"#], id: id) + Made.end(reason))
        #expect(turn.results.count == 1 && turn.results[0]["content"] as? String == "ran ls")
        #expect(turn.results[0]["tool_use_id"] as? String == id)
        let last = Self.blocks(try #require(Self.messages(requests[1]).last))
        #expect(last[0]["type"] as? String == "tool_result" && last[0]["cache_control"] != nil)
    }

    @Test(arguments: [[#"{\"command\": \"ls\"}"#], [String]()])
    func theInputMayComeInOneDeltaOrNone(pieces: [String]) throws {
        #expect(try run(Made.call(0, "Bash", pieces) + Made.end()).turn.results.count == 1)
    }

    @Test func anInputThatIsNoJSONAndAnUnknownToolAreErrorsForTheModel() throws {
        for (stream, words) in [(Made.call(0, "Bash", ["{oops"]), "is not JSON"), (Made.call(0, "Nobody", ["{}"]), "No such tool")] {
            let (turn, _) = try run(stream + Made.end())
            #expect(turn.results[0]["is_error"] as? Bool == true && "\(turn.results[0]["content"] ?? "")".contains(words))
        }
    }

    @Test func resultsComeTogetherInTheOrderOfTheCalls() throws {
        let (_, requests) = try run(Made.call(0, "Bash", ["{}"], id: "a") + Made.call(1, "Look", [], id: "b") + Made.end())
        let last = Self.blocks(try #require(Self.messages(requests[1]).last))
        #expect(last.map { $0["tool_use_id"] as? String } == ["a", "b"])
        #expect("\(last[1])".contains("image/png"))
    }

    @Test func aDeferredToolIsSentOnceItWasSearchedFor() throws {
        let (turn, requests) = try run(Made.call(0, "ToolSearch", [#"{\"query\":\"select:WebFetch\"}"#]) + Made.end("\"tool_use\""))
        #expect("\(turn.results[0])".contains("tool_reference"))
        let names = requests.map { ($0.body["tools"] as? [[String: Any]] ?? []).compactMap { $0["name"] as? String } }
        #expect(names[0] == ["Bash", "Look", "Quiet", "ToolSearch", "DeferredToolPlaceholder"])
        #expect(names[1] == names[0] + ["WebFetch"])
        let sent = (requests[1].body["tools"] as? [[String: Any]] ?? []).last
        #expect(sent?["defer_loading"] as? Bool == true && (sent?["input_schema"] as? [String: Any])?["$schema"] != nil)
    }

    @Test func aDeferredToolCannotBeCalledBefore() throws {
        #expect(try run(Made.call(0, "WebFetch", ["{}"]) + Made.end()).turn.results[0]["is_error"] as? Bool == true)
    }

    // MARK: The conversation

    @Test func messagesOfOneIDBecomeOne() throws {
        for (second, roles) in [
            ("msg_c", ["user", "system", "assistant", "user"]), ("msg_d", ["user", "system", "assistant", "user", "assistant", "user"]),
        ] {
            var wire = ScriptedWire([
                Made.response(Made.start("msg_c") + Made.call(0, "Bash", ["{}"]) + Made.end()),
                Made.response(Made.start(second) + Made.text(0, "Hello.") + Made.end()),
            ])
            var client = ClaudeCodeClient(model: "m")
            client.tools = Self.tools()
            _ = try client.ask("One.", over: &wire)
            _ = try client.ask("Two.", over: &wire)
            // Of one id: the text joins the call's message, in front of the result.
            let kept = Self.messages(wire.requests[2]).map { $0["role"] as? String ?? "" }
            #expect(kept == (second == "msg_c" ? ["user", "system", "assistant", "user", "user"] : roles), "\(second)")
        }
    }

    @Test func thinkingComesBackByteForByte() throws {
        let signature = String(repeating: "rp.AbC-_", count: 25_000)
        var wire = ScriptedWire([
            Made.response(Made.start() + Made.thinking(0, "T", signature: signature) + Made.text(1, "Hello.") + Made.end())
        ])
        var client = ClaudeCodeClient(model: "m")
        _ = try client.ask("One.", over: &wire)
        _ = try client.ask("Two.", over: &wire)
        let sent = Self.blocks(Self.messages(wire.requests[1])[2])
        #expect(sent[0]["signature"] as? String == signature && sent[0]["thinking"] as? String == "T")
    }

    @Test func itSendsWhatTheRealOneSends() throws {
        var wire = ScriptedWire([Made.response(Made.answer)])
        var client = ClaudeCodeClient(model: "m")
        _ = try client.ask("Say hello.", over: &wire)
        let request = wire.requests[0]
        #expect(request.target == "/v1/messages?beta=true")
        #expect(Self.messages(request).map { $0["role"] as? String } == ["user", "system"])
        #expect("\(request.body["system"] ?? "")".contains("x-anthropic-billing-header"))
        for name in ["metadata", "context_management", "thinking", "output_config", "max_tokens"] { #expect(request.body[name] != nil) }
        for name in ["anthropic-version", "x-api-key", "accept"] { #expect(request.headers.contains { $0.name == name }) }
    }

    @Test func tokensAreCountedAndAnyErrorIsTolerated() throws {
        let client = ClaudeCodeClient(model: "m")
        var wire = ScriptedWire([.init(200, [.text(#"{"input_tokens": 12}"#)]), Made.failure(404)])
        #expect(try client.countTokens(over: &wire) == 12)
        #expect(try client.countTokens(over: &wire) == nil)
        #expect(wire.requests[0].target == "/v1/messages/count_tokens?beta=true" && wire.requests[0].body["max_tokens"] == nil)
    }
}
