import Testing

@testable import MockUpstream

/// What a model says of what came before: results of tools, images.
@Suite struct TurnTests {
    static let results = #"{"role":"tool","tool_call_id":"a","content":"11 °C"},{"role":"tool","tool_call_id":"b","content":"24 °C"}"#

    static func request(_ messages: String, stream: Bool = true) throws -> ChatRequest {
        try ChatRequest(body: Array(#"{"model":"m","stream":\#(stream),"messages":[\#(messages)]}"#.utf8))
    }

    static func scenario(_ name: String) throws -> Scenario {
        try ScenarioCatalogue(fixtures: FixtureFiles.scenariosFolder).scenario(named: name)
    }

    @Test(arguments: ["tool-call", "tool-calls", "tool-call-late-name", "tool-calls-interleaved", "tool-call-think-tags", "freeform-call"])
    func resultsOfToolsAreAnswered(name: String) throws {
        let scenario = try Self.scenario(name)
        let asked = try Self.request(#"{"role":"user","content":"x"}"#)
        #expect(try !StreamTexts(Example.play(scenario, asked).data).arguments.isEmpty)
        let answered = try Self.request(#"{"role":"user","content":"x"},{"role":"assistant","content":""},\#(Self.results)"#)
        let texts = try StreamTexts(Example.play(scenario, answered).data)
        #expect(texts.arguments.isEmpty && texts.finishReasons[0] == "stop")
        #expect(texts.content[0]?.hasSuffix("The tool says: 11 °C; 24 °C") == true)
        let whole = try JSON(parsing: WholeAnswer.body(scenario, answered, Example.context.identity))
        let message = whole["choices"]?.elements?.first?["message"]
        #expect(message?["tool_calls"] == nil && message?["content"]?.text?.contains("11 °C; 24 °C") == true)
    }

    @Test func aFurtherQuestionIsANewTurn() throws {
        let messages = #"\#(Self.results),{"role":"assistant","content":"a"},{"role":"user","content":"y"}"#
        #expect(try Self.request(messages).toolResults == [])
        #expect(
            try Self.request(#"{"role":"assistant","content":""},\#(Self.results),{"role":"user","content":"image"}"#).toolResults.count
                == 2)
    }

    @Test(arguments: [("tool-call-late-name", 1), ("tool-calls-interleaved", 2)])
    func fragmentsByHandAreWholeCallsInAWholeAnswer(name: String, count: Int) throws {
        let scenario = try Self.scenario(name)
        let request = try Self.request(#"{"role":"user","content":"x"}"#, stream: false)
        let whole = try JSON(parsing: WholeAnswer.body(scenario, request, Example.context.identity))
        let choice = whole["choices"]?.elements?.first
        let calls = choice?["message"]?["tool_calls"]?.elements ?? []
        #expect(choice?["finish_reason"] == "tool_calls" && calls.count == count)
        for call in calls {
            #expect(call["function"]?["name"] == "get_weather" && call["id"]?.text?.isEmpty == false)
            #expect(try JSON(parsing: call["function"]?["arguments"]?.text ?? "")["unit"] == "celsius")
        }
    }

    @Test func imagesAreCounted() throws {
        let parts = #"{"type":"text","text":"x"},\#(StrictTests.image),\#(StrictTests.image)"#
        let played = try Example.play(Self.scenario("images"), Self.request(#"{"role":"user","content":[\#(parts)]}"#))
        #expect(try StreamTexts(played.data).content[0] == "I was shown 2 image(s).")
    }

    @Test func cachedTokensAreTold() throws {
        let request = try Example.request(#","stream_options":{"include_usage":true}"#)
        let usage = try #require(try StreamTexts(Example.play(Self.scenario("cached-usage"), request).data).usage)
        #expect(usage["prompt_tokens"] == 120 && usage["prompt_tokens_details"]?["cached_tokens"] == 96)
        #expect(usage["completion_tokens"] == 30 && usage["completion_tokens_details"]?["reasoning_tokens"] == 20)
    }
}
