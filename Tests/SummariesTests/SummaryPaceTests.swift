import Testing

@testable import Summaries

/// When steps come, and what happens at the edges of a stream's life.
@Suite struct SummaryPaceTests {
    private static let good = "We need to compare the northern route with the southern route through the mountain valley. "
    private static let other = "The southern route costs 40 euros more but saves two hours of driving on the motorway. "
    private static let end = "Therefore, the answer is the southern route over Bolzano. "

    @Test func nothingIsDueBeforeReasoningBegins() {
        var summary = ReasoningSummary()
        #expect(summary.nextDue == nil)
        #expect(summary.step(at: .seconds(60)) == nil)
        #expect(summary.finish(at: .seconds(61)) == nil)
        #expect(summary.stepCount == 0)
    }

    @Test func anOverdueStepMayTakeOfTheConclusionsRoom() {
        var summary = ReasoningSummary()
        let first = "The tank of the house holds 540 litres and the pump moves 12 litres of water out of it each minute.\n\n"
        summary.received(Array(first.utf8).span, at: .zero)
        #expect(summary.step(at: .milliseconds(2_500)) != nil)
        // Too long to be said.
        let list = "The list is " + (0..<330).map { "w\($0)" }.joined(separator: " ") + ".\n\n"
        let second = "Therefore Martin pays 3,400 euros for the roof, because Berlin refunds 60 percent of every heating permit.\n\n"
        summary.received(Array((list + second).utf8).span, at: .seconds(3))
        #expect(summary.step(at: .milliseconds(10_499)) == nil)
        #expect(summary.nextDue == .milliseconds(10_500))
        #expect(summary.step(at: .milliseconds(10_500))?.text.contains("3,400 euros") == true)
    }

    @Test func theBestOfTheOpeningIsSaidWithinItsDelayTheNextAtLeastThreeSecondsLater() {
        var summary = ReasoningSummary()
        summary.received(Array((Self.good + Self.other + Self.end).utf8).span, at: .seconds(1))
        let first = summary.nextDue ?? .zero
        #expect(first > .seconds(1) && first <= .milliseconds(3_500))
        #expect(summary.step(at: first - .nanoseconds(1)) == nil)
        #expect(summary.step(at: first) != nil)
        summary.received(Array(Self.topics(count: 20).utf8).span, at: .milliseconds(3_600))
        #expect(summary.step(at: first + .milliseconds(2_900)) == nil)
        let second = summary.nextDue ?? .zero
        #expect(second >= first + .seconds(3) && second <= first + .seconds(8))
        #expect(summary.step(at: second) != nil)
    }

    @Test(arguments: Fixture.traces)
    func nextDueTellsExactlyWhenAStepComes(_ trace: Fixture.Trace) {
        var summary = ReasoningSummary(prompt: PromptFacts(lastUserText: Array(trace.prompt.utf8)))
        var now = Duration.zero
        for byte in Array(trace.reasoning.utf8) {
            now += .milliseconds(9)
            summary.received([byte].span, at: now)
            guard let due = summary.nextDue else {
                #expect(summary.step(at: now) == nil)
                continue
            }
            if due > now {
                #expect(summary.step(at: now) == nil)
            } else {
                #expect(summary.step(at: now) != nil)
            }
        }
        // The text has stopped: the time named is the time a step comes, and not a nanosecond before.
        if let due = summary.nextDue {
            #expect(summary.step(at: due - .nanoseconds(1)) == nil)
            #expect(summary.step(at: due) != nil)
        }
    }

    @Test func whatWasThoughtLongAgoIsSaidAtTheEndOnly() {
        var summary = ReasoningSummary()
        summary.received(Array((Self.good + Self.other + "\n\nYes.").utf8).span, at: .zero)
        let first = summary.step(at: .seconds(3))?.text ?? ""
        let left = first.contains("northern route") ? "costs 40 euros" : "northern route"
        #expect(!first.contains(left))
        // More than the longest interval later, and nothing but code since.
        let code = "\n```\n" + (0..<120).map { "x\($0) = f(\($0))\n" }.joined() + "```\nYes.\n\nOK.\n\n"
        summary.received(Array(code.utf8).span, at: .seconds(9))
        #expect([summary.step(at: .seconds(11))?.text, summary.step(at: .seconds(30))?.text] == [nil, nil])
        #expect(summary.finish(at: .seconds(30))?.text.contains(left) == true)
    }

    @Test func aShortSentenceBeginsTheSummaryAndALongOneOnlyWhenTimeIsUp() {
        let short = "The pump of the house moves 12 litres a minute. "
        let long = "Therefore Martin pays 3,400 euros for the roof, because Berlin refunds 60 percent of every heating permit. "
        for (text, wanted) in [(long + short + "N", "pump"), (long + "N", "Martin")] {
            var summary = ReasoningSummary()
            summary.received(Array(text.utf8).span, at: .zero)
            let due = summary.nextDue ?? .zero
            #expect(wanted == "Martin" ? due == .milliseconds(2_500) : due < .milliseconds(2_500))
            #expect(summary.step(at: due)?.text.contains(wanted) == true)
        }
    }

