import Detect
import Testing

@Suite("Vectors: every cutting gives the segments of the scenario")
struct VectorTests {
    @Test(arguments: Vector.all, [WhitespacePolicy.trim, .exact])
    func everyCuttingGivesTheSegmentsOfTheScenario(_ vector: Vector, _ policy: WhitespacePolicy) throws {
        let profile = try #require(TestProfiles.named(vector.profile), "no profile \(vector.profile)")
        let setting = Setting(
            profile: profile, start: vector.startState, whitespace: policy, json: vector.json ?? false, end: vector.textEnd,
            upstreamSplits: vector.split ?? false)
        let expected = vector.expected(policy)
        let text = vector.pieces.flatMap { $0 }
        #expect(setting.run(vector.pieces) == expected, "as given")
        #expect(setting.run([text]) == expected, "whole")
        #expect(setting.run(Cutting.bytes(text)) == expected, "byte by byte")
        for (at, pieces) in Cutting.twoWay(text).enumerated() {
            let split = setting.run(pieces)
            if split != expected { Issue.record("cut at \(at): \(split) instead of \(expected)") }
        }
        var random = SeededRandom(state: UInt64(text.count))
        for round in 0..<40 {
            let split = setting.run(Cutting.random(text, longest: 7, using: &random))
            if split != expected { Issue.record("random \(round): \(split) instead of \(expected)") }
        }
    }

    @Test func thereAreVectors() {
        #expect(Vector.all.count >= 36)
    }
}
