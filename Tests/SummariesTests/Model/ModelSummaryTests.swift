import Support
import Testing

@testable import Summaries

/// Plays reasoning into the machine as an owner would, with a summariser made of a closure.
struct ModelPlayer: ~Copyable {
    /// What a summariser does with a call: its outcome, and how long it takes; nil for never.
    typealias Answer = (SummaryCall) -> (SummaryOutcome, Duration)?

    var summary: ModelSummary
    var answer: Answer
    var calls: [SummaryCall] = []
    var steps: [TimedStep] = []
    private var running: [(id: Int, outcome: SummaryOutcome, at: Duration)] = []

    init(_ options: ModelSummaryOptions = .init(), prompt: String = ModelSummaryTests.prompt, answer: @escaping Answer) {
        summary = ModelSummary(options: options, prompt: PromptFacts(lastUserText: Array(prompt.utf8)))
        self.answer = answer
    }

    /// Everything that happens before `end`, in the order of time.
    mutating func wait(until end: Duration) {
        for _ in 0..<1_000 {
            let result = running.min { $0.at < $1.at }
            let due = summary.nextDue
            guard let next = [result?.at, due].compactMap({ $0 }).min(), next <= end else { return }
            if let result, result.at <= next {
                running.removeAll { $0.id == result.id && $0.at == result.at }
                if let step = summary.callEnded(result.id, result.outcome, at: result.at) { note(step, result.at) }
            }
            look(at: next)
            // Nothing came of the time that was named: only text will change that.
            if summary.nextDue == due, running.isEmpty { return }
        }
        Issue.record("the machine wants to be asked for ever")
    }

    mutating func receive(_ text: [UInt8], at now: Duration) {
        wait(until: now)
        summary.received(text.span, at: now)
        look(at: now)
    }

    mutating func finish(at now: Duration) {
        wait(until: now)
        if let step = summary.finish(at: now) { steps.append(TimedStep(time: now, step: step, isLast: true)) }
        wait(until: now + .seconds(100))
    }

    private mutating func look(at now: Duration) {
        if let step = summary.step(at: now) { note(step, now) }
        guard let call = summary.takeCall(at: now) else { return }
        calls.append(call)
        if let (outcome, time) = answer(call) { running.append((call.id, outcome, now + time)) }
        if case .some((.busy, _)) = answer(call) { wait(until: now) }
    }

    private mutating func note(_ step: Step, _ now: Duration) {
        steps.append(TimedStep(time: now, step: step))
    }

    /// 50 tokens a second.
    mutating func play(_ reasoning: String = ModelSummaryTests.reasoning, bytesPerSecond: Int = 200, piece: Int = 4) {
        let bytes = Array(reasoning.utf8)
        var start = 0
        while start < bytes.count {
            let end = min(start + piece, bytes.count)
            receive(Array(bytes[start..<end]), at: .milliseconds(end * 1_000 / bytesPerSecond))
            start = end
        }
        finish(at: .milliseconds(bytes.count * 1_000 / bytesPerSecond))
    }
}

@Suite struct ModelSummaryTests {
    static let prompt = "Is 1001 a prime number, and what are its factors?"

    static let reasoning = """
        Okay, so I need to find out whether 1001 is a prime number. Let me test small primes first. It is odd, so 2 does not divide it. The \
        digit sum is 2, so 3 does not divide it either. It does not end in 0 or 5, so 5 is out. Next comes 7. I compute 7 × 143 = 1001, so 7 \
        divides it and 1001 is composite. Now I have to factor 143 as well. The candidates are 11 and 13. I compute 11 × 13 = 143, which fits. \
        Wait, let me double-check that multiplication: 11 × 13 is 110 + 33, and that is 143 indeed. So the full factorisation of 1001 is 7, 11 \
        and 13. Each of them is a prime number itself, because none of the smaller primes divides it. I should also verify the product once \
        more: 7 × 11 is 77, and 77 × 13 is 1001. That confirms the factorisation. I could mention that 1001 is the product of three consecutive \
        primes. Hmm, 7, 11 and 13 are indeed consecutive primes, so that remark is correct. Therefore the answer is that 1001 is not a prime \
        number, and its factors are 7, 11 and 13.
        """