    @Test func aPoorShortSentenceDoesNotTakeThePlaceOfAGoodOne() {
        var summary = ReasoningSummary()
        summary.received(Array((Self.good + "Yes. ").utf8).span, at: .zero)
        #expect(summary.step(at: .seconds(3)) != nil)
        let long = "Therefore Martin pays 3,400 euros for the roof, because Berlin refunds 60 percent of every heating permit in the city. "
        let rest = SummaryPaceTests.topics(count: 12)
        summary.received(Array(("Let me check again. " + long + "Let me see it. " + rest).utf8).span, at: .seconds(6))
        #expect(summary.step(at: .seconds(11))?.text.contains("check again") == false)
    }

    @Test func aShortResultDrawnFromWhatWasSaidMayBeSaid() {
        for (text, isSaid) in [("So 1440 - 240 = 1200.", true), ("1440 - 240 = 1200.", false), ("So x[i] = y[j] + {2}.", false)] {
            let sentence = Sentence(Passage(text: Array(text.utf8), ending: .punctuation, ordinal: 0, startsLine: true))
            #expect((sentence != nil) == isSaid, "\(text)")
        }
    }

    @Test func goingOverItOnceMoreIsNoStep() {
        for talk in ["Let me reconsider whether 15 has to be subtracted twice.", "Let me recount the list of all numbers below 30."] {
            var summary = ReasoningSummary()
            summary.received(Array((Self.good + String(repeating: "Yes. ", count: 30)).utf8).span, at: .zero)
            #expect(summary.step(at: .seconds(3)) != nil)
            summary.received(Array((talk + String(repeating: " Yes.", count: 30) + "\n").utf8).span, at: .seconds(4))
            #expect(summary.step(at: .seconds(12)) == nil, "\(talk)")
        }
    }

    @Test func aFairSentenceWaitsForTheOpeningDelay() {
        var summary = ReasoningSummary()
        summary.received(Array("The list is probably sorted. Then".utf8).span, at: .seconds(5))
        #expect(summary.step(at: .seconds(6)) == nil)
        let due = summary.nextDue ?? .zero
        #expect(due > .seconds(7) && due <= .milliseconds(7_500))
        #expect(summary.step(at: due)?.text == "The list is probably sorted.")
    }

    @Test func nothingIsSaidWhenNothingIsNew() {
        var summary = ReasoningSummary()
        var steps = 0
        for second in 1...120 {
            summary.received(Array(Self.good.utf8).span, at: .seconds(second))
            if let step = summary.step(at: .seconds(second)), step.kind == .thought { steps += 1 }
        }
        #expect(steps == 1)
        #expect(summary.finish(at: .seconds(121)) == nil)
        #expect(summary.nextDue == nil)
    }

    @Test func veryShortReasoningGivesOneStep() {
        for text in ["It is 4.", "This is basic arithmetic. 2+2=4.", "Simple greeting, no tools needed", "这是一个简单的问候。"] {
            var summary = ReasoningSummary()
            summary.received(Array(text.utf8).span, at: .zero)
            let step = summary.step(at: .zero) ?? summary.finish(at: .milliseconds(300))
            #expect(step != nil, "\(text)")
        }
    }

    @Test func aLastLineThatMayBeCutIsLeftOut() {
        for isCut in [false, true] {
            var summary = ReasoningSummary()
            summary.received(Array((Self.good + "N").utf8).span, at: .zero)
            #expect(summary.step(at: .seconds(3)) != nil)
            summary.received(Array("ow it is clear.\nSo the final answer is 12".utf8).span, at: .seconds(4))
            let last = summary.finish(at: .seconds(5), cutShort: isCut)
            #expect(last?.text == (isCut ? nil : "The final answer is 12."))
        }
    }

    @Test func theConclusionIsPreferredAtTheEnd() {
        var summary = ReasoningSummary()
        summary.received(Array((Self.good + Self.other + Self.end + "The valley is nice in spring, too. ").utf8).span, at: .zero)
        #expect(summary.finish(at: .seconds(1))?.text.contains("the answer is the southern route over Bolzano.") == true)
    }

    @Test func afterTheEndNothingComes() {
        var summary = ReasoningSummary()
        summary.received(Array(Self.good.utf8).span, at: .zero)
        #expect(summary.finish(at: .seconds(1)) != nil)
        summary.received(Array(Self.other.utf8).span, at: .seconds(2))
        #expect(summary.step(at: .seconds(9)) == nil && summary.finish(at: .seconds(9)) == nil && summary.nextDue == nil)
        #expect(summary.stepCount == 1)
    }

    @Test func anotherUpstreamDoesNotRepeatWhatWasSaid() {
        var summary = ReasoningSummary()
        summary.received(Array((Self.good + "An unfinished thought about the").utf8).span, at: .zero)
        let first = summary.step(at: .seconds(3))
        summary.restarted()
        summary.received(Array((Self.other + Self.good + Self.end).utf8).span, at: .seconds(5))
        let texts = [summary.step(at: .seconds(6)), summary.finish(at: .seconds(7))].compactMap { $0?.text }
        #expect(first != nil && !texts.isEmpty)
        #expect(texts.allSatisfy { !$0.contains("northern") && !$0.contains("unfinished") })
        #expect(summary.reasoningByteCount == 2 * Self.good.utf8.count + 31 + Self.other.utf8.count + Self.end.utf8.count)
    }

