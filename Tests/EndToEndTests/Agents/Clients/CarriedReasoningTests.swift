import AgentChecks
import Foundation
import Testing

extension EndToEnd {
    /// A model's raw reasoning comes back to it with the results of its calls, through a client that cannot read it.
    @Suite struct CarriedReasoningTests {
        private static let key = "a test key of more than 32 characters"
        private static let canary = "CANARY-THOUGHT-4711 ünïcödé 鍵"
        private static let calling =
            "\"reasoning\": \"I think \(canary) and then I call.\", "
            + #""tool_calls": [{"id": "call_1", "name": "shell", "arguments": {"command": "ls"}}], "after_tools": {"answer": "Done."}"#

        private static func house(_ settings: [String: String] = [:], key: String? = key) throws -> AgentHouse {
            var flags = ["agents-carry-reasoning": "m*=on", "summaries-reasoning": "off"]
            flags.merge(settings) { $1 }
            return try AgentHouse(flags, environment: key.map { ["REASONING_KEYS": $0.replacing(" ", with: "-")] } ?? [:])
        }

        private static func codex(_ model: String = "m") -> CodexClient {
            var codex = CodexClient(model: model)
            codex.tools = [.function("shell") { _ in .text("ran") }]
            return codex
        }

        private static func claude(_ model: String = "m") -> ClaudeCodeClient {
            var claude = ClaudeCodeClient(model: model)
            claude.tools = [ClaudeTool("shell") { _ in .text("ran") }]
            return claude
        }

        /// The reasoning of the assistant's messages, as the upstream was asked last.
        private static func returned(_ house: AgentHouse) throws -> [String?] {
            try house.house.lastUpstreamBody()["messages"].array.filter { $0["role"].string == "assistant" }
                .map { $0["reasoning_content"].string }
        }

        private static func count(_ house: AgentHouse, _ result: String) throws -> Int {
            let text = try house.house.send(Request("GET", "/metrics")).text
            let line = text.split(separator: "\n").first { $0.hasPrefix("reasoning_proxy_carried_reasoning_total{result=\"\(result)\"}") }
            return line?.split(separator: " ").last.flatMap { Int($0) } ?? 0
        }

