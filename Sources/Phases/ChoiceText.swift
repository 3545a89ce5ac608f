import ChatDelta
import Detect
import JSONBytes

/// What one choice says: its own detector, its own half characters, and what the chunk at hand brought, sorted.
struct ChoiceText: ~Copyable {
    /// Separates what came as `content`.
    var detector: Detector
    /// Text decoders, one for each field: their half characters must not meet.
    var contentText = JSONTextDecoder()
    var reasoningText = JSONTextDecoder()
    /// What the chunk at hand gave as answer and as reasoning.
    var answer: [UInt8] = []
    var reasoning: [UInt8] = []
    /// Decoded content of the chunk at hand.
    private var decoded: [UInt8] = []

    init(_ plan: StreamPlan) {
        detector = Detector(
            profile: plan.profile, start: plan.profile.startState(for: plan.thinking), whitespace: plan.whitespace,
            constrainedToJSON: plan.thinking.constrainedToJSON)
    }

    /// What hearing one chunk came to.
    struct Heard {
        /// Whether the chunk's own bytes may stand for its answer text.
        var isUnchanged = true
        var hasReasoning = false
        var answerCount = 0
        /// Bytes that the detector holds afterwards.
        var heldByteCount = 0
    }

    /// Forgets the chunk before, then decodes the choice's texts and sorts them.
    mutating func hear(_ choice: Delta.Choice, of delta: borrowing Delta, _ data: Span<UInt8>) -> Heard {
        beginChunk()
        var heard = Heard()
        for position in choice.texts {
            let isUnchanged = hear(delta.texts[position], data)
            heard.isUnchanged = isUnchanged && heard.isUnchanged
        }
        heard.hasReasoning = !reasoning.isEmpty
        heard.answerCount = answer.count
        heard.heldByteCount = detector.heldByteCount
        return heard
    }

    private mutating func hear(_ piece: Delta.Text, _ data: Span<UInt8>) -> Bool {
        switch piece.kind {
        case .reasoning:
            detector.upstreamSplitReasoning()
            reasoningText.decode(piece.string, in: data, to: &reasoning)
            return false
        case .content:
            let heldHalf = contentText.isHoldingHalfCharacter
            if !piece.string.hasEscapes, !heldHalf { return receiveContent(data.extracting(piece.string.content)) }
            decoded.removeAll(keepingCapacity: true)
            contentText.decode(piece.string, in: data, to: &decoded)
            let isWhole = !heldHalf && !contentText.isHoldingHalfCharacter
            let text = decoded
            return receiveContent(text.span) && isWhole
        }
    }

    /// Forgets the chunk at hand, keeping the room.
    mutating func beginChunk() {
        if !answer.isEmpty { answer.removeAll(keepingCapacity: true) }
        if !reasoning.isEmpty { reasoning.removeAll(keepingCapacity: true) }
    }

    /// Lets decoded content through the detector. Returns whether all of it came out as answer, nothing before it and
    /// nothing held: then the upstream's own bytes say the same.
    mutating func receiveContent(_ text: Span<UInt8>) -> Bool {
        let heldBefore = detector.heldByteCount
        let answerBefore = answer.count
        ChoiceText.receive(text, &detector, &answer, &reasoning)
        return heldBefore == 0 && detector.heldByteCount == 0 && reasoning.isEmpty && answer.count - answerBefore == text.count
    }

    /// The text has ended: what was held goes to the state it was held in.
    mutating func finish(_ end: TextEnd) {
        var rest: [UInt8] = []
        contentText.finish(to: &rest)
        if !rest.isEmpty { _ = receiveContent(rest.span) }
        reasoningText.finish(to: &reasoning)
        ChoiceText.finish(end, &detector, &answer, &reasoning)
    }

    // The detector and what it feeds are parts of one value: passed separately, so that each can change while the other is in use.

    private static func receive(
        _ text: Span<UInt8>, _ detector: inout Detector, _ answer: inout [UInt8], _ reasoning: inout [UInt8]
    ) {
        detector.receive(text) { kind, span in
            switch kind {
            case .answer: answer.append(span)
            case .reasoning: reasoning.append(span)
            }
        }
    }

    private static func finish(_ end: TextEnd, _ detector: inout Detector, _ answer: inout [UInt8], _ reasoning: inout [UInt8]) {
        detector.finish(end) { kind, span in
            switch kind {
            case .answer: answer.append(span)
            case .reasoning: reasoning.append(span)
            }
        }
    }
}
