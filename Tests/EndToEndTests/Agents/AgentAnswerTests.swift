import AgentChecks
import Testing

extension EndToEnd {
    /// Answers in the agents' APIs: what a client holds at the end, and that every event on the way was in its place.
    @Suite struct AgentAnswerTests {
        @Test func anAnswerIsToldInEachAPIStreamedAndNot() throws {
            let house = try House(mock: ["--strict"])
            for api in AgentAPI.allCases {
                for stream in [true, false] {
                    let reading = try house.agentAnswer(api, "prime", stream: stream)
                    #expect(reading.text == "No. 91 = 7 × 13.", "\(api), stream \(stream)")
                    #expect(reading.ending == api.goodEnding())
                    #expect(reading.hasReasoning && reading.summary.joined().contains("91 is the product of 7 and 13"), "\(reading)")
                    #expect(reading.rawReasoning.isEmpty)
                    // What was asked is not reasoning.
                    #expect(reading.summary.count == 1 && !reading.summary.joined().contains("river"), "\(reading.summary)")
                    #expect(try house.lastUpstreamRequest()["path"].string == "/v1/chat/completions")
                    #expect(try house.lastUpstreamBody()["stream"].bool == (stream ? true : nil))
                }
            }
        }

        /// Everything the mock says in any dialect arrives as the same answer in an agent's API.
        @Test(arguments: [
            "think-tags", "think-by-character", "harmony", "both-fields", "framing-everything", "random-cuts", "japanese", "emoji-split",
            "no-reasoning", "no-role", "extra-keys", "json-instead", "lighthouse", "markers-kimi",
        ])
        func everyDialectIsAnswered(model: String) throws {
            let house = try House(mock: ["--strict"])
            for api in AgentAPI.allCases {
                let chat = try house.stream("\(model)#reasoning")
                let streamed = try house.agentAnswer(api, model)
                #expect(streamed.text == chat.stream.text(), "\(api)")
                let whole = try house.agentAnswer(api, model, stream: false)
                #expect(whole.text == streamed.text, "\(api)")
                #expect(streamed.ending == api.goodEnding() && whole.ending == streamed.ending)
            }
        }

