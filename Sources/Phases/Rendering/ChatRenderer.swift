import ChatDelta
import ChatRequests
import Detect
import EventStream
import JSONBytes

/// Writes a stream in one of the chat-completions wire styles. It decides nothing about phases; it knows how each style says them.
///
/// | style | marker | summaries | answer |
/// |---|---|---|---|
/// | `events` | `event: phase` and an empty-delta chunk | `content`, labelled | `content`, tagged |
/// | `inline` | a chunk with empty `content`, tagged | `content`, labelled | `content`, tagged |
/// | `reasoning` | none | the reasoning field, tagged | `content`, tagged |
/// | `think` | none | `content` between `<think>` and `</think>` | `content`, tagged |
struct ChatRenderer {
    private static let phaseEvent: EventName = "phase"
    private static let answerEnd = ChunkEditor.SpliceEnd(phase: Phase.finalOutput.rawValue)
    private static let untaggedEnd = ChunkEditor.SpliceEnd(phase: nil)

    private let style: WireStyle
    private let identity: ChunkIdentity
    private let reasoningField: String
    private let includesUsage: Bool
    /// Upstreams that were asked so far.
    var attempts: Int
    /// Indexes of the choices whose role was sent: nearly always one.
    private var choicesWithRole: [Int] = []
    private var writtenCallCount = 0
    private var rewrittenChunk = RewrittenChunk()
    private var isThinkOpen = false
    /// The phase whose label was written last: some styles say it once.
    private var labelled: Phase?

    init(_ plan: StreamPlan) {
        style = plan.style
        identity = plan.identity
        reasoningField = plan.reasoningField
        includesUsage = plan.includesUsage
        attempts = plan.attempts
    }

    // MARK: Phases

    mutating func phaseBegan(_ phase: Phase, to output: inout [UInt8]) {
        switch style {
        case .events:
            append(event: ChatRenderer.phaseEvent, to: &output) {
                ChunkWriter.appendMarker(phase: phase.rawValue, identity: identity, to: &$0)
            }
        case .inline:
            appendText([], field: "content", phase: phase, index: 0, to: &output)
        case .think:
            if phase == .finalOutput { closeThink(to: &output) }
        case .reasoning, .off:
            break
        }
    }

    /// One summary text: a whole prompt summary or one step.
    mutating func summary(_ text: String, _ phase: Phase, to output: inout [UInt8]) {
        var bytes: [UInt8] = []
        if style == .events || style == .inline || labelled != phase { bytes.append(phase.label) }
        labelled = phase
        bytes.append(style == .think ? ThinkTags.defused(text) : text)
        bytes.append("\n\n")
        thought(bytes, phase, to: &output)
    }

    /// Raw reasoning, for those who asked for it.
    mutating func rawReasoning(_ text: Span<UInt8>, to output: inout [UInt8]) {
        var bytes: [UInt8] = []
        if labelled != .reasoningSummary { bytes.append(Phase.reasoningSummary.label) }
        labelled = .reasoningSummary
        bytes.append(text)
        thought(bytes, .reasoningSummary, to: &output)
    }

    /// Raw reasoning has ended: a blank line keeps it apart from what follows in the same field.
    mutating func rawReasoningEnded(isFollowed: Bool, to output: inout [UInt8]) {
        guard labelled == .reasoningSummary, style != .reasoning || isFollowed else { return }
        thought([0x0A, 0x0A], .reasoningSummary, to: &output)
    }

    private mutating func thought(_ bytes: [UInt8], _ phase: Phase, to output: inout [UInt8]) {
        if style == .think, !isThinkOpen {
            isThinkOpen = true
            appendText(Array("<think>".utf8), field: "content", phase: phase, index: 0, to: &output)
        }
        appendText(bytes, field: style == .reasoning ? reasoningField : "content", phase: phase, index: 0, to: &output)
    }

    private mutating func closeThink(to output: inout [UInt8]) {
        guard isThinkOpen else { return }
        isThinkOpen = false
        // The tag is a chunk of its own: readers that split by tags compare whole chunks.
        appendText(Array("</think>".utf8), field: "content", phase: .reasoningSummary, index: 0, to: &output)
        appendText([0x0A, 0x0A], field: "content", phase: .finalOutput, index: 0, to: &output)
    }

    // MARK: Answer

