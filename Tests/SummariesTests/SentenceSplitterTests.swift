import Testing

@testable import Summaries

@Suite struct SentenceSplitterTests {
    private func passages(_ pieces: [ArraySlice<UInt8>]) -> [Passage] {
        var splitter = SentenceSplitter()
        var found: [Passage] = []
        for piece in pieces { splitter.take(Array(piece).span, into: &found) }
        splitter.finish(into: &found)
        return found
    }

    private func texts(_ input: String) -> [String] {
        passages([Array(input.utf8)[...]]).map { String(decoding: $0.text, as: UTF8.self) }
    }

    @Test(arguments: Fixture.vectors("sentences.txt"))
    func sentencesEndWhereAReaderWouldEndThem(_ vector: Fixture.Vector) {
        #expect(texts(vector.input) == vector.expected)
    }

    @Test(arguments: Fixture.vectors("sentences.txt"))
    func sentencesDoNotDependOnTheCutting(_ vector: Fixture.Vector) {
        let bytes = Array(vector.input.utf8)
        let whole = passages([bytes[...]])
        for pieces in Cutting.all(bytes) + Cutting.twoWay(bytes) { #expect(passages(pieces) == whole) }
    }

    @Test func theVectorsAreThere() {
        #expect(Fixture.vectors("sentences.txt").count >= 30)
    }

    @Test func brokenUTF8BecomesReplacementCharactersWhereverItIsCut() {
        let bytes: [UInt8] =
            Array("Good start ".utf8) + [0xFF, 0xE4, 0xB8, 0x20, 0xED, 0xA0, 0x80, 0xF0, 0x9F] + Array(" and end.".utf8) + [0xE4]
        let whole = passages([bytes[...]])
        #expect(whole.allSatisfy { String(validating: $0.text, as: UTF8.self) != nil })
        for pieces in Cutting.twoWay(bytes) { #expect(passages(pieces) == whole) }
    }

    @Test func aSentenceThatNeverEndsIsDroppedAndHoldsLittle() {
        var splitter = SentenceSplitter()
        var found: [Passage] = []
        let word = Array("endless ".utf8)
        for _ in 0..<20_000 {
            splitter.take(word.span, into: &found)
            #expect(splitter.heldBytes <= SentenceSplitter.longestSentence + word.count)
        }
        splitter.take(Array("stop. The next one is whole. ".utf8).span, into: &found)
        splitter.finish(into: &found)
        #expect(found.map { String(decoding: $0.text, as: UTF8.self) } == ["The next one is whole."])
    }

    @Test func anUnclosedFenceDoesNotSilenceTheRest() {
        let code = String(repeating: "let x = 1\n", count: SentenceSplitter.longestFence / 10 + 2)
        #expect(texts("```\n" + code + "Now the text goes on here.\n").last == "Now the text goes on here.")
    }

    @Test func carriageReturnsAreLineBreaks() {
        #expect(texts("One line.\r\nTwo lines\r\n\r\nThree\rfour") == ["One line.", "Two lines", "Three", "four"])
    }

    @Test func aRestartBeginsANewText() {
        var splitter = SentenceSplitter()
        var found: [Passage] = []
        splitter.take(Array("An unfinished thought about ".utf8).span, into: &found)
        splitter.restart()
        splitter.take(Array("A new one. ".utf8).span, into: &found)
        splitter.finish(into: &found)
        #expect(found.map { String(decoding: $0.text, as: UTF8.self) } == ["A new one."])
    }
}
