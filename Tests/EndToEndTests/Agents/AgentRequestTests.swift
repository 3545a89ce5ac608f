import AgentChecks
import Testing

extension EndToEnd {
    /// What of an agent's request reaches the upstream, and what does not.
    @Suite struct AgentRequestTests {
        private static let pixel = "data:image/png;base64,iVBORw0KGgo="

        @Test func aWholeConversationReachesTheModelAsOneOfChatCompletions() throws {
            let house = try House(mock: ["--strict"])
            let responses =
                #"{"model": "prime", "stream": true, "instructions": "Be brief.", "input": ["#
                + #"{"type": "message", "role": "developer", "content": [{"type": "input_text", "text": "Use the tools."}]}, "#
                + #"{"type": "message", "role": "user", "content": [{"type": "input_text", "text": "Look."}, {"type": "input_image", "image_url": "\#(Self.pixel)"}]}, "#
                + #"{"type": "reasoning", "id": "rs_1", "summary": [], "encrypted_content": "not ours"}, "#
                + #"{"type": "function_call", "call_id": "call_1", "name": "shell", "arguments": "{\"cmd\": \"ls\"}"}, "#
                + #"{"type": "function_call_output", "call_id": "call_1", "output": "a.txt"}], "#
                + #""tools": [{"type": "function", "name": "shell", "parameters": {"type": "object"}}], "store": false, "include": ["reasoning.encrypted_content"], "#
                + #""text": {"format": {"type": "json_schema", "name": "n", "strict": true, "schema": {"type": "object"}}}, "max_output_tokens": 50}"#
            let messages =
                #"{"model": "prime", "stream": true, "max_tokens": 50, "system": [{"type": "text", "text": "Be brief."}], "messages": ["#
                + #"{"role": "user", "content": [{"type": "text", "text": "Look."}, {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "iVBORw0KGgo="}}]}, "#
                + #"{"role": "system", "content": "Use the tools."}, "#
                + #"{"role": "assistant", "content": [{"type": "thinking", "thinking": "Hm.", "signature": "reasoning-proxy"}, {"type": "tool_use", "id": "call_1", "name": "shell", "input": {"cmd": "ls"}}]}, "#
                + #"{"role": "user", "content": [{"type": "tool_result", "tool_use_id": "call_1", "content": "a.txt"}]}], "#
                + #""tools": [{"name": "shell", "input_schema": {"type": "object"}}], "metadata": {"user_id": "u"}, "context_management": {}}"#
            for (api, body) in [(AgentAPI.responses, responses), (.messages, messages)] {
                var request = Request("POST", api.path + "?beta=true&phases=nonsense", body: body)
                request.headers += [
                    ("anthropic-version", "2023-06-01"), ("anthropic-beta", "a,b"), ("openai-beta", "responses=v1"),
                    ("x-api-key", "sk-agent"),
                ]
                #expect(try house.answer(api, request).text == "No. 91 = 7 × 13.")
                let sent = try house.lastUpstreamBody()
                #expect(sent["messages"].array.map { $0["role"].string } == ["system", "user", "assistant", "tool"], "\(sent)")
                #expect(sent["messages"][0]["content"].string == "Be brief.\n\nUse the tools.")
                #expect(sent["messages"][1]["content"][1]["image_url"]["url"].string == Self.pixel, "\(sent)")
                #expect(sent["messages"][2]["tool_calls"][0]["function"]["name"].string == "shell")
                #expect(sent["messages"][3]["content"].string == "a.txt")
                #expect(sent["max_tokens"].int == 50)
                let known: Set = ["model", "messages", "stream", "stream_options", "max_tokens", "tools", "response_format"]
                #expect(Set(sent.keys).isSubset(of: known), "\(sent.keys)")
                #expect(sent["response_format"].exists == (api == .responses))
                let headers = try house.lastUpstreamRequest()["headers"]
                #expect(headers["authorization"].string == "Bearer sk-agent", "\(headers)")
                #expect(
                    !headers.keys.contains { $0.hasPrefix("anthropic") || ["x-api-key", "openai-beta"].contains($0) }, "\(headers.keys)")
            }
        }