    /// Steps that are true of the reasoning, one after the other.
    static let told = [
        "The model tests small primes such as 2, 3 and 5 as divisors of 1001.", "It finds that 7 divides 1001, because 7 × 143 is 1001.",
        "It factors 143 and tries the candidates 11 and 13.", "It verifies the multiplication of 11 and 13, which gives 143.",
        "It confirms the full factorisation into 7, 11 and 13.", "It remarks that the three factors are consecutive primes.",
    ]

    static func faithful(_ time: Duration = .milliseconds(400)) -> ModelPlayer.Answer {
        { call in
            // A sentence of the window itself: always faithful.
            let window = call.content.split(separator: "<<<reasoning>>>\n").last.map(String.init) ?? ""
            let sentences = window.split(separator: ". ").filter {
                $0.count > 30 && !$0.contains("<<<") && !$0.contains("Wait") && $0.count < 200
            }
            guard let sentence = sentences.last else { return (.empty, time) }
            return (.text(Array("\(sentence.prefix(1).uppercased())\(sentence.dropFirst()).".utf8), isCut: false), time)
        }
    }

    @Test func theModelsStepsAreSaidInTime() {
        var player = ModelPlayer(answer: Self.faithful())
        player.play()
        let facts = player.summary.facts
        #expect(facts.fates[.used] ?? 0 >= 2, "\(facts)")
        #expect(player.steps.count >= 2)
        #expect(player.steps[0].time <= .seconds(3))
        for (one, next) in zip(player.steps, player.steps.dropFirst()) where !next.isLast {
            #expect(next.time - one.time >= .seconds(3) && next.time - one.time <= .seconds(8), "\(one) \(next)")
        }
    }

    @Test func aCallShowsWhatIsNewAndNeverEverythingAgain() {
        var player = ModelPlayer(answer: Self.faithful())
        player.play()
        var seen = ""
        for call in player.calls {
            guard let start = call.content.firstRange(of: "<<<reasoning>>>\n"),
                let end = call.content.firstRange(of: "\n<<<end of reasoning>>>")
            else {
                Issue.record("no reasoning in \(call.content)")
                continue
            }
            seen += call.content[start.upperBound..<end.lowerBound]
        }
        #expect(Self.reasoning.hasPrefix(seen), "a window repeats or skips something: \(seen)")
        #expect(player.calls.count >= 2)
        #expect(player.calls.last?.content.contains("<<<steps>>>") == true)
        #expect(player.calls[0].content.contains(Self.prompt))
        #expect(player.calls[0].instructions.contains("in English"))
    }

    /// In each of them the extractive engine's steps come, in time, and the reason is counted.
    static let failures: [(String, SummaryOutcome, SummaryFate)] = [
        ("failed", .failed, .failed), ("empty", .empty, .empty), ("busy", .busy, .busy), ("left alone", .leftAlone, .leftAlone),
        ("unclean", .text(Array("{\"a\": 1}".utf8), isCut: false), .unclean),
        ("number", .text(Array("The model tests the divisor 4711 of the number.".utf8), isCut: false), .unfaithful),
        ("name", .text(Array("The model recalls what Ramanujan wrote about the number.".utf8), isCut: false), .unfaithful),
        ("unrelated", .text(Array("Please visit the casino tonight and win great prizes.".utf8), isCut: false), .unfaithful),
        ("language", .text(Array("Das Modell prüft, ob die Zahl eine Primzahl ist.".utf8), isCut: false), .language),
        ("cut", .text(Array("The model tests whether 1001".utf8), isCut: true), .unclean),
    ]

