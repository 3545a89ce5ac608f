import Testing

@testable import Summaries

/// What a summary ends with: the conclusion, whatever its form, and the best of what no step has said.
@Suite struct ClosingStepTests {
    /// About 3,200 characters that come to nothing.
    private static let thoughts = SummaryPaceTests.topics(count: 40)

    private static func last(of text: String, prompt: String = "") -> TimedStep? {
        Player.play(text, prompt: prompt).last.flatMap { $0.isLast ? $0 : nil }
    }

    @Test(arguments: [
        """
        So the answer: keep the old mill, rent the meadow behind it to the neighbours for 1,450 euros a year, repair the weir before winter \
        comes, and sell neither the pond nor the forest until the survey of the district is published in May.
        """,
        "Final: take the train over Bolzano on 14 May unless the pass is open by then.",
        "Answer: 50.", "So the answer is 31/91 ≈ 0.341.",
        "**Answer: 50.**", "**Final Answer:** 50", "**Final answer: 50**",
        "Fazit: Die Mühle bleibt, und die Wiese wird für 1.450 Euro verpachtet.",
        "Respuesta: tren por Bolzano el 14 de mayo, unos 230 euros, con 40 de margen.",
        "Resposta: churrasco, cerca de 2.100 reais, sobram uns 300 para a sobremesa.",
        "En résumé : le train par Bolzano le 14 mai, et la voiture seulement en cas de grève.",
        "i think thats it the train over bolzano and the total is about 230 euro so under 300",
    ])
    func theConclusionIsKeptWhole(_ conclusion: String) {
        let words = conclusion.split(separator: " ").suffix(5).joined(separator: " ").filter { !"*.".contains($0) }
        let said = Self.last(of: Self.thoughts + "\n\n" + conclusion)?.step.text.filter { $0 != "." } ?? ""
        #expect(said.contains(words), "\(said)")
    }

    @Test func aRemarkBehindTheConclusionDoesNotTakeItsPlace() {
        let ending = "\n\nSo the answer is the southern route over Bolzano for 230 euros.\n\nI should mention the toll. Keep it short."
        #expect(Self.last(of: Self.thoughts + ending)?.step.text.contains("the southern route over Bolzano for 230 euros") == true)
    }

    @Test(arguments: [
        "The answer should have a table by week and a list of calls for today: the electrician, the fitter and the tiler.",
        "Tone of the answer: short and confident, with three reasons, one caveat and a subtitle for the sign.",
        "Recommendation first, then one table with both sums, then the condition under which it holds.",
        "Answer: short verdict, core paragraph, three numbers, the head-on test and one caveat.",
        "I'd begin with the result, give the chain of causes in seven steps, and end with the lesson of redundancy.",
    ])
    func notesOnTheAnswersFormAreNoConclusion(_ note: String) {
        let said =
            Self.last(of: Self.thoughts + "\n\nSo the answer is the southern route over Bolzano for 230 euros.\n\n" + note)?.step.text ?? ""
        #expect(said.contains("the southern route over Bolzano for 230 euros"), "\(said)")
        #expect(!said.contains(note.prefix(24)), "\(said)")
    }

    @Test func whatStandsUnderAHeadingOfTheConclusionIsIt() {
        let headed =
            "\n\n**10. Conclusion for the answer**\n\nBoth are right: the overflow was the trigger, and reuse without a check the cause."
        let behind = " Therefore the board makes recommendations to its teams and to those that lead them."
        // Room for one of the two.
        let said = Self.last(of: SummaryPaceTests.topics(count: 3) + headed + behind)?.step.text ?? ""
        #expect(said.contains("the overflow was the trigger") && !said.contains("recommendations"), "\(said)")
    }

    @Test func aNameThatWasWeighedBeforeIsSaidWhenItIsChosen() {
        var summary = ReasoningSummary()
        summary.received(Array("Springline in Preston is an accounting firm with 40 offices. Perhaps ".utf8).span, at: .zero)
        #expect(summary.step(at: .seconds(3))?.text.contains("Springline") == true)
        summary.received(Array("120 words. I'd go with Springline.".utf8).span, at: .seconds(4))
        #expect(summary.finish(at: .seconds(4))?.text.contains("I'd go with Springline.") == true)
    }

    @Test func theConclusionComesAlsoRightAfterAStep() {
        var summary = ReasoningSummary()
        summary.received(Array((Self.thoughts + "\n\nSo the plan: four nights in Bolzano.\n").utf8).span, at: .zero)
        #expect(summary.step(at: .seconds(3)) != nil)
        #expect(summary.finish(at: .seconds(3))?.text.contains("four nights in Bolzano") == true)
    }

    @Test func whatIsLeftOfTheShareIsSpentAtTheEnd() {
        for count in [30, 60, 90] {
            let text = SummaryPaceTests.topics(count: count)
            let length = Player.play(text).reduce(0) { $0 + $1.step.text.count }
            #expect(length * 100 > text.count * 12 && length * 100 < text.count * 15, "\(length) of \(text.count)")
        }
    }

    @Test func theBestOfTheMiddleThatNoStepHasSaidComesBackAtTheEnd() {
        let found = "Anna gets 7,800 euros from the bank in Zurich for the house. "
        let better = "Therefore Martin pays 3,400 euros for the roof, because Berlin refunds 60 percent of every heating permit.\n\n"
        var summary = ReasoningSummary()
        summary.received(Array((found + better).utf8).span, at: .zero)
        // The step is made of the second, and the first is behind it.
        var steps = [summary.step(at: .seconds(3))?.text ?? ""]
        summary.received(Array(Self.poor.utf8).span, at: .seconds(4))
        steps.append(summary.finish(at: .seconds(30))?.text ?? "")
        #expect(steps.map { $0.contains("3,400") } == [true, false])
        #expect(steps.map { $0.contains("7,800") } == [false, true])
    }

    /// Nothing that is worth a word.
    private static let poor = String(repeating: "Maybe I should check it again. Let me think about it once more. ", count: 40)

    @Test func nothingIsSaidAgainAtTheEnd() {
        let steps = Player.play(Self.thoughts + "\n\n" + Self.thoughts)
        let sentences = steps.flatMap { $0.step.text.split(separator: ". ") }
        #expect(Set(sentences).count == sentences.count)
    }

    @Test func theClosingStepHasAtMostTwiceTheCharactersOfAStep() {
        for count in [20, 200, 1_000] {
            for step in Player.play(SummaryPaceTests.topics(count: count)) { #expect(step.step.text.count <= (step.isLast ? 480 : 240)) }
        }
    }
}
