import Testing

@testable import PCRE

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

    private static let letters = [UInt8](repeating: UInt8(ascii: "a"), count: 1_000_000)

    @Test func aStackThatRunsOutIsALimitAndNoCrash() throws {
        // One frame of machine stack for each letter, of which there are more than 32 KiB hold; no other limit is near.
        let pattern = try Pattern(alternatives: ["(?:(a)|b)+?[yz]"])
        var scratch = MatchScratch(matchLimit: 1 << 30)
        #expect(scratch.search(pattern, in: Self.letters.span, from: 0, isTextStart: true, end: .final) == .limit)
        let plain = try Pattern(alternatives: ["a"])
        let outcome = scratch.search(plain, in: Self.letters.span, from: 9, isTextStart: true, end: .final)
        #expect(outcome == .match(start: 9, end: 10, index: 0))
    }

    @Test(arguments: [20_000, 1 << 30])
    func theInterpreterHasTheSameLimits(matchLimit: Int) throws {
        // By the number of calls, and where that is no limit by the memory for back-tracking.
        let pattern = try Pattern(alternatives: ["(?:(a)|b)+[yz]"], usesJIT: false)
        #expect(!pattern.isJITCompiled)
        var scratch = MatchScratch(matchLimit: matchLimit)
        #expect(scratch.search(pattern, in: Self.letters.span, from: 0, isTextStart: true, end: .final) == .limit)
        let short = Array("aaz".utf8)
        #expect(scratch.search(pattern, in: short.span, from: 0, isTextStart: true, end: .final) == .match(start: 0, end: 3, index: 0))
    }

    @Test func onePatternServesManyThreadsAtOnce() async throws {
        let pattern = try Pattern(alternatives: ["(?:a|b)+c", "</think>"])
        let wrong = await withTaskGroup(of: Int.self) { group in
            for number in 0..<8 {
                group.addTask {
                    var scratch = MatchScratch()
                    let letters = String(repeating: "ab", count: 50 + number)
                    let text = Array((letters + "c").utf8)
                    let expected = MatchOutcome.match(start: 0, end: text.count, index: 0)
                    return (0..<500).count { _ in
                        scratch.search(pattern, in: text.span, from: 0, isTextStart: true, end: .final) != expected
                    }
                }
            }
            return await group.reduce(0, +)
        }
        #expect(wrong == 0)
    }
}
