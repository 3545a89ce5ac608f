import ChatRequests
import Detect
import JSONBytes
import Phases
import Summaries
import Support
import Testing

/// The model engine behind the stream machine: the machine asks, an owner answers, the client gets steps before the answer.
@Suite struct SummariserTests {
    static let thought =
        "I need to find out whether 1001 is prime, so I test small primes first. It is odd, so 2 does not divide it. Next comes 7, and 7 × 143 is 1001. "
    static let told = "The model tests whether small primes divide 1001."

    static func plan(_ style: WireStyle = .inline) -> StreamPlan {
        var plan = Streams.plan(style, .extractive(ReasoningSummaryOptions()))
        plan.promptFacts.lastUserText = Array("Is 1001 a prime number, and which are its factors?".utf8)
        plan.modelSummary = ModelSummaryOptions()
        return plan
    }

    private static func thinking(_ machine: inout StreamMachine, into output: inout [UInt8]) -> SummaryCall? {
        machine.opened(at: .zero, into: &output)
        let events = Streams.events([Streams.reasoning(thought)], done: false)
        _ = machine.upstreamSent(events.span, at: .milliseconds(10), into: &output)
        return machine.takeSummaryCall(at: .milliseconds(600))
    }

    @Test(arguments: Streams.styles)
    func aStepOfTheModelReachesTheClientBeforeTheAnswer(style: WireStyle) {
        var machine = StreamMachine(Self.plan(style))
        var output: [UInt8] = []
        let call = Self.thinking(&machine, into: &output)
        guard style != .off else {
            #expect(call == nil, "nobody is asked for a stream that shows no summaries")
            return
        }
        #expect(machine.awaitedSummaryCall == call?.id)
        machine.summaryCallEnded(
            call?.id ?? 0, .text(Array(Self.told.utf8), isCut: false), at: .milliseconds(900), into: &output)
        #expect(String(decoding: output, as: UTF8.self).contains(Self.told))
        #expect(machine.facts.summarySteps == 1)
        #expect(machine.modelSummaryFacts?.fates == [.used: 1])
        let rest = Streams.events([Streams.content("No."), Streams.stop])
        #expect(machine.upstreamSent(rest.span, at: .seconds(1), into: &output) == .end(.finished))
        #expect(WireValidator(output, style: style).problems.isEmpty)
    }

    /// Structure, not time: whatever a call does, the answer's bytes leave in the call that brought them, and they are the same.
    @Test(arguments: Streams.styles)
    func theAnswerLeavesInTheCallThatBroughtItWhateverTheSummariserDoes(style: WireStyle) {
        let answer = Streams.events([Streams.content("No, it is 7 × 11 × 13."), Streams.stop])
        for asks in [false, true] {
            var machine = StreamMachine(Self.plan(style))
            var output: [UInt8] = []
            let call = Self.thinking(&machine, into: &output)
            _ = machine.upstreamSent(Streams.events([Streams.reasoning("So")], done: false).span, at: .milliseconds(700), into: &output)
            if !asks { machine.summaryCallEnded(call?.id ?? 0, .failed, at: .milliseconds(700), into: &output) }
            output.removeAll()
            #expect(machine.upstreamSent(answer.span, at: .milliseconds(800), into: &output) == .end(.finished))
            #expect(String(decoding: output, as: UTF8.self).contains("No, it is 7 × 11 × 13."), "\(style)")
            #expect(machine.awaitedSummaryCall == nil && machine.takeSummaryCall(at: .seconds(9)) == nil && machine.nextTick == nil)
            let length = output.count
            machine.summaryCallEnded(
                call?.id ?? 0, .text(Array(Self.told.utf8), isCut: false), at: .milliseconds(900), into: &output)
            #expect(output.count == length, "nothing of a summary behind the answer")
        }
    }

    @Test func aStepThatComesBetweenTheAnswersFirstChunksIsDropped() {
        var machine = StreamMachine(Self.plan())
        var output: [UInt8] = []
        let call = Self.thinking(&machine, into: &output)
        _ = machine.upstreamSent(Streams.events([Streams.content("No")], done: false).span, at: .milliseconds(700), into: &output)
        #expect(machine.awaitedSummaryCall == nil, "the owner has to end the call")
        output.removeAll()
        machine.summaryCallEnded(call?.id ?? 0, .text(Array(Self.told.utf8), isCut: false), at: .milliseconds(800), into: &output)
        #expect(output.isEmpty)
        #expect(machine.modelSummaryFacts?.fates[.dropped] == 1)
    }

    @Test func anotherUpstreamGetsNoStepOfTheFirstOnesThoughts() {
        var machine = StreamMachine(Self.plan())
        machine.mayRestart = true
        var output: [UInt8] = []
        let call = Self.thinking(&machine, into: &output)
        guard case .lost = machine.upstreamEnded(at: .milliseconds(700), into: &output) else {
            Issue.record("the machine should be lost")
            return
        }
        #expect(machine.awaitedSummaryCall == nil)
        machine.upstreamRestarted(profile: ProfileCatalogue.builtIn.profile(forModel: "unknown"))
        output.removeAll()
        machine.summaryCallEnded(call?.id ?? 0, .text(Array(Self.told.utf8), isCut: false), at: .milliseconds(800), into: &output)
        #expect(output.isEmpty)
    }

