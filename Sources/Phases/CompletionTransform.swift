import AgentAPIs
import ChatDelta
import ChatRequests
import Detect
import JSONBytes
import Summaries

/// Turns a whole completion (`stream: false`) into the client's style: the answer pure in `content`, summaries beside it.
///
/// | style | `content` | summaries |
/// |---|---|---|
/// | `events`, `inline` | the answer | top-level `phases` |
/// | `reasoning` | the answer | top-level `phases` and the message's reasoning field |
/// | `think` | `<think>` summaries `</think>`, then the answer | top-level `phases` |
/// | `off` | untouched | none |
///
/// An agent's API gets the one object that its stream would have said (``CompletionTransform`` tells it the same news).
public struct CompletionTransform {
    /// What came of a body.
    public struct Outcome: Sendable {
        /// The body for the client.
        public var body: [UInt8]
        /// What is known of it.
        public var facts: StreamFacts
    }

    /// Reasoning is summarised as if it had streamed at this rate, so that long thoughts get more steps than short ones.
    static let assumedBytesPerSecond = 200

    private let plan: StreamPlan

    /// A transform for one request.
    public init(_ plan: StreamPlan) {
        self.plan = plan
    }

    /// Transforms `body`; throws a failure for a body that is no completion or reports an error.
    public func transform(_ body: [UInt8]) throws(StreamFailure) -> Outcome {
        let body = UTF8Repair.isValid(body.span) ? body : UTF8Repair.repaired(body.span)
        var delta = Delta()
        do { try DeltaReader.read(body.span, into: &delta) } catch { throw .malformed }
        if let fault = delta.fault { throw .upstreamError(fault, in: body.span, hiding: plan.secrets) }
        guard delta.form == .completion else { throw .notACompletion }
        var facts = StreamFacts()
        facts.upstreamEvents = 1
        var tracks: [ChoiceTrack] = []
        for choice in delta.choices { tracks.append(read(choice, delta, body, &facts)) }
        if plan.isBypass { return Outcome(body: body, facts: facts) }
        if plan.agent != nil { return Outcome(body: try collect(body, delta, tracks, &facts), facts: facts) }
        return Outcome(body: try write(body, delta, tracks, &facts), facts: facts)
    }

    private func read(_ choice: Delta.Choice, _ delta: Delta, _ body: [UInt8], _ facts: inout StreamFacts) -> ChoiceTrack {
        let track = ChoiceTrack(index: choice.index, plan: plan)
        var split: [UInt8] = []
        for position in choice.texts {
            let piece = delta.texts[position]
            if piece.kind == .reasoning {
                track.text.detector.upstreamSplitReasoning()
                track.text.reasoningText.decode(piece.string, in: body.span, to: &split)
            } else {
                var text: [UInt8] = []
                track.text.contentText.decode(piece.string, in: body.span, to: &text)
                _ = track.text.receiveContent(text.span)
            }
        }
        let end = choice.finishReason.map { TextEnd(finishReason: body.span.extracting($0.content)) } ?? .stop
        track.text.finish(end)
        facts.note(track)
        // What was taken for reasoning until no marker came is the answer, and not both.
        track.text.reasoning = track.text.detector.wasPromoted ? split : split + track.text.reasoning
        track.marks.hasAnswer = !track.text.answer.isEmpty || choice.carriesAnswerPayload
        note(choice, track, end, body, &facts)
        return track
    }

    private func note(_ choice: Delta.Choice, _ track: ChoiceTrack, _ end: TextEnd, _ body: [UInt8], _ facts: inout StreamFacts) {
        facts.reasoningBytes += track.text.reasoning.count
        facts.answerBytes += track.text.answer.count
        guard choice.index == 0 else { return }
        facts.answerIsMissing = !track.marks.hasAnswer && end == .length && !track.text.reasoning.isEmpty
        facts.finishReason = choice.finishReason.map { FinishReason(body.span.extracting($0.content)).rawValue }
    }

    private func write(
        _ body: [UInt8], _ delta: Delta, _ tracks: [ChoiceTrack], _ facts: inout StreamFacts
    ) throws(StreamFailure) -> [UInt8] {
        let steps = reasoningSteps(tracks.first { $0.index == 0 }?.text.reasoning ?? [], &facts).map(\.text)
        facts.summarySteps = steps.count
        var edits: [CompletionEditor.MessageEdit] = []
        for (choice, track) in zip(delta.choices, tracks) {
            edits.append(edit(choice, track, delta, steps))
        }
        let phases = [
            (Phase.promptSummary.rawValue, Array((plan.promptSummary ?? "").utf8)),
            (Phase.reasoningSummary.rawValue, Array(steps.joined(separator: "\n\n").utf8)),
            (Phase.finalOutput.rawValue, tracks.first { $0.index == 0 }?.text.answer ?? []),
        ]
        var output: [UInt8] = []
        output.reserveCapacity(body.count + 1024)
        do {
            try CompletionEditor.appendRewritten(
                body.span, messages: edits, reasoningField: plan.reasoningField, phases: phases, attempts: plan.attempts,
                to: &output)
        } catch { throw .malformed }
        return output
    }

