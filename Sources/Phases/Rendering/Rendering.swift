import AgentAPIs
import ChatDelta
import Detect
import JSONBytes
import Summaries

/// The wall between what happens in a stream and how a client is told. The core says what happened, in the words of no wire format;
/// what stands behind the wall turns it into bytes.
///
/// | what the core says | when |
/// |---|---|
/// | `opened` | the head of the client's response goes out |
/// | `phaseBegan` | all three phases, each once, in order |
/// | `summary` | the prompt summary, or one step |
/// | `reasoning` | a piece of reasoning has come; what of it is shown follows as a step or raw |
/// | `rawReasoning`, `rawReasoningEnded` | only if the plan shows the thoughts themselves |
/// | `movedOn` | another upstream begins anew |
/// | `answer(_:from:_:)` | what one chunk brought for the answer (text, calls, refusal), with the chunk's own bytes at hand |
/// | `answer(_:index:)` | answer text that had been held |
/// | `writtenCall` | a tool call that the model wrote as text |
/// | `finish` | a choice is complete: the upstream's own finish, with its chunk at hand, or one for an upstream that gives none |
/// | `end`, `fail` | the last word; one of the two, once |
/// | `heartbeat` | nothing has been said for a while |
///
/// A closed set of renderings, chosen once: no existential on the way of a chunk. Nothing of chat completions passes to the agents' APIs:
/// their module does not know them, and `AgentTeller` takes apart what the chat styles pass on whole.
struct Rendering {
    private var chat: ChatRenderer
    /// In place of the chat styles, if there is one.
    private let agent: AgentTeller?
    /// Beside the teller itself, because it is asked for with every chunk.
    private let tellsAgent: Bool

    init(_ plan: StreamPlan) {
        tellsAgent = plan.agent != nil
        chat = ChatRenderer(plan)
        agent = plan.agent.map { AgentTeller($0) }
    }

    /// How many upstreams were asked so far; more than one is told with the end.
    var attempts: Int {
        get { chat.attempts }
        set { chat.attempts = newValue }
    }

    /// Whether more was said than the plan allows to keep.
    var isTooLong: Bool { tellsAgent && agent?.isTooLong ?? false }

    // MARK: Phases

    mutating func opened(to output: inout [UInt8]) {
        agent?.tell(.opened, to: &output)
    }

    mutating func phaseBegan(_ phase: Phase, to output: inout [UInt8]) {
        guard tellsAgent else { return chat.phaseBegan(phase, to: &output) }
        if phase == .finalOutput { agent?.tell(.answerBegan, to: &output) }
    }

    /// One summary: the whole prompt summary or one step.
    mutating func summary(_ step: Step, _ phase: Phase, to output: inout [UInt8]) {
        guard tellsAgent else { return chat.summary(step.text, phase, to: &output) }
        if phase == .promptSummary {
            agent?.tell(.promptSummary(step.text), to: &output)
        } else {
            agent?.tell(.step(title: step.title, text: step.text), to: &output)
        }
    }

    /// Reasoning has come. It is not shown by this: chat styles do not look at it.
    mutating func reasoning(_ text: Span<UInt8>, to output: inout [UInt8]) {
        guard tellsAgent else { return }
        agent?.tell(.reasoning(text), to: &output)
    }

    /// Raw reasoning, for those who asked for it.
    mutating func rawReasoning(_ text: Span<UInt8>, to output: inout [UInt8]) {
        guard tellsAgent else { return chat.rawReasoning(text, to: &output) }
        agent?.tell(.rawReasoning(text), to: &output)
    }

    /// Raw reasoning has ended; something may follow it in the same place.
    mutating func rawReasoningEnded(isFollowed: Bool, to output: inout [UInt8]) {
        guard tellsAgent else { return chat.rawReasoningEnded(isFollowed: isFollowed, to: &output) }
        agent?.tell(.rawReasoningEnded, to: &output)
    }

    /// The request has moved to another upstream, before the commit point; chat styles tell nothing of it.
    /// `isFromStart` is false when that one has reasoned before without being told.
    mutating func movedOn(isFromStart: Bool) {
        var nothing: [UInt8] = []
        agent?.tell(.movedOn(isFromStart: isFromStart), to: &nothing)
    }

    // MARK: Answer

    /// What one chunk brought for the answer; `text` is all of its answer text.
    mutating func answer(
        _ text: [UInt8], from chunk: borrowing ChunkAtHand, _ delta: borrowing Delta, to output: inout [UInt8]
    ) throws(JSONError) {
        guard tellsAgent else { return try chat.answer(text, from: chunk, delta, to: &output) }
        try agent?.answer(text, from: chunk, isCompletion: delta.form == .completion, to: &output)
    }

    /// Answer text that had been held.
    mutating func answer(_ text: [UInt8], index: Int, to output: inout [UInt8]) {
        guard tellsAgent else { return chat.answer(text, index: index, to: &output) }
        if index == 0 { agent?.tell(.text(text.span), to: &output) }
    }

    /// A tool call that the model wrote as text.
    mutating func writtenCall(_ call: ToolCall, ordinal: Int, index: Int, to output: inout [UInt8]) {
        guard tellsAgent else { return chat.writtenCall(call, ordinal: ordinal, index: index, to: &output) }
        if index == 0 { agent?.writtenCall(call, to: &output) }
    }

    // MARK: Endings and heartbeats

    /// The upstream's own finish of a choice; `hasSaidMore` when its chunk also brought text, calls or a refusal.
    mutating func finish(
        from chunk: borrowing ChunkAtHand, _ delta: borrowing Delta, hasSaidMore: Bool, to output: inout [UInt8]
    ) throws(JSONError) {
        guard tellsAgent else { return try chat.finish(from: chunk, delta, hasSaidMore: hasSaidMore, to: &output) }
        try agent?.finish(from: chunk, isCompletion: delta.form == .completion, to: &output)
    }

    /// A choice is complete, and the upstream's own word for it does not fit or never came.
    mutating func finish(_ reason: FinishReason, index: Int, to output: inout [UInt8]) {
        guard tellsAgent else { return chat.finish(reason.rawValue, index: index, to: &output) }
        if index == 0 { agent?.tell(.finished(.complete), to: &output) }
    }

    /// The stream is complete. `usage` is the upstream's own object, `hasFirstChoice` whether it answered choice 0, on which the
    /// summaries ride.
    mutating func end(usage: [UInt8]?, hasFirstChoice: Bool, to output: inout [UInt8]) {
        guard tellsAgent else { return chat.end(usage: usage, hasFirstChoice: hasFirstChoice, to: &output) }
        agent?.end(usage: usage, to: &output)
    }

    /// The stream ends badly.
    mutating func fail(_ failure: StreamFailure, to output: inout [UInt8]) {
        guard tellsAgent else { return chat.fail(failure, to: &output) }
        agent?.fail(failure, to: &output)
    }

    mutating func heartbeat(_ form: StreamPlan.HeartbeatForm, phase: Phase?, to output: inout [UInt8]) {
        guard tellsAgent else { return chat.heartbeat(form, phase: phase, to: &output) }
        agent?.tell(.silent, to: &output)
    }

    /// Style `off`: a whole completion as the one event of a stream.
    func whole(_ body: Span<UInt8>, to output: inout [UInt8]) {
        chat.whole(body, to: &output)
    }
}
