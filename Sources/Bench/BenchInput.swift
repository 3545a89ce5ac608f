import JSONBytes

/// A made stream: one event a piece, the words of a plain text over and over.
struct BenchInput {
    private static let words = Array(
        "The quick answer is that every train leaves on time, so the plan holds and nobody has to wait for the next connection. ".utf8)

    /// Plain texts of one word.
    let texts: [[UInt8]]
    /// Texts of one word with a `<` that begins no marker.
    let angles: [[UInt8]]
    /// Reasoning that always says something new, in pieces of a token's length.
    let thoughts: [[UInt8]]
    /// Events with `content`.
    let answer: [[UInt8]]
    /// Events with `content` and without `finish_reason`.
    let incomplete: [[UInt8]]
    /// Events with `reasoning_content`.
    let reasoning: [[UInt8]]

    init(chunks count: Int) {
        let words = BenchInput.words.split(separator: 0x20).map { Array($0) + [0x20] }
        texts = (0..<count).map { words[$0 % words.count] }
        thoughts = Thinking.pieces(count)
        angles = texts.map { [UInt8(ascii: "<")] + $0 }
        answer = texts.map { BenchInput.event("content", $0) }
        incomplete = texts.map { BenchInput.event("content", $0, end: "},\"logprobs\":null}]}") }
        reasoning = texts.map { BenchInput.event("reasoning_content", $0) }
    }

    private static func event(
        _ field: String, _ text: [UInt8], end: String = "},\"logprobs\":null,\"finish_reason\":null}]}"
    ) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(
            "data: {\"id\":\"chatcmpl-3556c041-562b-471f-9a90\",\"object\":\"chat.completion.chunk\",\"created\":1770770846,\"model\":\"qwen3-32b\",\"system_fingerprint\":\"fp_78ac7f3229\",\"choices\":[{\"index\":0,\"delta\":{\""
        )
        bytes.append(field)
        bytes.append("\":")
        JSONText.appendQuoted(text.span, to: &bytes)
        bytes.append(end)
        bytes.append("\n\n")
        return bytes
    }
}
