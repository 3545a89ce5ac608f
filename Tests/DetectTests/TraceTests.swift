import Detect
import Testing

@Suite("The trace accounts for every byte")
struct TraceTests {
    @Test(arguments: PropertyTests.profileNames, PropertyTests.starts)
    func everyByteIsInOneEntryHoweverTheTextIsCut(_ name: String, _ start: StartState) throws {
        let profile = try #require(TestProfiles.named(name))
        let texts = GeneratedText(for: profile)
        var random = SeededRandom(state: 11)
        for round in 0..<60 {
            let text = texts.make(&random)
            for policy in [WhitespacePolicy.trim, .exact] {
                let end: TextEnd = [.stop, .length, .cut][round % 3]
                let whole = trace([text], profile, start, policy, end)
                // White space that is held when a stray token is dropped comes out behind it.
                let isOrdered = profile.profile.strays.isEmpty
                #expect(isOrdered ? whole.received == text : whole.received.sorted() == text.sorted(), "\(name) \(whole.entries)")
                #expect(trace(Cutting.bytes(text), profile, start, policy, end) == whole)
                #expect(trace(Cutting.random(text, longest: 9, using: &random), profile, start, policy, end) == whole)
            }
        }
    }

    @Test func aTraceChangesNothing() throws {
        let profile = try #require(TestProfiles.named("T"))
        let text = Array("<think> a </think>\n\nb `<think>` c".utf8)
        var detector = Detector(profile: profile, start: .outside)
        detector.isTraced = true
        var split = Split()
        detector.receive(text.span) { split.add($0, $1.bytes) }
        detector.finish(.stop) { split.add($0, $1.bytes) }
        #expect(split.segments == Setting(profile: profile).run([text]).segments)
        let entries = detector.trace?.entries
        #expect(
            entries == [
                .marker(.start, Array("<think>".utf8)), .white([0x20]), .text(.reasoning, [0x61]), .white([0x20]),
                .marker(.end, Array("</think>".utf8)), .white([0x0A, 0x0A]), .text(.answer, Array("b `<think>` c".utf8)),
            ])
    }

    @Test func withoutAskingThereIsNoTrace() throws {
        var detector = Detector(profile: try #require(TestProfiles.named("T")), start: .outside)
        let text = Array("<think>a</think>b".utf8)
        detector.receive(text.span) { _, _ in }
        let isTraced = detector.isTraced || detector.trace != nil
        #expect(!isTraced)
    }

    private func trace(
        _ pieces: [[UInt8]], _ profile: CompiledProfile, _ start: StartState, _ policy: WhitespacePolicy, _ end: TextEnd
    ) -> DetectionTrace {
        var detector = Detector(profile: profile, start: start, whitespace: policy)
        detector.isTraced = true
        var split = Split()
        for piece in pieces { detector.receive(piece.span) { split.add($0, $1.bytes) } }
        detector.finish(end) { split.add($0, $1.bytes) }
        return detector.trace ?? DetectionTrace()
    }
}
