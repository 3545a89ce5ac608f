/// How the texts are cut into events, and the events into writes.
struct Chunking: Sendable, Equatable {
    /// What one event carries.
    enum TextCut: Sendable, Equatable {
        /// A word with the space before it, a punctuation mark, a marker, or one or two CJK characters.
        case token
        /// So many characters (grapheme clusters), across markers.
        case characters(Int)
        /// So many Unicode scalars, across markers and inside composed characters and emoji sequences.
        case scalars(Int)
        /// All reasoning in one event and the whole answer in another; with markers in the content, everything in one.
        case whole
    }

    /// What one write to the socket carries.
    enum WriteCut: Sendable, Equatable {
        /// Exactly one event.
        case event
        /// So many bytes of the event stream, wherever that cuts.
        case bytes(Int)
        /// From one byte to so many, drawn with the pacing's seed.
        case randomBytes(upTo: Int)
        /// So many events.
        case events(Int)
    }

    var text: TextCut = .token
    var writes: WriteCut = .event

    /// Reads `token`, `characters:3`, `scalars:1`, `whole`, `bytes:7`, `random:40`, `events:4`, or one of each kind: `whole,bytes:7`.
    /// Returns nil for anything else.
    init?(_ spelling: String) {
        for part in spelling.split(separator: ",", omittingEmptySubsequences: false) {
            let words = part.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
            let count = words.count == 2 ? Int(words[1]).flatMap { $0 > 0 ? $0 : nil } : nil
            switch (words.first ?? "", words.count, count) {
            case ("token", 1, _): text = .token
            case ("whole", 1, _): text = .whole
            case ("event", 1, _): writes = .event
            case ("characters", 2, let count?): text = .characters(count)
            case ("scalars", 2, let count?): text = .scalars(count)
            case ("bytes", 2, let count?): writes = .bytes(count)
            case ("random", 2, let count?): writes = .randomBytes(upTo: count)
            case ("events", 2, let count?): writes = .events(count)
            default: return nil
            }
        }
    }

    init(text: TextCut = .token, writes: WriteCut = .event) {
        self.text = text
        self.writes = writes
    }

    static let spellings = "token, characters:N, scalars:N, whole, bytes:N, random:N, events:N (one of each kind joined with a comma)"
}

/// Cuts the event stream into writes. What goes in comes out, in order, once `flush` was called at the end.
struct WriteCutter: Sendable {
    private let cut: Chunking.WriteCut
    private var random: SeededRandom
    private var held: [UInt8] = []
    private var heldEvents = 0

    init(_ cut: Chunking.WriteCut, seed: UInt64) {
        self.cut = cut
        random = SeededRandom(seed: seed)
    }

    /// The writes that `event` completes; none while events are being joined.
    mutating func writes(for event: [UInt8]) -> [[UInt8]] {
        switch cut {
        case .event: return event.isEmpty ? [] : [event]
        case .bytes(let count): return pieces(of: event) { _ in count }
        case .randomBytes(let most): return pieces(of: event) { random in Int.random(in: 1...most, using: &random) }
        case .events(let count):
            held += event
            heldEvents += 1
            return heldEvents >= count ? flush() : []
        }
    }

    /// What is still held back.
    mutating func flush() -> [[UInt8]] {
        defer {
            held = []
            heldEvents = 0
        }
        return held.isEmpty ? [] : [held]
    }

    private mutating func pieces(of event: [UInt8], size: (inout SeededRandom) -> Int) -> [[UInt8]] {
        var pieces: [[UInt8]] = []
        var start = 0
        while start < event.count {
            let end = min(start + size(&random), event.count)
            pieces.append(Array(event[start..<end]))
            start = end
        }
        return pieces
    }
}
