import ChatRequests
import Detect
import Foundation
import Phases
import Support
import Testing

/// Random cuttings of whole streams, as many as there is time for: a quarter of `LONG` in the environment (`make long-test`).
@Suite struct LongCuttingTests {
    static let wanted = (ProcessInfo.processInfo.environment["LONG"].flatMap { Int($0) } ?? 6400) / 4
    static let shards = 8
    static let cuttingsPerStream = 10
    static let longestStream = 6000

    private static let pieces = [
        "<think>", "</think>", "<thi", "</", "[THINK]", "[/THINK]", "◁think▷", "◁/think▷", "<seed:think>", "</seed:think>", "<|channel|>",
        "analysis", "<|message|>", "<|end|>", "<|start|>assistant", "final", "<tool_call>\n{}", "<response>", "</response>", "`", "```\n",
        "\n", "\n\n", " ", "word ", "数学", "🙂", "\"", "\\", "\u{0}", "\u{2028}", "Let me think", "Therefore, ", "[DONE]", "data: x\n\n",
        "I first look at the question. ", "That makes 391 in total. ",
    ]

    @Test(arguments: 0..<shards)
    func noCuttingChangesTheOutput(_ shard: Int) throws {
        let vectors = try PhaseVector.all().filter { $0.offDependsOnCutting != true }
        var random = SeededRandom(seed: UInt64(2000 + shard))
        var cuttings = 0
        var differences = 0
        while cuttings < Self.wanted / Self.shards {
            let style = try #require(WireStyle.allCases.randomElement(using: &random))
            let vector = Bool.random(using: &random) ? vectors.randomElement(using: &random) : nil
            let input = try vector?.input() ?? made(&random)
            let plan = vector?.plan(style) ?? self.plan(style, &random)
            guard input.count <= Self.longestStream else { continue }
            let whole = Playing([input], plan)
            let chopper = Chopper(seed: random.next(), mostSplits: 0, randomCuttings: Self.cuttingsPerStream)
            for cutting in chopper.cuttings(of: input) {
                let playing = Playing(cutting.pieces, plan)
                cuttings += 1
                if playing.output == whole.output, playing.ends == whole.ends, playing.facts == whole.facts { continue }
                differences += 1
                guard differences < 4 else { continue }
                let text = String(decoding: input, as: UTF8.self).debugDescription
                Issue.record("\(style), \(plan.profile.profile.name), \(cutting): \(text)")
            }
        }
        print("long-test: machine, shard \(shard): \(cuttings) cuttings, \(differences) differences")
        #expect(differences == 0)
    }

    private func plan(_ style: WireStyle, _ random: inout SeededRandom) -> StreamPlan {
        let profile = ProfileCatalogue.builtIn.all.randomElement(using: &random)?.profile.name ?? "default"
        let thinking = [nil, true, false].randomElement(using: &random) ?? nil
        return Streams.plan(style, thinking: ThinkingRequest(enableThinking: thinking, thinking: thinking), profile: profile)
    }

    /// How the model cuts its text into chunks changes nothing for the reader either.
    @Test(arguments: 0..<shards)
    func noChunkingChangesTheAnswer(_ shard: Int) throws {
        var random = SeededRandom(seed: UInt64(3000 + shard))
        var chunkings = 0
        var differences = 0
        while chunkings < Self.wanted / Self.shards {
            let style = try #require(Streams.styles.randomElement(using: &random))
            let plan = self.plan(style, &random)
            let text = Self.text(&random)
            let hasStop = Bool.random(using: &random)
            let answer = Self.answer(Self.stream([text], hasStop: hasStop), plan)
            for _ in 0..<Self.cuttingsPerStream {
                chunkings += 1
                if Self.answer(Self.stream(Self.chunks(of: text, &random), hasStop: hasStop), plan) == answer { continue }
                differences += 1
                if differences < 4 { Issue.record("\(style), \(plan.profile.profile.name): \(text.debugDescription)") }
            }
        }
        print("long-test: machine, shard \(shard): \(chunkings) chunkings, \(differences) differences")
        #expect(differences == 0)
    }

    private static func answer(_ input: [UInt8], _ plan: StreamPlan) -> [UInt8] {
        WireValidator(Playing([input], plan).output, style: plan.style).reading.choices[0]?.answer ?? []
    }

    /// A stream of one choice whose content is made of markers and text, in chunks of any size.
    private func made(_ random: inout SeededRandom) -> [UInt8] {
        let chunks = Self.chunks(of: Self.text(&random), &random)
        let hasStop = Int.random(in: 0..<8, using: &random) > 0
        return Self.stream(chunks, hasStop: hasStop, done: Int.random(in: 0..<8, using: &random) > 0)
    }

    private static func text(_ random: inout SeededRandom) -> String {
        (0..<Int.random(in: 1...24, using: &random)).map { _ in pieces.randomElement(using: &random) ?? "" }.joined()
    }

    private static func chunks(of text: String, _ random: inout SeededRandom) -> [String] {
        let longest = 1 << Int.random(in: 0...5, using: &random)
        var rest = Array(text.unicodeScalars)[...]
        var chunks: [String] = []
        while !rest.isEmpty {
            let count = Int.random(in: 1...longest, using: &random)
            chunks.append(String(String.UnicodeScalarView(rest.prefix(count))))
            rest = rest.dropFirst(count)
        }
        return chunks
    }

    private static func stream(_ chunks: [String], hasStop: Bool, done: Bool = true) -> [UInt8] {
        Streams.events(chunks.map { Streams.content($0) } + (hasStop ? [Streams.stop] : []), done: done)
    }
}
