import AgentChecks
import Foundation
import Testing

extension EndToEnd {
    /// A scripted Claude Code in front of the real programs gets everything done that the real one is used for.
    @Suite struct ClaudeCodeTests {
        private static let answer = #""reasoning": "I look at it. It is seven times thirteen.", "answer": "Ninety-one is no prime.""#

        private static func bash() -> ClaudeTool {
            ClaudeTool("Bash", schema: ["type": "object", "properties": ["command": ["type": "string"]], "required": ["command"]]) {
                .text("ran \($0["command"] as? String ?? "nothing")")
            }
        }

        @Test func aPlainAnswer() throws {
            let house = try AgentHouse()
            try house.play(Self.answer, times: 2)
            var claude = ClaudeCodeClient(model: "m")
            let turn = try claude.ask("Is 91 a prime number?", over: &house.wire)
            #expect(turn.failure == nil && turn.streams == [true])
            #expect(turn.result == "Ninety-one is no prime." && turn.liveTexts.joined() == turn.result && turn.stopReason == "end_turn")
            #expect(turn.usage["input_tokens"] != nil && turn.usage["output_tokens"] != nil)
            #expect(turn.lingering < .seconds(2), "the body ends with the answer")
            #expect(house.wire.responses.allSatisfy { $0.headers["request-id"] != nil })
            let first = try house.house.lastUpstreamBody()["messages"].array
            #expect(first.map { $0["role"].string } == ["system", "user"])
            #expect(first[0]["content"].string?.contains("x-anthropic-billing-header") == false)
            #expect(
                first[0]["content"].string?.contains("The working folder is /src.") == true, "a system message among the others is kept")
            // And once more, with the history of the first turn.
            #expect(try claude.ask("Why?", over: &house.wire).result == "Ninety-one is no prime.")
            try house.expectCleanliness()
        }

        @Test func aSummaryThatIsSeenWhileTheModelThinks() throws {
            let house = try AgentHouse(["summaries-level": "detailed"], pace: 400)
            try house.play("\"reasoning\": \"\(AgentHouse.longReasoning)\", \"answer\": \"The evening TGV.\"")
            var claude = ClaudeCodeClient(model: "m")
            let turn = try claude.ask("Which train shall I take?", over: &house.wire)
            #expect(turn.thinking.count == 1 && turn.thinking[0].components(separatedBy: "\n\n").count >= 2, "\(turn.thinking)")
            #expect(turn.liveThinking.joined() == turn.thinking[0] && turn.liveThinking.count >= 2)
            #expect(turn.thinking[0].count < AgentHouse.longReasoning.count)
            #expect(turn.result == "The evening TGV.", "nothing stands behind the text")
            try house.expectCleanliness()
        }

