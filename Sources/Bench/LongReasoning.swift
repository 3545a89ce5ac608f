import Summaries

/// Reasoning of a given length, up to many times what a model thinks: does a character cost more the more came before it, and what is held?
enum LongReasoning: String, CaseIterable {
    /// Only makes the text: what the other one's instructions contain, too.
    case thinking
    /// Summarises it, in pieces of a token's length, fifty a second.
    case thought

    /// - Returns: the most bytes that the summary held at a time, or, without one, the text's bytes.
    func run(byteCount: Int) -> Int {
        let pieces = Thinking.pieces(byteCount / 5)
        guard self == .thought else { return pieces.reduce(0) { $0 + $1.count } }
        var summary = ReasoningSummary()
        var now = Duration.zero
        var most = 0
        for (index, piece) in pieces.enumerated() {
            summary.received(piece.span, at: now)
            if index % 64 == 0 { most = max(most, summary.heldBytes) }
            _ = summary.step(at: now)
            now += .milliseconds(20)
        }
        return most
    }
}
