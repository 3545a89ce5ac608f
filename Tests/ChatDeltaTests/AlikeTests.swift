import ChatDelta
import Foundation
import JSONBytes
import Support
import Testing

/// A chunk that is read as the like of another says, to the last offset, what it says when it is read by itself.
@Suite("Long run: chunks that differ little")
struct ChunkAlikeLongCuttingTests {
    static let wanted = (ProcessInfo.processInfo.environment["LONG"].flatMap { Int($0) } ?? 6400) * 5
    static let shards = 8

    static let recordings = [
        "chat.azure-style.text.jsonl", "chat.deepseek-style.reasoning.jsonl", "chat.deepseek-style.tool-call.jsonl",
        "chat.grok-style.tool-call.jsonl", "chat.groq-style.reasoning.jsonl", "chat.mistral-style.reasoning.jsonl",
        "chat.openrouter-style.reasoning.jsonl", "chat.qwen-style.reasoning.jsonl",
    ]

    /// Those in which most chunks differ in their texts only; others are short, or call tools, or change the order of keys.
    static let uniform = [
        "chat.deepseek-style.reasoning.jsonl", "chat.groq-style.reasoning.jsonl", "chat.openrouter-style.reasoning.jsonl",
    ]

    private static func chunks(of recording: String) throws -> [[UInt8]] {
        try Fixtures.bytes("recordings/\(recording)").split(separator: 0x0A).map { Array($0) }.filter { !$0.isEmpty }
    }

    @Test(arguments: recordings) func recordedChunksSayTheSameEitherWay(_ recording: String) throws {
        var reader = ChunkReader()
        var alike = 0
        let chunks = try Self.chunks(of: recording)
        for chunk in chunks {
            if reader.readAlike(chunk.span) { alike += 1 } else { try reader.read(chunk.span) }
            let expected = try read(chunk)
            #expect(reader.delta == expected, "\(String(decoding: chunk, as: UTF8.self))")
        }
        #expect(!Self.uniform.contains(recording) || alike * 2 > chunks.count, "\(alike) of \(chunks.count)")
    }

    @Test(arguments: 0..<shards) func changedChunksSayTheSameEitherWayOrAreReadInFull(_ shard: Int) throws {
        var random = SeededRandom(seed: UInt64(4000 + shard))
        let recorded = try Self.recordings.flatMap { try Self.chunks(of: $0) }
        var tried = 0
        var alike = 0
        var wrong = 0
        while tried < Self.wanted / Self.shards {
            let base = try #require(Self.base(recorded, &random))
            var reader = ChunkReader()
            guard (try? reader.read(base.span)) != nil else { continue }  // some generated chunks are no chunks
            for _ in 0..<20 {
                tried += 1
                let chunk = Self.changed(base, reader.delta, &random)
                let before = reader.delta
                if reader.readAlike(chunk.span) {
                    alike += 1
                    let isRight = UTF8Repair.isValid(chunk.span) && (try? read(chunk)) == reader.delta  // an error is a difference
                    if !isRight { wrong += 1 }
                    if !isRight, wrong < 4 { Issue.record("\(Self.shown(chunk)) after \(Self.shown(base))") }
                } else if reader.delta != before {
                    wrong += 1
                    if wrong < 4 { Issue.record("changed by \(Self.shown(chunk)) after \(Self.shown(base))") }
                }
                // What the next change is made of must be the chunk that the delta describes.
                if reader.delta != before { try reader.read(base.span) }
            }
        }
        print("long-test: chunks alike, shard \(shard): \(tried) chunks, \(alike) alike, \(wrong) differences")
        #expect(wrong == 0)
        #expect(alike * 10 > tried)
    }

    private static func shown(_ chunk: [UInt8]) -> String { String(decoding: chunk, as: UTF8.self).debugDescription }

    private static func base(_ recorded: [[UInt8]], _ random: inout SeededRandom) -> [UInt8]? {
        switch Int.random(in: 0..<4, using: &random) {
        case 0: Array(GeneratedChunk.make(&random).spelled(lines: Bool.random(using: &random), &random).utf8)
        case 1: Array((shapes.randomElement(using: &random) ?? "").utf8)
        default: recorded.randomElement(using: &random)
        }
    }

