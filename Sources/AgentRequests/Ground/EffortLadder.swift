/// The words for how hard a model shall think, from nothing to everything.
enum EffortLadder {
    private static let rungs = ["none", "minimal", "low", "medium", "high", "xhigh", "max", "ultra"]

    /// Whether a word asks for thinking or against it; nil if nobody knows it.
    static func asksForThinking(_ word: String) -> Bool? { rungs.contains(word) ? word != "none" : nil }

    /// The one of `known` that is nearest to `wanted`, the weaker of two; nil if nobody knows the word, or none is known.
    static func nearest(to wanted: String, among known: [String]) -> String? {
        if known.contains(wanted) { return wanted }
        guard let rung = rungs.firstIndex(of: wanted) else { return nil }
        var best: (word: String, distance: Int)?
        for word in known {
            guard let other = rungs.firstIndex(of: word) else { continue }
            let distance = abs(other - rung)
            if distance < best?.distance ?? .max { best = (word, distance) }
        }
        return best?.word
    }
}
