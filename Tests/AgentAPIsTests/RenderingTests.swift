import AgentAPIs
import AgentChecks
import Foundation
import Testing

/// What clients act on besides calls: endings, failures, usage, reasoning, heartbeats.
@Suite struct RenderingTests {
    @Test(arguments: Kind.allCases)
    func everyEndingHasItsName(_ kind: Kind) {
        let names: [(AnswerEnd, String, String)] = [
            (.complete, "completed", "end_turn"), (.stopSequence("END"), "completed", "stop_sequence"),
            (.length, "incomplete max_output_tokens", "max_tokens"), (.contentFilter, "incomplete content_filter", "refusal"),
        ]
        for (end, responses, messages) in names {
            let (problems, reading, _) = Telling([.opened, .answerBegan, .text("x"), .finished(end), .ended(nil)], kind.plan).read(kind)
            #expect(problems.isEmpty, "\(problems)")
            #expect(reading.ending == (kind == .responses ? responses : messages))
            #expect(reading.stopSequence == (kind == .messages && end == .stopSequence("END") ? "END" : nil))
        }
    }

    @Test(arguments: Kind.allCases)
    func everyFailureHasACodeThatClientsActOn(_ kind: Kind) {
        let codes: [AgentFailure.Kind: (String, String)] = [
            .passing: ("failed server_error", "error api_error"), .overloaded: ("failed server_error", "error overloaded_error"),
            .rateLimited: ("failed rate_limit_exceeded", "error rate_limit_error"),
            .rejected: ("failed invalid_prompt", "error invalid_request_error"),
            .contextTooLong: ("failed context_length_exceeded", "error invalid_request_error"),
        ]
        for failure in AgentFailure.Kind.allCases {
            let reading = Telling([.opened, .failed(AgentFailure(failure, "Why \"so\"."))], kind.plan).read(kind).reading
            #expect(reading.ending == (kind == .responses ? codes[failure]?.0 : codes[failure]?.1))
            let isNamed = kind == .messages && failure == .contextTooLong
            #expect(reading.message == (isNamed ? "prompt is too long: Why \"so\"." : "Why \"so\"."))
        }
    }

    /// What is finished stays in a client's history: a failure must finish nothing.
    @Test(arguments: Kind.allCases)
    func aFailureClosesNothing(_ kind: Kind) {
        let beginnings: [[Said]] = [
            [.opened], [.opened, .prompt("p")], [.opened, .reasoning("r"), .raw("raw")], [.opened, .answerBegan, .text("Half")],
            [.opened, .answerBegan, .call(0, id: "a", name: "shell", "{")], [.opened, .answerBegan, .call(0, id: "a", "{")],
            [.opened, .answerBegan, .text("x"), .call(0, id: "a", name: "shell", "{}"), .text("y")],
        ]
        for beginning in beginnings {
            let telling = Telling(beginning + [.failed(AgentFailure(.passing, "It broke."))], Answers.plan(kind))
            let (problems, _, types) = telling.read(kind)
            #expect(problems.isEmpty, "\(problems)\n\(telling.text)")
            let last = types.last
            #expect(last == (kind == .responses ? "response.failed" : "error"))
            #expect(telling.parts.last?.components(separatedBy: "\n\n").count == 2, "more than the failure: \(telling.parts.last ?? "")")
        }
    }

    @Test(arguments: Kind.allCases)
    func nothingFollowsTheLastWord(_ kind: Kind) {
        let after: [Said] = [
            .opened, .prompt("p"), .reasoning("r"), .step(nil, "s"), .raw("w"), .answerBegan, .text("t"), .refusal("r"),
            .call(0, name: "shell", "{}"), .finished(.complete), .ended(nil), .failed(AgentFailure(.passing, "x")), .silent,
        ]
        for end in [[Said.ended(nil)], [.failed(AgentFailure(.passing, "x"))]] {
            let telling = Telling([.opened, .answerBegan, .text("t"), .finished(.complete)] + end + after, Answers.plan(kind))
            #expect(telling.parts.suffix(after.count).allSatisfy { $0.isEmpty })
        }
    }

    /// Text and calls behind the finish, and thoughts behind the answer's beginning, have nowhere to go.
    @Test(arguments: Kind.allCases)
    func whatComesTooLateIsLeftOut(_ kind: Kind) {
        let late: [Said] = [
            .opened, .answerBegan, .reasoning("r"), .step("S", "s"), .raw("w"), .rawEnded, .prompt("p"), .text("t"), .finished(.complete),
            .text("more"),
            .call(0, name: "shell", "{}"), .refusal("no"), .finished(.length), .ended(nil),
        ]
        let (problems, reading, _) = Telling(late, Answers.plan(kind)).read(kind)
        #expect(problems.isEmpty, "\(problems)")
        #expect(!reading.hasReasoning && reading.text == "t" && reading.calls.isEmpty && reading.refusal.isEmpty)
        #expect(reading.ending == (kind == .responses ? "completed" : "end_turn"))
    }

