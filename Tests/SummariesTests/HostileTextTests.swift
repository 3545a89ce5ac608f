import Testing

@testable import Summaries

/// Random mixtures of everything the code looks at: nothing may trap, and what comes out keeps its promises.
@Suite struct HostileTextTests {
    private static let pieces = [
        "The answer is ", "So ", "Okay, ", "wait", "Let me ", "count the words", " because it is long", ". ", "? ", "! ", "... ", "… ",
        ", ", ": ",
        ":\n", "\n", "\n\n", "\r\n", "```", "```\n", "~~~\n", "`", "**", "*", "__", "_", "~~", "$", "$$", "\\(", "\\)", "\\[", "\\]",
        "\\frac", "{",
        "}", "\\boxed{", "\\sqrt", "^", "\\", "(", ")", "[", "](", "<a", "</a>", ">", "| ", "|", "# ", "- ", "1. ", "(2) ", "3.14", "e.g.",
        "z. B. ",
        "A. ", "\"", "“", "”", "「", "」", "。", "！", "，", "答案是三", "です", "मैं है", "।", "نعم", "؟", "é", "e\u{301}", "👩‍👩‍👧‍👦", "\u{202E}", "\u{0}",
        "ﬁ", "ß",
        "const x = 1;", "{\"a\": 1}", "2026-01-05 ", "ERROR ", "\t", "  ", "-5 ", "−7", "x", "İ", "…", "—", "don't ", "l'eau ", "\u{FFFD}",
    ]

    private func text(_ numbers: inout SeededNumbers, length: Int) -> [UInt8] {
        (0..<length).flatMap { _ in Array(Self.pieces[Int.random(in: Self.pieces.indices, using: &numbers)].utf8) }
    }

    @Test func reasoningOfAnyShapeGivesCleanStepsWhateverTheCut() {
        var numbers = SeededNumbers(state: 2_026)
        for round in 0..<700 {
            let bytes = text(&numbers, length: 2 + round % 60)
            let whole = steps([bytes[...]])
            for step in whole {
                #expect(step.text.count <= 240 && !step.text.contains("`") && !step.text.contains("\n") && !step.text.contains("\u{202E}"))
            }
            #expect(steps(Cutting.random(bytes, seed: UInt64(round), most: 7)) == whole)
        }
    }

    private func steps(_ pieces: [ArraySlice<UInt8>]) -> [Step] {
        var summary = ReasoningSummary()
        for piece in pieces { summary.received(Array(piece).span, at: .zero) }
        return [summary.step(at: .seconds(3)), summary.finish(at: .seconds(7))].compactMap { $0 }
    }

    @Test func promptsOfAnyShapeGiveASummaryWithinTheLimit() {
        var numbers = SeededNumbers(state: 99)
        for round in 0..<700 {
            let facts = PromptFacts(lastUserText: text(&numbers, length: round % 70), images: round % 3)
            let limit = 1 + round % 250
            let summary = PromptSummary.text(of: facts, limit: limit)
            #expect(!summary.isEmpty && summary.count <= limit && !summary.contains("\n") && !summary.contains("\u{202E}"))
        }
    }

    @Test func randomBytesAreSafe() {
        var numbers = SeededNumbers(state: 5)
        for round in 0..<400 {
            let bytes = (0..<(1 + round)).map { _ in UInt8.random(in: 0...255, using: &numbers) }
            #expect(steps([bytes[...]]) == steps(bytes.indices.map { bytes[$0...$0] }))
        }
    }
}
