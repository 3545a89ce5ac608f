import AgentChecks
import Foundation
import Testing

extension EndToEnd {
    /// A scripted Codex in front of the real programs gets everything done that the real one is used for.
    @Suite struct CodexTests {
        private static let answer = #""reasoning": "I look at it. It is seven times thirteen.", "answer": "Ninety-one is no prime.""#

        private static func shell(_ name: String = "shell") -> CodexTool {
            .function(
                name, parameters: ["type": "object", "properties": ["command": ["type": "string"]], "required": ["command"]]
            ) { .text("ran \($0)") }
        }

        @Test func aPlainAnswer() throws {
            let house = try AgentHouse()
            try house.play(Self.answer)
            var codex = CodexClient(model: "m")
            let turn = try codex.ask("Is 91 a prime number?", over: &house.wire)
            #expect(turn.failure == nil && turn.requestCount == 1 && turn.notices.isEmpty)
            #expect(turn.messages == ["Ninety-one is no prime."] && turn.liveTexts == turn.messages)
            #expect(turn.usage?["input_tokens"] != nil && turn.usage?["reasoning_tokens"] != nil)
            try house.expectCleanliness()
            // And once more, with the history of the first turn.
            try house.play(Self.answer)
            #expect(try codex.ask("Why?", over: &house.wire).messages.count == 1)
            try house.expectCleanliness()
        }

        @Test func aSummaryThatIsSeenWhileTheModelThinks() throws {
            let house = try AgentHouse(["summaries-level": "detailed"], pace: 400)
            try house.play("\"reasoning\": \"\(AgentHouse.longReasoning)\", \"answer\": \"The evening TGV.\"")
            var codex = CodexClient(model: "m")
            let turn = try codex.ask("Which train shall I take?", over: &house.wire)
            #expect(turn.liveSummaries.count >= 2, "\(turn.liveSummaries)")
            #expect(turn.headers.count == turn.liveSummaries.count)
            #expect(turn.liveSummaries.allSatisfy { $0.firstRange(of: "**\n\n") != nil })
            #expect(turn.summaries == [turn.liveSummaries.joined(separator: "\n")], "shown whole as it was shown live")
            #expect(turn.messages == ["The evening TGV."] && turn.liveTexts == turn.messages)
            // Half of the thoughts, at most.
            #expect(turn.summaries.joined().count < AgentHouse.longReasoning.count)
            try house.expectCleanliness()
        }