        @Test(arguments: AgentAPI.allCases)
        func itComesBackByteForByteForTheStepsOfThisTurnOnly(api: AgentAPI) throws {
            let house = try Self.house()
            try house.play(Self.calling, times: 2)
            let thought = "I think \(Self.canary) and then I call."
            var codex = Self.codex()
            var claude = Self.claude()
            if api == .responses { _ = try codex.ask("Go.", over: &house.wire) } else { _ = try claude.ask("Go.", over: &house.wire) }
            #expect(try Self.returned(house) == [thought])
            #expect(try Self.count(house, "sealed") == 1 && Self.count(house, "opened") == 1)
            // The client has had it in its hands, and could not read it.
            #expect(!house.received.contains("CANARY"))
            #expect(house.received.contains("\"rp."))
            // After the user's next words it is nobody's business any more.
            try house.play(#""answer": "Again.""#)
            if api == .responses { _ = try codex.ask("More.", over: &house.wire) } else { _ = try claude.ask("More.", over: &house.wire) }
            #expect(try Self.returned(house).allSatisfy { $0 == nil })
            #expect(house.wire.problems.isEmpty, "\(house.wire.problems)")
        }

        @Test(arguments: AgentAPI.allCases)
        func unlessItIsSwitchedOnNothingIsCarried(api: AgentAPI) throws {
            let house = try Self.house(["agents-carry-reasoning": "other=on"])
            try house.play(Self.calling, times: 2)
            var codex = Self.codex()
            var claude = Self.claude()
            if api == .responses { _ = try codex.ask("Go.", over: &house.wire) } else { _ = try claude.ask("Go.", over: &house.wire) }
            #expect(try Self.returned(house).allSatisfy { $0 == nil })
            #expect(!house.received.contains("CANARY") && !house.received.contains("\"rp."))
            try house.expectCleanliness()
        }

        @Test func thoughtsOfAnySizeUpToTheLimit() throws {
            for (count, isCarried) in [(60_000, true), (131_072, true), (131_073, false), (200_000, false)] {
                let house = try Self.house()
                let thought = String(String(repeating: "abcdefghij klmnopqrstuvwxyz. ", count: count / 29 + 1).prefix(count))
                try house.play(
                    "\"reasoning\": \"\(thought)\", "
                        + #""tool_calls": [{"id": "call_1", "name": "shell", "arguments": {"command": "ls"}}], "after_tools": {"answer": "Done."}"#,
                    times: 2)
                var codex = Self.codex()
                #expect(try codex.ask("Go.", over: &house.wire).lastMessage == "Done.")
                #expect(try Self.returned(house) == [isCarried ? thought : nil], "\(count)")
            }
        }

        /// What the client does to the value, and under which name it is counted.
        @Test(arguments: [
            ("foreign", "EqQBCkYIBxgC"), ("not_authentic", "rp.AQ"), ("other_version", "rp.Ag" + String(repeating: "A", count: 60)),
            ("other_key", "rp.AQ" + String(repeating: "A", count: 60)), ("too_long", "rp." + String(repeating: "A", count: 300_000)),
        ])
        func whatDoesNotOpenIsDroppedAndCounted(result: String, value: String) throws {
            let house = try Self.house()
            for api in AgentAPI.allCases {
                let request = api == .responses ? Self.responses(value) : Self.messages(value)
                let reply = try house.house.send(request)
                #expect(reply.status == 200, "\(reply.text)")
                let upstream = try house.house.lastUpstreamBody()
                #expect(!"\(upstream)".contains(String(value.prefix(12))) && !"\(upstream)".contains("reasoning_content"))
            }
            #expect(try Self.count(house, result) == 2)
        }

        private static func responses(_ value: String) -> Request {
            Request(
                "POST", "/v1/responses",
                body: """
                    {"model": "m", "input": [{"type": "message", "role": "user", "content": "Go."},
                     {"type": "reasoning", "id": "rs_1", "summary": [], "encrypted_content": "\(value)"},
                     {"type": "function_call", "call_id": "c", "name": "shell", "arguments": "{}"},
                     {"type": "function_call_output", "call_id": "c", "output": "ran"}]}
                    """)
        }

        private static func messages(_ value: String) -> Request {
            Request(
                "POST", "/v1/messages",
                body: """
                    {"model": "m", "max_tokens": 99, "messages": [{"role": "user", "content": "Go."},
                     {"role": "assistant", "content": [{"type": "thinking", "thinking": "T", "signature": "\(value)"},
                      {"type": "tool_use", "id": "c", "name": "shell", "input": {}}]},
                     {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "c", "content": "ran"}]}]}
                    """)
        }

        /// The value that a client got, of a first answer.
        private static func value(_ house: AgentHouse, model: String = "m") throws -> String {
            try house.play(calling)
            let body = "{\"model\": \"\(model)\", \"input\": \"Go.\", \"include\": [\"reasoning.encrypted_content\"]}"
            let reply = try house.house.send(Request("POST", "/v1/responses", body: body))
            return reply.json["output"].array.compactMap { $0["encrypted_content"].string }.first ?? ""
        }

        @Test func itOpensForNoOtherModelNoOtherKeyAndNotWhenChanged() throws {
            let house = try Self.house()
            let value = try Self.value(house)
            #expect(value.hasPrefix("rp."))
            let good = try house.house.send(Self.responses(value))
            #expect(try good.status == 200 && Self.returned(house).compactMap { $0 }.count == 1)
            // Another model.
            var other = Self.responses(value)
            other.body = Array(String(decoding: other.body, as: UTF8.self).replacing("\"m\"", with: "\"m2\"").utf8)
            _ = try house.house.send(other)
            #expect(try Self.returned(house).allSatisfy { $0 == nil } && Self.count(house, "not_authentic") == 1)
            // One character.
            var changed = Array(value)
            changed[60] = changed[60] == "A" ? "B" : "A"
            _ = try house.house.send(Self.responses(String(changed)))
            #expect(try Self.returned(house).allSatisfy { $0 == nil } && Self.count(house, "not_authentic") == 2)
            // Another process with the key, and one without.
            let same = try Self.house()
            _ = try same.house.send(Self.responses(value))
            #expect(try Self.returned(same).compactMap { $0 }.count == 1)
            let stranger = try Self.house(key: nil)
            _ = try stranger.house.send(Self.responses(value))
            #expect(try Self.returned(stranger).allSatisfy { $0 == nil } && Self.count(stranger, "other_key") == 1)
        }

        @Test func oneClientsThoughtsOpenForNoOther() throws {
            let flags = ["agents-carry-reasoning": "*=on", "upstream-auth": "none"]
            let environment = [
                "API_TOKENS": "token-of-alice-16chars,token-of-bob-16-chars", "REASONING_KEYS": Self.key.replacing(" ", with: "-"),
            ]
            let house = try AgentHouse(flags, environment: environment)
            try house.play(Self.calling)
            var first = Request(
                "POST", "/v1/responses", body: #"{"model": "m", "input": "Go.", "include": ["reasoning.encrypted_content"]}"#)
            first.headers.append(("authorization", "Bearer token-of-alice-16chars"))
            let value = try house.house.send(first).json["output"].array.compactMap { $0["encrypted_content"].string }.first ?? ""
            #expect(value.hasPrefix("rp."))
            for (token, opens) in [("token-of-bob-16-chars", false), ("token-of-alice-16chars", true)] {
                var next = Self.responses(value)
                next.headers.append(("authorization", "Bearer \(token)"))
                #expect(try house.house.send(next).status == 200)
                #expect(try Self.returned(house).contains { $0 != nil } == opens, "\(token)")
            }
        }

        @Test func aChatClientGetsNothingOfIt() throws {
            let house = try Self.house()
            try house.play(Self.calling)
            #expect(try !house.house.stream("m").text.contains("rp."))
        }
    }
}
