import AgentAPIs
import AgentRequests
import ChatRequests
import Foundation
import Support
import Testing

/// What vectors cannot say.
@Suite struct TranslationTests {
    @Test func theBodyIsTheSameToTheByteEachTime() throws {
        let body = Array(
            #"{"stream":true,"tools":[{"type":"function","name":"f"}],"input":[{"role":"user","content":"\ud83d\ude00 \u0041"}],"model":"m"}"#
                .utf8)
        let request = try AgentRequest.responses(body)
        let messages = #""messages":[{"role":"user","content":"😀 A"}]"#
        let tools = #""tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object","properties":{}}}}]"#
        let expected = #"{"model":"m",\#(messages),"stream":true,"stream_options":{"include_usage":true},\#(tools)}"#
        #expect(String(decoding: request.body, as: UTF8.self) == expected)
    }

    @Test func schemasAndNumbersKeepTheirSpelling() throws {
        let body = Array(
            #"{"model":"m","input":"x","temperature":0.70,"tools":[{"type":"function","name":"f","parameters":{"properties":{"b":{"minimum": 1.0},"a":{}}}}]}"#
                .utf8)
        let text = String(decoding: try AgentRequest.responses(body).body, as: UTF8.self)
        #expect(text.contains(#""temperature":0.70"#))
        #expect(text.contains(#""parameters":{"type":"object","properties":{"b":{"minimum": 1.0},"a":{}}}"#))
    }