        @Test func aShellToolThereAndBack() throws {
            let house = try AgentHouse()
            try house.play(
                #""reasoning": "I list the folder.", "tool_calls": [{"id": "call_7", "name": "shell", "arguments": {"command": "ls"}}], "#
                    + #""after_tools": {"reasoning": "It ran.", "answer": "It says: {{tool_results}}"}"#, times: 2)
            var codex = CodexClient(model: "m")
            codex.tools = [Self.shell()]
            let turn = try codex.ask("What is in this folder?", over: &house.wire)
            #expect(turn.failure == nil && turn.notices.isEmpty && turn.requestCount == 2)
            #expect(turn.calls.first?["call_id"] as? String == "call_7")
            let arguments = turn.calls.first?["arguments"] as? String ?? ""
            #expect(turn.lastMessage == "It says: ran \(arguments)")
            try house.expectCleanliness()
        }

        /// For a model it knows by name the client has its tools in an item of the input, and there is no other mention of them.
        @Test func toolsInAnItem() throws {
            let house = try AgentHouse()
            try house.play(
                #""tool_calls": [{"id": "a", "name": "shell", "arguments": {"command": "ls"}}, "#
                    + #"{"id": "b", "name": "apply_patch", "arguments": {"input": "+hello"}}, "#
                    + #"{"id": "c", "name": "mcp__web__fetch", "arguments": {"url": "x"}}], "after_tools": {"answer": "{{tool_results}}"}"#,
                times: 2)
            var codex = CodexClient(model: "gpt-5.5-codex")
            codex.toolPlace = .item
            codex.tools = [
                Self.shell(), .custom("apply_patch") { .text("patched \($0)") },
                .function("fetch", in: "mcp__web") { _ in .text("fetched") },
            ]
            let turn = try codex.ask("Do all three.", over: &house.wire)
            #expect(turn.failure == nil && turn.notices.isEmpty && turn.requestCount == 2, "\(turn.notices)")
            #expect(turn.calls.map { $0["type"] as? String } == ["function_call", "custom_tool_call", "function_call"])
            #expect(turn.lastMessage.hasSuffix("; patched +hello; fetched"), "\(turn.lastMessage)")
            let asked = try house.house.lastUpstreamBody()
            #expect(asked["tools"].array.map { $0["function"]["name"].string } == ["shell", "apply_patch", "mcp__web__fetch"])
            #expect(asked["parallel_tool_calls"].bool == false)
            try house.expectCleanliness()
        }

        @Test func toolsOfAllKindsAtOnce() throws {
            let house = try AgentHouse()
            let patch = "*** Begin Patch\\n*** Add File: a.txt\\n+hello \\\"you\\\"\\n*** End Patch"
            try house.play(
                #""tool_calls": [{"id": "a", "name": "shell", "arguments": {"command": "ls"}}, "#
                    + "{\"id\": \"b\", \"name\": \"apply_patch\", \"arguments\": {\"input\": \"\(patch)\"}}, "
                    + #"{"id": "c", "name": "mcp__web__fetch", "arguments": {"url": "x"}}], "after_tools": {"answer": "{{tool_results}}"}"#,
                times: 2)
            var codex = CodexClient(model: "m")
            codex.tools = [
                Self.shell(), .custom("apply_patch") { .text("patched \($0.count)") },
                .function("fetch", in: "mcp__web") { _ in .text("fetched") },
            ]
            let turn = try codex.ask("Do all three.", over: &house.wire)
            #expect(turn.failure == nil && turn.notices.isEmpty, "\(turn.notices)")
            #expect(turn.calls.map { $0["type"] as? String } == ["function_call", "custom_tool_call", "function_call"])
            let input = "*** Begin Patch\n*** Add File: a.txt\n+hello \"you\"\n*** End Patch"
            #expect(turn.calls[1]["input"] as? String == input)
            #expect(turn.calls[2]["namespace"] as? String == "mcp__web" && turn.calls[2]["name"] as? String == "fetch")
            #expect(turn.outputs.map { $0["call_id"] as? String } == ["a", "b", "c"])
            #expect(turn.lastMessage.hasSuffix("; patched \(input.count); fetched"), "\(turn.lastMessage)")
            try house.expectCleanliness()
        }

        @Test func imagesFromTheUserAndFromATool() throws {
            let house = try AgentHouse()
            let image = "data:image/png;base64,iVBORw0KGgo="
            try house.play(#""answer": "{{images}} seen""#)
            var codex = CodexClient(model: "m")
            #expect(try codex.ask("What is this?", images: [image], over: &house.wire).lastMessage == "1 seen")
            try house.play(
                #""tool_calls": [{"id": "v", "name": "view_image", "arguments": {"path": "a.png"}}], "after_tools": {"answer": "{{images}} seen"}"#,
                times: 2)
            codex.tools = [.function("view_image") { _ in .image(image) }]
            #expect(try codex.ask("And a.png?", over: &house.wire).lastMessage == "1 seen")
            #expect("\(try house.house.lastUpstreamBody())".contains("iVBORw0KGgo="))
            try house.expectCleanliness()
        }

        @Test func structuredOutput() throws {
            let house = try AgentHouse()
            try house.play(#""reasoning": "A boolean.", "answer": "{\"isPrime\": false}""#)
            var codex = CodexClient(model: "m")
            let schema: [String: Any] = [
                "type": "object", "properties": ["isPrime": ["type": "boolean"]], "required": ["isPrime"], "additionalProperties": false,
            ]
            let turn = try codex.ask("Is 91 a prime number?", schema: schema, over: &house.wire)
            #expect(turn.messages == [#"{"isPrime": false}"#])
            let format = try house.house.lastUpstreamBody()["response_format"]
            #expect(format["type"].string == "json_schema" && format["json_schema"]["schema"]["required"].array.count == 1)
            try house.expectCleanliness()
        }

        // MARK: Ends that are not good

        struct Trouble: CustomTestStringConvertible, Sendable {
            var fault: String
            var requests: Int
            /// What the user reads, in part.
            var shown: String
            var testDescription: String { fault }
        }

        @Test(arguments: [
            Trouble(fault: "status=400", requests: 1, shown: "The mock refuses this request."),
            Trouble(fault: "status=404", requests: 6, shown: "unexpected status 404: "),
            Trouble(fault: "status=401", requests: 30, shown: "unexpected status 502: "),
            Trouble(fault: "status=429;retry_after=2", requests: 6, shown: "exceeded retry limit, last status: 429"),
            Trouble(fault: "status=500", requests: 30, shown: "unexpected status 502: "),
            Trouble(fault: "status=503", requests: 30, shown: "unexpected status 503: "),
            Trouble(fault: "error-event-in=answer", requests: 6, shown: "stream disconnected before completion: "),
            Trouble(fault: "reset-in=answer", requests: 6, shown: "stream disconnected before completion: The upstream"),
            Trouble(fault: "end-in=answer", requests: 6, shown: "stream disconnected before completion: The upstream"),
        ])
        func trouble(_ trouble: Trouble) throws {
            let house = try AgentHouse()
            try house.play(Self.answer, fault: trouble.fault, times: 40)
            var codex = CodexClient(model: "m")
            let turn = try codex.ask("Is 91 a prime number?", over: &house.wire)
            #expect(turn.failure?.contains(trouble.shown) == true, "\(turn.failure ?? "no failure")")
            #expect(turn.requestCount == trouble.requests)
            #expect(turn.messages.isEmpty, "nothing half-finished stays in the history")
            // The words are the proxy's or the upstream's, and neither empty nor the client's own.
            #expect(turn.failure?.contains("stream closed before response.completed") == false)
            if trouble.fault.contains("retry_after") { #expect(house.wire.waits.allSatisfy { $0 == .seconds(2) }) }
            if trouble.requests == 30 { #expect(house.wire.responses.allSatisfy { $0.headers["retry-after"] != nil }) }
            try house.expectCleanliness()
        }

        @Test(arguments: ["reset-in=answer", "cut-chunk-in=answer", "stall-in=answer", "reset-in=reasoning"])
        func aCutStreamIsAskedForAgainAsIfItHadNotBeen(fault: String) throws {
            let house = try AgentHouse(["upstream-timeouts-gap-answer": "500ms"])
            try house.play(Self.answer, fault: fault)
            try house.play(Self.answer)
            var codex = CodexClient(model: "m")
            let turn = try codex.ask("Is 91 a prime number?", over: &house.wire)
            #expect(turn.failure == nil && turn.messages == ["Ninety-one is no prime."] && turn.notices == ["Reconnecting... 1/5"])
            let messages = try house.house.lastUpstreamBody()["messages"].array
            #expect(messages.last?["role"].string == "user", "the next try does not begin with half an answer")
            try house.expectCleanliness()
        }

        /// What was finished when the stream broke stays in the history, and the next try has it.
        @Test func aStreamThatBreaksBehindAFinishedText() throws {
            let house = try AgentHouse()
            try house.play(AgentHouse.brokenCall)
            try house.play(Self.answer)
            var codex = CodexClient(model: "m")
            codex.tools = [Self.shell()]
            let turn = try codex.ask("Is 91 a prime number?", over: &house.wire)
            #expect(turn.failure == nil && turn.notices == ["Reconnecting... 1/5"] && turn.calls.isEmpty)
            #expect(turn.messages == ["Let me look.", "Ninety-one is no prime."])
            let asked = try house.house.lastUpstreamBody()["messages"].array
            #expect(asked.contains { $0["role"].string == "assistant" && $0["content"].string == "Let me look." })
            try house.expectCleanliness()
        }

        @Test func lengthAndFilter() throws {
            let house = try AgentHouse()
            try house.play(Self.answer + #", "finish_reason": "length""#)
            var codex = CodexClient(model: "m")
            let cut = try codex.ask("Is 91 a prime number?", over: &house.wire)
            #expect(cut.failure == "Incomplete response returned, reason: max_output_tokens" && cut.requestCount == 1)
            #expect(cut.messages == ["Ninety-one is no prime."], "the text is kept")
            try house.play(Self.answer + #", "finish_reason": "content_filter""#, times: 6)
            let filtered = try codex.ask("And 93?", over: &house.wire)
            #expect(filtered.failure == "Incomplete response returned, reason: content_filter" && filtered.requestCount == 6)
            try house.expectCleanliness()
        }

        @Test func aConversationThatIsTooLong() throws {
            let house = try AgentHouse()
            try house.play(
                Self.answer,
                fault:
                    "status=400;body={'error': {'message': 'This model\\u0027s maximum context length is 8192 tokens.', 'code': 'context_length_exceeded'}}"
                    .replacing("'", with: "\\\""))
            var codex = CodexClient(model: "m")
            let turn = try codex.ask("Is 91 a prime number?", over: &house.wire)
            #expect(
                turn.requestCount == 1 && turn.failure == "Codex ran out of room in the model's context window.", "\(turn.failure ?? "")")
        }

        // MARK: Silence

        @Test func aLongSilenceIsBridged() throws {
            let house = try AgentHouse(["stream-heartbeat-interval": "1s"])
            try house.play(#""reasoning": "I look.", "segments": [{"pause_ms": 4500}, {"answer": "Done."}]"#)
            var codex = CodexClient(model: "m")
            codex.idleLimit = .seconds(3)
            let turn = try codex.ask("Wait.", over: &house.wire)
            #expect(turn.failure == nil && turn.messages == ["Done."] && turn.requestCount == 1)
            try house.expectCleanliness()
        }

        /// Without heartbeats the same client gives up: the test above can fail.
        @Test func withoutHeartbeatsItGivesUp() throws {
            let house = try AgentHouse(["stream-heartbeat-interval": "1h"])
            try house.play(#""reasoning": "I look.", "segments": [{"pause_ms": 5000}, {"answer": "Done."}]"#, times: 6)
            var codex = CodexClient(model: "m")
            codex.idleLimit = .milliseconds(600)
            #expect(
                try codex.ask("Wait.", over: &house.wire).failure == "stream disconnected before completion: idle timeout waiting for SSE")
        }

        // MARK: The rest of a day

        @Test func compactionAndWhatComesBehindIt() throws {
            let house = try AgentHouse()
            var codex = CodexClient(model: "m")
            codex.tools = [Self.shell()]
            try house.play(Self.answer, times: 3)
            _ = try codex.ask("Is 91 a prime number?", over: &house.wire)
            #expect(try codex.compact(over: &house.wire).failure == nil)
            #expect(try codex.ask("And 93?", over: &house.wire).lastMessage == "Ninety-one is no prime.")
            try house.expectCleanliness()
        }
    }
}
