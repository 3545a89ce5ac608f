import Detect
import Foundation
import Phases
import Support
import Testing

/// Chunks that differ in their texts only are read, and written anew, by what was made of the one before. With a chunk that says nothing
/// between any two, none has a like before it: the same bytes must leave.
@Suite("Long run: streams whose chunks have likes, or none")
struct StreamAlikeLongCuttingTests {
    static let wanted = (ProcessInfo.processInfo.environment["LONG"].flatMap { Int($0) } ?? 6400) / 8
    static let shards = 4

    private static let nothing = Array("data: {\"choices\":[]}\n\n".utf8)

    /// The stream, an event a piece, without and with chunks that say nothing.
    private static func check(_ events: [[UInt8]], _ plan: StreamPlan) -> Bool {
        var parted: [[UInt8]] = []
        for event in events { parted += [nothing, event] }
        let (plain, apart) = (Playing(events, plan), Playing(parted, plan))
        return plain.output == apart.output && plain.ends == apart.ends
    }

    private static func events(_ chunks: [String]) -> [[UInt8]] {
        chunks.map { Array("data: \($0)\n\n".utf8) } + [Array("data: [DONE]\n\n".utf8)]
    }

    @Test(arguments: try Recording.all().filter { $0.name.hasSuffix(".jsonl") })
    func recordedStreamsLeaveTheSameEitherWay(_ recording: Recording) {
        let lines = String(decoding: recording.input, as: UTF8.self).split(separator: "\n\n").map { Array("\($0)\n\n".utf8) }
        for style in Streams.styles { #expect(Self.check(lines, Streams.plan(style, .full)), "\(style)") }
    }

    /// Chunks around one text each, most of them such that they must be written anew.
    private static let shapes: [@Sendable (String) -> String] = [
        { Streams.content($0) },
        {
            #"{"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{"content":\#(Streams.quoted($0))}}]}"#
        },
        { #"{"choices":[{"delta":{"content":\#(Streams.quoted($0))},"logprobs":{"x":1},"index":0}],"x_extra":[1,2],"id":"d"}"# },
        { #"{"choices":[{"delta":{"content":\#(Streams.quoted($0)),"y":true},"index":0}],"obfuscation":"\#($0.utf8.count)"}"# },
        { #"{"choices":[{"delta":{"content":[{"type":"text","text":\#(Streams.quoted($0))}]},"index":0}]}"# },
        { #"{"choices":[{"delta":{"role":"assistant","content":\#(Streams.quoted($0))},"index":1}]}"# },
        { #"{"choices":[{"delta":{"reasoning":\#(Streams.quoted($0)),"content":""},"index":0,"finish_reason":null}]}"# },
        { #"{"choices":[{"delta":{"reasoning":"r","content":\#(Streams.quoted($0))},"index":0}]}"# },
    ]

    private static let texts = [
        "a", " word", "\n", "\"", "\\", "é", "🙂", "<think>", "</think>", "<", "\u{2028}", "Therefore, ", "",
        String(repeating: "x", count: 13_000),
    ]

    @Test(arguments: 0..<shards) func madeStreamsLeaveTheSameEitherWay(_ shard: Int) throws {
        var random = SeededRandom(seed: UInt64(5000 + shard))
        var differences = 0
        for _ in 0..<Self.wanted / Self.shards {
            var chunks: [String] = []
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let shape = try #require(Self.shapes.randomElement(using: &random))
                for _ in 0..<Int.random(in: 1...5, using: &random) {
                    chunks.append(shape(try #require(Self.texts.randomElement(using: &random))))
                }
            }
            if Bool.random(using: &random) { chunks.append(Streams.stop) }
            let style = try #require(Streams.styles.randomElement(using: &random))
            let profile = ["default", "think"].randomElement(using: &random) ?? "default"
            let plan = Streams.plan(style, thinking: ThinkingRequest(), profile: profile)
            if Self.check(Self.events(chunks), plan) { continue }
            differences += 1
            if differences < 4 { Issue.record("\(style), \(profile): \(chunks.map { $0.prefix(300) }.joined(separator: "\n"))") }
        }
        #expect(differences == 0)
    }
}
