import Detect
import Foundation
import Testing

@Suite("An end marker that nothing began")
struct OrphanEndTests {
    struct Case: CustomTestStringConvertible {
        var isOrphan: Bool
        var text: [UInt8]
        var testDescription: String { String(decoding: text, as: UTF8.self) }

        static let all: [Case] = {
            let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Fixtures/detect/orphans.txt")
            let lines = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
            return lines.split(separator: "\n").filter { !$0.hasPrefix("#") }.map {
                Case(isOrphan: $0.hasPrefix("y"), text: Array($0.dropFirst(2).replacing("\\n", with: "\n").utf8))
            }
        }()
    }

    @Test(arguments: Case.all)
    func isSeenWhereItIsClearHoweverTheTextIsCut(_ text: Case) throws {
        let profile = try #require(TestProfiles.named("T"))
        var random = SeededRandom(state: 5)
        var cuttings = [[text.text], Cutting.bytes(text.text)] + Cutting.twoWay(text.text)
        cuttings += (0..<20).map { _ in Cutting.random(text.text, longest: 9, using: &random) }
        for pieces in cuttings { #expect(sees(pieces, profile) == text.isOrphan) }
    }

    @Test func thereAreCasesOfBothKinds() {
        #expect(Case.all.filter(\.isOrphan).count >= 5)
        #expect(Case.all.filter { !$0.isOrphan }.count >= 10)
    }

    @Test func isNotSeenInTextThatWasCutOrFollowsUpstreamReasoningOrIsJSON() throws {
        let profile = try #require(TestProfiles.named("T"))
        let text = try #require(Case.all.first { $0.isOrphan }).text
        #expect(sees([text], profile))
        #expect(sees([text], profile, end: .length))
        #expect(!sees([text], profile, end: .cut))
        #expect(!sees([text], profile, json: true))
        #expect(!sees([text], profile, start: .inside))
        #expect(!sees([text], profile, start: .undecided))
        #expect(!sees([text], profile, isSplit: true))
    }

    @Test func whatWasLearnedDecidesWhereTheRequestSaysNothing() throws {
        func start(_ rule: StartRule, _ change: (inout ThinkingRequest) -> Void = { _ in }) throws -> StartState {
            var data = Profile(name: "x", summary: "")
            data.starts = [.text("<think>")]
            data.ends = [.text("</think>")]
            data.startRule = rule
            data.effortsThatDisable = ["minimal"]
            var request = ThinkingRequest()
            request.beginsInside = true
            change(&request)
            return try CompiledProfile(data).startState(for: request)
        }
        #expect(try start(.outside) == .inside)
        #expect(try start(.insideIfOn(.thinking)) == .inside)
        #expect(try start(.undecided) == .undecided)
        #expect(try start(.outside) { $0.enableThinking = false } == .outside)
        #expect(try start(.outside) { $0.thinking = false } == .outside)
        #expect(try start(.outside) { $0.reasoningEffort = "none" } == .outside)
        #expect(try start(.outside) { $0.reasoningEffort = "minimal" } == .outside)
        #expect(try start(.outside) { $0.prefill = Array("So".utf8) } == .outside)
        #expect(try start(.outside) { $0.beginsInside = false } == .outside)
    }

    private func sees(
        _ pieces: [[UInt8]], _ profile: CompiledProfile, start: StartState = .outside, end: TextEnd = .stop, json: Bool = false,
        isSplit: Bool = false
    ) -> Bool {
        var detector = Detector(profile: profile, start: start, constrainedToJSON: json)
        for (index, piece) in pieces.enumerated() {
            if isSplit, index == 0 { detector.upstreamSplitReasoning() }
            detector.receive(piece.span) { _, _ in }
        }
        let isEarly = detector.sawOrphanEnd
        #expect(!isEarly)
        detector.finish(end) { _, _ in }
        return detector.sawOrphanEnd
    }
}
