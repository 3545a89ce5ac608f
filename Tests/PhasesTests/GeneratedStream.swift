import Support

/// A stream made from a seed: one of the dialects, texts of awkward characters, cut into chunks anywhere.
struct GeneratedStream {
    enum Dialect: CaseIterable {
        case reasoningContent, reasoning, thinkingParts, thinkTags, plain
    }

    let dialect: Dialect
    let reasoning: String
    let answer: String
    let input: [UInt8]

    /// A word that no text of ours holds; every sentence of the reasoning has it.
    static let canary = "xylophonist"

    private static let thoughtPieces = [
        "So 17 × 23 is \(canary) 391. ", "日本語の\(canary)文。", "The \(canary) says \"no\"\n\n", "Wait, \(canary)? ",
        "𝕏 < 3 🙂 \(canary)\t", "\\u0041 \(canary).\n",
    ]
    private static let answerPieces = [
        "The answer ", "is 391", ".\n\n", "数学🙂", " a < b ", "</", "<thin", "`x`", "```\n<b>\n```\n", "\"quoted\" \\ ", "\u{0}\u{1F}",
        "e\u{301}", "\u{2028}", "[DONE]\n\n", "data: x\n", " ",
    ]

    init(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let dialect = Dialect.allCases[Int(seed % UInt64(Dialect.allCases.count))]
        let thoughts = GeneratedStream.some(GeneratedStream.thoughtPieces, 1...8, &random)
        let texts = GeneratedStream.some(GeneratedStream.answerPieces, 0...12, &random)
        self.dialect = dialect
        // White space beside a tag goes with the tag, so texts neither begin nor end with any.
        reasoning = dialect == .plain ? "" : "Now " + thoughts + "end."
        answer = "Result: " + texts + "!"
        input = GeneratedStream.stream(dialect, reasoning, answer, &random)
    }

    private static func some(_ pieces: [String], _ count: ClosedRange<Int>, _ random: inout SeededRandom) -> String {
        (0..<Int.random(in: count, using: &random)).map { _ in pieces.randomElement(using: &random) ?? "" }.joined()
    }

    private static func stream(_ dialect: Dialect, _ reasoning: String, _ answer: String, _ random: inout SeededRandom) -> [UInt8] {
        var chunks = Bool.random(using: &random) ? [Streams.chunk(#"{"role":"assistant","content":""}"#)] : []
        switch dialect {
        case .reasoningContent:
            chunks += cut(reasoning, &random).map { Streams.chunk("{\"content\":null,\"reasoning_content\":\(Streams.quoted($0))}") }
            chunks += cut(answer, &random).map { Streams.content($0) }
        case .reasoning:
            chunks += cut(reasoning, &random).map { Streams.chunk("{\"reasoning\":\(Streams.quoted($0))}") }
            chunks += cut(answer, &random).map { Streams.content($0) }
        case .thinkingParts:
            chunks += cut(reasoning, &random).map {
                Streams.chunk(#"{"content":[{"type":"thinking","thinking":[{"type":"text","text":\#(Streams.quoted($0))}]}]}"#)
            }
            chunks += cut(answer, &random).map { Streams.chunk(#"{"content":[{"type":"text","text":\#(Streams.quoted($0))}]}"#) }
        case .thinkTags:
            chunks += cut("<think>\n" + reasoning + "\n</think>\n\n" + answer, &random).map { Streams.content($0) }
        case .plain:
            chunks += cut(answer, &random).map { Streams.content($0) }
        }
        chunks.append(Streams.stop)
        return Streams.events(chunks, done: Int.random(in: 0..<4, using: &random) > 0)
    }

    private static func cut(_ text: String, _ random: inout SeededRandom) -> [String] {
        let longest = 1 << Int.random(in: 0...6, using: &random)
        var rest = Array(text.unicodeScalars)[...]
        var pieces: [String] = []
        while !rest.isEmpty {
            let count = Int.random(in: 1...longest, using: &random)
            pieces.append(String(String.UnicodeScalarView(rest.prefix(count))))
            rest = rest.dropFirst(count)
        }
        return pieces
    }
}