    /// What one chunk brought for the answer: with the chunk's own bytes where they say it already, else written anew around what
    /// else it says.
    mutating func answer(
        _ text: [UInt8], from chunk: borrowing ChunkAtHand, _ delta: borrowing Delta, to output: inout [UInt8]
    ) throws(JSONError) {
        let choice = chunk.choice
        let mayStay = delta.isSpliceable && delta.choices.count == 1 && choice.finishReason == nil && chunk.isUnchanged
        if mayStay, !owesRole(choice.index), text.count <= ChunkWriter.maximumTextBytes {
            spliced(chunk.data, delta, tagged: true, to: &output)
        } else {
            try rewrite(text, from: chunk, to: &output)
        }
    }

    /// Of long text all but the last part goes ahead in chunks of our own.
    private mutating func rewrite(_ text: [UInt8], from chunk: borrowing ChunkAtHand, to output: inout [UInt8]) throws(JSONError) {
        var edit = ChunkEditor.ChoiceEdit(phase: Phase.finalOutput.rawValue)
        // Members nobody knows may quote the reasoning they stand beside; calls and refusals do not.
        edit.withPayload = !chunk.isBesideReasoning || !chunk.choice.payload.isDisjoint(with: [.toolCalls, .refusal])
        edit.withExtras = !chunk.isBesideReasoning
        let start = answerUpToLastPart(text, index: chunk.choice.index, to: &output)
        try rewritten(chunk, text.span.extracting(start..<text.count), edit, to: &output)
    }

    /// Answer text in a chunk of our own.
    mutating func answer(_ text: [UInt8], index: Int, to output: inout [UInt8]) {
        appendText(text, field: "content", phase: .finalOutput, index: index, to: &output)
    }

    /// Whether an answer chunk of this choice still has to say the role.
    private func owesRole(_ index: Int) -> Bool {
        !choicesWithRole.contains(index)
    }

    /// An answer chunk with the upstream's own bytes.
    private func spliced(_ data: Span<UInt8>, _ delta: borrowing Delta, tagged: Bool, to output: inout [UInt8]) {
        let end = tagged ? ChatRenderer.answerEnd : ChatRenderer.untaggedEnd
        EventWriter.append(line: data.extracting(0..<delta.closingBrace), end.bytes.span, to: &output)
    }

    /// An answer chunk written anew around what else the upstream's chunk says.
    private mutating func rewritten(
        _ chunk: borrowing ChunkAtHand, _ text: Span<UInt8>, _ edit: ChunkEditor.ChoiceEdit, to output: inout [UInt8]
    ) throws(JSONError) {
        var edit = edit
        let index = chunk.choice.index
        if !edit.withFinish, owesRole(index) {
            edit.withRole = true
            markRole(index)
        }
        if rewrittenChunk.append(text, likewise: chunk, edit, to: &output) { return }
        let start = output.count
        EventWriter.beginEvent(to: &output)
        let place = try ChunkEditor.appendRewritten(
            chunk.data, choice: chunk.ordinal, index: index, text: text, edit: edit, identity: identity, to: &output)
        if edit.withFinish { tellAttempts(to: &output) }
        EventWriter.endEvent(to: &output)
        rewrittenChunk.keep(output.span, from: start, textAt: place, chunk, edit)
    }

    /// Sends all parts of a long answer text but the last in chunks of our own. Returns where the last part begins.
    private mutating func answerUpToLastPart(_ text: [UInt8], index: Int, to output: inout [UInt8]) -> Int {
        var start = 0
        while text.count - start > ChunkWriter.maximumTextBytes {
            let end = chunkEnd(text, from: start)
            appendPart(text, start..<end, field: "content", phase: .finalOutput, index: index, to: &output)
            start = end
        }
        return start
    }

    /// A tool call that the model wrote as text; long arguments in several fragments.
    mutating func writtenCall(_ call: ToolCall, ordinal: Int, index: Int, to output: inout [UInt8]) {
        var head: ChunkWriter.ToolCallHead? = call.head(number: writtenCallCount, of: identity)
        writtenCallCount += 1
        var start = 0
        repeat {
            let end = chunkEnd(call.arguments, from: start)
            let withRole = owesRole(index)
            markRole(index)
            append(to: &output) {
                ChunkWriter.appendToolCall(
                    call.arguments.span.extracting(start..<end), head: head, ordinal: ordinal, phase: Phase.finalOutput.rawValue,
                    index: index, withRole: withRole, identity: identity, to: &$0)
            }
            head = nil
            start = end
        } while start < call.arguments.count
    }

    /// Says the role of a choice that ends without having said anything: some clients refuse a choice without one.
    private mutating func sayRole(index: Int, to output: inout [UInt8]) {
        if owesRole(index) { answer([], index: index, to: &output) }
    }

