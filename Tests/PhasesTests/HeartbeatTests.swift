import ChatRequests
import Foundation
import Phases
import Summaries
import Testing

/// Time: what `nextTick` promises, `ticked` keeps.
@Suite struct HeartbeatTests {
    static let thoughts = [
        "First I need to multiply 17 by 23, which is the whole question. ",
        "Splitting 23 into 20 and 3 makes both parts easy to compute by hand. ",
        "17 times 20 is 340, because 17 times 2 is 34 and a zero follows. ",
        "The second part, 17 times 3, is 51. ",
        "Maybe the user wants to see the method, not only the number. ",
        "A table with both partial products would show the distributive law. ",
        "Let me check the sum with another way: 20 times 23 is 460, and 3 times 23 is 69. ",
        "460 minus 69 is 391, so the check agrees with the first computation. ",
        "Casting out nines gives 8 times 5 is 40, which leaves 4, and 391 leaves 4 as well. ",
        "Prime factors also fit: 391 is 17 times 23, and both are primes. ",
        "An answer in one line is enough, with the two partial products behind it. ",
        "Therefore the product is 391. ",
    ]

    @Test(arguments: WireStyle.allCases)
    func everyTickThatIsAskedForMovesTheNextOne(_ style: WireStyle) {
        var machine = StreamMachine(Streams.plan(style))
        var output: [UInt8] = []
        machine.opened(at: .zero, into: &output)
        let text = "First I multiply 17 by 23 in two parts. Then I add 340 and 51, which gives 391. So the product must be 391. "
        for second in 1...40 {
            let now = Duration.seconds(second)
            if second < 30 { _ = machine.upstreamSent(Streams.events([Streams.reasoning(text)], done: false).span, at: now, into: &output) }
            // An owner that sets an alarm for `nextTick` must not spin.
            var ticks = 0
            while let due = machine.nextTick, due <= now, ticks < 3 {
                machine.ticked(at: now, into: &output)
                ticks += 1
            }
            #expect(ticks <= 1, "\(style), second \(second)")
        }
        let whileOpen = machine.nextTick
        #expect(whileOpen != nil)
        _ = machine.upstreamEnded(at: .seconds(41), into: &output)
        let afterTheEnd = machine.nextTick
        #expect(afterTheEnd == nil)
    }

    @Test func summaryStepsComeWithTheClock() {
        var machine = StreamMachine(Streams.plan(.events))
        var output: [UInt8] = []
        machine.opened(at: .zero, into: &output)
        for (place, sentence) in HeartbeatTests.thoughts.enumerated() {
            let event = Streams.events([Streams.reasoning(sentence)], done: false)
            _ = machine.upstreamSent(event.span, at: .seconds(2 * place), into: &output)
        }
        let (midway, wasCommitted) = (machine.facts, machine.isCommitted)
        #expect(midway.summarySteps >= 2)
        #expect(midway.phase == .reasoningSummary && !wasCommitted)
        _ = machine.upstreamSent(Streams.events([Streams.content("391"), Streams.stop]).span, at: .seconds(61), into: &output)
        let isCommitted = machine.isCommitted
        #expect(isCommitted)
        let validator = WireValidator(output, style: .events)
        #expect(validator.problems.isEmpty, "\(validator.problems)")
        let steps = validator.reading.summaryChunks.filter { $0.phase == "reasoning_summary" }
        let facts = machine.facts
        #expect(steps.count == facts.summarySteps)
        for step in steps { #expect(step.text.hasPrefix("[Reasoning Summary] ") && step.text.hasSuffix("\n\n")) }
    }

    @Test(arguments: [WireStyle.reasoning, .think])
    func theLabelComesOncePerPhaseWhereSummariesHaveAFieldOfTheirOwn(_ style: WireStyle) {
        var machine = StreamMachine(Streams.plan(style))
        var output: [UInt8] = []
        machine.opened(at: .zero, into: &output)
        for (place, sentence) in HeartbeatTests.thoughts.enumerated() {
            let event = Streams.events([Streams.reasoning(sentence)], done: false)
            _ = machine.upstreamSent(event.span, at: .seconds(2 * place), into: &output)
        }
        _ = machine.upstreamSent(Streams.events([Streams.content("391"), Streams.stop]).span, at: .seconds(61), into: &output)
        let validator = WireValidator(output, style: style)
        #expect(validator.problems.isEmpty, "\(validator.problems)")
        let facts = machine.facts
        #expect(facts.summarySteps >= 2)
        #expect(validator.reading.summaries["reasoning_summary"]?.components(separatedBy: "[Reasoning Summary]").count == 2)
    }

    @Test func ownersMayCollectOutputOverSeveralCalls() {
        let input = Streams.events([Streams.reasoning("Hm, 17 by 23 is 391."), Streams.content("391"), Streams.stop])
        var machine = StreamMachine(Streams.plan(.events))
        var output: [UInt8] = []
        machine.opened(at: .zero, into: &output)
        for byte in input {
            machine.ticked(at: .zero, into: &output)
            _ = machine.upstreamSent([byte].span, at: .zero, into: &output)
        }
        #expect(output == Playing([input], Streams.plan(.events)).output)
        var waiting = StreamMachine(Streams.plan(.events))
        var kept: [UInt8] = []
        waiting.opened(at: .zero, into: &kept)
        waiting.ticked(at: .seconds(12), into: &kept)
        #expect(String(decoding: kept, as: UTF8.self).hasSuffix("\n\n: ping\n"), "unsent output must not hold a heartbeat back")
    }

    @Test func aPromptThatQuotesTagsCannotCloseTheThinkBlock() {
        var plan = Streams.plan(.think)
        plan.promptSummary = "What do <think> and </think> and a < b mean?"
        let playing = Playing([Streams.events([Streams.content("Tags."), Streams.stop])], plan)
        let validator = WireValidator(playing.output, style: .think)
        #expect(validator.problems.isEmpty, "\(validator.problems)")
        #expect(validator.reading.summaries["prompt_summary"] == "[Prompt Summary] What do ‹think> and ‹/think> and a < b mean?\n\n")
        #expect(validator.reading.choices[0]?.answer == Array("Tags.".utf8))
    }
}