        @Test func aShellToolThereAndBack() throws {
            let house = try AgentHouse()
            try house.play(
                #""reasoning": "I list the folder.", "answer": "Let me look.", "#
                    + #""tool_calls": [{"id": "call_7", "name": "Bash", "arguments": {"command": "ls -l"}}], "#
                    + #""after_tools": {"reasoning": "It ran.", "answer": "It says: {{tool_results}}"}"#, times: 2)
            var claude = ClaudeCodeClient(model: "m")
            claude.tools = [Self.bash()]
            let turn = try claude.ask("What is in this folder?", over: &house.wire)
            #expect(turn.failure == nil && turn.streams == [true, true])
            #expect(turn.calls.first?["id"] as? String == "call_7")
            #expect(turn.result == "It says: ran ls -l")
            // Two answers are two messages: ids that repeat would be merged.
            #expect(claude.messages.count { $0["role"] as? String == "assistant" } == 2)
            try house.expectCleanliness()
        }

        @Test func toolsAtOnceAndOneThatFails() throws {
            let house = try AgentHouse()
            try house.play(
                #""tool_calls": [{"id": "a", "name": "Bash", "arguments": {"command": "one"}}, "#
                    + #"{"id": "b", "name": "Nobody", "arguments": {}}, {"id": "c", "name": "Quiet", "arguments": "{}"}], "#
                    + #""after_tools": {"answer": "{{tool_results}}"}"#, times: 2)
            var claude = ClaudeCodeClient(model: "m")
            claude.tools = [Self.bash(), ClaudeTool("Quiet") { _ in .nothing }]
            let turn = try claude.ask("Do all three.", over: &house.wire)
            #expect(turn.results.map { $0["tool_use_id"] as? String } == ["a", "b", "c"])
            #expect(turn.result.hasPrefix("ran one; ERROR: ") && turn.result.hasSuffix("; (no output)"), "\(turn.result)")
            try house.expectCleanliness()
        }

        @Test func aToolThatMustBeSearchedFor() throws {
            let house = try AgentHouse()
            try house.play(#""tool_calls": [{"id": "s", "name": "ToolSearch", "arguments": {"query": "select:WebFetch"}}]"#)
            try house.play(#""tool_calls": [{"id": "w", "name": "WebFetch", "arguments": {"url": "x"}}]"#)
            try house.play(#""answer": "It is there.""#)
            var claude = ClaudeCodeClient(model: "m")
            claude.tools = [
                Self.bash(),
                ClaudeTool("WebFetch", schema: ["type": "object", "properties": ["url": ["type": "string"]]], isDeferred: true) { _ in
                    .text("fetched")
                },
            ]
            let turn = try claude.ask("Look it up.", over: &house.wire)
            #expect(turn.failure == nil && turn.result == "It is there." && turn.results.count == 2)
            #expect(turn.results[1]["content"] as? String == "fetched")
            let requests = try RawConnection(port: house.house.mockPort).exchange(Request("GET", "/mock/requests?last=3")).json.array
            let tools = requests.map { Set($0["body"]["tools"].array.compactMap { $0["function"]["name"].string }) }
            #expect(tools.contains { !$0.contains("WebFetch") } && tools.contains { $0.contains("WebFetch") })
            #expect(tools.allSatisfy { !$0.contains("DeferredToolPlaceholder") })
            let results = try house.house.lastUpstreamBody()["messages"].array.filter { $0["role"].string == "tool" }
            #expect(results.contains { $0["content"].string?.contains("WebFetch") == true }, "the model is told what was found")
            try house.expectCleanliness()
        }

        @Test func imagesFromTheUserAndFromATool() throws {
            let house = try AgentHouse()
            try house.play(#""answer": "{{images}} seen""#)
            var claude = ClaudeCodeClient(model: "m")
            #expect(try claude.ask("What is this?", images: ["iVBORw0KGgo="], over: &house.wire).result == "1 seen")
            try house.play(
                #""tool_calls": [{"id": "v", "name": "Look", "arguments": {}}], "after_tools": {"answer": "{{images}} seen"}"#, times: 2)
            claude.tools = [ClaudeTool("Look") { _ in .image("R0lGODlhAQ==") }]
            #expect(try claude.ask("And a.png?", over: &house.wire).result == "1 seen")
            #expect("\(try house.house.lastUpstreamBody())".contains("data:image/png;base64,R0lGODlhAQ=="))
            try house.expectCleanliness()
        }

        /// The client has a tool for it, and a reminder.
        @Test func structuredOutput() throws {
            let house = try AgentHouse()
            try house.play(#""tool_calls": [{"id": "o", "name": "StructuredOutput", "arguments": {"isPrime": false}}]"#)
            try house.play(#""answer": "Said.""#)
            var claude = ClaudeCodeClient(model: "m")
            var said: Bool?
            claude.tools = [
                ClaudeTool(
                    "StructuredOutput",
                    schema: ["type": "object", "properties": ["isPrime": ["type": "boolean"]], "required": ["isPrime"]]
                ) {
                    said = $0["isPrime"] as? Bool
                    return .text("taken")
                }
            ]
            #expect(try claude.ask("Is 91 a prime number?", over: &house.wire).failure == nil)
            #expect(said == false)
            try house.expectCleanliness()
        }

        // MARK: Ends that are not good

        struct Trouble: CustomTestStringConvertible, Sendable {
            var fault: String
            var streams: [Bool]
            /// What the user reads, in part.
            var shown: String
            var testDescription: String { fault }
        }

        @Test(arguments: [
            Trouble(fault: "status=400", streams: [true], shown: "API Error: 400 "),
            Trouble(fault: "status=401", streams: [true], shown: "API Error: 502 "),
            Trouble(fault: "status=404", streams: [true, false], shown: "API Error: 404 "),
            Trouble(fault: "status=429;retry_after=2", streams: [Bool](repeating: true, count: 11), shown: "API Error: 429 "),
            Trouble(fault: "status=500", streams: [Bool](repeating: true, count: 11), shown: "API Error: 502 "),
            Trouble(fault: "status=503", streams: [Bool](repeating: true, count: 11), shown: "API Error: 503 "),
        ])
        func trouble(_ trouble: Trouble) throws {
            let house = try AgentHouse()
            try house.play(Self.answer, fault: trouble.fault, times: 40)
            var claude = ClaudeCodeClient(model: "m")
            let turn = try claude.ask("Is 91 a prime number?", over: &house.wire)
            #expect(turn.failure?.contains(trouble.shown) == true, "\(turn.failure ?? "no failure")")
            #expect(turn.streams == trouble.streams)
            #expect(turn.failure?.contains("request-id") == false, "every response has one")
            try house.expectCleanliness()
        }

        /// By what is finished: nothing → a plain request, thinking → three tries, text → it is kept and gone on from.
        @Test(arguments: ["reset-in=reasoning", "error-event-in=reasoning", "reset-in=answer", "end-in=answer", "error-event-in=answer"])
        func aStreamThatBreaksIsMadeGood(fault: String) throws {
            let house = try AgentHouse()
            try house.play(Self.answer, fault: fault)
            try house.play(Self.answer, times: 5)
            var claude = ClaudeCodeClient(model: "m")
            let turn = try claude.ask("Is 91 a prime number?", over: &house.wire)
            #expect(turn.failure == nil && turn.result.hasSuffix("Ninety-one is no prime."), "\(turn)")
            #expect((2...4).contains(turn.streams.count), "\(turn.streams)")
            try house.expectCleanliness()
        }

        /// What was finished when the stream broke is kept, and the model is asked to go on behind it.
        @Test func aStreamThatBreaksBehindAFinishedText() throws {
            let house = try AgentHouse()
            try house.play(AgentHouse.brokenCall)
            try house.play(Self.answer)
            var claude = ClaudeCodeClient(model: "m")
            claude.tools = [Self.bash()]
            let turn = try claude.ask("Is 91 a prime number?", over: &house.wire)
            #expect(turn.failure == nil && turn.result == "Ninety-one is no prime." && turn.streams == [true, true])
            #expect(turn.calls.isEmpty, "half a call is none")
            let asked = try house.house.lastUpstreamBody()["messages"].array
            #expect(asked.map { $0["role"].string } == ["system", "user", "assistant", "user"])
            let kept = asked.first { $0["role"].string == "assistant" }
            #expect(kept?["content"].string == "Let me look." && kept?["tool_calls"].array.isEmpty == true)
            try house.expectCleanliness()
        }

        @Test func anErrorThatStaysIsShownInWords() throws {
            let house = try AgentHouse()
            try house.play(Self.answer, fault: "error-event-in=answer", times: 40)
            var claude = ClaudeCodeClient(model: "m")
            let turn = try claude.ask("Is 91 a prime number?", over: &house.wire)
            #expect(turn.failure?.isEmpty == false && turn.failure != "Connection lost", "\(turn.failure ?? "none")")
            try house.expectCleanliness()
        }

        @Test func lengthRefusalAndNothingButThoughts() throws {
            let house = try AgentHouse()
            try house.play(Self.answer + #", "finish_reason": "length""#)
            try house.play(#""answer": "And so on.""#)
            var claude = ClaudeCodeClient(model: "m")
            let cut = try claude.ask("Is 91 a prime number?", over: &house.wire)
            #expect(cut.failure == nil && cut.result == "And so on." && cut.streams == [true, true])
            try house.play(Self.answer + #", "finish_reason": "content_filter""#, times: 2)
            #expect(try claude.ask("And 93?", over: &house.wire).failure == "The model's safeguards stopped the answer.")
            try house.play(#""reasoning": "I only think. It goes on.""#)
            try house.play(#""answer": "Now I speak.""#)
            let silent = try claude.ask("And 95?", over: &house.wire)
            #expect(silent.result == "Now I speak." && silent.streams.count == 2, "\(silent)")
            try house.expectCleanliness()
        }

        @Test func aConversationThatIsTooLong() throws {
            let house = try AgentHouse()
            let body =
                #"{\"error\": {\"message\": \"This model's maximum context length is 8192 tokens. However, your messages resulted in 9000 tokens.\", \"code\": \"context_length_exceeded\"}}"#
            try house.play(Self.answer, fault: "status=400;body=\(body)", times: 6)
            var claude = ClaudeCodeClient(model: "m")
            let turn = try claude.ask("Is 91 a prime number?", over: &house.wire)
            #expect(turn.failure?.hasPrefix("Prompt is too long") == true && turn.streams.count == 1, "\(turn.failure ?? "none")")
        }

        /// Only an upstream that names one of the request's sequences is believed; what ended any other answer is not known.
        @Test(
            arguments: [
                (#", "stop_reason": "END""#, "END"), (#", "matched_stop": "three""#, "three"), ("", nil), (#", "stop_reason": null"#, nil),
                (#", "stop_reason": "four""#, nil), (#", "matched_stop": 151645"#, nil),
            ] as [(String, String?)])
        func aStopSequence(told member: String, sequence: String?) throws {
            let house = try AgentHouse()
            let last = "{\"choices\": [{\"index\": 0, \"delta\": {}, \"finish_reason\": \"stop\"\(member)}]}"
            try house.play("\"segments\": [{\"answer\": \"One two\"}, {\"chunk\": \(last)}], \"finish_reason\": \"\"")
            var claude = ClaudeCodeClient(model: "m")
            claude.stopSequences = ["END", "three"]
            let turn = try claude.ask("Count.", over: &house.wire)
            #expect(turn.failure == nil && turn.result == "One two" && turn.streams == [true])
            #expect(turn.stopReason == (sequence == nil ? "end_turn" : "stop_sequence") && turn.stopSequence == sequence)
            #expect(try house.house.lastUpstreamBody()["stop"].array.compactMap(\.string) == ["END", "three"])
            try house.expectCleanliness()
        }

        // MARK: Silence

        @Test func aLongSilenceIsBridged() throws {
            for (interval, streams) in [("1s", [true]), ("1h", [true, false])] {
                let house = try AgentHouse(["stream-heartbeat-interval": interval])
                try house.play(#""reasoning": "I look.", "segments": [{"pause_ms": 4000}, {"answer": "Done."}]"#)
                try house.play(#""answer": "Done.""#)
                var claude = ClaudeCodeClient(model: "m")
                claude.idleLimit = .milliseconds(2500)
                let turn = try claude.ask("Wait.", over: &house.wire)
                #expect(turn.failure == nil && turn.result == "Done." && turn.streams == streams, "\(interval)")
                try house.expectCleanliness()
            }
        }

        // MARK: Beside the turns

        @Test func tokensAreCounted() throws {
            let house = try AgentHouse()
            var claude = ClaudeCodeClient(model: "m")
            claude.tools = [Self.bash()]
            let few = try claude.countTokens(over: &house.wire) ?? 0
            try house.play(Self.answer)
            _ = try claude.ask(String(repeating: "Is 91 a prime number? ", count: 50), over: &house.wire)
            let more = try claude.countTokens(over: &house.wire) ?? 0
            #expect(few > 0 && more > few + 200)
        }

        @Test func withoutThinkingNothingIsThoughtAloud() throws {
            let house = try AgentHouse()
            try house.play(Self.answer)
            var claude = ClaudeCodeClient(model: "m")
            claude.thinking = ["type": "disabled"]
            let turn = try claude.ask("Is 91 a prime number?", over: &house.wire)
            #expect(turn.thinking.isEmpty && turn.result == "Ninety-one is no prime.")
            try house.expectCleanliness()
        }
    }
}
