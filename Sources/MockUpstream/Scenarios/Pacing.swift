/// When the events of a stream leave.
struct Pacing: Sendable, Equatable {
    /// Events that carry text, per second; 0 sends as fast as the client reads.
    var tokensPerSecond: Double = 60
    /// How far one gap may differ from the mean, from 0 (a metronome) to 1 (anything between none and double).
    var jitter: Double = 0.3
    /// Between the response head and the first event.
    var firstTokenDelay: Nanoseconds = 150_000_000
    /// Between two writes of one event when `Chunking` cuts it, so that the pieces reach the client as reads of their own.
    var writeGap: Nanoseconds = 0
    /// The same seed gives the same gaps.
    var seed: UInt64 = 1

    static let immediate = Pacing(tokensPerSecond: 0, jitter: 0, firstTokenDelay: 0)
}

/// Durations inside the mock: whole nanoseconds, so that tests may compare them exactly.
typealias Nanoseconds = Int64

/// Draws the gaps of one stream.
struct PaceMaker: Sendable {
    private let pacing: Pacing
    private var random: SeededRandom
    private var isFirst = true

    init(_ pacing: Pacing) {
        self.pacing = pacing
        random = SeededRandom(seed: pacing.seed)
    }

    /// How long to wait before the next event.
    mutating func gap() -> Nanoseconds {
        if isFirst {
            isFirst = false
            return pacing.firstTokenDelay
        }
        guard pacing.tokensPerSecond > 0 else { return 0 }
        let mean = 1_000_000_000 / pacing.tokensPerSecond
        guard pacing.jitter > 0 else { return Nanoseconds(mean) }
        let spread = min(pacing.jitter, 1)
        return Nanoseconds(mean * Double.random(in: (1 - spread)...(1 + spread), using: &random))
    }
}
