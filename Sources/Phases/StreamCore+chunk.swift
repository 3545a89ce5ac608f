import ChatDelta
import ChatRequests
import Detect
import JSONBytes

extension StreamCore {
    /// One chunk of the upstream's stream, which need not be valid UTF-8.
    mutating func chunk(_ data: Span<UInt8>, isErrorEvent: Bool, at now: Duration, into output: inout [UInt8]) {
        if reading.chunks.readAlike(data) {
            chunkWasRead(data, isErrorEvent: isErrorEvent, at: now, into: &output)
        } else if UTF8Repair.isValid(data) {
            newChunk(data, isErrorEvent: isErrorEvent, at: now, into: &output)
        } else {
            let repaired = UTF8Repair.repaired(data)
            newChunk(repaired.span, isErrorEvent: isErrorEvent, at: now, into: &output)
        }
    }

    private mutating func newChunk(_ data: Span<UInt8>, isErrorEvent: Bool, at now: Duration, into output: inout [UInt8]) {
        do {
            try reading.chunks.read(data)
        } catch {
            if isErrorEvent { return reported(.upstreamError(nil), at: now, into: &output) }
            return isBypass ? () : broke(.malformed, at: now, into: &output)
        }
        chunkWasRead(data, isErrorEvent: isErrorEvent, at: now, into: &output)
    }

    private mutating func chunkWasRead(_ data: Span<UInt8>, isErrorEvent: Bool, at now: Duration, into output: inout [UInt8]) {
        if reading.chunks.delta.fault != nil || isErrorEvent {
            let fault = reading.chunks.delta.fault
            let failure = fault.map { .upstreamError($0, in: data, hiding: plan.secrets) } ?? StreamFailure.upstreamError(nil)
            return reported(failure, at: now, into: &output)
        }
        // Not before it is known to be no error: until then the failure can be a status.
        if !isOpen { opened(at: now, into: &output) }
        if let range = reading.chunks.delta.usage {
            reading.usage = []
            reading.usage?.append(data.extracting(range))
        }
        for ordinal in reading.chunks.delta.choices.indices {
            choice(ordinal, data, at: now, into: &output)
            if isOver || reading.isLost { return }
        }
    }

    private mutating func choice(_ ordinal: Int, _ data: Span<UInt8>, at now: Duration, into output: inout [UInt8]) {
        let choice = reading.chunks.delta.choices[ordinal]
        guard let track = track(choice.index) else {
            return isBypass ? () : fail(.tooManyChoices, at: now, into: &output)
        }
        guard !track.marks.isFinished else { return }
        if let reason = choice.finishReason, data.extracting(reason.content).spells("error") {
            return reported(.upstreamError(nil), at: now, into: &output)
        }
        let heard = track.text.hear(choice, of: reading.chunks.delta, data)
        if heard.hasReasoning { reason(of: track, at: now, into: &output) }
        facts.mostBytesHeld = max(facts.mostBytesHeld, heard.heldByteCount)
        guard !isBypass else { return observe(choice, track, heard, data, at: now) }
        let chunk = ChunkAtHand(
            data: data, shape: reading.chunks.shape, choice: choice, ordinal: ordinal, isUnchanged: heard.isUnchanged,
            isBesideReasoning: heard.hasReasoning)
        let hasPayload = track.carriesAnswer(choice, besideReasoning: heard.hasReasoning)
        if hasPayload || heard.answerCount > 0 {
            answered(track, heard.answerCount, at: now, into: &output)
            do {
                try rendering.answer(track.text.answer, from: chunk, reading.chunks.delta, to: &output)
            } catch {
                return fail(.malformed, at: now, into: &output)
            }
            if rendering.isTooLong { return fail(.answerTooLong, at: now, into: &output) }
        }
        sendWrittenCalls(of: track, at: now, into: &output)
        if choice.finishReason != nil { finish(track, chunk, saidMore: hasPayload || heard.answerCount > 0, at: now, into: &output) }
    }

    /// Reasoning that the chunk brought: it feeds the summary of choice 0 until the answer begins.
    mutating func reason(of track: ChoiceTrack, at now: Duration, into output: inout [UInt8]) {
        // Out of the track and back, with its memory.
        var reasoning: [UInt8] = []
        swap(&reasoning, &track.text.reasoning)
        if !reasoning.isEmpty { think(&reasoning, track, at: now, into: &output) }
        swap(&reasoning, &track.text.reasoning)
    }

