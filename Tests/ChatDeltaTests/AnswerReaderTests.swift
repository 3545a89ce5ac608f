import ChatDelta
import JSONBytes
import Testing

/// What a chunk says besides text, and what its usage counts.
@Suite struct AnswerReaderTests {
    private func read(_ text: String, choice: Int = 0, isCompletion: Bool = false) throws -> [String] {
        let bytes = Array(text.utf8)
        var reader = AnswerReader()
        try reader.read(bytes.span, choice: choice, isCompletion: isCompletion)
        func string(_ string: JSONString?) -> String { string.map { String(decoding: bytes[$0.content], as: UTF8.self) } ?? "-" }
        var said = reader.calls.map { call in
            let object = call.object.map { String(decoding: bytes[$0], as: UTF8.self) }
            return "\(call.index.map(String.init) ?? "-") \(string(call.id)) \(string(call.name)) \(object ?? string(call.arguments))"
        }
        if reader.refusal != nil { said.append("refuses \(string(reader.refusal))") }
        if reader.stopSequence != nil { said.append("stops at \(string(reader.stopSequence))") }
        return said
    }

    @Test func callsAreReadInEverySpelling() throws {
        let cases: [(String, [String])] = [
            (#"{"tool_calls":[{"index":2,"id":"a","type":"function","function":{"name":"f","arguments":"{"}}]}"#, ["2 a f {"]),
            (#"{"tool_calls":[{"index":0,"function":{"arguments":"x"}},{"index":1,"id":"b"}]}"#, ["0 - - x", "1 b - -"]),
            (#"{"tool_calls":[{"function":{"name":"f","arguments":{"a": 1}}}]}"#, [#"- - f {"a": 1}"#]),
            (#"{"tool_calls":[null,7,{"index":"0","id":null,"function":{"name":null,"arguments":null}}]}"#, ["- - - -"]),
            (#"{"function_call":{"name":"f","arguments":"{}"}}"#, ["- - f {}"]),
            (#"{"tool_calls":[{"index":0,"id":"a"}],"function_call":{"name":"f"}}"#, ["0 a - -"]),
            (#"{"refusal":"No.","tool_calls":null}"#, ["refuses No."]),
            (#"{"refusal":null,"content":"x"}"#, []),
        ]
        for (delta, said) in cases {
            #expect(try read(#"{"choices":[{"delta":\#(delta),"index":0}]}"#) == said, "\(delta)")
            #expect(try read(#"{"choices":[{"message":\#(delta),"delta":{}}]}"#, isCompletion: true) == said, "\(delta)")
        }
    }

    @Test func onlyTheChoiceThatIsAskedForIsRead() throws {
        let text = #"{"choices":[7,{"delta":{"refusal":"a"}},{"delta":{"refusal":"b"},"stop_reason":"END"},{"delta":{},"matched_stop":9}]}"#
        #expect(try read(text) == ["refuses a"])
        #expect(try read(text, choice: 1) == ["refuses b", "stops at END"])
        #expect(try read(text, choice: 2) == [])
        #expect(try read(text, choice: 3) == [])
    }

    @Test func ofTwoListsTheLastCounts() throws {
        #expect(try read(#"{"choices":[{"delta":{"refusal":"a"}}],"choices":[{"delta":{"refusal":"b"}}]}"#) == ["refuses b"])
    }

    @Test func whatIsNoObjectIsAnError() {
        for text in ["[]", "", "{", #"{"choices":[{"delta":{"tool_calls":[{]}}]}"#] {
            #expect(throws: JSONError.self, "\(text)") { try read(text) }
        }
    }

    @Test func usageIsReadInEverySpelling() throws {
        let cases: [(String, [Int?])] = [
            (#"{"prompt_tokens":1,"completion_tokens":2,"total_tokens":3}"#, [1, 2, 3, nil, nil]),
            (
                #"{"prompt_tokens":9,"completion_tokens":5,"prompt_tokens_details":{"cached_tokens":4,"audio_tokens":0},"#
                    + #""completion_tokens_details":{"reasoning_tokens":3}}"#, [9, 5, nil, 4, 3]
            ),
            (#"{"prompt_tokens":9,"prompt_tokens_details":null,"prompt_cache_hit_tokens":6,"reasoning_tokens":2}"#, [9, nil, nil, 6, 2]),
            (#"{"prompt_tokens":-1,"completion_tokens":1.5,"total_tokens":"3"}"#, [nil, nil, nil, nil, nil]),
            ("{}", [nil, nil, nil, nil, nil]),
        ]
        for (text, counts) in cases {
            let bytes = Array(text.utf8)
            let usage = try UsageReader(bytes.span)
            #expect([usage.prompt, usage.completion, usage.total, usage.cached, usage.reasoning] == counts, "\(text)")
        }
    }
}
