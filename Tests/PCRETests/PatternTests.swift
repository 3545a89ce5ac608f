import PCRE
import Testing

@Suite("Pattern: compiled alternations")
struct PatternTests {
    @Test func aRefusalNamesTheAlternativeTheOffsetAndTheReason() throws {
        let error = try #require(throws: PatternError.self) { try Pattern(alternatives: ["fine", "a(b"]) }
        #expect(error == .refused(index: 1, offset: 3, reason: "missing closing parenthesis"))
        #expect(error.description == "alternative 1, byte 3: missing closing parenthesis")
    }

    @Test func anAlternativeCannotLeakOutOfItsGroup() {
        #expect(throws: PatternError.self) { try Pattern(alternatives: ["a)|(?:b"]) }
    }

    @Test func anEmptyOrOverlongListIsAnErrorWithAReadableText() throws {
        let none = try #require(throws: PatternError.self) { try Pattern(alternatives: []) }
        #expect(none.description == "a pattern needs at least one alternative")
        let many = try #require(throws: PatternError.self) { try Pattern(alternatives: Array(repeating: "a", count: 101)) }
        #expect(many.description == "more than 100 alternatives; split the list or join some with '|'")
    }

    @Test func alternativesThatOnlyClashTogetherAreReported() throws {
        let error = try #require(throws: PatternError.self) { try Pattern(alternatives: ["(?<n>a)", "(?<n>b)"]) }
        #expect(error.description.hasPrefix("the alternatives do not compile together: two named subpatterns have the same name"))
    }

    @Test func utfModeAndCodeUnitEscapesCannotBeSwitchedOn() {
        #expect(throws: PatternError.self) { try Pattern(alternatives: ["(*UTF)a"]) }
        #expect(throws: PatternError.self) { try Pattern(alternatives: ["a\\C"]) }
    }

    @Test(arguments: [
        ("</think>", "<"), ("<a|\\[b", "<["), ("(?i)think", "Tt"), ("◁think▷", "\u{E2}"), ("(?<![^\\n])Therefore", "Tt"),
        ("(?:Okay )?[Ll]et", "LOl"),
    ])
    func firstBytesAreThoseAMatchCanBeginWith(_ pattern: String, _ first: String) throws {
        let compiled = try Pattern(alternatives: [pattern])
        let expected = Set(first.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) })
        #expect(Set((UInt8.min...UInt8.max).filter { compiled.firstBytes.contains($0) }) == expected)
    }

    // A literal letter is listed in both cases: PCRE2 does not tell whether it is caseless.
    @Test func aPatternThatCanBeginWithAnythingHasNoGuard() throws {
        #expect(try Pattern(alternatives: ["a?"]).firstBytes == .all)
        #expect(try Pattern(alternatives: ["a", "(?s)."]).firstBytes == .all)
    }

    @Test func whatALintNeedsToKnowIsReported() throws {
        let pattern = try Pattern(alternatives: ["(?<=abc)x?", "(a)\\1"])
        #expect(pattern.canMatchEmpty)
        #expect(pattern.maximumLookBehind == 3)
        #expect(pattern.highestBackReference == 1)
        #expect(try Pattern(alternatives: ["x"]).isJITCompiled)
    }

    @Test func aByteSetFindsItsMembers() {
        var set = ByteSet()
        for byte: UInt8 in [0, 63, 64, 127, 128, 191, 192, 255] { set.insert(byte) }
        #expect((UInt8.min...UInt8.max).filter { set.contains($0) } == [0, 63, 64, 127, 128, 191, 192, 255])
        let text: [UInt8] = [1, 2, 64, 3, 255]
        #expect(set.firstIndex(in: text.span, from: 0) == 2)
        #expect(set.firstIndex(in: text.span, from: 3) == 4)
        #expect(set.firstIndex(in: text.span, from: 5) == nil)
    }
}
