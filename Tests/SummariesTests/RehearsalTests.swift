import Testing

@testable import Summaries

/// A reasoning played at a steady pace.
@Suite struct RehearsalTests {
    private static let text = "We need to compare the northern route with the southern route through the valley. "

    @Test(arguments: [
        ("", [String]()), ("a", ["a"]), ("The cat sat.", ["The", " cat", " sat", "."]),
        ("counting 12345 é", ["countin", "g", " 123", "45", " é"]),
        ("我们需要分析", ["我们", "需要", "分析"]), ("a\n\n  b", ["a", "\n\n  ", "b"]), ("x=2**8;", ["x", "=", "2", "**", "8", ";"]),
        ("последний", ["посл", "едни", "й"]),
    ])
    func textIsCutAsModelsCutIt(_ text: String, _ pieces: [String]) {
        let bytes = Array(text.utf8)
        var start = 0
        var cut: [String] = []
        for end in Rehearsal.tokenEnds(in: bytes.span) {
            cut.append(String(decoding: bytes[start..<end], as: UTF8.self))
            start = end
        }
        #expect(cut == pieces)
        #expect(start == bytes.count)
    }

    @Test(arguments: Fixture.traces)
    func itSaysWhatTheSummarySaysPieceByPiece(_ trace: Fixture.Trace) {
        let bytes = Array(trace.reasoning.utf8)
        let prompt = PromptFacts(lastUserText: Array(trace.prompt.utf8))
        let rehearsal = Rehearsal(of: bytes.span, prompt: prompt, tokensPerSecond: 50)
        var summary = ReasoningSummary(prompt: prompt)
        var expected: [Step] = []
        var (start, now) = (0, Duration.zero)
        let ends = Rehearsal.tokenEnds(in: bytes.span)
        for end in ends {
            // Another way to the same result: the summary is asked every millisecond.
            summary.received(bytes.span.extracting(start..<end), at: now)
            start = end
            let next = end == ends.last ? now + .milliseconds(1) : now + .milliseconds(20)
            while now < next {
                if let step = summary.step(at: now) { expected.append(step) }
                now += .milliseconds(1)
            }
        }
        now -= .milliseconds(1)
        if let step = summary.finish(at: now) { expected.append(step) }
        #expect(rehearsal.said.map(\.step) == expected)
        #expect(rehearsal.duration == now)
        #expect(rehearsal.tokenCount == ends.count)
        #expect(rehearsal.said.last?.receivedBytes ?? 0 <= bytes.count)
    }

    @Test func aSlowModelMakesTheSameTextTakeLonger() {
        let bytes = Array(Self.text.utf8)
        let fast = Rehearsal(of: bytes.span, tokensPerSecond: 100)
        let slow = Rehearsal(of: bytes.span, tokensPerSecond: 10)
        #expect(slow.duration == fast.duration * 10)
        #expect(slow.said.count == 1)
        #expect(slow.said.first?.time ?? .zero > fast.said.first?.time ?? .seconds(99))
    }

    @Test func aStepThatFallsDueInAPauseComesInThePause() {
        let text = Array("The list is probably sorted. Then we go on and on".utf8)
        // Tokens at 2.286 and 2.571 s: what waits for the opening delay of 2.5 s is not kept until the next token.
        let rehearsal = Rehearsal(of: text.span, tokensPerSecond: 3.5)
        let time = rehearsal.said.first?.time ?? .zero
        #expect(time > .milliseconds(2_000) && time <= .milliseconds(2_500))
        #expect(!(0..<20).contains { time == .seconds($0) * 2 / 7 })
    }
}
