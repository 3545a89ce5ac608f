import Detect

/// Text made of what breaks detectors: whole and broken markers, code, white space, characters of several bytes.
struct GeneratedText {
    static let pieces: [String] = [
        "<think>", "</think>", "<think>", "</think>", "<thinking>", "</thinking>", "[THINK]", "[/THINK]", "◁think▷", "◁/think▷",
        "<seed:think>", "</seed:think>", "<th", "</thi", "<", "[", "◁", "`", "`", "``", "```", "\n", "\n", "\n\n", " ", "  ", "\t",
        "\r\n", "word", "a", "é", "日本", "🎉", "<tool_call>", "\n{\"n\":1}", "{", "Therefore,", "The answer is", "Let me think",
        "Therefore", "<|channel|>", "analysis", "final", "<|message|>", "<|end|>", "<|start|>", "assistant", "<response>", "</response>",
        "Here is my thought process:", "Here is my response:", "commentary to=functions.f", "<|call|>",
    ]

    private let own: [String]

    init(for profile: CompiledProfile) { own = Self.markerTexts(of: profile.profile) }

    /// Up to 18 pieces, every third a marker of the profile's own.
    func make(_ random: inout SeededRandom) -> [UInt8] {
        (0..<Int.random(in: 1...18, using: &random)).flatMap { _ in
            let from = Int.random(in: 0..<3, using: &random) == 0 && !own.isEmpty ? own : Self.pieces
            return Array((from.randomElement(using: &random) ?? "").utf8)
        }
    }

    /// The patterns without their backslashes: the marker itself for most, a near miss for the others.
    static func markerTexts(of profile: Profile) -> [String] {
        let frames = profile.frames.flatMap { [$0.open, $0.close] }
        let headers = profile.channels.map { $0.headerStarts + $0.headerEnds + $0.bodyEnds } ?? []
        let all = profile.starts + profile.ends + profile.implicitEnds + profile.strays + frames + headers
        return all.map { $0.pattern.filter { $0 != "\\" } }
    }
}