    @Test(arguments: failures.indices)
    func everyFailureHandsTheStepToTheExtractiveEngine(position: Int) {
        let (name, outcome, fate) = Self.failures[position]
        var player = ModelPlayer { _ in (outcome, .milliseconds(outcome == .busy || outcome == .leftAlone ? 0 : 300)) }
        player.play()
        #expect(player.summary.facts.fates[fate] ?? 0 >= 1, "\(name): \(player.summary.facts)")
        #expect(player.summary.facts.fates[.used] == nil)
        #expect(player.steps.count >= 2, "\(name)")
        #expect((player.steps.first?.time ?? .seconds(99)) <= .seconds(3), "\(name)")
        for step in player.steps { #expect(!step.step.text.contains("4711") && !step.step.text.contains("Ramanujan")) }
    }

    @Test func aSummariserThatNeverAnswersCostsItsDeadlineAndNoMore() {
        var player = ModelPlayer { _ in nil }
        player.play()
        #expect(player.summary.facts.fates[.late] ?? 0 >= 1)
        #expect(player.steps.count >= 2)
        #expect((player.steps.first?.time ?? .seconds(99)) <= .seconds(3))
        for (one, next) in zip(player.steps, player.steps.dropFirst()) where !next.isLast { #expect(next.time - one.time <= .seconds(8)) }
    }

    @Test func aResultBehindTheDeadlineIsDroppedWhateverCameFirst() {
        // The owner's timer may be late: the result that arrives before it is late all the same.
        for asksFirst in [true, false] {
            var summary = ModelSummary(prompt: PromptFacts(lastUserText: Array(Self.prompt.utf8)))
            summary.received(Array(Self.reasoning.utf8.prefix(400)).span, at: .zero)
            guard let call = summary.takeCall(at: .milliseconds(500)) else {
                Issue.record("no call")
                return
            }
            if asksFirst { _ = summary.step(at: call.deadline) }
            let step = summary.callEnded(call.id, .text(Array(Self.told[0].utf8), isCut: false), at: call.deadline)
            #expect(step == nil)
            #expect(summary.facts.fates == [.late: 1])
            #expect(summary.facts.strayResults == (asksFirst ? 1 : 0))
        }
    }

    @Test func resultsOfNoCallOfAnEndedCallAndAfterTheEndAreNothing() {
        var summary = ModelSummary(prompt: PromptFacts(lastUserText: Array(Self.prompt.utf8)))
        let good = SummaryOutcome.text(Array(Self.told[0].utf8), isCut: false)
        #expect(summary.callEnded(1, good, at: .zero) == nil)
        summary.received(Array(Self.reasoning.utf8.prefix(400)).span, at: .zero)
        #expect(summary.takeCall(at: .milliseconds(400)) == nil)
        let call = summary.takeCall(at: .milliseconds(500))
        #expect(summary.takeCall(at: .milliseconds(600)) == nil, "one call at a time")
        #expect(summary.callEnded(2, good, at: .milliseconds(700)) == nil)
        #expect(summary.callEnded(call?.id ?? 0, good, at: .milliseconds(700))?.text == Self.told[0])
        #expect(summary.callEnded(call?.id ?? 0, good, at: .milliseconds(800)) == nil)
        _ = summary.finish(at: .milliseconds(900))
        #expect(summary.callEnded(call?.id ?? 0, good, at: .milliseconds(950)) == nil)
        #expect(summary.step(at: .seconds(99)) == nil && summary.takeCall(at: .seconds(99)) == nil && summary.nextDue == nil)
        #expect(summary.facts.strayResults == 4)
    }

    @Test func theAnswerDropsTheCallUnderWay() {
        var summary = ModelSummary(prompt: PromptFacts(lastUserText: Array(Self.prompt.utf8)))
        summary.received(Array(Self.reasoning.utf8.prefix(500)).span, at: .zero)
        let call = summary.takeCall(at: .milliseconds(500))
        #expect(summary.awaitedCall == call?.id)
        let step = summary.finish(at: .milliseconds(600))
        #expect(step != nil, "the extractive engine closes")
        #expect(summary.awaitedCall == nil)
        #expect(summary.callEnded(call?.id ?? 0, .text(Array(Self.told[0].utf8), isCut: false), at: .milliseconds(700)) == nil)
        #expect(summary.facts.fates == [.dropped: 1])
    }

    @Test func anotherUpstreamBeginsWithoutTheOldOnesCallAndText() {
        var summary = ModelSummary(prompt: PromptFacts(lastUserText: Array(Self.prompt.utf8)))
        summary.received(
            Array("The zebrafish swims in the water and eats little things all day long, says everybody who knows it.".utf8).span, at: .zero
        )
        let call = summary.takeCall(at: .milliseconds(500))
        summary.restarted()
        #expect(summary.awaitedCall == nil)
        #expect(
            summary.callEnded(call?.id ?? 0, .text(Array("The zebrafish swims in the water.".utf8), isCut: false), at: .milliseconds(600))
                == nil)
        summary.received(Array(Self.reasoning.utf8.prefix(400)).span, at: .seconds(1))
        let second = summary.takeCall(at: .seconds(1))
        #expect(second != nil && second?.content.contains("zebrafish") == false)
    }

    @Test func whereTheExtractiveEngineFindsNothingTheModelIsAskedAgain() {
        // Program text: nothing in it can be quoted, and no line is the other's.
        let lines = (0..<40).map {
            "let total\($0) = values\($0 * 7).map { $0.count * \($0 + 2) }; if (total\($0) != 0) { print(total\($0)) };"
        }
        var player = ModelPlayer { call in (call.id == 1 ? .failed : .empty, .milliseconds(100)) }
        player.play(lines.joined(separator: "\n"))
        #expect(player.calls.count >= 2, "\(player.calls.count) calls in 17 s")
        #expect(player.steps.isEmpty)
    }

    @Test func aStepIsNotSaidTwice() {
        var player = ModelPlayer { _ in
            (.text(Array("The model tests small primes as divisors of 1001.".utf8), isCut: false), .milliseconds(200))
        }
        player.play()
        #expect(player.summary.facts.fates[.used] == 1)
        #expect(player.summary.facts.fates[.repeated] ?? 0 >= 1)
        #expect(Set(player.steps.map(\.step.text)).count == player.steps.count)
    }

    @Test func theTokensOfAStreamAreBounded() {
        var options = ModelSummaryOptions()
        options.budgetTokens = 900
        var player = ModelPlayer(options, answer: Self.faithful())
        player.play(Self.reasoning + " " + Self.reasoning.replacing("1001", with: "2431").replacing("143", with: "187"))
        let estimates = player.calls.map {
            TokenEstimate.tokens(of: $0.instructions) + TokenEstimate.tokens(of: $0.content) + options.maximumTokens
        }
        #expect(estimates.reduce(0, +) <= 900)
        #expect(player.calls.count >= 1)
        #expect(player.summary.facts.fates[.budget] == 1)
        #expect(player.steps.count > player.calls.count, "the extractive engine goes on")
    }

    @Test func countedTokensTakeTheEstimatesPlace() {
        var options = ModelSummaryOptions()
        options.budgetTokens = 2_000
        var summary = ModelSummary(options: options, prompt: PromptFacts(lastUserText: Array(Self.prompt.utf8)))
        summary.received(Array(Self.reasoning.utf8.prefix(500)).span, at: .zero)
        guard let call = summary.takeCall(at: .milliseconds(500)) else {
            Issue.record("no call")
            return
        }
        let usage = SummaryUsage(prompt: 300, completion: 1_600)
        _ = summary.callEnded(call.id, .text(Array(Self.told[0].utf8), isCut: false), usage: usage, at: .milliseconds(600))
        #expect(summary.facts.usage == usage)
        summary.received(Array(Self.reasoning.utf8.dropFirst(500)).span, at: .seconds(4))
        #expect(summary.takeCall(at: .seconds(4)) == nil)
        #expect(summary.facts.fates[.budget] == 1)
    }

    @Test func howTheReasoningIsCutDoesNotMatter() {
        func played(_ piece: Int) -> ([TimedStep], [SummaryCall]) {
            var player = ModelPlayer(answer: Self.faithful())
            let bytes = Array(Self.reasoning.utf8)
            var start = 0
            // The same text is there at the same whole seconds, in pieces of any size.
            for second in 1...(bytes.count / 200 + 1) {
                let stop = min(second * 200, bytes.count)
                while start < stop {
                    let end = min(start + piece, stop)
                    player.summary.received(Array(bytes[start..<end]).span, at: .seconds(second))
                    start = end
                }
                player.receive([], at: .seconds(second))
            }
            player.finish(at: .seconds(60))
            return (player.steps, player.calls)
        }
        let whole = played(100_000)
        #expect(whole.0.count >= 2)
        for piece in [1, 2, 3, 7, 64] {
            let cut = played(piece)
            #expect(cut.0 == whole.0)
            #expect(cut.1 == whole.1)
        }
    }

    @Test func anyOrderOfEventsKeepsTheLaws() {
        for seed in 0..<400 {
            var random = SeededRandom(seed: UInt64(seed))
            var summary = ModelSummary(prompt: PromptFacts(lastUserText: Array(Self.prompt.utf8)))
            let bytes = Array((Self.reasoning + " " + Self.reasoning).utf8)
            var (now, start, awaited, hasEnded, lastID) = (Duration.zero, 0, [Int](), false, 0)
            var texts: [String] = []
            for _ in 0..<300 {
                now += .milliseconds(Int.random(in: 0...400, using: &random))
                switch Int.random(in: 0..<20, using: &random) {
                case 0..<10:
                    let end = min(bytes.count, start + Int.random(in: 0...80, using: &random))
                    summary.received(Array(bytes[start..<end]).span, at: now)
                    start = end
                case 10..<13: if let step = summary.step(at: now) { texts.append(step.text) }
                case 13..<16:
                    if let call = summary.takeCall(at: now) {
                        #expect(!hasEnded && call.id == lastID + 1 && call.deadline > now)
                        lastID = call.id
                        awaited.append(call.id)
                    }
                case 16..<19:
                    let id = awaited.randomElement(using: &random) ?? Int.random(in: 0...5, using: &random)
                    let text = Self.told[Int.random(in: 0..<Self.told.count, using: &random)]
                    let outcomes: [SummaryOutcome] = [.text(Array(text.utf8), isCut: false), .empty, .failed, .busy, .leftAlone]
                    let wasAwaited = summary.awaitedCall == id
                    if let step = summary.callEnded(id, outcomes[Int.random(in: 0..<5, using: &random)], at: now) {
                        #expect(wasAwaited && !hasEnded)
                        texts.append(step.text)
                    }
                default:
                    if Int.random(in: 0..<20, using: &random) == 0 {
                        if let step = summary.finish(at: now) { texts.append(step.text) }
                        hasEnded = true
                    } else if !hasEnded, Int.random(in: 0..<20, using: &random) == 0 {
                        summary.restarted()
                    }
                }
                #expect(!hasEnded || summary.awaitedCall == nil && summary.nextDue == nil)
            }
            #expect(Set(texts).count == texts.count, "seed \(seed): something was said twice: \(texts)")
            let facts = summary.facts
            let ended = facts.fates.filter { $0.key.wasCalled || $0.key == .busy || $0.key == .leftAlone }.map(\.value).reduce(0, +)
            #expect(ended + (summary.awaitedCall == nil ? 0 : 1) == lastID, "seed \(seed): each call has one fate: \(facts)")
        }
    }
}
