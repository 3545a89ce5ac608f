import ChatDelta
import Phases
import Testing

/// An upstream's error may quote the chunk it stumbled over, and with it what the model thought.
@Suite struct QuotedThoughtsTests {
    @Test(arguments: [
        ("received: {'delta': {'reasoning_content': 'secret'}}", "received: {'delta': {'reasoning_content': …"),
        (#"bad chunk {\"reasoning\" : \"secret\"}"#, #"bad chunk {"reasoning" : …"#),
        (#"bad chunk \"{\\\"reasoning_details\\\": [\\\"secret\\\"]}\""#, #"bad chunk "{\"reasoning_details\": …"#),
        (#"bad chunk {'thinking_blocks':[{'thinking':'secret'}]}"#, "bad chunk {'thinking_blocks': …"),
        ("parser failed after <think>secret", "parser failed after  …"),
        ("no end of [THINK]secret", "no end of  …"),
        ("cannot parse <|channel|>analysis<|message|>secret", "cannot parse  …"),
        // Mentions are no quotations.
        ("messages.1.reasoning_content: Extra inputs are not permitted", "messages.1.reasoning_content: Extra inputs are not permitted"),
        ("Unknown parameter: 'reasoning_effort'.", "Unknown parameter: 'reasoning_effort'."),
        ("thinking is not supported: choose another model", "thinking is not supported: choose another model"),
        ("context of 4096 tokens exceeded", "context of 4096 tokens exceeded"),
        ("reasoning", "reasoning"), ("thinking_\\\"", "thinking_\""),
    ])
    func areCutOff(message: String, expected: String) throws {
        let data = Array("{\"error\": {\"message\": \"\(message)\"}}".utf8)
        var delta = Delta()
        try DeltaReader.read(data.span, into: &delta)
        let fault = try #require(delta.fault)
        #expect(StreamFailure.foreignText(fault.message, in: data.span, hiding: []) == expected)
    }
}