    private func edit(_ choice: Delta.Choice, _ track: ChoiceTrack, _ delta: Delta, _ steps: [String]) -> CompletionEditor.MessageEdit {
        // A message that only calls tools has null for content, and keeps it.
        let hasText = choice.texts.contains { delta.texts[$0].kind == .content }
        let calls = writtenCalls(track)
        var content: [UInt8]? = track.text.answer.isEmpty && !hasText && choice.carriesAnswerPayload ? nil : track.text.answer
        var edit = CompletionEditor.MessageEdit(content: content)
        edit.dropsLogprobs = !track.text.reasoning.isEmpty
        edit.toolCalls = calls
        guard choice.index == 0, let thoughts = thoughtText(steps) else { return edit }
        if plan.style == .reasoning { edit.reasoning = thoughts }
        if plan.style == .think {
            content = Array("<think>".utf8) + thoughts + Array("</think>\n\n".utf8) + (content ?? [])
            edit.content = content
        }
        return edit
    }

    /// Tool calls that the model wrote as messages of a channel.
    private func writtenCalls(_ track: ChoiceTrack) -> [[UInt8]] {
        track.text.detector.takeToolCalls().enumerated().map { ordinal, call in
            var bytes = [UInt8(ascii: "{")]
            let head = call.head(number: track.index * 64 + ordinal, of: plan.identity)
            ChunkWriter.appendCall(call.arguments.span, head: head, to: &bytes)
            return bytes + [UInt8(ascii: "}")]
        }
    }

    /// Both summaries as one text, labelled as in a stream; nil when there are none.
    private func thoughtText(_ steps: [String]) -> [UInt8]? {
        var text = ""
        if let prompt = plan.promptSummary { text += Phase.promptSummary.label + prompt + "\n\n" }
        if !steps.isEmpty { text += Phase.reasoningSummary.label + steps.joined(separator: "\n\n") + "\n\n" }
        if plan.style == .think { text = ThinkTags.defused(text) }
        return text.isEmpty ? nil : Array(text.utf8)
    }

    private func reasoningSteps(_ reasoning: [UInt8], _ facts: inout StreamFacts) -> [Step] {
        guard !reasoning.isEmpty else { return [] }
        var steps: [Step] = []
        if case .full = plan.reasoning {
            steps = [Step(text: String(decoding: reasoning, as: UTF8.self))]  // WHY: the client's own choice, once per answer
        } else {
            steps = summarised(reasoning, &facts)
        }
        if facts.answerIsMissing { steps.append(Step(text: StreamCore.missingAnswerNote)) }
        return steps
    }

    private func summarised(_ reasoning: [UInt8], _ facts: inout StreamFacts) -> [Step] {
        var thoughts = Thoughts(plan.forWholeAnswers)
        var steps: [Step] = []
        var start = 0
        var now = Duration.zero
        while start < reasoning.count {
            let end = min(start + CompletionTransform.assumedBytesPerSecond / 4, reasoning.count)
            thoughts.received(reasoning.span.extracting(start..<end), at: now)
            if let step = thoughts.step(at: now) { steps.append(step) }
            now += .milliseconds(250)
            start = end
        }
        if let step = thoughts.lastStep(at: now) { steps.append(step) }
        facts.reasoningRepetitions = thoughts.repetitionCount
        return steps
    }
}

// MARK: - Agents

extension CompletionTransform {
    /// The one object of an agent's API, whichever way its plan wants a stream delivered.
    private func collect(
        _ body: [UInt8], _ delta: Delta, _ tracks: [ChoiceTrack], _ facts: inout StreamFacts
    ) throws(StreamFailure) -> [UInt8] {
        guard let ordinal = tracks.firstIndex(where: { $0.index == 0 }) else { throw .empty }
        var plan = plan
        plan.agent?.isCollected = true
        var rendering = Rendering(plan)
        var output: [UInt8] = []
        rendering.opened(to: &output)
        if let summary = plan.promptSummary { rendering.summary(Step(text: summary), .promptSummary, to: &output) }
        tellReasoning(tracks[ordinal].text.reasoning, to: &rendering, &facts)
        rendering.phaseBegan(.finalOutput, to: &output)
        let chunk = ChunkAtHand(
            data: body.span, choice: delta.choices[ordinal], ordinal: ordinal, isUnchanged: false, isBesideReasoning: false)
        do throws(JSONError) {
            try rendering.answer(tracks[ordinal].text.answer, from: chunk, delta, to: &output)
            for call in tracks[ordinal].text.detector.takeToolCalls() { rendering.writtenCall(call, ordinal: 0, index: 0, to: &output) }
            try rendering.finish(from: chunk, delta, hasSaidMore: true, to: &output)
        } catch {
            throw .malformed
        }
        if rendering.isTooLong { throw .answerTooLong }
        rendering.end(usage: delta.usage.map { Array(body[$0]) }, hasFirstChoice: true, to: &output)
        return output
    }

    private func tellReasoning(_ reasoning: [UInt8], to rendering: inout Rendering, _ facts: inout StreamFacts) {
        var nothing: [UInt8] = []
        guard !reasoning.isEmpty else { return }
        rendering.reasoning(reasoning.span, to: &nothing)
        var steps = reasoningSteps(reasoning, &facts)
        if case .full = plan.reasoning {
            rendering.rawReasoning(reasoning.span, to: &nothing)
            rendering.rawReasoningEnded(isFollowed: facts.answerIsMissing, to: &nothing)
            steps.removeFirst()
        }
        for step in steps { rendering.summary(step, .reasoningSummary, to: &nothing) }
        facts.summarySteps = steps.count
    }
}

extension StreamFailure {
    /// A body that is JSON and no chat completion.
    public static let notACompletion = StreamFailure(
        code: "upstream_protocol", message: "The upstream answered with JSON that is not a chat completion.", status: 502)
}
