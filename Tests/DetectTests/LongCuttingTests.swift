import Detect
import Foundation
import Testing

/// Random cuttings, as many as there is time for: `LONG` in the environment says how many (`make long-test`).
@Suite("Long run: random cuttings of every vector and of generated texts")
struct LongCuttingTests {
    static let wanted = ProcessInfo.processInfo.environment["LONG"].flatMap { Int($0) } ?? 4000
    static let shards = 8
    static let cuttingsPerText = 20

    struct Subject {
        var setting: Setting
        var text: [UInt8]
    }

    @Test(arguments: 0..<shards)
    func noCuttingChangesTheSegments(_ shard: Int) throws {
        var random = SeededRandom(state: UInt64(1000 + shard))
        var cuttings = 0
        var differences = 0
        while cuttings < Self.wanted / Self.shards {
            // A third are vectors, which hold the difficult places; the rest is made.
            let subject = Int.random(in: 0..<3, using: &random) == 0 ? try fromVector(&random) : try generated(&random)
            let whole = subject.setting.run([subject.text])
            for _ in 0..<Self.cuttingsPerText {
                let longest = 1 << Int.random(in: 0...6, using: &random)
                let pieces = Cutting.random(subject.text, longest: longest, using: &random)
                let split = subject.setting.run(pieces)
                cuttings += 1
                guard split != whole else { continue }
                differences += 1
                guard differences < 4 else { continue }
                let text = String(decoding: subject.text, as: UTF8.self).debugDescription
                let setting = "\(subject.setting.profile.profile.name) \(subject.setting.start) \(subject.setting.whitespace)"
                Issue.record("\(setting) \(text) cut \(pieces.map(\.count)): \(split), not \(whole)")
            }
        }
        print("long-test: detector, shard \(shard): \(cuttings) cuttings, \(differences) differences")
        #expect(differences == 0)
    }

    private func fromVector(_ random: inout SeededRandom) throws -> Subject {
        let vector = try #require(Vector.all.randomElement(using: &random))
        let profile = try #require(TestProfiles.named(vector.profile))
        let policy: WhitespacePolicy = Bool.random(using: &random) ? .trim : .exact
        return Subject(
            setting: Setting(
                profile: profile, start: vector.startState, whitespace: policy, json: vector.json ?? false, end: vector.textEnd,
                upstreamSplits: vector.split ?? false), text: vector.pieces.flatMap { $0 })
    }

    private func generated(_ random: inout SeededRandom) throws -> Subject {
        let name = try #require(PropertyTests.profileNames.randomElement(using: &random))
        let profile = try #require(TestProfiles.named(name))
        let starts: [StartState] = [.outside, .inside, .undecided]
        let ends: [TextEnd] = [.stop, .length, .cut]
        let setting = Setting(
            profile: profile, start: starts.randomElement(using: &random) ?? .outside,
            whitespace: Bool.random(using: &random) ? .trim : .exact, json: Int.random(in: 0..<4, using: &random) == 0,
            end: ends.randomElement(using: &random) ?? .stop, upstreamSplits: Int.random(in: 0..<16, using: &random) == 0)
        return Subject(setting: setting, text: GeneratedText(for: profile).make(&random))
    }
}
