import ChatRequests
import Detect
import Foundation
import Phases
import Support
import Testing

/// Whole completions: the answer pure in `content`, the summaries beside it, everything else as the upstream said it.
@Suite struct CompletionTests {
    /// One vector of `Fixtures/phases/completions.json`.
    struct Case: Decodable, CustomTestStringConvertible {
        var name: String
        var finish: String
        var answer: String?
        var thoughts: String
        var thinking: Bool?
        var answerIsMissing: Bool?
        var profile: String?
        /// Tool calls that the message only writes as text, as JSON text.
        var written = "[]"
        /// The message as JSON text.
        var message = ""
        var testDescription: String { name }

        private enum CodingKeys: CodingKey {
            case name, finish, answer, thoughts, thinking, answerIsMissing, profile
        }

        static func all() throws -> [Case] {
            let bytes = Data(try Fixtures.bytes("phases/completions.json"))
            let objects = try #require(JSONSerialization.jsonObject(with: bytes) as? [[String: Any]])
            return try zip(JSONDecoder().decode([Case].self, from: bytes), objects).map { test, object in
                var test = test
                test.message = try text(of: object["message"] ?? [:])
                test.written = try text(of: object["written"] ?? [])
                return test
            }
        }

        private static func text(of object: Any) throws -> String {
            String(decoding: try JSONSerialization.data(withJSONObject: object, options: .sortedKeys), as: UTF8.self)
        }

        var body: [UInt8] {
            let text =
                #"{"id":"up","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"message":\#(message),"#
                + #""finish_reason":"\#(finish)","stop_reason":null}],"usage":{"total_tokens":3,"x":[1, 2.50]},"system_fingerprint":"fp"}"#
            return Array(text.utf8)
        }
    }

    private static func plan(_ style: WireStyle, _ test: Case, _ mode: StreamPlan.ReasoningMode = .extractive(.init())) -> StreamPlan {
        Streams.plan(style, mode, thinking: ThinkingRequest(enableThinking: test.thinking), profile: test.profile ?? "default")
    }

    private static func object(_ bytes: [UInt8]) throws -> [String: Any] {
        try #require(JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any])
    }

    private static func message(_ completion: [String: Any], _ ordinal: Int = 0) throws -> [String: Any] {
        let choices = try #require(completion["choices"] as? [[String: Any]])
        return try #require(choices[ordinal]["message"] as? [String: Any])
    }

