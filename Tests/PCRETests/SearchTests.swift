import PCRE
import Testing

@Suite("MatchScratch: searching text that may go on")
struct SearchTests {
    private func search(
        _ alternatives: [String], _ text: String, from: Int = 0, isTextStart: Bool = true, end: SubjectEnd = .open,
        anchored: Bool = false, caseless: Bool = false
    ) throws -> MatchOutcome {
        let pattern = try Pattern(alternatives: alternatives, isAnchored: anchored, isCaseless: caseless)
        var scratch = MatchScratch()
        return scratch.search(pattern, in: Array(text.utf8).span, from: from, isTextStart: isTextStart, end: end)
    }

    @Test func aMatchTellsWhereAndWhichAlternative() throws {
        #expect(try search(["aaa", "</think>"], "x </think> y") == .match(start: 2, end: 10, index: 1))
        let many = (0..<100).map { "m\($0)x" }
        #expect(try search(many, "m57x ") == .match(start: 0, end: 4, index: 57))
    }

    @Test func groupsInsideAnAlternativeDoNotShiftItsNumber() throws {
        #expect(try search(["(a)(b)", "(c)(*:zz)d"], "cd ") == .match(start: 0, end: 2, index: 1))
    }

    @Test(arguments: ["<", "</", "</t", "</think"])
    func anUnfinishedMarkerIsPartialWhileTextMayFollow(_ tail: String) throws {
        #expect(try search(["</think>"], "ab" + tail) == .partial(start: 2))
        #expect(try search(["</think>"], "ab" + tail, end: .final) == .none)
    }

    @Test func aMarkerCutInsideACodePointIsPartial() throws {
        let pattern = try Pattern(alternatives: ["◁think▷"])
        var scratch = MatchScratch()
        let bytes = Array("a◁".utf8).dropLast()
        #expect(scratch.search(pattern, in: Array(bytes).span, from: 0, isTextStart: true, end: .open) == .partial(start: 1))
    }

    @Test func aMatchThatMoreTextCouldChangeIsPartial() throws {
        #expect(try search(["a(?=b)"], "xa") == .partial(start: 1))
        #expect(try search(["a(?!b)"], "xa") == .partial(start: 1))
        #expect(try search(["a(?!b)"], "xa", end: .final) == .match(start: 1, end: 2, index: 0))
        #expect(try search(["dog(?:sbody)?"], "dog") == .partial(start: 0))
    }

    @Test func leftContextIsSeenButNotMatched() throws {
        #expect(try search(["(?<=\\n)T"], "\nT!", from: 1) == .match(start: 1, end: 2, index: 0))
        #expect(try search(["(?<=\\n)T"], "T!", from: 0) == .none)
        #expect(try search(["^T"], "T!", isTextStart: false) == .none)
        #expect(try search(["^T"], "T!") == .match(start: 0, end: 1, index: 0))
    }

    @Test func anAnchoredPatternBeginsWhereTheSearchBegins() throws {
        #expect(try search(["b"], "ab", anchored: true) == .none)
        #expect(try search(["b"], "ab", from: 1, end: .final, anchored: true) == .match(start: 1, end: 2, index: 0))
    }

    @Test func casesFoldOnlyWhenAskedAndOnlyInASCII() throws {
        #expect(try search(["think"], "THINK ") == .none)
        #expect(try search(["think"], "THINK ", caseless: true) == .match(start: 0, end: 5, index: 0))
        #expect(try search(["think"], "thin\u{212A} ", caseless: true) == .none)
    }

    @Test func bytesThatAreNotUTF8AreSearchedToo() throws {
        let pattern = try Pattern(alternatives: ["</think>"])
        var scratch = MatchScratch()
        let bytes: [UInt8] = [0xFF, 0xC3] + Array("</think>".utf8) + [0x80]
        #expect(scratch.search(pattern, in: bytes.span, from: 0, isTextStart: true, end: .open) == .match(start: 2, end: 10, index: 0))
    }

    @Test func nothingIsFoundPastTheEnd() throws {
        #expect(try search(["a"], "", from: 0) == .none)
        #expect(try search(["a"], "a", from: 1) == .none)
    }

    @Test func aRunawayPatternEndsAtTheMatchLimit() throws {
        let pattern = try Pattern(alternatives: ["(?:a|aa)+[xy]"])
        var scratch = MatchScratch()
        let text = [UInt8](repeating: UInt8(ascii: "a"), count: 66) + [UInt8(ascii: "!")]
        #expect(scratch.search(pattern, in: text.span, from: 0, isTextStart: true, end: .final) == .limit)
        // The scratch is as good as new afterwards.
        let plain = try Pattern(alternatives: ["!"])
        #expect(scratch.search(plain, in: text.span, from: 0, isTextStart: true, end: .final) == .match(start: 66, end: 67, index: 0))
    }
}
