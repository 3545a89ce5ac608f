import Detect
import Testing

@Suite("Properties over generated text")
struct PropertyTests {
    static let profileNames = ["T", "R", "Q", "TI", "P"] + ProfileCatalogue.builtIn.all.map(\.profile.name)
    static let starts: [StartState] = [.outside, .inside, .undecided]

    @Test(arguments: profileNames, starts)
    func anyCuttingGivesTheSameSegments(_ name: String, _ start: StartState) throws {
        let profile = try #require(TestProfiles.named(name))
        let texts = GeneratedText(for: profile)
        var random = SeededRandom(state: 1)
        for round in 0..<60 {
            let text = texts.make(&random)
            let end: TextEnd = [.stop, .length, .cut][round % 3]
            for policy in [WhitespacePolicy.trim, .exact] {
                let setting = Setting(profile: profile, start: start, whitespace: policy, json: round % 4 == 0, end: end)
                let whole = setting.run([text])
                let cuttings = [Cutting.bytes(text)] + (0..<4).map { _ in Cutting.random(text, longest: 9, using: &random) }
                for pieces in cuttings {
                    let split = setting.run(pieces)
                    if split != whole {
                        Issue.record("\(String(decoding: text, as: UTF8.self).debugDescription) \(policy): \(split) instead of \(whole)")
                        return
                    }
                }
            }
        }
    }

    @Test(arguments: ["T", "R", "Q", "TI"], starts)
    func markersAndTextTogetherAreWhatWasReceived(_ name: String, _ start: StartState) throws {
        let profile = try #require(TestProfiles.named(name))
        let texts = GeneratedText(for: profile)
        var random = SeededRandom(state: 2)
        for _ in 0..<300 {
            let text = texts.make(&random)
            // After a cut nothing is promoted, so every byte is given out at most once.
            let split = Setting(profile: profile, start: start, whitespace: .exact, end: .cut).run(Cutting.bytes(text))
            let out = split.segments.flatMap(\.text)
            #expect(Conservation.holds(received: text, out: out, markers: ["<think>", "</think>"]), "\(split)")
        }
    }

    @Test(arguments: profileNames, starts)
    func choicesDoNotDisturbEachOther(_ name: String, _ start: StartState) throws {
        let profile = try #require(TestProfiles.named(name))
        let texts = GeneratedText(for: profile)
        var random = SeededRandom(state: 3)
        for _ in 0..<20 {
            let pair = [texts.make(&random), texts.make(&random)]
            let apart = pair.map { Setting(profile: profile, start: start).run([$0]) }
            var first = Detector(profile: profile, start: start)
            var second = Detector(profile: profile, start: start)
            var together = [Split(), Split()]
            for index in 0..<max(pair[0].count, pair[1].count) {
                if index < pair[0].count { first.receive([pair[0][index]].span) { together[0].add($0, $1.bytes) } }
                if index < pair[1].count { second.receive([pair[1][index]].span) { together[1].add($0, $1.bytes) } }
            }
            first.finish(.stop) { together[0].add($0, $1.bytes) }
            second.finish(.stop) { together[1].add($0, $1.bytes) }
            #expect(together.map(\.segments) == apart.map(\.segments))
        }
    }

    @Test(arguments: profileNames, starts)
    func spansNeverEndInsideACodePoint(_ name: String, _ start: StartState) throws {
        let profile = try #require(TestProfiles.named(name))
        let texts = GeneratedText(for: profile)
        var random = SeededRandom(state: 4)
        for _ in 0..<60 {
            let text = texts.make(&random)
            var detector = Detector(profile: profile, start: start)
            var broken = 0
            for byte in text {
                detector.receive([byte].span) { _, span in
                    if String(validating: span.bytes, as: UTF8.self) == nil { broken += 1 }
                }
            }
            detector.finish(.stop) { _, span in if String(validating: span.bytes, as: UTF8.self) == nil { broken += 1 } }
            #expect(broken == 0)
            #expect(detector.heldByteCount == 0)
        }
    }
}

/// Property (b): what came in is what went out, with nothing but markers taken away.
enum Conservation {
    static func holds(received: [UInt8], out: [UInt8], markers: [String]) -> Bool {
        let markers = markers.map { Array($0.utf8) }
        // Every number of bytes that may have gone out once `index` bytes were read.
        var reached: [Set<Int>] = Array(repeating: [], count: received.count + 1)
        reached[0] = [0]
        for index in received.indices {
            for done in reached[index] {
                if done < out.count, out[done] == received[index] { reached[index + 1].insert(done + 1) }
                for marker in markers where received[index...].starts(with: marker) { reached[index + marker.count].insert(done) }
            }
        }
        return reached[received.count].contains(out.count)
    }
}