    @Test(arguments: try Case.all())
    func theAnswerIsPureAndThePhasesStandBeside(_ test: Case) throws {
        for style in Streams.styles {
            let outcome = try CompletionTransform(CompletionTests.plan(style, test)).transform(test.body)
            let completion = try CompletionTests.object(outcome.body)
            let message = try CompletionTests.message(completion)
            let phases = try #require(completion["phases"] as? [[String: String]])
            #expect(phases.map { $0["phase"] } == WireValidator.order, "\(style)")
            #expect(phases[0]["content"] == Streams.prompt && phases[2]["content"] == test.answer ?? "", "\(style)")
            let summary = phases[1]["content"] ?? ""
            #expect(summary.isEmpty == test.thoughts.isEmpty, "\(style): \(summary)")
            #expect(
                summary.contains("length limit") == (test.answerIsMissing ?? false)
                    && outcome.facts.answerIsMissing == (test.answerIsMissing ?? false), "\(style)")
            checkContent(message, test, style, summary)
            #expect(outcome.facts.reasoningBytes == test.thoughts.utf8.count && outcome.facts.finishReason == test.finish, "\(style)")
            for name in WireValidator.reasoningNames where style != .reasoning || name != "reasoning_content" {
                #expect(message[name] == nil, "\(style): \(name)")
            }
        }
    }

    private func checkContent(_ message: [String: Any], _ test: Case, _ style: WireStyle, _ summary: String) {
        let content = message["content"] as? String
        let prompt = "[Prompt Summary] \(Streams.prompt)\n\n"
        let thoughts = prompt + (summary.isEmpty ? "" : "[Reasoning Summary] \(summary)\n\n")
        switch style {
        case .think: #expect(content == "<think>\(thoughts)</think>\n\n\(test.answer ?? "")")
        case .reasoning:
            #expect(content == test.answer)
            #expect(message["reasoning_content"] as? String == thoughts)
        case .events, .inline, .off: #expect(content == test.answer, "\(style)")
        }
    }

    @Test(arguments: try Case.all())
    func everythingElseIsUnchanged(_ test: Case) throws {
        let body = test.body
        for style in Streams.styles {
            let outcome = try CompletionTransform(CompletionTests.plan(style, test)).transform(body)
            guard test.written == "[]" else { continue }
            #expect(try rest(outcome.body) == rest(body), "\(style)")
            #expect(String(decoding: outcome.body, as: UTF8.self).contains(#""usage":{"total_tokens":3,"x":[1, 2.50]}"#), "\(style)")
        }
        #expect(try CompletionTransform(CompletionTests.plan(.off, test)).transform(body).body == body)
    }

    /// A completion without what the transform may change.
    private func rest(_ body: [UInt8]) throws -> NSDictionary {
        var completion = try CompletionTests.object(body)
        completion["phases"] = nil
        var choices = try #require(completion["choices"] as? [[String: Any]])
        for index in choices.indices {
            var message = try CompletionTests.message(completion, index)
            for name in WireValidator.reasoningNames + ["content"] { message[name] = nil }
            choices[index]["message"] = message
        }
        completion["choices"] = choices
        return completion as NSDictionary
    }

    @Test(arguments: try Case.all())
    func reasoningLeavesOnlyWhereItIsWanted(_ test: Case) throws {
        let body = test.body
        for style in Streams.styles {
            let silent = try CompletionTransform(CompletionTests.plan(style, test, .off)).transform(body)
            #expect(!String(decoding: silent.body, as: UTF8.self).contains("zebrafish"), "\(style)")
            let full = try CompletionTests.object(CompletionTransform(CompletionTests.plan(style, test, .full)).transform(body).body)
            let phases = try #require(full["phases"] as? [[String: String]])
            #expect(phases[1]["content"]?.hasPrefix(test.thoughts) == true, "\(style)")
        }
    }

    @Test(arguments: try Case.all().filter { $0.written != "[]" })
    func callsThatTheModelWroteAsTextBecomeCalls(_ test: Case) throws {
        for style in Streams.styles {
            let outcome = try CompletionTransform(CompletionTests.plan(style, test)).transform(test.body)
            let completion = try CompletionTests.object(outcome.body)
            let calls = try #require(CompletionTests.message(completion)["tool_calls"] as? [[String: Any]])
            let text = String(decoding: try JSONSerialization.data(withJSONObject: calls, options: .sortedKeys), as: UTF8.self)
            #expect(text == test.written, "\(style)")
            let choices = try #require(completion["choices"] as? [[String: Any]])
            #expect(choices[0]["finish_reason"] as? String == "tool_calls", "\(style)")
        }
    }

    @Test func severalChoicesEachHaveTheirOwnAnswerAndTheFirstHasTheSummaries() throws {
        let body =
            #"{"id":"up","object":"chat.completion","created":1,"model":"m","choices":["#
            + #"{"index":0,"message":{"role":"assistant","content":"<think>The zebrafish.</think>One"},"finish_reason":"stop","#
            + #""logprobs":{"content":[{"token":"zebrafish"}]}},"#
            + #"{"index":1,"message":{"role":"assistant","content":"Two","reasoning_content":"A quokka."},"finish_reason":"length"}]}"#
        for style in Streams.styles {
            let outcome = try CompletionTransform(Streams.plan(style, .off)).transform(Array(body.utf8))
            let completion = try CompletionTests.object(outcome.body)
            let first = try CompletionTests.message(completion, 0)
            let second = try CompletionTests.message(completion, 1)
            #expect((first["content"] as? String)?.hasSuffix("One") == true, "\(style)")
            #expect(second["content"] as? String == "Two" && second["reasoning_content"] == nil, "\(style)")
            let text = String(decoding: outcome.body, as: UTF8.self)
            #expect(!text.contains("zebrafish") && !text.contains("quokka"), "\(style): \(text)")
            #expect(!outcome.facts.answerIsMissing && outcome.facts.finishReason == "stop")
        }
    }

    @Test func longReasoningGetsSeveralSteps() throws {
        let thoughts = (HeartbeatTests.thoughts + HeartbeatTests.thoughts.map { "Once more: " + $0 }).joined()
        let body =
            #"{"choices":[{"index":0,"message":{"content":"391","reasoning_content":\#(Streams.quoted(thoughts))},"finish_reason":"stop"}]}"#
        let outcome = try CompletionTransform(Streams.plan(.events)).transform(Array(body.utf8))
        #expect(outcome.facts.summarySteps >= 2)
        let again = try CompletionTransform(Streams.plan(.events)).transform(Array(body.utf8))
        #expect(again.body == outcome.body)
    }

    @Test func bytesThatAreNotUTF8BecomeReplacementCharacters() throws {
        let body = Array(#"{"choices":[{"index":0,"message":{"content":"a"#.utf8) + [0xFF] + Array(#"b"},"finish_reason":"stop"}]}"#.utf8)
        let outcome = try CompletionTransform(Streams.plan(.events)).transform(body)
        #expect(try CompletionTests.message(CompletionTests.object(outcome.body))["content"] as? String == "a\u{FFFD}b")
    }

    @Test(arguments: [
        ("not JSON", "upstream_protocol"), ("", "upstream_protocol"), ("[]", "upstream_protocol"), ("{}", "upstream_protocol"),
        (#"{"choices":[]}"#, "upstream_protocol"), (#"{"object":"list","data":[]}"#, "upstream_protocol"),
        (#"{"choices":[{"index":0,"delta":{"content":"a chunk"}}]}"#, "upstream_protocol"),
        (#"{"error":{"message":"No.","type":"server_error"}}"#, "upstream_error"), (#"{"error":"No."}"#, "upstream_error"),
        (#"{"object":"error","message":"No.","code":400}"#, "upstream_rejected"), (#"{"detail":"No."}"#, "upstream_error"),
        (#"{"error":{"message":"No.","code":429}}"#, "upstream_rate_limited"),
    ])
    func whatIsNoCompletionIsAFailure(_ body: String, _ code: String) {
        for style in WireStyle.allCases {
            do {
                let outcome = try CompletionTransform(Streams.plan(style)).transform(Array(body.utf8))
                Issue.record("\(style): \(String(decoding: outcome.body, as: UTF8.self))")
            } catch {
                #expect(error.code == code, "\(style)")
                if code != "upstream_protocol" { #expect(error.message.contains("No.")) }
            }
        }
    }
}
