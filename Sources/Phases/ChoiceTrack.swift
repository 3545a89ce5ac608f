import ChatDelta
import Detect
import JSONBytes

/// One choice of the stream: its own detector, its own half characters, its own end. Nothing is shared between choices.
///
/// A class, because arrays cannot hold the non-copyable detector; owned by one `StreamCore` and never handed out.
final class ChoiceTrack {
    /// The choice's `index`.
    let index: Int
    /// Separates what came as `content`.
    var detector: Detector
    /// Text decoders, one for each field: their half characters must not meet.
    var contentText = JSONTextDecoder()
    var reasoningText = JSONTextDecoder()
    /// What the chunk at hand gave as answer and as reasoning.
    var answer: [UInt8] = []
    var reasoning: [UInt8] = []
    /// Whether the choice has its finish reason.
    var isFinished = false
    /// Whether any answer text or tool call has been seen.
    var hasAnswer = false
    /// Whether any reasoning has been seen.
    var hasReasoning = false
    /// Tool calls that the model wrote as text and the client got as calls.
    var writtenCallCount = 0

    init(index: Int, plan: StreamPlan) {
        self.index = index
        detector = Detector(
            profile: plan.profile, start: plan.profile.startState(for: plan.thinking), whitespace: plan.whitespace,
            constrainedToJSON: plan.thinking.constrainedToJSON)
    }

    /// Forgets the chunk at hand, keeping the room.
    func beginChunk() {
        answer.removeAll(keepingCapacity: true)
        reasoning.removeAll(keepingCapacity: true)
    }

    /// Whether the chunk at hand holds something of the answer besides text. Tool calls and refusals do. Members nobody knows do
    /// only where no reasoning can be meant: beside reasoning, or text that may become reasoning, they are its.
    func carriesAnswer(_ choice: Delta.Choice, besideReasoning: Bool) -> Bool {
        if !choice.payload.isDisjoint(with: [.toolCalls, .refusal]) { return true }
        guard choice.payload.contains(.other), !besideReasoning, !detector.isInReasoning else { return false }
        return choice.texts.isEmpty || !answer.isEmpty
    }

    /// Lets decoded content through the detector. Returns whether all of it came out as answer, nothing before it and
    /// nothing held: then the upstream's own bytes say the same.
    func receiveContent(_ text: Span<UInt8>) -> Bool {
        let heldBefore = detector.heldByteCount
        let answerBefore = answer.count
        detector.receive(text) { kind, span in
            switch kind {
            case .answer: answer.append(span)
            case .reasoning: reasoning.append(span)
            }
        }
        return heldBefore == 0 && detector.heldByteCount == 0 && reasoning.isEmpty && answer.count - answerBefore == text.count
    }

    /// The text has ended: what was held goes to the state it was held in.
    func finishText(_ end: TextEnd) {
        var rest: [UInt8] = []
        contentText.finish(to: &rest)
        if !rest.isEmpty { _ = receiveContent(rest.span) }
        reasoningText.finish(to: &reasoning)
        detector.finish(end) { kind, span in
            switch kind {
            case .answer: answer.append(span)
            case .reasoning: reasoning.append(span)
            }
        }
    }
}

extension StreamFacts {
    /// What the first choice's text, now complete, shows about where it began.
    mutating func note(_ track: ChoiceTrack) {
        guard track.index == 0 else { return }
        sawOrphanEnd = track.detector.sawOrphanEnd
        wasPromoted = track.detector.wasPromoted
    }
}
