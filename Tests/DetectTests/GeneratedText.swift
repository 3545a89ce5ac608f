/// Text made of what breaks detectors: whole and broken markers, code, white space, characters of several bytes.
enum GeneratedText {
    static let pieces: [String] = [
        "<think>", "</think>", "<think>", "</think>", "<thinking>", "</thinking>", "[THINK]", "[/THINK]", "◁think▷", "◁/think▷",
        "<seed:think>", "</seed:think>", "<th", "</thi", "<", "[", "◁", "`", "`", "``", "```", "\n", "\n", "\n\n", " ", "  ", "\t",
        "\r\n", "word", "a", "é", "日本", "🎉", "<tool_call>", "\n{\"n\":1}", "{", "Therefore,", "The answer is", "Let me think",
        "Therefore", "<|channel|>", "analysis", "final", "<|message|>", "<|end|>", "<|start|>", "assistant", "<response>", "</response>",
        "Here is my thought process:", "Here is my response:", "commentary to=functions.f", "<|call|>",
    ]

    static func make(_ random: inout SeededRandom) -> [UInt8] {
        let count = Int.random(in: 1...18, using: &random)
        return (0..<count).flatMap { _ in Array((pieces.randomElement(using: &random) ?? "").utf8) }
    }
}