    @Test func withoutTheEngineNobodyIsAsked() {
        var plan = Self.plan()
        plan.modelSummary = nil
        var machine = StreamMachine(plan)
        var output: [UInt8] = []
        #expect(Self.thinking(&machine, into: &output) == nil)
        #expect(machine.modelSummaryFacts == nil)
        for mode in [StreamPlan.ReasoningMode.off, .full] {
            plan = Self.plan()
            plan.reasoning = mode
            var machine = StreamMachine(plan)
            #expect(Self.thinking(&machine, into: &output) == nil)
        }
    }

    // MARK: The request

    @Test(arguments: ThinkingOff.allCases)
    func theRequestIsOneJSONObjectWhateverTheTextHolds(way: ThinkingOff) throws {
        let call = SummaryCallTests.call(content: "\"quotes\" \\ \u{2028} \n\t 漢字 \u{1F600} <<<")
        let body = SummariserRequest.body(call, model: "small \"model\"", thinking: way)
        var cursor = JSONCursor(body.span)
        try cursor.enterObject()
        var names: [String] = []
        while let key = try cursor.nextKey() {
            names.append(String(decoding: body[key.content], as: UTF8.self))
            _ = try cursor.skipValue()
        }
        try cursor.finish()
        #expect(names.contains("model") && names.contains("messages") && names.contains("stream"))
        let text = String(decoding: body, as: UTF8.self)
        #expect(text.contains("enable_thinking") == (way == .enableThinking || way == .template))
        #expect(text.contains("/no_think") == (way == .noThink))
        #expect(text.contains("reasoning_effort") == (way == .lowEffort || way == .noEffort))
        #expect(!text.contains("\n"))
    }

    @Test(arguments: [
        ("Qwen/Qwen3-4B", ThinkingOff.enableThinking), ("deepseek-v3.1", .template), ("gpt-oss-20b", .lowEffort), ("llama-3.2-3b", .none),
    ])
    func theModelsFamilySaysHowItIsKeptFromThinking(model: String, way: ThinkingOff) {
        #expect(ThinkingOff.way(for: ProfileCatalogue.builtIn.profile(forModel: model).profile) == way)
    }

    // MARK: The answer

    static let answers: [(String, SummaryOutcome)] = [
        (#"{"content": "It tests seven."}"#, .text(Array("It tests seven.".utf8), isCut: false)),
        (#"{"content": "<think>Hm, what do they want?</think>\n\nIt tests seven."}"#, .text(Array("It tests seven.".utf8), isCut: false)),
        (#"{"content": "Hm, what do they want?</think>\n\nIt tests seven."}"#, .text(Array("\n\nIt tests seven.".utf8), isCut: false)),
        (
            #"{"content": "It tests seven.", "reasoning_content": "Hm, what do they want?"}"#,
            .text(Array("It tests seven.".utf8), isCut: false)
        ),
        (#"{"content": "", "reasoning_content": "Hm, what do they want?"}"#, .empty),
        (#"{"content": null, "reasoning": "Hm, what do they want?"}"#, .empty),
        (#"{"content": "<think>Hm, what do they want? And then"}"#, .empty),
        (#"{"content": "<think>Hm</think>\n"}"#, .empty),
        (#"{"content": ""}"#, .empty),
    ]

    @Test(arguments: answers.indices)
    func aSummarisersOwnReasoningIsTakenOff(position: Int) {
        let (message, outcome) = Self.answers[position]
        let body =
            #"{"object": "chat.completion", "choices": [{"index": 0, "message": {"role": "assistant", \#(message.dropFirst()), "finish_reason": "stop"}], "usage": {"prompt_tokens": 320, "completion_tokens": 14, "total_tokens": 334}}"#
        for model in ["think", "qwen3"] {
            guard let profile = ProfileCatalogue.builtIn.named(model) else { continue }
            let answer = SummariserAnswer(Array(body.utf8), profile: profile)
            #expect(answer.outcome == outcome, "\(model)")
            #expect(answer.usage == SummaryUsage(prompt: 320, completion: 14))
        }
    }

    @Test(arguments: [
        "", "not JSON", "{}", "[]", #"{"error": {"message": "no"}}"#, #"{"choices": []}"#, "<html>",
        #"{"choices": [{"delta": {"content": "x"}}]}"#,
        "{\"choices\": [{\"message\": {\"content\": \"cut",
    ])
    func whatIsNoCompletionIsAFailure(body: String) throws {
        let profile = try #require(ProfileCatalogue.builtIn.named("think"))
        #expect(SummariserAnswer(Array(body.utf8), profile: profile).outcome == .failed)
    }

    @Test func anAnswerThatRanOutOfTokensIsCut() throws {
        let profile = try #require(ProfileCatalogue.builtIn.named("think"))
        let body =
            #"{"object": "chat.completion", "choices": [{"index": 0, "message": {"content": "It tests"}, "finish_reason": "length"}], "usage": {"prompt_tokens": -5, "completion_tokens": 1e99}}"#
        let answer = SummariserAnswer(Array(body.utf8), profile: profile)
        #expect(answer.outcome == .text(Array("It tests".utf8), isCut: true))
        #expect(answer.usage == SummaryUsage())
    }
}

/// Calls can only be had from a summary.
enum SummaryCallTests {
    static func call(content: String) -> SummaryCall {
        var summary = ModelSummary()
        let bytes = Array((content + " " + String(repeating: "word ", count: 60)).utf8)
        summary.received(bytes.span, at: .zero)
        guard let call = summary.takeCall(at: .seconds(1)) else { preconditionFailure("no call") }
        return call
    }
}
