import Summaries
import Support
import Testing

/// The model engine played over a whole reasoning: the calls' times are the model's, the clock is ours.
@Suite struct ModelRehearsalTests {
    private static func play(_ answer: (SummaryCall, Duration) -> Rehearsal.Reply?) async -> Rehearsal {
        await Rehearsal(
            of: Array(ModelSummaryTests.reasoning.utf8), prompt: PromptFacts(lastUserText: Array(ModelSummaryTests.prompt.utf8)),
            ask: { answer($0, $1) })
    }

    @Test func aStepComesWhenItsCallWasOver() async {
        let text = "The model tests small primes to find out whether 1001 is a prime number."
        let usage = SummaryUsage(prompt: 300, completion: 20)
        let played = await Self.play { call, _ in
            call.id == 1 ? Rehearsal.Reply(.text(Array(text.utf8), isCut: false), usage: usage, time: .milliseconds(700)) : nil
        }
        #expect(played.said.first?.step.text == text)
        #expect(played.said.first.map { $0.time >= .milliseconds(1_200) && $0.time < .milliseconds(1_300) } == true, "\(played.said)")
        #expect(played.modelFacts?.fates[.used] == 1)
        #expect(played.modelFacts?.usage == usage)
        #expect(played.said.map(\.time) == played.said.map(\.time).sorted())
    }

    @Test func aModelThatIsTooSlowLeavesTheStepsToTheExtractiveEngine() async {
        let played = await Self.play { _, limit in
            #expect(limit > .zero && limit <= .milliseconds(2_500))
            return nil
        }
        #expect(played.modelFacts?.fates[.late] ?? 0 >= 1)
        #expect(played.modelFacts?.fates[.used] == nil)
        #expect(played.said.count >= 2)
        #expect((played.said.first?.time ?? .seconds(99)) <= .seconds(3))
    }

    @Test func nothingAndARehearsalWithoutAModelHaveNoCalls() async {
        let nothing = await Rehearsal(of: []) { _, _ in
            Issue.record("nobody is to be asked")
            return nil
        }
        #expect(nothing.said.isEmpty && nothing.modelFacts == ModelSummaryFacts())
        let alone: [UInt8] = []
        #expect(Rehearsal(of: alone.span).modelFacts == nil)
    }
}