        @Test func theReasoningIsShownToThoseWhoAskForIt() throws {
            let house = try House(mock: ["--strict"])
            let cases: [(api: AgentAPI, members: String, isShown: Bool)] = [
                (.responses, "", true), (.responses, #", "reasoning": {"summary": "auto"}"#, true),
                (.responses, #", "reasoning": {"effort": "high", "summary": "concise"}"#, true),
                (.responses, #", "reasoning": {"effort": "high"}"#, false), (.responses, #", "reasoning": {"summary": "none"}"#, false),
                (.responses, #", "reasoning": {"summary": "whatever comes next"}"#, true),
                (.messages, "", false), (.messages, #", "thinking": {"type": "disabled"}"#, false),
                (.messages, #", "thinking": {"type": "enabled", "budget_tokens": 1024}"#, true),
                (.messages, #", "thinking": {"type": "adaptive", "display": "updates"}"#, true),
                (.messages, #", "thinking": {"type": "adaptive", "display": "omitted"}"#, false),
            ]
            for (api, members, isShown) in cases {
                for stream in [true, false] {
                    let body = #"{"model": "prime", "max_tokens": 100, "stream": \#(stream)\#(members), "#
                    let question =
                        api == .responses ? #""input": "Is 91 prime?"}"# : #""messages": [{"role": "user", "content": "Is 91 prime?"}]}"#
                    let reading = try house.answer(api, Request("POST", api.path, body: body + question), stream: stream)
                    #expect(reading.hasReasoning == isShown && reading.summary.isEmpty == !isShown, "\(api) \(members): \(reading)")
                    #expect(reading.text == "No. 91 = 7 × 13.")
                }
            }
        }

        @Test func theOperatorDecidesWhatThereIsToSee() throws {
            for api in AgentAPI.allCases {
                let full = try House(["summaries-reasoning": "full"], mock: ["--strict"])
                let reading = try full.agentAnswer(api, "prime")
                let thoughts = api == .responses ? reading.rawReasoning : reading.summary.joined()
                #expect(thoughts.contains("7 times 13") || thoughts.contains("7 × 13"), "\(reading)")
                let off = try House(["summaries-reasoning": "off"], mock: ["--strict"])
                for stream in [true, false] { #expect(try !off.agentAnswer(api, "prime", stream: stream).hasReasoning) }
                let prompt = try House(["agents-prompt-summary": "on"], mock: ["--strict"])
                for stream in [true, false] {
                    #expect(try prompt.agentAnswer(api, "prime", stream: stream).summary.joined().contains("Which river"), "\(api)")
                }
            }
        }

        @Test func limitsFiltersAndRefusalsEndAsEachAPIHasIt() throws {
            let house = try House(mock: ["--strict"])
            let cases: [(model: String, responses: String, messages: String)] = [
                ("length-in-answer", "incomplete max_output_tokens", "max_tokens"),
                ("length-in-reasoning", "incomplete max_output_tokens", "max_tokens"),
                ("content-filter", "incomplete content_filter", "refusal"), ("refusal", "completed", "end_turn"),
            ]
            for (model, responses, messages) in cases {
                for stream in [true, false] {
                    #expect(try house.agentAnswer(.responses, model, stream: stream).ending == responses, "\(model), stream \(stream)")
                    #expect(try house.agentAnswer(.messages, model, stream: stream).ending == messages, "\(model), stream \(stream)")
                }
            }
            #expect(try house.agentAnswer(.responses, "refusal").refusal == "I cannot help with that.")
            #expect(try house.agentAnswer(.messages, "refusal").text == "I cannot help with that.")
        }

        @Test func usageHasTheNamesOfItsAPI() throws {
            let house = try House(mock: ["--strict"])
            for stream in [true, false] {
                let responses = try house.agentAnswer(.responses, "prime", stream: stream).usage ?? [:]
                let messages = try house.agentAnswer(.messages, "prime", stream: stream).usage ?? [:]
                #expect(responses["output_tokens"] ?? 0 > 0 && responses["input_tokens"] ?? 0 > 0, "\(responses)")
                #expect(responses["total_tokens"] == (responses["output_tokens"] ?? 0) + (responses["input_tokens"] ?? 0))
                #expect(messages["output_tokens"] == responses["output_tokens"], "\(messages)")
            }
        }

        @Test func noTwoAnswersShareAnIdWhateverTheRequestsSay() throws {
            let house = try House(mock: ["--strict"])
            for api in AgentAPI.allCases {
                var ids: Set<String> = []
                var count = 0
                for stream in [true, true, false] {
                    var request = api.request("prime", stream: stream)
                    request.headers.append(("x-request-id", "the-same"))
                    let reading = try house.answer(api, request, stream: stream)
                    ids.formUnion(reading.ids)
                    count += reading.ids.count
                }
                #expect(ids.count == count && count >= 3, "\(api): \(ids)")
            }
        }

        // MARK: Tools

        @Test func callsArriveWithTheToolsTheClientNamed() throws {
            let house = try House(mock: ["--strict"])
            let function =
                #"{"type": "function", "name": "get_weather", "parameters": {"type": "object", "properties": {"city": {"type": "string"}}}}"#
            let responses = #", "tools": [\#(function)]"#
            let messages = #", "tools": [{"name": "get_weather", "description": "The weather.", "input_schema": {"type": "object"}}]"#
            for (api, members) in [(AgentAPI.responses, responses), (.messages, messages)] {
                for stream in [true, false] {
                    let reading = try house.agentAnswer(api, "tool-calls", stream: stream, members: members)
                    #expect(reading.calls.map(\.name) == ["get_weather", "get_weather"], "\(api), stream \(stream): \(reading)")
                    #expect(reading.calls.map(\.id) == ["call_mock_a", "call_mock_b"])
                    #expect(reading.calls.map { Value(Array($0.arguments.utf8))["city"].string } == ["Reykjavík", "Nairobi"])
                    #expect(reading.ending == api.goodEnding(hasCalls: true))
                    let sent = try house.lastUpstreamBody()["tools"][0]
                    #expect(sent["type"].string == "function" && sent["function"]["name"].string == "get_weather", "\(sent)")
                    let text = try house.agentAnswer(api, "tool-call-with-text", stream: stream)
                    #expect(text.text == "Let me look that up." && text.calls.map(\.name) == ["search"], "\(text)")
                }
            }
        }

        /// A stream that calls three functions, as an upstream does that knows them by their flat names.
        private static let calls: String = {
            func chunk(_ delta: String, finish: String = "null") -> String {
                #"data: {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m", "#
                    + #""choices": [{"index": 0, "delta": \#(delta), "finish_reason": \#(finish)}]}"# + "\n\n"
            }
            func call(_ index: Int, _ name: String, _ arguments: String) -> String {
                chunk(
                    #"{"tool_calls": [{"index": \#(index), "id": "call_\#(index)", "type": "function", "#
                        + #""function": {"name": "\#(name)", "arguments": "\#(arguments)"}}]}"#)
            }
            return "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n"
                + call(0, "shell", #"{\"cmd\": [\"ls\"]}"#) + call(1, "files__read", #"{\"path\": \"a\"}"#)
                + call(2, "apply_patch", #"{\"input\": \"*** Begin\\n+é\"}"#) + chunk("{}", finish: "\"tool_calls\"") + "data: [DONE]\n\n"
        }()

        @Test func toolsOfAllKindsComeBackAsTheKindTheyWere() throws {
            let upstream = try RawUpstream(answering: Self.calls)
            let proxy = try House.startProxy(upstreamPort: upstream.port)
            let tools =
                #", "tools": [{"type": "function", "name": "shell", "parameters": {"type": "object"}}, "#
                + #"{"type": "namespace", "name": "files", "tools": [{"type": "function", "name": "read", "parameters": {"type": "object"}}]}, "#
                + #"{"type": "custom", "name": "apply_patch", "format": {"type": "grammar", "syntax": "lark", "definition": "start: x"}}, "#
                + #"{"type": "web_search"}], "tool_choice": "auto", "parallel_tool_calls": true"#
            let reply = try RawConnection(port: try House.port(of: proxy)).exchange(AgentAPI.responses.request("m", members: tools))
            let answer = AgentAPI.responses.read(reply.body)
            #expect(answer.problems.isEmpty, "\(answer.problems)\n\(reply.text)")
            #expect(
                answer.reading.calls == [
                    AgentReading.Call(id: "call_0", name: "shell", arguments: #"{"cmd": ["ls"]}"#),
                    AgentReading.Call(id: "call_1", namespace: "files", name: "read", arguments: #"{"path": "a"}"#),
                    AgentReading.Call(id: "call_2", kind: "custom", name: "apply_patch", arguments: "*** Begin\n+é"),
                ])
            let sent = Value(upstream.requestBody)["tools"].array.map { $0["function"]["name"].string }
            #expect(sent == ["shell", "files__read", "apply_patch"])
            try eventually("the line about what was left out") { proxy.errors.text.contains("types=web_search") }
        }
    }
}