    @Test func theResponseCanSayWhatItsRequestSaid() throws {
        let body =
            #"{"model":"m","input":"x","instructions":"Be \"brief\".","max_output_tokens":9,"metadata":{"a":"b"},"parallel_tool_calls":false,"#
            + #""temperature":0.5,"top_p":0.9,"text":{"verbosity":"low"},"tool_choice":"auto","reasoning":{"effort":"high","summary":"auto"}}"#
        let echo = try AgentRequest.responses(Array(body.utf8)).echo
        func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
        #expect(text(echo.instructions) == #""Be \"brief\".""#)
        #expect(text(echo.maximumOutputTokens) == "9")
        #expect(text(echo.metadata) == #"{"a":"b"}"#)
        #expect(text(echo.parallelToolCalls) == "false")
        #expect(text(echo.temperature) == "0.5" && text(echo.topP) == "0.9")
        #expect(text(echo.text) == #"{"verbosity":"low"}"#)
        #expect(text(echo.toolChoice) == #""auto""#)
        #expect(text(echo.reasoning) == #"{"effort":"high","summary":"auto"}"#)
        let silent = try AgentRequest.responses(Array(#"{"model":"m","input":"x"}"#.utf8)).echo
        #expect(text(silent.reasoning) == text(RequestEcho().reasoning))
        #expect(text(silent.instructions) == "null")
    }

    @Test func aLongValueIsNotRepeated() throws {
        let long = String(repeating: "x", count: 20_000)
        let echo = try AgentRequest.responses(Array(#"{"model":"m","input":"x","instructions":"\#(long)"}"#.utf8)).echo
        #expect(echo.instructions == Array("null".utf8))
    }

    @Test func aNamespaceSpeaksBrieflyInFrontOfEachOfItsFunctions() throws {
        let long = String(repeating: "é", count: 5000)
        let functions = (0..<3).map { #"{"type":"function","name":"f\#($0)"}"# }.joined(separator: ",")
        let body = #"{"model":"m","input":"x","tools":[{"type":"namespace","name":"n","description":"\#(long)","tools":[\#(functions)]}]}"#
        let tools = Vector.shown(try AgentRequest.responses(Array(body.utf8)).body)["tools"] as? [[String: Any]] ?? []
        let descriptions = tools.compactMap { ($0["function"] as? [String: Any])?["description"] as? String }
        #expect(descriptions == Array(repeating: String(repeating: "é", count: 512), count: 3))
    }

    @Test func aLogLineNamesWhatWasLeftOutBrieflyAndHarmlessly() throws {
        let tools = (0..<40).map { #"{"type":"tool \u001b[2J\n\#($0)\#(String(repeating: "x", count: 100))"}"# }.joined(separator: ",")
        let leftOut = try AgentRequest.responses(Array(#"{"model":"m","input":"x","tools":[\#(tools)]}"#.utf8)).leftOut
        #expect(leftOut.count == 16)
        #expect(leftOut.allSatisfy { $0.utf8.count <= 48 && $0.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F } })
    }

    @Test(
        "a user's last words are found among what agents add",
        arguments: [
            ("plain", "plain"), ("<a>x</a>", "<a>x</a>"), (" <a b='1'>x</a>\n", " <a b='1'>x</a>\n"), ("<a>x</a> and", "<a>x</a> and"),
            ("<a>x</b>", "<a>x</b>"), ("<a></a>", "<a></a>"), ("<", "<"), ("< >", "< >"), ("<>x</>", "<>x</>"), ("</a>", "</a>"),
        ])
    func question(_ text: String, _ expected: String) throws {
        let body: [String: Any] = ["model": "m", "input": [["role": "user", "content": "before"], ["role": "user", "content": text]]]
        let question = String(decoding: try AgentRequest.responses(Vector.bytes(body)).question, as: UTF8.self)
        let isWrapped = ["<a>x</a>", "<a></a>", " <a b='1'>x</a>\n"].contains(text)
        #expect(question == (isWrapped ? "before" : expected))
        let alone = try AgentRequest.responses(Vector.bytes(["model": "m", "input": text])).question
        #expect(String(decoding: alone, as: UTF8.self) == expected)
    }

    @Test func aLongQuestionIsCutBetweenCharacters() throws {
        let body: [String: Any] = ["model": "m", "input": "ab" + String(repeating: "漢", count: 40_000)]
        let question = try AgentRequest.responses(Vector.bytes(body)).question
        #expect(question.count == 2 + 3 * 21_844)
        #expect(String(validating: question, as: UTF8.self) != nil)
    }

    @Test(
        "an estimate counts by script",
        arguments: [("", 0), ("word", 1), ("two words", 3), ("12345678", 4), ("{}();", 3), ("привет", 3), ("漢字漢字", 4), ("😀😀", 4)])
    func estimate(_ text: String, _ tokens: Int) {
        var estimate = TokenEstimate()
        estimate.add(Array(text.utf8))
        #expect(estimate.tokens == tokens)
    }

    @Test func anEstimateCountsEverythingThatGoesUpstream() throws {
        func tokens(_ members: String) throws -> Int {
            try AgentRequest.messages(Array(#"{"model":"m",\#(members)}"#.utf8)).estimatedPromptTokens
        }
        let base = try tokens(#""messages":[{"role":"user","content":"x"}]"#)
        #expect(base == 5)
        let image =
            #"{"type":"image","source":{"type":"base64","media_type":"image/png","data":"\#(String(repeating: "A", count: 9000))"}}"#
        #expect(try tokens(#""messages":[{"role":"user","content":[{"type":"text","text":"x"},\#(image)]}]"#) == base + TokenEstimate.image)
        #expect(try tokens(#""system":"words words","messages":[{"role":"user","content":"x"}]"#) > base)
        #expect(try tokens(#""tools":[{"name":"f","description":"d"}],"messages":[{"role":"user","content":"x"}]"#) >= base + 8)
        let turn = #"{"role":"assistant","content":[{"type":"tool_use","id":"1","name":"f","input":{"a":"bbbbbbbb"}}]}"#
        #expect(try tokens(#""messages":[{"role":"user","content":"x"},\#(turn)]"#) > base + 8)
    }

    @Test func whatReasoningIsOpenedIsTheOwnersBusiness() throws {
        var options = AgentRequestOptions()
        let thinking = #"{"type":"thinking","thinking":"","signature":"\u0041"},{"type":"text","text":"y"}"#
        let messages = #"{"role":"user","content":"x"},{"role":"assistant","content":[\#(thinking)]}"#
        let body = Array(#"{"model":"m","messages":[\#(messages)]}"#.utf8)
        func translated() throws -> String { String(decoding: try AgentRequest.messages(body, options: options).body, as: UTF8.self) }
        options.opensReasoning = { $0 == [0x41] ? Array("raw \"thought\"".utf8) : nil }
        #expect(try translated().contains(#""reasoning_content":"raw \"thought\"""#))
        options.opensReasoning = { _ in nil }
        #expect(try !translated().contains("reasoning_content"))
    }

    @Test func aClampMayLeaveTheLengthOut() throws {
        var options = AgentRequestOptions()
        options.clampsLength = { $0.wanted == 7 ? nil : $0.prompt }
        let body = { (length: Int) in Array(#"{"model":"m","input":"x","max_output_tokens":\#(length)}"#.utf8) }
        #expect(Vector.shown(try AgentRequest.responses(body(7), options: options).body)["max_tokens"] == nil)
        #expect(Vector.shown(try AgentRequest.responses(body(8), options: options).body)["max_tokens"] as? Int == 5)
    }

    /// What the prompt summary is made of comes from the body, as with every chat request; ``AgentRequest/question`` is the better text where
    /// something was merged into the user's message.
    @Test func aPromptSummaryFindsInTheBodyWhatItNeeds() throws {
        let items: [Any] = [
            ["role": "user", "content": "First"], ["role": "assistant", "content": "Done"],
            [
                "role": "user",
                "content": [["type": "input_text", "text": "What is this?"], ["type": "input_image", "image_url": "data:,"]],
            ],
            ["type": "function_call", "call_id": "1", "name": "f", "arguments": "{}"],
            ["type": "function_call_output", "call_id": "1", "output": "x"],
        ]
        let body: [String: Any] = ["model": "m", "input": items, "tools": [["type": "function", "name": "f"]]]
        let request = try AgentRequest.responses(Vector.bytes(body))
        let conversation = try ChatRequest.read(request.body).conversation
        #expect(conversation.lastUserText == Array("What is this?".utf8))
        #expect(conversation.lastUserText == request.question)
        #expect(conversation.lastUserParts == request.questionParts)
        #expect(conversation.roles.user == 2 && conversation.toolResultsSinceUser == 1)
    }
}
