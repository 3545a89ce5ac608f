/// Made reasoning, for the bench of the summary: sentences of the forms that models use about ever other things, in lists and paragraphs.
enum Thinking {
    private static let openings = [
        "Okay, so the", "Wait, maybe the", "So the", "Now the", "Let me check whether the", "Hmm, the", "We need to see how the",
        "Therefore the",
        "But the", "First, the", "Actually, the", "- The", "**Note:** the", "I think the",
    ]
    private static let acts = [
        "depends on the", "costs more than the", "is part of the", "gives the same as the", "comes before the", "must not change the",
        "would break `cache_size` in the", "equals 3.5 times the", "is e.g. a kind of", "has nothing to do with the",
    ]
    private static let ends = [". ", ". ", ".\n", ", because it is larger. ", "? ", ", which means that both fit. ", ".\n\n", ": "]
    private static let syllables = ["ka", "lo", "mer", "tin", "sa", "vo", "pel", "dru", "gan", "hi", "bor", "nec", "zul", "fam"]

    /// `count` pieces of five bytes.
    static func pieces(_ count: Int) -> [[UInt8]] {
        var text: [UInt8] = []
        text.reserveCapacity(count * 5 + 200)
        var state: UInt64 = 1
        func next(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int((state >> 33) % UInt64(bound))
        }
        func word() -> String { syllables[next(14)] + syllables[next(14)] + syllables[next(14)] }
        while text.count < count * 5 {
            text += "\(openings[next(14)]) \(word()) \(acts[next(10)]) \(word()) of \(next(500))\(ends[next(8)])".utf8
        }
        return (0..<count).map { Array(text[$0 * 5..<$0 * 5 + 5]) }
    }
}