    /// A whole completion as the one event of a stream, with its own bytes.
    func whole(_ body: Span<UInt8>, to output: inout [UInt8]) {
        EventWriter.append(data: body, to: &output)
        EventWriter.appendDone(to: &output)
    }

    // MARK: Endings and heartbeats

    /// A finish chunk of our own.
    mutating func finish(_ reason: String, index: Int, to output: inout [UInt8]) {
        sayRole(index: index, to: &output)
        append(to: &output) {
            ChunkWriter.appendFinish(reason, index: index, identity: identity, to: &$0)
            tellAttempts(to: &$0)
        }
    }

    /// The upstream's finish reason, in its own chunk if that says nothing else.
    mutating func finish(
        from chunk: borrowing ChunkAtHand, _ delta: borrowing Delta, hasSaidMore: Bool, to output: inout [UInt8]
    ) throws(JSONError) {
        sayRole(index: chunk.choice.index, to: &output)
        if delta.isSpliceable, delta.choices.count == 1, !hasSaidMore, attempts == 1 {
            return spliced(chunk.data, delta, tagged: false, to: &output)
        }
        var edit = ChunkEditor.ChoiceEdit(phase: nil)
        edit.withFinish = true
        edit.withExtras = !hasSaidMore
        let nothing: [UInt8] = []
        try rewritten(chunk, nothing.span, edit, to: &output)
    }

    /// The end of a stream whose choices are closed.
    mutating func end(usage: [UInt8]?, hasFirstChoice: Bool, to output: inout [UInt8]) {
        // The summaries ride on choice 0 even if the upstream has no such choice; then nothing else closes it.
        if !hasFirstChoice, !owesRole(0) { finish("stop", index: 0, to: &output) }
        if let usage, includesUsage {
            append(to: &output) {
                ChunkWriter.appendUsage(usage.span, identity: identity, to: &$0)
                tellAttempts(to: &$0)
            }
        }
        EventWriter.appendDone(to: &output)
    }

    /// Lets the object just written say how many upstreams were asked, if there were several: one more member before its closing brace.
    private func tellAttempts(to output: inout [UInt8]) {
        guard attempts > 1, output.last == UInt8(ascii: "}") else { return }
        output.removeLast()
        output.append(", \"\(ChunkEditor.attemptsMember)\": \(attempts)}")
    }

    /// The end of a stream that failed.
    func fail(_ failure: StreamFailure, to output: inout [UInt8]) {
        append(to: &output) { ChunkWriter.appendError(message: failure.message, type: failure.type, code: failure.code, to: &$0) }
        EventWriter.appendDone(to: &output)
    }

    mutating func heartbeat(_ form: StreamPlan.HeartbeatForm, phase: Phase?, to output: inout [UInt8]) {
        switch form {
        case .comment: EventWriter.appendComment("ping", to: &output)
        case .chunk: appendText([], field: "content", phase: phase ?? .promptSummary, index: 0, to: &output)
        }
    }

    // MARK: Parts

    private mutating func markRole(_ index: Int) {
        if owesRole(index) { choicesWithRole.append(index) }
    }

    /// Text in chunks that no line reader chokes on, cut between characters.
    private mutating func appendText(_ text: [UInt8], field: String, phase: Phase, index: Int, to output: inout [UInt8]) {
        var start = 0
        repeat {
            let end = chunkEnd(text, from: start)
            appendPart(text, start..<end, field: field, phase: phase, index: index, to: &output)
            start = end
        } while start < text.count
    }

    private mutating func appendPart(
        _ text: [UInt8], _ part: Range<Int>, field: String, phase: Phase, index: Int, to output: inout [UInt8]
    ) {
        let withRole = owesRole(index)
        markRole(index)
        append(to: &output) {
            ChunkWriter.appendText(
                text.span.extracting(part), field: field, phase: phase.rawValue, index: index, withRole: withRole, identity: identity,
                to: &$0)
        }
    }

    private func chunkEnd(_ text: [UInt8], from start: Int) -> Int {
        guard text.count - start > ChunkWriter.maximumTextBytes else { return text.count }
        var end = start + ChunkWriter.maximumTextBytes
        while end > start + 1, text[end] & 0xC0 == 0x80 { end -= 1 }
        return end
    }

    private func append(event name: EventName? = nil, to output: inout [UInt8], _ write: (inout [UInt8]) -> Void) {
        EventWriter.beginEvent(name, to: &output)
        write(&output)
        EventWriter.endEvent(to: &output)
    }
}