    /// Places where a text could be more than a text: beside others, twice, among members that follow it, in lists.
    private static let shapes = [
        #"{"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{"content":"a"},"finish_reason":null}]}"#,
        #"{"choices":[{"delta":{"content":"a"},"finish_reason":null,"index":0}],"created":1,"id":"c","model":"m","object":"chat.completion.chunk"}"#,
        #"{"obfuscation":"x","choices":[{"delta":{"content":"a"},"finish_reason":null,"index":0}],"id":"c","obfuscation":"yz","model":"m"}"#,
        #"{"choices":[{"delta":{"reasoning":"a","content":"b","reasoning_details":[{"type":"reasoning.text","text":"a"}]},"index":0}],"id":"c"}"#,
        #"{"choices":[{"delta":{"content":"a","content":"b"},"index":0}]}"#,
        #"{"choices":[{"delta":{"content":"a"},"message":{"content":"ab"},"index":0}],"object":"chat.completion"}"#,
        #"{"choices":[{"delta":{"content":"a"},"index":0}],"choices":[{"delta":{"content":"b"},"index":0}]}"#,
        #"{"choices":[{"delta":{"content":"a"},"index":0},{"delta":{"content":"b"},"index":1}]}"#,
        #"{"choices":[{"delta":{"content":"a"},"index":0,"finish_reason":"stop"}],"usage":{"total_tokens":3}}"#,
        #"{"choices":[{"delta":{"content":[{"type":"thinking","thinking":[{"type":"text","text":"a"}]}]},"index":0}]}"#,
        #"{"choices":[{"delta":{"content":"a","tool_calls":[{"index":0,"function":{"arguments":"a"}}]},"index":0}]}"#,
        #"{"choices":[{"delta":{"content":"a"}}],"message":"a","type":"b","detail":"c"}"#,
    ]

    private static let texts = [
        "", "a", "Oslo", " the", #"\n"#, #"\""#, #"\\"#, #"\u00e9"#, #"\ud83d\ude00"#, #"\ud83d"#, #"\udE00"#, #"\"#, #"\u12"#, #"\x"#,
        "\"",
        "\",\"role\":\"", "\"},{\"x\":\"", "é", "日本語", "🙂", "null", "error", "\u{1}", "\n", "\u{7F}", "\u{2028}", "}", "{", "]", ":", ",",
        String(repeating: "long ", count: 40),
    ]

    private static func changed(_ base: [UInt8], _ delta: Delta, _ random: inout SeededRandom) -> [UInt8] {
        var chunk = base
        // From behind, so that the places of the others stay right.
        for text in delta.texts.sorted(by: { $0.string.content.lowerBound > $1.string.content.lowerBound })
        where Int.random(in: 0..<4, using: &random) > 0 {
            chunk.replaceSubrange(text.string.content, with: someText(&random))
        }
        guard Int.random(in: 0..<3, using: &random) == 0, !chunk.isEmpty else { return chunk }
        let place = Int.random(in: chunk.indices, using: &random)
        switch Int.random(in: 0..<6, using: &random) {
        case 0: chunk[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        case 1: chunk.removeLast(Int.random(in: 1...min(chunk.count, 12), using: &random))
        case 2: chunk.remove(at: place)
        case 3: chunk.insert(contentsOf: chunk[place..<min(chunk.count, place + 9)], at: place)
        case 4: chunk.append([0x20, 0x0A, 0x7D, 0x00].randomElement(using: &random) ?? 0)
        default: chunk.insert(contentsOf: #","content":"twice""#.utf8, at: place)
        }
        return chunk
    }

    private static func someText(_ random: inout SeededRandom) -> [UInt8] {
        var text: [UInt8] = []
        for _ in 0..<Int.random(in: 1...3, using: &random) { text += (texts.randomElement(using: &random) ?? "").utf8 }
        // Bytes that are no UTF-8, or only half a character.
        if Int.random(in: 0..<8, using: &random) == 0 { text.append(UInt8.random(in: 0x80...0xFF, using: &random)) }
        return text
    }
}
