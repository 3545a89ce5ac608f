import ChatDelta
import Detect
import JSONBytes

/// One choice of the stream: its own text, its own end. Nothing is shared between choices.
///
/// A class, because arrays cannot hold the non-copyable detector; owned by one `StreamCore` and never handed out. The text is one property
/// with all of a chunk's work behind one call: each access to a property of a class is checked at run time for exclusivity, and costs as
/// much as 50 instructions.
final class ChoiceTrack {
    /// The choice's `index`.
    let index: Int
    /// What the choice says.
    var text: ChoiceText
    /// How far the choice is.
    var marks = ChoiceMarks()
    /// Tool calls that the model wrote as text and the client got as calls.
    var writtenCallCount = 0

    init(index: Int, plan: StreamPlan) {
        self.index = index
        text = ChoiceText(plan)
    }

    /// Whether the chunk at hand holds something of the answer besides text. Tool calls and refusals do. Members nobody knows do
    /// only where no reasoning can be meant: beside reasoning, or text that may become reasoning, they are its.
    func carriesAnswer(_ choice: Delta.Choice, besideReasoning: Bool) -> Bool {
        if !choice.payload.isDisjoint(with: [.toolCalls, .refusal]) { return true }
        guard choice.payload.contains(.other), !besideReasoning, !text.detector.isInReasoning else { return false }
        return choice.texts.isEmpty || !text.answer.isEmpty
    }
}

/// How far a choice is.
struct ChoiceMarks {
    /// Whether the choice has its finish reason.
    var isFinished = false
    /// Whether any answer text or tool call has been seen.
    var hasAnswer = false
    /// Whether any reasoning has been seen.
    var hasReasoning = false
}

extension StreamFacts {
    /// What the first choice's text, now complete, shows about where it began.
    mutating func note(_ track: ChoiceTrack) {
        guard track.index == 0 else { return }
        sawOrphanEnd = track.text.detector.sawOrphanEnd
        wasPromoted = track.text.detector.wasPromoted
    }
}