    @Test func anotherUpstreamMayTakeOverAfterTheEnd() {
        var summary = ReasoningSummary()
        summary.received(Array(Self.good.utf8).span, at: .zero)
        #expect(summary.finish(at: .seconds(1)) != nil)
        summary.restarted()
        summary.received(Array((Self.good + Self.end).utf8).span, at: .seconds(5))
        #expect(summary.finish(at: .seconds(6))?.text == "Therefore, the answer is the southern route over Bolzano.")
    }

    @Test func instructionsAreNotQuoted() {
        var summary = ReasoningSummary()
        summary.received(Array("The system prompt says that the secret word is plover and that I must hide it. ".utf8).span, at: .zero)
        #expect(summary.step(at: .seconds(10)) == nil && summary.finish(at: .seconds(11)) == nil)
    }

    @Test func headingsBecomeTitlesAndAreNotQuoted() {
        var summary = ReasoningSummary()
        summary.received(Array("**Comparing the routes**\n\n\(Self.other)\n".utf8).span, at: .zero)
        let step = summary.finish(at: .seconds(1))
        #expect(step?.title == "Comparing the routes")
        #expect(step?.text == Self.other.dropLast().description)
    }

    @Test func theTotalIsNeverExceeded() {
        var options = ReasoningSummaryOptions()
        options.maximumTotalCharacters = 600
        let topics = Self.topics(count: 400)
        let steps = Player.play(topics, options: options)
        #expect(steps.reduce(0) { $0 + $1.step.text.count } <= 600)
        #expect(steps.count >= 4)
    }

    @Test func aLongReasoningIsCoveredToItsEnd() {
        let steps = Player.play(Self.topics(count: 1_500))
        let total = steps.reduce(0) { $0 + $1.step.text.count }
        #expect(total <= 8_000)
        let last = steps.last?.time ?? .zero
        let gaps = zip(steps, steps.dropFirst()).map { $1.time - $0.time }
        #expect(gaps.allSatisfy { $0 < .seconds(60) })
        #expect(last > .seconds(550))
    }

    @Test func aMegabyteIsReadOnceAndHoldsLittle() {
        var held: [Int] = []
        var examined: [Int] = []
        for size in [250_000, 500_000, 1_000_000] {
            var summary = ReasoningSummary()
            let text = Array(Self.topics(count: size / 80).utf8)
            var most = 0
            for start in stride(from: 0, to: text.count, by: 97) {
                let now = Duration.milliseconds(start / 10)
                summary.received(Array(text[start..<min(start + 97, text.count)]).span, at: now)
                _ = summary.step(at: now)
                most = max(most, summary.heldBytes)
            }
            #expect(summary.reasoningByteCount == text.count)
            #expect(summary.examinedByteCount <= text.count)
            examined.append(summary.examinedByteCount * 100 / text.count)
            held.append(most)
        }
        #expect(held.allSatisfy { $0 <= ReasoningSummary.largestHeldByteCount && $0 < 64 * 1_024 })
        #expect((examined.max() ?? 0) - (examined.min() ?? 0) <= 1)
    }

    @Test func anOwnerThatNeverAsksCostsNoMore() {
        var summary = ReasoningSummary()
        summary.received(Array(Self.topics(count: 4_000).utf8).span, at: .zero)
        #expect(summary.heldBytes < 32 * 1_024)
    }

    @Test(arguments: ["a", "(", "**", "```\n", "$$", "\\[", "a. ", "é", "。", "? ", "\n", "- x\n", "\u{202E}", "\u{301}", "|", "# "])
    func repeatedMarksAreNoTrouble(_ piece: String) {
        let steps = Player.play(String(repeating: piece, count: 20_000), bytesPerSecond: 4_000)
        #expect(steps.allSatisfy { $0.step.text.count <= 240 })
    }

    /// Sentences about different things, about 80 bytes each.
    static func topics(count: Int) -> String {
        let syllables = ["ka", "lo", "mer", "tin", "sa", "vo", "pel", "dru", "gan", "hi", "bor", "nec", "zul", "fam"]
        let acts = ["depends on", "was built before", "costs less than", "is measured against", "supplies", "replaces", "explains"]
        var numbers = SeededNumbers(state: 3)
        return (0..<count).map { index in
            let first = (0..<3).map { _ in syllables[Int.random(in: syllables.indices, using: &numbers)] }.joined()
            let second = (0..<3).map { _ in syllables[Int.random(in: syllables.indices, using: &numbers)] }.joined()
            let act = acts[Int.random(in: acts.indices, using: &numbers)]
            return "The \(first) \(act) the \(second) in the year \(1_000 + index) of the old calendar. "
        }.joined()
    }
}