    /// Empties `reasoning` if it was told.
    private mutating func think(_ reasoning: inout [UInt8], _ track: ChoiceTrack, at now: Duration, into output: inout [UInt8]) {
        if !track.marks.hasReasoning { track.marks.hasReasoning = true }
        facts.reasoningBytes += reasoning.count
        if facts.firstReasoning == nil { facts.firstReasoning = now }
        guard track.index == 0, !phases.isFinal, !isBypass, maySpeak() else { return }
        enter(.reasoningSummary, at: now, into: &output)
        rendering.reasoning(reasoning.span, to: &output)
        thoughts.received(reasoning.span, at: now)
        facts.reasoningRepetitions = thoughts.repetitionCount
        if thoughts.isRaw {
            if owesRawBreak { rendering.rawReasoningEnded(isFollowed: true, to: &output) }
            owesRawBreak = false
            rendering.rawReasoning(reasoning.span, to: &output)
        } else {
            sendStep(at: now, into: &output)
        }
        reasoning.removeAll(keepingCapacity: true)
    }

    mutating func answered(_ track: ChoiceTrack, _ byteCount: Int, at now: Duration, into output: inout [UInt8]) {
        facts.answerBytes += byteCount
        answerBegan(track, at: now, into: &output)
    }

    mutating func answerBegan(_ track: ChoiceTrack, at now: Duration, into output: inout [UInt8]) {
        win()
        if !track.marks.hasAnswer { track.marks.hasAnswer = true }
        if facts.firstAnswer == nil { facts.firstAnswer = now }
        // The phases belong to choice 0; other choices pass beside them, tagged as what they are.
        if track.index == 0 { beginAnswer(at: now, into: &output) }
    }

    /// The choice's finish reason: first what was held, then the finish.
    private mutating func finish(
        _ track: ChoiceTrack, _ chunk: borrowing ChunkAtHand, saidMore: Bool, at now: Duration, into output: inout [UInt8]
    ) {
        guard let reason = chunk.choice.finishReason else { return }
        win()
        let saidMore = saidMore || !chunk.choice.texts.isEmpty
        noteFinish(track, chunk.data.extracting(reason.content))
        closeText(of: track, TextEnd(finishReason: chunk.data.extracting(reason.content)), at: now, into: &output)
        if track.writtenCallCount > 0 { return rendering.finish(.toolCalls, index: track.index, to: &output) }
        do {
            try rendering.finish(from: chunk, reading.chunks.delta, hasSaidMore: saidMore, to: &output)
        } catch {
            fail(.malformed, at: now, into: &output)
        }
    }

    /// Style `off`: nothing is written, the facts are kept.
    private mutating func observe(
        _ choice: Delta.Choice, _ track: ChoiceTrack, _ heard: ChoiceText.Heard, _ data: Span<UInt8>, at now: Duration
    ) {
        if heard.answerCount > 0 || track.carriesAnswer(choice, besideReasoning: heard.hasReasoning) {
            facts.answerBytes += heard.answerCount
            if facts.firstAnswer == nil { facts.firstAnswer = now }
        }
        guard let reason = choice.finishReason else { return }
        noteFinish(track, data.extracting(reason.content))
        track.marks.isFinished = true
    }

    private mutating func noteFinish(_ track: ChoiceTrack, _ reason: Span<UInt8>) {
        if track.index == 0 { facts.finishReason = FinishReason(reason).rawValue }
    }

    private mutating func track(_ index: Int) -> ChoiceTrack? {
        // Nearly always there is one choice, and it is the first.
        for place in reading.choices.indices where reading.choices[place].index == index { return reading.choices[place] }
        guard reading.choices.count < StreamCore.maximumChoices else { return nil }
        var plan = plan
        plan.text = reading.text
        let track = ChoiceTrack(index: index, plan: plan)
        reading.choices.append(track)
        return track
    }
}

extension TextEnd {
    /// `length` and filters cut a text, calls and stops end it.
    init(finishReason: Span<UInt8>) {
        if finishReason.spells("stop") {
            self = .stop
        } else if finishReason.spells("length") {
            self = .length
        } else {
            self = .cut
        }
    }
}

/// Why a choice is complete. Upstreams invent reasons of their own; in logs and metrics those would be labels without bound.
enum FinishReason: String, CaseIterable {
    case stop, length
    case toolCalls = "tool_calls"
    case contentFilter = "content_filter"
    case functionCall = "function_call"
    case other

    init(_ reason: Span<UInt8>) {
        self = .other
        for known in FinishReason.allCases where reason.spells(known.rawValue) { self = known }
    }
}
