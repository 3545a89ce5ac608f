import AgentChecks
import ChatRequests
import Phases
import Summaries
import Support
import Testing

/// A model that is asked for the prompt summary, behind the stream machine: what leaves leaves when it always does.
@Suite struct PromptModelTests {
    static let question = "Is 1001 a prime number, and which are its factors?"
    static let told = "The user asks whether 1001 is prime and which factors it has."
    static let extractive = "The extractive summary."

    static func plan(_ style: WireStyle = .inline, asks: Bool = true) -> StreamPlan {
        var plan = Streams.plan(style, .extractive(ReasoningSummaryOptions()))
        plan.promptFacts.lastUserText = Array(question.utf8)
        plan.promptSummary = extractive
        plan.modelPrompt = asks ? ModelPromptOptions() : nil
        return plan
    }

    private static func end(
        _ machine: inout StreamMachine, _ outcome: SummaryOutcome = .text(Array(told.utf8), isCut: false), usage: SummaryUsage? = nil,
        at milliseconds: Int, into output: inout [UInt8]
    ) {
        machine.summaryCallEnded(ModelPromptSummary.callID, outcome, usage: usage, at: .milliseconds(milliseconds), into: &output)
    }

    @Test(arguments: Streams.styles)
    func whatComesBeforeTheHeadIsTold(style: WireStyle) {
        var machine = StreamMachine(Self.plan(style))
        var output: [UInt8] = []
        let call = machine.takeSummaryCall(at: .zero)
        guard style != .off else {
            #expect(call == nil, "nobody is asked for a stream that shows no summaries")
            return
        }
        #expect(call?.content.contains(Self.question) == true && machine.awaitedSummaryCall == call?.id)
        Self.end(&machine, at: 100, into: &output)
        #expect(output.isEmpty, "nothing leaves before the head")
        machine.opened(at: .milliseconds(300), into: &output)
        let events = Streams.events([Streams.reasoning("Seven divides 1001. "), Streams.content("No."), Streams.stop])
        #expect(machine.upstreamSent(events.span, at: .milliseconds(400), into: &output) == .end(.finished))
        let text = String(decoding: output, as: UTF8.self)
        #expect(text.contains(Self.told) && !text.contains(Self.extractive))
        #expect(WireValidator(output, style: style).problems.isEmpty)
        #expect(machine.modelPromptFacts?.fates == [.used: 1])
    }

    /// Order, not time: what the input that opens the stream writes is written in that input, whatever the model does; and but for the
    /// summary's words it is the same as where nobody is asked.
    @Test(arguments: Streams.styles.filter { $0 != .off })
    func theFirstFrameLeavesInTheInputThatOpensTheStreamWhateverTheModelDoes(style: WireStyle) {
        let openings: [(inout StreamMachine, inout [UInt8]) -> Void] = [
            { $0.opened(at: .milliseconds(300), into: &$1) },
            {
                let event = Streams.events([Streams.reasoning("Seven divides 1001. ")], done: false)
                _ = $0.upstreamSent(event.span, at: .milliseconds(300), into: &$1)
            },
        ]
        for open in openings {
            var plain = StreamMachine(Self.plan(style, asks: false))
            var expected: [UInt8] = []
            open(&plain, &expected)
            for failsFirst in [false, true] {
                var machine = StreamMachine(Self.plan(style))
                var output: [UInt8] = []
                _ = machine.takeSummaryCall(at: .zero)
                if failsFirst { Self.end(&machine, .failed, at: 10, into: &output) }
                open(&machine, &output)
                #expect(output == expected && !output.isEmpty, "\(style)")
                #expect(machine.awaitedSummaryCall == nil, "the owner has to end the call")
                #expect(machine.nextTick == plain.nextTick)
                // Late, twice, or for nothing: it replaces nothing.
                let length = output.count
                Self.end(&machine, at: 310, into: &output)
                Self.end(&machine, at: 320, into: &output)
                #expect(output.count == length)
                #expect(machine.modelPromptFacts?.fates == [failsFirst ? .failed : .late: 1])
            }
        }
    }

    @Test func theCallEndsAtItsDeadlineWithoutAWord() {
        var plan = Self.plan()
        plan.modelPrompt?.deadline = .milliseconds(200)
        var machine = StreamMachine(plan)
        var output: [UInt8] = []
        #expect(machine.nextTick == nil)
        _ = machine.takeSummaryCall(at: .milliseconds(5))
        #expect(machine.nextTick == .milliseconds(205))
        machine.ticked(at: .milliseconds(205), into: &output)
        #expect(output.isEmpty && machine.awaitedSummaryCall == nil && machine.nextTick == nil)
    }

    @Test func aRequestThatEndsBeforeItsHeadLetsGoOfTheCall() {
        var machine = StreamMachine(Self.plan())
        _ = machine.takeSummaryCall(at: .zero)
        _ = machine.clientLeft()
        #expect(machine.awaitedSummaryCall == nil && machine.modelPromptFacts?.fates == [.dropped: 1])
        #expect(machine.takeSummaryCall(at: .seconds(1)) == nil)
    }

    @Test func nobodyIsAskedWhereThereIsNothingToSay() {
        var plans = [Self.plan(.off), Self.plan(), Self.plan(), Self.plan(asks: false)]
        plans[1].promptSummary = nil
        plans[2].reasoning = .off
        for plan in plans {
            var machine = StreamMachine(plan)
            var output: [UInt8] = []
            #expect(machine.takeSummaryCall(at: .zero) == nil && machine.modelPromptFacts == nil)
            machine.opened(at: .zero, into: &output)
            #expect(String(decoding: output, as: UTF8.self).contains(Self.extractive) == (plan.promptSummary != nil && plan.style != .off))
        }
    }

    @Test func promptAndStepsHaveOneBudget() {
        for budget in [300, 20_000] {
            var plan = Self.plan()
            plan.modelPrompt?.budgetTokens = 10_000
            plan.modelSummary = ModelSummaryOptions()
            plan.modelSummary?.budgetTokens = budget + 9_000
            var machine = StreamMachine(plan)
            var output: [UInt8] = []
            _ = machine.takeSummaryCall(at: .zero)
            Self.end(&machine, usage: SummaryUsage(prompt: 8_900, completion: 100), at: 50, into: &output)
            machine.opened(at: .milliseconds(300), into: &output)
            let thought = String(repeating: "I test the small primes as divisors of 1001. ", count: 5)
            _ = machine.upstreamSent(
                Streams.events([Streams.reasoning(thought)], done: false).span, at: .milliseconds(310), into: &output)
            #expect((machine.takeSummaryCall(at: .seconds(1)) != nil) == (budget > 300))
            #expect(machine.modelPromptFacts?.usage == SummaryUsage(prompt: 8_900, completion: 100))
        }
    }

    /// Agents' APIs have a place of their own for it.
    @Test(arguments: AgentKind.allCases)
    func agentsAreToldTheModelsWords(kind: AgentKind) {
        var machine = StreamMachine(kind.plan(Self.plan(.events)))
        var output: [UInt8] = []
        _ = machine.takeSummaryCall(at: .zero)
        Self.end(&machine, at: 100, into: &output)
        machine.opened(at: .milliseconds(300), into: &output)
        let events = Streams.events([Streams.content("No."), Streams.stop])
        #expect(machine.upstreamSent(events.span, at: .milliseconds(400), into: &output) == .end(.finished))
        let (problems, reading, _) = kind.read(output)
        #expect(problems.isEmpty && reading.summary.contains { $0.contains(Self.told) }, "\(reading.summary)")
    }
}