        @Test func theClientsKeyStaysHereWhereTheOperatorHasOne() throws {
            let house = try House(environment: ["UPSTREAM_API_KEY": "operator-key"], mock: ["--strict"])
            for api in AgentAPI.allCases {
                var request = api.request("fast")
                request.headers.append(("x-api-key", "sk-agent"))
                _ = try house.answer(api, request)
                let headers = try house.lastUpstreamRequest()["headers"]
                #expect(headers["authorization"].string == "Bearer operator-key" && !headers.description.contains("sk-agent"), "\(headers)")
            }
        }

        @Test func anAgentsNameForAModelIsMapped() throws {
            let street = try Street(
                ["=prime"], settings: "models: {map: {'claude-*': qwen3, 'gpt-5': listed, '*': prime}}",
                each: "models: ['qwen*', 'listed*', 'prime']")
            for (name, expected) in [
                ("claude-haiku-4-5", "qwen3"), ("gpt-5", "listed"), ("qwen2", "qwen2"), ("listed-2", "listed-2"), ("anything", "prime"),
            ] {
                for api in AgentAPI.allCases {
                    let reply = try street.send(api.request(name))
                    let answer = api.read(reply.body)
                    #expect(answer.problems.isEmpty && answer.reading.text == "No. 91 = 7 × 13.", "\(name), \(api): \(reply.text)")
                    #expect(reply.text.contains(#""model":"\#(name)""#), "the answer has the client's name: \(reply.text)")
                    #expect(try street.lastRequest(0)["body"]["model"].string == expected, "\(name), \(api)")
                }
                _ = try street.stream(name)
                #expect(try street.lastRequest(0)["body"]["model"].string == expected, "\(name), chat")
            }
        }

        @Test func aWishForLengthIsCutToTheContext() throws {
            let house = try House(
                [
                    "agents-context-window": "small=2000", "agents-length-field": "small=max_completion_tokens",
                    "agents-thinking-switch": "small=enable_thinking", "agents-efforts": "low",
                ], mock: ["--strict"])
            try house.order(#"{"scenario": "prime", "times": 8}"#)
            for api in AgentAPI.allCases {
                let wish = api == .responses ? #", "max_output_tokens": 32000, "reasoning": {"effort": "max", "summary": "auto"}"# : ""
                let effort = #", "output_config": {"effort": "max"}"#
                _ = try house.agentAnswer(api, "small", members: api == .responses ? wish : effort)
                let sent = try house.lastUpstreamBody()
                let length = sent["max_completion_tokens"].int ?? 0
                #expect((1900..<2000).contains(length), "\(api): \(sent)")
                #expect(sent["chat_template_kwargs"]["enable_thinking"].bool == true, "\(sent)")
                #expect(sent["reasoning_effort"].string == "low", "\(sent)")
                _ = try house.agentAnswer(api, "large", members: api == .responses ? wish : effort)
                let other = try house.lastUpstreamBody()
                #expect(other["max_tokens"].int == (api == .responses ? 32_000 : 4096) && !other["chat_template_kwargs"].exists, "\(other)")
            }
        }

        @Test func aProfileMayBeNamedInAHeader() throws {
            let house = try House(mock: ["--strict"])
            for api in AgentAPI.allCases {
                var request = api.request("prime")
                request.headers.append(("x-reasoning-profile", "nobody"))
                let reply = try house.send(request)
                #expect(reply.status == 400 && reply.text.contains("unknown_profile"), "\(reply.text)")
                request.headers[request.headers.count - 1].1 = "think"
                #expect(try house.answer(api, request).text.contains("91 = 7 × 13."))
            }
        }

        @Test func tokensAreEstimatedAndSaidToBe() throws {
            let house = try House(mock: ["--strict"])
            func count(_ text: String) throws -> Reply {
                try house.send(
                    Request(
                        "POST", "/v1/messages/count_tokens?beta=true",
                        body: #"{"model": "prime", "messages": [{"role": "user", "content": "\#(text)"}]}"#))
            }
            let short = try count("Hello")
            let long = try count(String(repeating: "Four words of text. ", count: 100))
            #expect(short.status == 200 && short.header("x-token-count") == "estimated" && short.json["estimated"].bool == true)
            #expect((1...20).contains(short.json["input_tokens"].int ?? 0), "\(short.text)")
            #expect((350...700).contains(long.json["input_tokens"].int ?? 0), "\(long.text)")
            #expect(try house.upstreamRequests() == 0)
            let bad = try house.send(Request("POST", "/v1/messages/count_tokens", body: "{}"))
            #expect(bad.status == 400 && bad.json["error"]["type"].string == "invalid_request_error", "\(bad.text)")
        }
    }
}
