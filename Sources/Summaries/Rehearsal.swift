/// A whole reasoning played to the summary at a steady pace, with a clock that only counts: what a client would be sent and when, at once.
///
/// The text arrives in pieces the size of a model's tokens (see `tokenEnds`), one every 1/rate seconds, the first at zero. The summary is
/// asked after each piece and, as the machine of a stream does, when it said that a step falls due.
public struct Rehearsal: Sendable {
    /// One step as it would be sent.
    public struct Said: Sendable, Equatable {
        /// What is sent.
        public var step: Step
        /// Since the first piece of the reasoning.
        public var time: Duration
        /// Bytes of the reasoning that had arrived.
        public var receivedBytes: Int
        /// It came because the reasoning ended.
        public var isLast: Bool
    }

    /// The steps in order.
    public internal(set) var said: [Said] = []
    /// Pieces the reasoning came in.
    public internal(set) var tokenCount = 0
    /// From the first piece to the last one.
    public internal(set) var duration: Duration = .zero

    /// What became of a small model's calls; nil where none was asked.
    public internal(set) var modelFacts: ModelSummaryFacts?

    /// Plays `reasoning` (UTF-8) at this many tokens a second.
    public init(
        of reasoning: Span<UInt8>, prompt: PromptFacts = PromptFacts(), options: ReasoningSummaryOptions = ReasoningSummaryOptions(),
        tokensPerSecond: Double = 50
    ) {
        var summary = ReasoningSummary(options: options, prompt: prompt)
        let gap = Duration.seconds(1) / max(0.001, tokensPerSecond)
        var received = 0
        for end in Self.tokenEnds(in: reasoning) {
            let now = gap * tokenCount
            if let due = summary.nextDue, due < now, let step = summary.step(at: due) {
                said.append(Said(step: step, time: due, receivedBytes: received, isLast: false))
            }
            summary.received(reasoning.extracting(received..<end), at: now)
            received = end
            tokenCount += 1
            duration = now
            if let step = summary.step(at: now) { said.append(Said(step: step, time: now, receivedBytes: received, isLast: false)) }
        }
        if let step = summary.finish(at: duration) {
            said.append(Said(step: step, time: duration, receivedBytes: received, isLast: true))
        }
    }

    /// Where the pieces of a text end, in bytes: cut much as the vocabularies of models cut. A piece is a word's beginning with the space
    /// before it, of at most 7 Latin letters, 4 letters of other alphabets, 2 ideographs, 3 digits or 3 marks; white space of several
    /// signs is a piece. English comes out at about 4.3 characters a piece, Chinese at about 1.6.
    public static func tokenEnds(in text: Span<UInt8>) -> [Int] {
        var ends: [Int] = []
        var cursor = ScalarCursor(to: text.count)
        var piece = (kind: PieceKind.space, length: 0)
        var start = 0
        while let scalar = cursor.next(in: text) {
            let kind = PieceKind(scalar)
            let follows = kind == piece.kind ? piece.length < kind.longest : piece.kind == .space && piece.length == 1 && kind != .space
            if piece.length > 0, !follows { ends.append(start) }
            piece = follows && kind == piece.kind ? (kind, piece.length + 1) : (kind, 1)
            start = cursor.position
        }
        if text.count > 0 { ends.append(text.count) }
        return ends
    }

    private enum PieceKind {
        case latin, letters, ideographs, digits, marks, space

        init(_ scalar: UInt32) {
            if Scalars.isSpace(scalar) || Scalars.isNewline(scalar) {
                self = .space
            } else if Scalars.isDigit(scalar) {
                self = .digits
            } else if Scalars.isIdeographic(scalar) {
                self = .ideographs
            } else if Scalars.isASCIILetter(scalar) || scalar < 0x250 && Scalars.isLetter(scalar) {
                self = .latin
            } else {
                self = Scalars.isLetter(scalar) ? .letters : .marks
            }
        }

        var longest: Int {
            switch self {
            case .latin: 7
            case .letters: 4
            case .ideographs: 2
            case .digits, .marks: 3
            case .space: 16
            }
        }
    }
}