    @Test func usageHasTheNamesOfItsAPI() {
        let said: [Said] = [.opened, .answerBegan, .text("x"), .finished(.complete), .ended(Answers.usage)]
        #expect(
            Telling(said, Kind.responses.plan).read(.responses).reading.usage
                == [
                    "input_tokens": 100, "cached_tokens": 40, "cache_write_tokens": 0, "output_tokens": 30, "reasoning_tokens": 12,
                    "total_tokens": 130,
                ])
        #expect(
            Telling(said, Kind.messages.plan).read(.messages).reading.usage
                == ["input_tokens": 60, "cache_read_input_tokens": 40, "cache_creation_input_tokens": 0, "output_tokens": 30])
        let none = said.dropLast() + [.ended(nil)]
        #expect(Telling(Array(none), Kind.responses.plan).read(.responses).reading.usage == nil)
        #expect(Telling(Array(none), Kind.messages.plan).read(.messages).reading.usage?["output_tokens"] == 0)
    }

    @Test func stepsHaveTitlesInResponsesAndBlankLinesInMessages() {
        let said: [Said] = [
            .opened, .prompt("What is asked."), .reasoning("r"), .step("Counting **all**\n", "One."), .step(nil, "Two."),
            .step("", "Three."),
            .answerBegan, .text("x"), .finished(.complete), .ended(nil),
        ]
        #expect(
            Telling(said, Kind.responses.plan).read(.responses).reading.summary == [
                "**Reading the request**\n\nWhat is asked.", "**Counting all**\n\nOne.", "**Thinking**\n\nTwo.", "**Thinking**\n\nThree.",
            ])
        let message = Telling(said, Kind.messages.plan).read(.messages).reading
        #expect(message.summary == ["What is asked.\n\nOne.\n\nTwo.\n\nThree."])
        #expect(message.sealed == MessagesOptions.plainSignature)
    }

    @Test func rawThoughtsAreTheirOwnEvents() {
        let said: [Said] = [
            .opened, .prompt("p"), .reasoning("a"), .raw("a b"), .raw("c"), .rawEnded, .raw("d"), .rawEnded, .step(nil, "note"),
            .answerBegan,
            .text("x"), .finished(.complete), .ended(nil),
        ]
        let response = Telling(said, Kind.responses.plan).read(.responses)
        #expect(response.problems.isEmpty && response.reading.rawReasoning == "a bcd" && response.reading.summary.count == 2)
        let message = Telling(said, Kind.messages.plan).read(.messages)
        #expect(message.problems.isEmpty && message.reading.summary == ["p\n\na bc\n\nd\n\nnote"])
    }

    /// Reasoning that nobody sees opens nothing, unless something carries it.
    @Test(arguments: Kind.allCases)
    func unseenReasoningIsOnlyThereToBeCarried(_ kind: Kind) {
        let said: [Said] = [
            .opened, .reasoning("one "), .movedOn(), .reasoning("two "), .reasoning("three"), .answerBegan, .text("x"),
            .finished(.complete),
            .ended(nil),
        ]
        var plan = kind.plan
        plan.showsReasoning = false
        #expect(!Telling(said, plan).read(kind).reading.hasReasoning)
        plan.carrier = ReasoningCarrier { "<" + String(decoding: $0, as: UTF8.self) + ">" }
        let (problems, reading, _) = Telling(said, plan).read(kind)
        #expect(problems.isEmpty && reading.hasReasoning && reading.sealed == "<two three>")
        let half = said.map { $0 == .movedOn() ? .movedOn(isFromStart: false) : $0 }
        #expect(!Telling(half, plan).read(kind).reading.hasReasoning, "half a thought is not carried")
        plan.carrier = ReasoningCarrier(maximumBytes: 8) { _ in "<>" }
        #expect(!Telling(said, plan).read(kind).reading.hasReasoning)
        plan.carrier = ReasoningCarrier { _ in nil }
        #expect(!Telling(said, plan).read(kind).reading.hasReasoning)
    }

    /// A client's idle timer sees events, not comments.
    @Test func heartbeatsAreEvents() {
        let said: [Said] = [
            .opened, .silent, .prompt("p"), .silent, .answerBegan, .silent, .text("x"), .silent, .call(0, id: "a", name: "shell", "{"),
            .silent,
            .finished(.length), .silent, .ended(nil),
        ]
        for heartbeat in [ResponsesOptions.Heartbeat.inProgress, .ping] {
            var options = ResponsesOptions()
            options.heartbeat = heartbeat
            var plan = Answers.plan(.responses)
            plan.api = .responses(options)
            let telling = Telling(said, plan)
            let (problems, reading, types) = telling.read(.responses)
            #expect(problems.isEmpty && reading.heartbeats == 6, "\(problems)")
            #expect(types.filter { $0 == "ping" }.count == (heartbeat == .ping ? 6 : 0))
        }
        let message = Telling(said, Answers.plan(.messages)).read(.messages)
        #expect(message.problems.isEmpty && message.reading.heartbeats == 6)
    }

    @Test(arguments: Kind.allCases)
    func longTextLeavesInLinesThatReadersTake(_ kind: Kind) {
        let long = String(repeating: "é\"🙂\\n", count: 20_000)
        let said: [Said] = [
            .opened, .prompt(long), .reasoning("r"), .raw(long), .answerBegan, .text(long), .refusal(long),
            .call(0, id: "a", name: "shell", "{\"x\":\"\(String(repeating: "é🙂", count: 20_000))\"}"), .finished(.complete), .ended(nil),
        ]
        let (problems, reading, _) = Telling(said, Answers.plan(kind)).read(kind)
        #expect(problems.isEmpty, "\(problems.prefix(3))")
        #expect(reading.text + reading.refusal == long + long)
    }

    @Test(arguments: Kind.allCases)
    func anAnswerThatIsTooLongIsNoticed(_ kind: Kind) {
        var plan = Answers.plan(kind)
        plan.maximumAnswerBytes = 10
        #expect(!Telling([.opened, .answerBegan, .text("12345"), .refusal("67890")], plan).isTooLong)
        #expect(Telling([.opened, .answerBegan, .text("12345"), .refusal("678901")], plan).isTooLong)
        #expect(Telling([.opened, .answerBegan, .call(0, name: "shell", "12345678901")], plan).isTooLong)
    }

    /// Collected, the same is said in one object, and nothing before the end.
    @Test(arguments: Kind.allCases, Answers.all.indices)
    func collectedAnswersSayTheSame(_ kind: Kind, _ number: Int) throws {
        let said = Answers.all[number].said
        var plan = Answers.plan(kind)
        let streamed = Telling(said, plan).read(kind).reading
        plan.isCollected = true
        let collected = Telling(said, plan)
        if case .failed = said.last { return #expect(collected.output.isEmpty) }
        #expect(collected.parts.dropLast().allSatisfy { $0.isEmpty })
        var (problems, reading) =
            kind == .responses ? ResponsesValidator.collected(collected.output) : MessagesValidator.collected(collected.output)
        #expect(problems.isEmpty, "\(problems)\n\(collected.text)")
        if kind == .messages {
            // As an object, a cut input is one that says so.
            for index in reading.calls.indices { reading.calls[index].arguments = "" }
        }
        var expected = streamed
        expected.heartbeats = 0
        if kind == .messages { for index in expected.calls.indices { expected.calls[index].arguments = "" } }
        #expect(reading == expected)
    }

    @Test func collectedInputsAreObjects() throws {
        var plan = Answers.plan(.messages)
        plan.isCollected = true
        for (arguments, input) in [
            ("", "{}"), (" ", "{}"), (#"{"a":[1,{}]}"#, #"{"a":[1,{}]}"#), ("{\"a\"\n:1}", "{\"a\" :1}"),
            (#"{"a":"#, #"{"unreadable_arguments":"{\"a\":"}"#), ("[1]", #"{"unreadable_arguments":"[1]"}"#),
        ] {
            let text = Telling(
                [.opened, .answerBegan, .call(0, id: "c", name: "shell", arguments), .finished(.complete), .ended(nil)], plan
            ).text
            #expect(text.contains("\"input\":\(input)}"), "\(text)")
            #expect(MessagesValidator.collected(Array(text.utf8)).problems.isEmpty)
        }
    }

    @Test func theResponseEchoesItsRequest() throws {
        var options = ResponsesOptions()
        options.echo.instructions = Array("\"Be kind.\"".utf8)
        options.echo.temperature = Array("0.5".utf8)
        options.echo.tools = Array("[{\n\"type\":\"function\"\r\n}]".utf8)
        options.echo.metadata = Array(#"{"k":"v"}"#.utf8)
        var plan = Kind.responses.plan
        plan.api = .responses(options)
        let telling = Telling([.opened, .answerBegan, .text("x"), .finished(.complete), .ended(nil)], plan)
        #expect(telling.read(.responses).problems.isEmpty)
        let events = telling.text.components(separatedBy: "\n\n").filter { $0.contains("\"response\":") }
        #expect(events.count == 3)
        for event in events {
            for part in [
                #""instructions":"Be kind.""#, #""temperature":0.5"#, #""tools":[{ "type":"function"  }]"#, #""metadata":{"k":"v"}"#,
            ] {
                #expect(event.contains(part), "\(part) in \(event)")
            }
        }
    }

    @Test func contextLengthIsReadFromServersWords() {
        let yes = [
            "This model's maximum context length is 4096 tokens. However, you requested 5000 tokens.", "context_length_exceeded",
            "the request exceeds the available context size, try increasing it", "Input is too long for requested model.",
            "`inputs` tokens + `max_new_tokens` must be <= 4096", "Requested tokens (9) exceed context window of 4",
        ]
        for text in yes { #expect(AgentFailure.saysContextIsTooLong(text), "\(text)") }
        for text in ["Invalid value for temperature", "The tool's name is too long", ""] {
            #expect(!AgentFailure.saysContextIsTooLong(text))
        }
    }
}
