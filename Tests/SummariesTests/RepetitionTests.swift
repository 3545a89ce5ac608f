import Testing

@testable import Summaries

/// Loops in reasoning: found, told of once, and not seen where there is none.
@Suite struct RepetitionTests {
    private static let circle = "Wait, let me check the third case again. If the red box is empty, the blue box must hold the key. "

    /// `count` sentences with words that have not been there before.
    private static func news(_ count: Int, seed: UInt64 = 1) -> String {
        var numbers = SeededNumbers(state: seed)
        func word() -> String { String((0..<6).map { _ in "abcdefghijklmnop".randomElement(using: &numbers) ?? "x" }) }
        return (0..<count).map { _ in "The \(word()) of the \(word()) is not the \(word()) in the \(word()). " }.joined()
    }

    private func loops(_ text: String, cut: Int = 7) -> Int {
        var watch = RepetitionWatch()
        let bytes = Array(text.utf8)
        for start in stride(from: 0, to: bytes.count, by: cut) {
            watch.received(Array(bytes[start..<min(start + cut, bytes.count)]).span, at: .milliseconds(start))
        }
        return watch.count
    }

    @Test(
        "what goes round in circles is a loop, whatever it is made of",
        arguments: [
            circle, "the ", "no", "ha ha! ", "!", "= ", "一二三四。", "再检查一次，答案是三。", "あ", "да нет ", "0", "\n- \n1. x", "Wait. ",
            "So 12 + 7 = 19, and 19 - 7 = 12.\n",
        ])
    func found(piece: String) {
        #expect(loops(String(repeating: piece, count: 6_000 / piece.utf8.count)) == 1)
    }

    @Test(
        "what is new, or only resembles what was there, is none",
        arguments: [
            news(400), (0..<400).map { "Step \($0): we add \($0 * 3) to the sum and get \($0 * $0). " }.joined(),
            (0..<300).map { "| row \($0) | \($0 * 7) |\n|---|---|\n" }.joined(), news(12) + news(12),
            String(repeating: " \n", count: 4_000),
            String(repeating: "-", count: 900),
        ])
    func notFound(text: String) {
        #expect(loops(text) == 0)
    }

    @Test func traces() {
        for trace in Fixture.traces { #expect(loops(trace.reasoning) == 0, "\(trace.name)") }
    }

    @Test func aLongCircleIsALoopToo() {
        let circle = Self.news(60)
        #expect(loops(circle + circle + circle) == 1)
    }

    /// The table of phrases grows several times while the circle is read for the first time: what it knew must not be lost.
    @Test(arguments: [3, 6, 12, 24, 48]) func whatWasReadBeforeTheMemoryGrewIsKnown(sentences: Int) {
        let circle = Self.news(sentences)
        // More than the words that make a loop, all of them known but for the few phrases that others have pushed out.
        let again = String(repeating: circle, count: 1 + 200 / (sentences * 13))
        #expect(loops(circle + again) == 1)
    }

    @Test func aShortTextHoldsLittle() {
        var watch = RepetitionWatch()
        #expect(watch.heldBytes == 0)
        watch.received(Array(Self.news(3).utf8).span, at: .zero)
        #expect(watch.heldBytes <= 1_100)
        watch.received(Array(Self.news(400).utf8).span, at: .zero)
        #expect(watch.heldBytes <= RepetitionWatch.heldByteCount && RepetitionWatch.heldByteCount < 4_200)
        watch.restarted()
        #expect(watch.heldBytes == 0)
    }

    @Test func aLoopEndsWhenSomethingNewComesAndAnotherCountsAgain() {
        let text = String(repeating: Self.circle, count: 30) + Self.news(60) + String(repeating: "No, the other one is right. ", count: 60)
        #expect(loops(text) == 2)
    }

    @Test func theCuttingDoesNotMatter() {
        let text = Self.news(20) + String(repeating: Self.circle + "再检查一次。", count: 30) + Self.news(50)
        for cut in 1...12 { #expect(loops(text, cut: cut) == 1) }
    }

    @Test func aNoticeTellsOfALoopOnceAndOfTheNextOneAgain() {
        var options = ReasoningSummaryOptions()
        options.repetitionNoticeDelay = .seconds(20)
        let text =
            Self.news(8) + String(repeating: Self.circle, count: 150) + Self.news(40) + String(repeating: "No, not that one. ", count: 600)
        let notices = Player.play(text, options: options).filter { $0.step.kind == .notice }
        #expect(notices.map(\.step.text) == ["The model has repeated itself for 20 s.", "The model has repeated itself for 20 s."])
    }

    @Test func withoutADelayNothingIsTold() {
        var options = ReasoningSummaryOptions()
        options.repetitionNoticeDelay = nil
        let steps = Player.play(String(repeating: Self.circle, count: 300), options: options)
        #expect(!steps.isEmpty && steps.allSatisfy { $0.step.kind == .thought })
    }

    @Test func silenceIsNoRepetition() {
        var options = ReasoningSummaryOptions()
        options.repetitionNoticeDelay = .seconds(20)
        var summary = ReasoningSummary(options: options)
        summary.received(Array(String(repeating: Self.circle, count: 40).utf8).span, at: .seconds(1))
        #expect(summary.repetitionCount == 1)
        #expect(summary.nextDue == nil && summary.step(at: .seconds(4)) == nil && summary.step(at: .seconds(60)) == nil)
    }

    @Test func anotherUpstreamThatThinksTheSameDoesNotRepeatItself() {
        var summary = ReasoningSummary()
        let text = Array(Self.news(60).utf8)
        for _ in 0..<4 {
            summary.received(text.span, at: .zero)
            summary.restarted()
        }
        #expect(summary.repetitionCount == 0)
    }
}
