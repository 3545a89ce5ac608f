import ChatRequests
import Detect
import Foundation
import Phases
import Support
import Testing

/// Random cuttings of whole streams, as many as there is time for: a quarter of `LONG` in the environment (`make long-test`).
@Suite struct LongCuttingTests {
    static let wanted = (ProcessInfo.processInfo.environment["LONG"].flatMap { Int($0) } ?? 1600) / 4
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

    /// A stream of one choice whose content is made of markers and text, in chunks of any size.
    private func made(_ random: inout SeededRandom) -> [UInt8] {
        let text = (0..<Int.random(in: 1...24, using: &random)).map { _ in Self.pieces.randomElement(using: &random) ?? "" }.joined()
        let longest = 1 << Int.random(in: 0...5, using: &random)
        var rest = Array(text.unicodeScalars)[...]
        var chunks: [String] = []
        while !rest.isEmpty {
            let count = Int.random(in: 1...longest, using: &random)
            chunks.append(Streams.content(String(String.UnicodeScalarView(rest.prefix(count)))))
            rest = rest.dropFirst(count)
        }
        if Int.random(in: 0..<8, using: &random) > 0 { chunks.append(Streams.stop) }
        return Streams.events(chunks, done: Int.random(in: 0..<8, using: &random) > 0)
    }
}
