import Testing

@testable import MockUpstream

@Suite struct DialectTests {
    static let cuts = [
        "token", "characters:1", "characters:3", "scalars:1", "scalars:4", "whole", "token,bytes:1", "characters:2,random:9", "events:5",
    ]
    static let reasoning = "First, I count: één, 二, 👨‍👩‍👧.\n\nThen  I stop…"
    static let answer = "Three\nthings – 三つ 👍🏽."

    private func scenario(_ dialect: Dialect, cut: String) throws -> Scenario {
        var scenario = try Example.short()
        scenario.format = dialect
        scenario.markers = InlineMarkers(beforeReasoning: "◁think▷", afterReasoning: "◁/think▷", beforeAnswer: "«", afterAnswer: "»")
        scenario.choices = [ChoiceScript(segments: [.reasoning(Self.reasoning), .answer(Self.answer)])]
        scenario.chunking = try #require(Chunking(cut))
        return scenario
    }

    @Test(arguments: Dialect.allCases, cuts)
    func everyDialectAddsUpToItsTextsHoweverItIsCut(dialect: Dialect, cut: String) throws {
        let played = try Example.play(scenario(dialect, cut: cut))
        let texts = try StreamTexts(played.data)
        let content = texts.content[0]
        switch dialect {
        case .plain: #expect(content == Self.answer)
        case .prose: #expect(content == Self.reasoning + "\n\n" + Self.answer)
        case .thinkTags: #expect(content == "<think>\n" + Self.reasoning + "\n</think>\n\n" + Self.answer)
        case .markers: #expect(content == "◁think▷" + Self.reasoning + "◁/think▷«" + Self.answer + "»")
        case .harmony:
            #expect(
                content == "<|channel|>analysis<|message|>" + Self.reasoning + "<|end|><|start|>assistant<|channel|>final<|message|>"
                    + Self.answer + "<|return|>")
        case .reasoningContent, .reasoning, .bothFields, .reasoningDetails, .thinkingParts: #expect(content == Self.answer)
        }
        #expect(texts.reasoning[0] == (dialect.isInline || dialect == .plain ? "" : Self.reasoning))
        #expect(texts.finishReasons == [0: "stop"])
        #expect(played.data.last == "[DONE]")
        #expect(played.last == .complete(keepAlive: true))
    }

    @Test(arguments: Dialect.allCases)
    func anAnswerThatIsNotStreamedSaysTheSame(dialect: Dialect) throws {
        let scenario = try scenario(dialect, cut: "token")
        let streamed = try StreamTexts(Example.play(scenario).data)
        let whole = try JSON(parsing: WholeAnswer.body(scenario, Example.request(stream: false), Example.context.identity))
        let message = try #require(whole["choices"]?.elements?.first?["message"])
        #expect(ChunkText(message).answer == streamed.content[0])
        #expect(ChunkText(message).reasoning == streamed.reasoning[0])
        #expect(whole["object"]?.text == "chat.completion")
        #expect(whole["usage"]?["completion_tokens"]?.integer ?? 0 > 10)
    }

    @Test(arguments: [
        (Dialect.reasoningContent, #"{"reasoning_content":"x"}"#), (.reasoning, #"{"reasoning":"x"}"#),
        (.bothFields, #"{"reasoning":"x","reasoning_content":"x"}"#),
        (
            .reasoningDetails,
            #"{"content":"","reasoning":"x","reasoning_details":[{"type":"reasoning.text","text":"x","format":"unknown","index":0}]}"#
        ),
        (.thinkingParts, #"{"content":[{"type":"thinking","thinking":[{"type":"text","text":"x"}]}]}"#), (.prose, #"{"content":"x"}"#),
    ])
    func aReasoningDeltaHasTheShapeOfItsDialect(dialect: Dialect, json: String) {
        #expect(dialect.reasoningDelta("x", nulls: false).rendered() == json)
    }

    @Test func aChunkHasTheKeysInOpenAIsOrder() throws {
        let data = try Example.play(Example.short()).data
        #expect(
            data[1]
                == #"{"id":"chatcmpl-mock-000001","object":"chat.completion.chunk","created":1763692800,"model":"m","choices":[{"index":0,"delta":{"reasoning_content":"I"},"finish_reason":null}]}"#
        )
    }

    @Test func nullsAndOtherKeyOrdersAreSpeltOut() throws {
        let scenario = try Example.short(
            #","envelope":{"null_fields":true,"key_order":"choices_first","system_fingerprint":"fp","extra":{"x":1},"id":"i","model":"n","created":5}"#
        )
        #expect(
            try Example.play(scenario).data[1]
                == #"{"choices":[{"index":0,"delta":{"content":null,"reasoning_content":"I"},"logprobs":null,"finish_reason":null}],"usage":null,"x":1,"system_fingerprint":"fp","model":"n","created":5,"object":"chat.completion.chunk","id":"i"}"#
        )
    }

    @Test func thePrefilledStartMarkerIsLeftOutOnce() throws {
        var scenario = try Example.short()
        scenario.format = .thinkTags
        scenario.isPrefilled = true
        scenario.choices[0].segments += [.reasoning("Again."), .answer("Yes.")]
        let texts = try StreamTexts(Example.play(scenario).data)
        #expect(texts.content[0] == "I think so\n</think>\n\nIndeed yes<think>\nAgain.\n</think>\n\nYes.")
    }

    @Test func tokensKeepMarkersWhole() throws {
        var scenario = try Example.short()
        scenario.format = .harmony
        let deltas = PiecePlan(scenario, for: try Example.request()).pieces.compactMap { piece -> String? in
            if case .content(let text) = piece.content { text } else { nil }
        }
        #expect(deltas.contains("<|end|><|start|>assistant"))
    }

    @Test func choicesTakeTurnsAndAreRepeatedWhenMoreAreAskedFor() throws {
        let scenario = try Example.scenario(
            #"{"name":"c","description":"d","choices":[{"answer":"a b c"},{"answer":"x y","finish_reason":"length"}],"pacing":{"tokens_per_second":0}}"#
        )
        let data = try Example.play(scenario, Example.request(#","n":3"#)).data
        let order = try data.dropLast().compactMap { try JSON(parsing: $0)["choices"]?.elements?.first?["index"]?.integer }
        #expect(order.prefix(6) == [0, 1, 2, 0, 1, 2])
        let texts = try StreamTexts(data)
        #expect(texts.content == [0: "a b c", 1: "x y", 2: "a b c"])
        #expect(texts.finishReasons == [0: "stop", 1: "length", 2: "stop"])
    }

    @Test func toolCallsAreStreamedInFragments() throws {
        let scenario = try Example.short(#","tool_calls":[{"name":"f","arguments":{"a":"b c"}},{"id":"second","name":"g"}]"#)
        let played = try Example.play(scenario)
        let texts = try StreamTexts(played.data)
        #expect(texts.arguments == [0: #"{"a":"b c"}"#, 1: "{}"])
        #expect(texts.finishReasons == [0: "tool_calls"])
        #expect(played.data.contains { $0.contains(#""id":"second","type":"function","function":{"name":"g","arguments":""}"#) })
    }

    @Test(arguments: [
        ("asked", false, 0, 0), ("asked", true, 1, 1), ("always", false, 1, 1), ("on_finish", false, 1, 0), ("never", true, 0, 0),
        ("every_chunk", false, 7, 0),
    ])
    func usageComesWhenTheProviderSendsIt(moment: String, isAsked: Bool, counts: Int, emptyChunks: Int) throws {
        let scenario = try Example.short(#","usage":{"when":"\#(moment)"}"#)
        let request = try Example.request(isAsked ? #","stream_options":{"include_usage":true}"# : "")
        let chunks = try Example.play(scenario, request).data.dropLast().map { try JSON(parsing: $0) }
        #expect(chunks.filter { $0["usage"]?["total_tokens"] != nil }.count == counts)
        #expect(chunks.filter { $0["choices"] == [] }.count == emptyChunks)
        if moment == "asked", isAsked { #expect(chunks[0]["usage"] == .null) }
        if counts > 0 {
            let usage = try #require(chunks.last?["usage"])
            #expect(usage["completion_tokens"]?.integer == 5)
            #expect(usage["completion_tokens_details"]?["reasoning_tokens"]?.integer == 3)
        }
    }

    @Test func templatesSeeTheRequest() throws {
        let scenario = try Example.scenario(
            #"{"name":"e","description":"d","reasoning":"{{request}}","answer":"<{{prompt}}> {{model}} {{other}}","pacing":{"tokens_per_second":0}}"#
        )
        let texts = try StreamTexts(Example.play(scenario, Example.request(prompt: "Hé {{model}}")).data)
        #expect(texts.content[0] == "<Hé {{model}}> m {{other}}")
        #expect(try JSON(parsing: texts.reasoning[0] ?? "")["stream"] == true)
    }

    @Test func logprobsComeWithAnswerTokens() throws {
        let data = try Example.play(Example.short(), Example.request(#","logprobs":true"#)).data
        let tokens = try data.dropLast().compactMap {
            try JSON(parsing: $0)["choices"]?.elements?.first?["logprobs"]?["content"]?.elements?.first?["token"]?.text
        }
        #expect(tokens == ["Indeed", " yes"])
    }
}
