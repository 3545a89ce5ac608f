/// How good a sentence must be to be said at a time: from `good` points at `start` down to `fair` at `end`, in a straight line.
struct Pace {
    var start: Duration
    var end: Duration
    var good: Int
    var fair: Int

    /// When a sentence of so many points falls due; nil when it never does.
    func due(for score: Int) -> Duration? {
        if score >= good { return start }
        if score < fair { return nil }
        // In attoseconds: asked with every piece of text, and `Duration`'s own operators with whole numbers cost 400 instructions.
        let span = (end - start).attoseconds
        return start + Duration(attoseconds: span * Int128(good - score) / Int128(good - fair))
    }
}
