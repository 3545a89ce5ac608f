import Testing

@testable import Summaries

@Suite struct SentenceTests {
    private func readable(_ text: String) -> String? {
        let passage = Passage(text: Array(text.utf8), ending: .lineEnd, ordinal: 0, startsLine: true)
        return Sentence(passage).map { String(decoding: $0.text, as: UTF8.self) }
    }

    @Test(arguments: Fixture.vectors("readable.txt"))
    func passagesBecomeSentencesThatReadByThemselves(_ vector: Fixture.Vector) {
        #expect(readable(vector.input) == vector.expected.first)
    }

    @Test func theVectorsAreThere() { #expect(Fixture.vectors("readable.txt").count >= 40) }

    @Test(arguments: ["# Plan of the work", "**Weighing the costs**", "**Weighing the costs:**"])
    func headingsAreKnownAsSuch(_ line: String) {
        let sentence = Sentence(Passage(text: Array(line.utf8), ending: .lineEnd, ordinal: 0, startsLine: true))
        #expect(sentence?.kind == .heading)
    }

    @Test(arguments: [("Macはどうでしょうか。", Sentence.Kind.question), ("ここはとても静か。", .statement), ("それは正しいことが分かります。", .statement)])
    func aJapaneseQuestionMayEndInAFullStop(_ text: String, _ kind: Sentence.Kind) {
        let passage = Passage(text: Array(text.utf8), ending: .punctuation, ordinal: 0, startsLine: false)
        #expect(Sentence(passage)?.kind == kind)
    }

    @Test(arguments: ["橋」のようになってしまいます。", "「髙橋さんの名前が壊れてしまいます。", "『のようになってしまいます。"])
    func aSentenceCutInsideAQuotationIsNone(_ text: String) {
        #expect(readable(text) == nil)
        #expect(readable(text.filter { !"「」『".contains($0) }) != nil)
    }

    @Test func aLineThatAFormulaInterruptsIsNoSentence() {
        let passage = Passage(text: Array("From the equation above we get".utf8), ending: .interrupted, ordinal: 0, startsLine: true)
        #expect(Sentence(passage) == nil)
    }

    @Test(arguments: [
        ("We need to count the letters of the word.", "Counting the letters"),
        ("Let me use the weather tool to get the data.", "Using the weather tool"),
        ("Let me try to find the reason, because it matters.", "Finding the reason"),
        ("I'll plan the three days in detail.", "Planning the three days"),
        ("We need to compare the number of the second list.", "Comparing the number"),
    ])
    func anEnglishActionGivesATitle(_ sentence: String, _ title: String) {
        #expect(StepTitle.title(of: Array(sentence.utf8), heading: nil) == title)
    }

    @Test(arguments: ["The answer is 3.", "我们需要找出这个人。", "Let me see.", "I should not go there."])
    func otherSentencesGiveNone(_ sentence: String) {
        #expect(StepTitle.title(of: Array(sentence.utf8), heading: nil) == nil)
    }

    @Test func aHeadingIsTheBestTitle() {
        #expect(
            StepTitle.title(of: Array("Let me count the words.".utf8), heading: Array("Weighing the costs.".utf8)) == "Weighing the costs")
    }
}
