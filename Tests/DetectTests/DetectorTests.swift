import Detect
import Testing

@Suite("Detector: what is asked and told besides the text")
struct DetectorTests {
    private func detector(
        _ name: String, _ start: StartState, whitespace: WhitespacePolicy = .trim, json: Bool = false
    ) throws -> Detector {
        Detector(profile: try #require(TestProfiles.named(name)), start: start, whitespace: whitespace, constrainedToJSON: json)
    }

    private func text(_ text: String) -> [UInt8] { Array(text.utf8) }

    @Test func theStateIsVisible() throws {
        var detector = try detector("T", .outside)
        #expect(detector.isInReasoning == false)
        detector.receive(text("<think>a").span) { _, _ in }
        #expect(detector.isInReasoning == true)
        #expect(detector.sawReasoning == true)
        detector.receive(text("</think>b").span) { _, _ in }
        #expect(detector.isInReasoning == false)
        #expect(detector.sawReasoning == true)
    }

    @Test func nothingHappensAfterTheEnd() throws {
        var detector = try detector("R", .inside)
        var calls = 0
        detector.receive(text("a").span) { _, _ in calls += 1 }
        detector.finish(.stop) { _, _ in calls += 1 }
        #expect(calls == 2)
        detector.receive(text("b").span) { _, _ in calls += 1 }
        detector.finish(.stop) { _, _ in calls += 1 }
        #expect(calls == 2)
    }

    @Test func promotionGivesOutEverythingOnceMore() throws {
        var detector = try detector("R", .inside)
        var split = Split()
        for piece in ["\n{", "x", " }\n"] { detector.receive(text(piece).span) { split.add($0, $1.bytes) } }
        detector.finish(.stop) { split.add($0, $1.bytes) }
        #expect(split.joined(.answer) == text("{x }\n"))
        #expect(detector.wasPromoted == true)
        #expect(detector.answerIsMissing == false)
    }

    @Test func reasoningLongerThanTheLimitIsNotPromoted() throws {
        var detector = try detector("R", .inside)
        let piece = [UInt8](repeating: UInt8(ascii: "x"), count: 1 << 16)
        var answered = 0
        for _ in 0..<(Detector.promotionLimit / piece.count + 1) { detector.receive(piece.span) { _, _ in } }
        detector.finish(.stop) { kind, _ in if kind == .answer { answered += 1 } }
        #expect(answered == 0)
        #expect(detector.wasPromoted == false)
        #expect(detector.answerIsMissing == true)
    }

    @Test func contentThatCameBeforeTheUpstreamShowedItsFieldsIsTheAnswer() throws {
        var detector = try detector("R", .inside)
        var split = Split()
        detector.receive(text("head ").span) { split.add($0, $1.bytes) }
        detector.upstreamSplitReasoning()
        #expect(detector.isInReasoning == false)
        detector.receive(text("<think>").span) { split.add($0, $1.bytes) }
        detector.finish(.stop) { split.add($0, $1.bytes) }
        #expect(split.joined(.answer) == text("head <think>"))
        #expect(detector.wasPromoted == true)
    }

    @Test func heldTextIsAnswerWhenTheUpstreamShowsItsFields() throws {
        for start in [StartState.undecided, .outside, .inside] {
            var detector = try detector("T", start)
            var split = Split()
            detector.receive(text("<th").span) { split.add($0, $1.bytes) }
            detector.upstreamSplitReasoning()
            detector.upstreamSplitReasoning()
            detector.receive(text("ink>x").span) { split.add($0, $1.bytes) }
            detector.finish(.stop) { split.add($0, $1.bytes) }
            #expect(split.segments == [Split.Segment(kind: .answer, text: text("<think>x"))], "\(start)")
        }
    }

    @Test func whiteSpaceBeforeTheFieldsDoesNotHideAStrayCloser() throws {
        var detector = try detector("T", .outside)
        var split = Split()
        detector.receive(text("\n").span) { split.add($0, $1.bytes) }
        detector.upstreamSplitReasoning()
        detector.receive(text("</think>\nc").span) { split.add($0, $1.bytes) }
        detector.finish(.stop) { split.add($0, $1.bytes) }
        #expect(split.segments == [Split.Segment(kind: .answer, text: text("c"))])
    }

    @Test func reasoningFieldsBetweenContentDoNotMakeALaterCloserStray() throws {
        var detector = try detector("T", .outside)
        var split = Split()
        detector.upstreamSplitReasoning()
        detector.receive(text("a ").span) { split.add($0, $1.bytes) }
        detector.upstreamSplitReasoning()
        detector.receive(text("</think> b").span) { split.add($0, $1.bytes) }
        detector.finish(.stop) { split.add($0, $1.bytes) }
        #expect(split.joined(.answer) == text("a </think> b"))
    }

    @Test func aPatternAtItsMatchLimitIsSwitchedOffAndTheTextFlows() throws {
        var data = Profile(name: "runaway", summary: "")
        data.starts = [.text("<think>")]
        // Within the lint's rules, and exponential all the same.
        data.ends = [.pattern("<(?:a|aa){0,80}[xy]>")]
        var detector = Detector(profile: try CompiledProfile(data), start: .outside)
        var split = Split()
        let body = "<think>r <" + String(repeating: "a", count: 70) + "! more <" + String(repeating: "a", count: 70) + "!"
        for byte in text(body) { detector.receive([byte].span) { split.add($0, $1.bytes) } }
        detector.finish(.length) { split.add($0, $1.bytes) }
        #expect(split.joined(.reasoning) == text(String(body.dropFirst(7))))
        #expect(detector.disabledPatternCount == 1)
    }

    @Test func whiteSpaceAloneIsNoReasoning() throws {
        var detector = try detector("T", .outside, whitespace: .exact)
        detector.receive(text("<think>\n\n</think>Hi").span) { _, _ in }
        #expect(detector.sawReasoning == false)
    }

    @Test func whatIsOwedIsPaidAtTheEndAtTheLatest() throws {
        var detector = try detector("R", .inside)
        var split = Split()
        detector.receive(text("head").span) { split.add($0, $1.bytes) }
        detector.upstreamSplitReasoning()
        detector.finish(.cut) { split.add($0, $1.bytes) }
        #expect(split.joined(.answer) == text("head"))
    }

    @Test func aTextStartIsNotSeenWhereTextWasDropped() throws {
        var data = Profile(name: "text start", summary: "")
        data.starts = [.text("<think>")]
        data.ends = [.pattern("(?<=^a{16})b")]
        let setting = Setting(profile: try CompiledProfile(data), start: .inside, end: .cut)
        let body = text("x" + String(repeating: "a", count: 16) + "b")
        #expect(setting.run(Cutting.bytes(body)).joined(.reasoning) == body)
        #expect(setting.run(Cutting.bytes(Array(body.dropFirst()))).joined(.reasoning) == Array(body[1..<17]))
    }

    @Test func bytesThatAreNotUTF8ComeOutAsTheyWentIn() throws {
        let body: [UInt8] = [0xFF, 0xE2, 0x97, 0x41, 0x80, 0xC3] + text("<think>") + [0xF0, 0x9F, 0x98]
        let setting = Setting(profile: try #require(TestProfiles.named("T")), whitespace: .exact, end: .cut)
        let whole = setting.run([body])
        #expect(whole.segments.map(\.text) == [Array(body.prefix(6)), Array(body.suffix(3))])
        #expect(setting.run(Cutting.bytes(body)).segments == whole.segments)
    }

    /// Scenario 30.
    @Test func eachChoiceHasADetectorOfItsOwn() throws {
        var choices = [Split(), Split()]
        var first = try detector("T", .outside)
        var second = try detector("T", .outside)
        first.receive(text("<think>a</th").span) { choices[0].add($0, $1.bytes) }
        second.receive(text("plain <").span) { choices[1].add($0, $1.bytes) }
        first.receive(text("ink>b").span) { choices[0].add($0, $1.bytes) }
        second.receive(text("3").span) { choices[1].add($0, $1.bytes) }
        first.finish(.stop) { choices[0].add($0, $1.bytes) }
        second.finish(.stop) { choices[1].add($0, $1.bytes) }
        #expect(choices[0].joined(.reasoning) == text("a"))
        #expect(choices[0].joined(.answer) == text("b"))
        #expect(choices[1].segments == [Split.Segment(kind: .answer, text: text("plain <3"))])
    }

    /// A chunk that carries the end of one kind and the start of the other leaves as two spans, in order.
    @Test func oneChunkWithBothKindsLeavesAsTwoSpansInOrder() throws {
        var detector = try detector("R", .inside)
        var spans: [Split.Segment] = []
        detector.receive(text("tail</think>head").span) { spans.append(Split.Segment(kind: $0, text: $1.bytes)) }
        #expect(spans == [Split.Segment(kind: .reasoning, text: text("tail")), Split.Segment(kind: .answer, text: text("head"))])
    }
}
