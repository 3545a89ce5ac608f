import Foundation
import Testing

@testable import Summaries

/// A step and when it came.
struct TimedStep: Equatable {
    var time: Duration
    var step: Step
    var isLast = false
}

/// Plays reasoning into a summary at a steady pace, as an owner would: asks after each piece, and at the time `nextDue` names.
enum Player {
    /// Pieces of about four bytes, 20 ms apart: 50 tokens a second.
    static func play(
        _ text: String, prompt: String = "", options: ReasoningSummaryOptions = .init(), bytesPerSecond: Int = 200
    ) -> [TimedStep] {
        let bytes = Array(text.utf8)
        let pieces = stride(from: 0, to: bytes.count, by: 4).map { bytes[$0..<min($0 + 4, bytes.count)] }
        return play(pieces, prompt: prompt, options: options) { .milliseconds($0 * 1_000 / bytesPerSecond) }
    }

    /// The time depends on the bytes received so far, so that differently cut text is heard at the same times.
    static func play(
        _ pieces: [ArraySlice<UInt8>], prompt: String, options: ReasoningSummaryOptions, clock: (Int) -> Duration
    ) -> [TimedStep] {
        var summary = ReasoningSummary(options: options, prompt: PromptFacts(lastUserText: Array(prompt.utf8)))
        var steps: [TimedStep] = []
        var received = 0
        for piece in pieces {
            let now = clock(received + piece.count)
            if let due = summary.nextDue, due < now, let step = summary.step(at: due) { steps.append(TimedStep(time: due, step: step)) }
            received += piece.count
            summary.received(Array(piece).span, at: now)
            if let step = summary.step(at: now) { steps.append(TimedStep(time: now, step: step)) }
        }
        let end = clock(received)
        if let step = summary.finish(at: end) { steps.append(TimedStep(time: end, step: step, isLast: true)) }
        return steps
    }
}

@Suite struct ReasoningSummaryTests {
    private func steps(_ trace: Fixture.Trace) -> [TimedStep] { Player.play(trace.reasoning, prompt: trace.prompt) }

    /// Words in lower case, punctuation and markup left out.
    private func words(_ text: String) -> [String] {
        text.lowercased().split(whereSeparator: { !$0.isLetter && !$0.isNumber }).map(String.init)
    }

    @Test func theTracesAreThere() { #expect(Fixture.traces.count >= 12) }

    @Test(arguments: Fixture.traces)
    func stepsAreMadeOfTheReasoningsOwnWords(_ trace: Fixture.Trace) {
        let source = words(trace.reasoning)
        for step in steps(trace) {
            for sentence in sentences(of: step.step.text) {
                #expect(occursInOrder(words(sentence), in: source), "\(sentence)")
            }
        }
    }

    /// All words in this order, with gaps only where an aside, a formula's markup or a filler was left out.
    private func occursInOrder(_ wanted: [String], in source: [String]) -> Bool {
        guard let first = wanted.first else { return false }
        return source.indices.contains { start in
            guard source[start] == first else { return false }
            var position = start
            for word in wanted {
                guard let next = source[position...].firstIndex(of: word), next - position <= 24 else { return false }
                position = next + 1
            }
            return true
        }
    }

    private func sentences(of text: String) -> [String] {
        var splitter = SentenceSplitter()
        var found: [Passage] = []
        splitter.take(Array(text.utf8).span, into: &found)
        splitter.finish(into: &found)
        return found.map { String(decoding: $0.text, as: UTF8.self) }
    }

    @Test(arguments: Fixture.traces)
    func stepsAreOneOrTwoWholeSentencesAndTheLastMayHaveMore(_ trace: Fixture.Trace) {
        for step in steps(trace) {
            let text = step.step.text
            #expect((1...(step.isLast ? 8 : 2)).contains(sentences(of: text).count), "\(text)")
            #expect(".!?。！？।…\"".contains(text.last ?? " "), "\(text)")
            #expect(text.first?.isLowercase == false, "\(text)")
            #expect(text.count <= (step.isLast ? 480 : 240))
        }
    }

    @Test(arguments: Fixture.traces)
    func noMarkupOrCodeIsQuoted(_ trace: Fixture.Trace) {
        let marks = ["```", "`", "**", "\\", "$", "<note", "</", "| ", "](", "{", "}", "def ", "+=", "\n", "##"]
        for step in steps(trace) {
            for mark in marks { #expect(!step.step.text.contains(mark), "\(step.step.text)") }
        }
    }

    @Test(arguments: Fixture.traces)
    func noStepSaysWhatAnotherSaid(_ trace: Fixture.Trace) {
        // Twice the same reasoning, as models that check themselves go over everything again.
        let steps = Player.play(trace.reasoning + "\n\n" + trace.reasoning, prompt: trace.prompt)
        let said = steps.map { Set(words($0.step.text).filter { $0.count > 3 }) }
        for (index, later) in said.enumerated() {
            for earlier in said[..<index] where !later.isEmpty {
                #expect(later.intersection(earlier).count * 100 <= later.count * 80, "\(later) repeats \(earlier)")
            }
        }
    }

    @Test(arguments: Fixture.traces)
    func theConclusionIsSaid(_ trace: Fixture.Trace) {
        #expect(steps(trace).suffix(2).contains { $0.step.text.contains(trace.conclusion) })
    }

    @Test(arguments: Fixture.traces)
    func theSummaryStaysWithinItsShare(_ trace: Fixture.Trace) {
        let options = ReasoningSummaryOptions()
        let length = steps(trace).reduce(0) { $0 + $1.step.text.count }
        let allowed = options.allowance(after: trace.reasoning.unicodeScalars.count, opening: options.openingCharacters)
        #expect(length <= allowed + options.maximumStepCharacters)
    }

    @Test(arguments: Fixture.traces)
    func theFirstStepComesWithinThreeSecondsAndTheRestInPace(_ trace: Fixture.Trace) {
        let steps = steps(trace)
        #expect(steps.first.map { $0.time <= .seconds(3) } == true)
        for (earlier, later) in zip(steps, steps.dropFirst()) where !later.isLast {
            #expect(later.time - earlier.time >= .seconds(3))
        }
    }

    @Test(arguments: Fixture.traces)
    func theResultDoesNotDependOnTheCutting(_ trace: Fixture.Trace) {
        // The clock stands still within a block of 600 bytes, and pieces end where blocks end: what is cut lies between equal readings.
        let bytes = Array(trace.reasoning.utf8)
        let blocks = stride(from: 0, to: bytes.count, by: 600).map { bytes[$0..<min($0 + 600, bytes.count)] }
        let whole = played(blocks.map { [$0] }, trace)
        for seed in 0..<5 {
            let cut = blocks.map { Cutting.random(Array($0), seed: UInt64(seed), most: 1 + seed * 20) }
            #expect(played(cut, trace) == whole)
        }
        #expect(played(blocks.map { Array($0).map { [$0][...] } }, trace) == whole)
    }

    private func played(_ blocks: [[ArraySlice<UInt8>]], _ trace: Fixture.Trace) -> [Step] {
        var summary = ReasoningSummary(prompt: PromptFacts(lastUserText: Array(trace.prompt.utf8)))
        var steps: [Step] = []
        for (index, block) in blocks.enumerated() {
            let now = Duration.seconds(index * 3)
            for piece in block { summary.received(Array(piece).span, at: now) }
            if let step = summary.step(at: now) { steps.append(step) }
        }
        if let step = summary.finish(at: .seconds(blocks.count * 3)) { steps.append(step) }
        return steps
    }
}
