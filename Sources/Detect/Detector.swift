import PCRE

/// Splits one choice's text into reasoning and answer as it flows, by the markers of a profile.
///
/// Laws, each tested: any cutting of the same bytes gives the same segments; markers removed and text given out together are the
/// text received (with ``WhitespacePolicy/exact``); a byte is held back only while a marker, white space beside one or an
/// unfinished code point may still claim it; work is linear in bytes; after ``finish(_:emit:)`` everything received was given out.
///
/// Text is given to `emit` as spans into the caller's own chunk where nothing was held, else into the detector's buffer; a span
/// is valid during the call only. Spans never end inside a code point unless the text itself does.
///
/// Work and memory: a chunk without a marker's first byte costs one scan and no allocation. An inferred reasoning start keeps a
/// copy of what was given out, up to ``promotionLimit``, until a marker is seen.
///
/// States: see `Place`. One detector per choice index; may move between threads, one at a time.
public struct Detector: ~Copyable, Sendable {
    /// How much reasoning whose start was only inferred is kept for promotion, in bytes; longer reasoning stays reasoning.
    public static let promotionLimit = 1 << 20
    /// Text is searched in pieces of at most this many bytes, which bounds the buffer for a whole document in one chunk.
    static let sliceLength = 16 * 1024
    /// White space beside a possible marker is held up to this many bytes; a longer run is given out as text, in units of this.
    static let whiteRunLimit = 256
    /// Calls to a channel recipient that are kept, and how long one may be; further ones are dropped.
    static let toolCallLimits = (count: 64, bytes: 256 * 1024)

    let profile: CompiledProfile
    let trims: Bool
    let isJSON: Bool
    /// The start was inferred to be inside, but JSON was asked for: text that looks like it waits in `undecided`.
    let waitsForJSON: Bool

    var place: Place
    var origin = Origin.inferred
    /// A byte other than white space was seen since the segment began.
    var hasPayload = false
    /// White space at the segment's start is beside a marker.
    var skipsWhite = false
    var frameIsOpen = false
    /// Bytes of this segment that were searched, for the bounds of `undecided` and prose.
    var segmentLength = 0
    var codeGuard = CodeGuard()

    /// Left context, then what is held: `released` bytes were given out, those before `cleared` hold no marker.
    var buffer: [UInt8] = []
    var released = 0
    var cleared = 0
    /// The buffer no longer begins where the text began.
    var hasDropped = false
    var scratch = MatchScratch()
    /// Sets whose pattern hit the match limit in this stream.
    var disabledSets: UInt32 = 0

    var retained = Retained(limit: Detector.promotionLimit)
    var owesPromotion = false
    /// An explicit marker was removed: plain words open nothing any more.
    var sawMarker = false
    var answerHasPayload = false
    var answerEndsWhite = false
    var orphanEnd: OrphanEnd
    var toolCalls: [ToolCall] = []
    /// The last of the calls is still being written.
    var callIsOpen = false

    /// The text was taken for the answer from its start, and ended reasoning that it never began: the next answer of this model is likely
    /// to begin inside reasoning. Known after ``finish(_:emit:)``; see `OrphanEnd` for what counts.
    public internal(set) var sawOrphanEnd = false
    /// What was done with each byte, if somebody wants to know.
    public internal(set) var trace: DetectionTrace?
    /// Some reasoning was given out that is more than white space.
    public internal(set) var sawReasoning = false
    /// The text ended in reasoning, or a limit cut it right after, and nothing but white space was given out as the answer. Known
    /// after ``finish(_:emit:)``; false after ``TextEnd/cut``, where the error is the news.
    public internal(set) var answerIsMissing = false
    /// Text given out as reasoning was given out again as the answer, because no marker ever came.
    public internal(set) var wasPromoted = false

    /// A detector at the start of one choice's text.
    ///
    /// - Parameters:
    ///   - profile: the model's family.
    ///   - start: from ``CompiledProfile/startState(for:)``.
    ///   - whitespace: what happens to white space beside markers.
    ///   - constrainedToJSON: the request asked for JSON; text that begins like JSON is then held as undecided rather than called
    ///     reasoning.
    public init(
        profile: CompiledProfile, start: StartState, whitespace: WhitespacePolicy = .trim, constrainedToJSON: Bool = false
    ) {
        self.profile = profile
        trims = whitespace == .trim
        isJSON = constrainedToJSON
        waitsForJSON = constrainedToJSON && start == .inside
        orphanEnd = OrphanEnd(profile, isOn: start == .outside && !constrainedToJSON && profile.profile.channels == nil)
        place = waitsForJSON ? .undecided : Detector.place(start)
        if place == .reasoning {
            skipsWhite = trims
            retained.begin()
        }
        if profile.profile.channels != nil { place = .outside }
    }

    private static func place(_ start: StartState) -> Place {
        switch start {
        case .outside: .outside
        case .inside: .reasoning
        case .undecided: .undecided
        }
    }

    /// Takes the next piece of text, cut anywhere, and gives out what is known of it, in order.
    public mutating func receive(_ text: Span<UInt8>, emit: (SegmentKind, Span<UInt8>) -> Void) {
        guard place != .ended, text.count > 0 else { return }
        if owesPromotion { promote(emit: emit) }
        if passThrough(text, emit: emit) { return }
        var from = 0
        while from < text.count {
            let to = min(from + Detector.sliceLength, text.count)
            buffer.append(copying: text.extracting(from..<to))
            drain(.open, emit: emit)
            from = to
        }
    }

    /// Takes the end of the text: searches what is held once more, knowing that nothing follows, and gives out the rest by state.
    /// Later calls do nothing.
    public mutating func finish(_ end: TextEnd, emit: (SegmentKind, Span<UInt8>) -> Void) {
        guard place != .ended else { return }
        if owesPromotion { promote(emit: emit) }
        drain(.final, emit: emit)
        endText(end, emit: emit)
        record(released..<buffer.count) { .unfinishedHeader($0) }
        place = .ended
        buffer = []
        released = 0
        cleared = 0
        retained.end()
    }

    /// The upstream has sent reasoning in a field of its own: from now on content is not searched, apart from a stray closer at its
    /// very start. May be called for every such delta, before the content of the same delta is received.
    ///
    /// Content that was taken for reasoning without a marker is given out again as the answer by the next call.
    public mutating func upstreamSplitReasoning() {
        switch place {
        case .split, .passing, .ended: return
        case .undecided, .outside, .reasoning, .between, .answer, .header, .body: break
        }
        owesPromotion = place == .reasoning && retained.isActive && !retained.bytes.isEmpty
        let isFresh = !owesPromotion && !answerHasPayload && buffer.span.firstNonWhite(from: released) == buffer.count
        place = isFresh ? .split : .passing
        hasPayload = !isFresh
        skipsWhite = false
    }

    /// Bytes received and not yet given out.
    public var heldByteCount: Int { buffer.count - released }

    /// Whether text given out now would be reasoning.
    public var isInReasoning: Bool { kind == .reasoning }

    /// Patterns that ran into the match limit and were switched off for this stream: worth a line in the log.
    public var disabledPatternCount: Int { disabledSets.nonzeroBitCount }

    /// What text at this place is.
    var kind: SegmentKind {
        switch place {
        case .reasoning, .body(.reasoning): .reasoning
        case .undecided, .outside, .between, .answer, .split, .passing, .header, .body, .ended: .answer
        }
    }
}
