import ChatDelta
import ChatRequests
import Detect
import JSONBytes

extension StreamCore {
    /// One chunk of the upstream's stream; `data` is valid UTF-8.
    mutating func chunk(_ data: Span<UInt8>, isErrorEvent: Bool, at now: Duration, into output: inout [UInt8]) {
        do {
            try DeltaReader.read(data, into: &delta)
        } catch {
            if isErrorEvent { return reported(.upstreamError(nil), at: now, into: &output) }
            return plan.isBypass ? () : broke(.malformed, at: now, into: &output)
        }
        if delta.fault != nil || isErrorEvent {
            let failure = delta.fault.map { .upstreamError($0, in: data, hiding: plan.secrets) } ?? StreamFailure.upstreamError(nil)
            return reported(failure, at: now, into: &output)
        }
        // Not before it is known to be no error: until then the failure can be a status.
        if !isOpen { opened(at: now, into: &output) }
        if let range = delta.usage {
            reading.usage = []
            reading.usage?.append(data.extracting(range))
        }
        for ordinal in delta.choices.indices {
            choice(ordinal, data, at: now, into: &output)
            if end != nil || reading.lost != nil { return }
        }
    }

    private mutating func choice(_ ordinal: Int, _ data: Span<UInt8>, at now: Duration, into output: inout [UInt8]) {
        let choice = delta.choices[ordinal]
        guard let track = track(choice.index) else {
            return plan.isBypass ? () : fail(.tooManyChoices, at: now, into: &output)
        }
        guard !track.isFinished else { return }
        if let reason = choice.finishReason, data.extracting(reason.content).spells("error") {
            return reported(.upstreamError(nil), at: now, into: &output)
        }
        track.beginChunk()
        let isUnchanged = readTexts(choice, track, data)
        let sawReasoning = !track.reasoning.isEmpty
        reason(of: track, at: now, into: &output)
        facts.mostBytesHeld = max(facts.mostBytesHeld, track.detector.heldByteCount)
        guard !plan.isBypass else { return observe(choice, track, data, at: now) }
        let chunk = ChunkAtHand(data: data, choice: choice, ordinal: ordinal, isUnchanged: isUnchanged, isBesideReasoning: sawReasoning)
        let hasPayload = track.carriesAnswer(choice, besideReasoning: sawReasoning)
        if hasPayload || !track.answer.isEmpty {
            answered(track, at: now, into: &output)
            do {
                try rendering.answer(track.answer, from: chunk, delta, to: &output)
            } catch {
                return fail(.malformed, at: now, into: &output)
            }
            if rendering.isTooLong { return fail(.answerTooLong, at: now, into: &output) }
        }
        sendWrittenCalls(of: track, at: now, into: &output)
        if choice.finishReason != nil { finish(track, chunk, hadPayload: hasPayload, at: now, into: &output) }
    }

    /// Decodes the choice's texts and sorts them. Returns whether the chunk's own bytes may stand for its answer text.
    private mutating func readTexts(_ choice: Delta.Choice, _ track: ChoiceTrack, _ data: Span<UInt8>) -> Bool {
        var isUnchanged = true
        for position in choice.texts {
            let piece = delta.texts[position]
            text.removeAll(keepingCapacity: true)
            switch piece.kind {
            case .reasoning:
                isUnchanged = false
                track.detector.upstreamSplitReasoning()
                track.reasoningText.decode(piece.string, in: data, to: &track.reasoning)
            case .content:
                let heldHalf = track.contentText.isHoldingHalfCharacter
                if !piece.string.hasEscapes, !heldHalf {
                    isUnchanged = track.receiveContent(data.extracting(piece.string.content)) && isUnchanged
                } else {
                    track.contentText.decode(piece.string, in: data, to: &text)
                    let isWhole = !heldHalf && !track.contentText.isHoldingHalfCharacter
                    isUnchanged = track.receiveContent(text.span) && isWhole && isUnchanged
                }
            }
        }
        return isUnchanged
    }

    /// Reasoning that the chunk brought: it feeds the summary of choice 0 until the answer begins.
    mutating func reason(of track: ChoiceTrack, at now: Duration, into output: inout [UInt8]) {
        guard !track.reasoning.isEmpty else { return }
        track.hasReasoning = true
        facts.reasoningBytes += track.reasoning.count
        if facts.firstReasoning == nil { facts.firstReasoning = now }
        guard track.index == 0, !phases.isFinal, !plan.isBypass, maySpeak() else { return }
        enter(.reasoningSummary, at: now, into: &output)
        rendering.reasoning(track.reasoning.span, to: &output)
        thoughts.received(track.reasoning.span, at: now)
        facts.reasoningRepetitions = thoughts.repetitionCount
        if thoughts.isRaw {
            if owesRawBreak { rendering.rawReasoningEnded(isFollowed: true, to: &output) }
            owesRawBreak = false
            rendering.rawReasoning(track.reasoning.span, to: &output)
        } else {
            sendStep(at: now, into: &output)
        }
        track.reasoning.removeAll(keepingCapacity: true)
    }

    mutating func answered(_ track: ChoiceTrack, at now: Duration, into output: inout [UInt8]) {
        facts.answerBytes += track.answer.count
        answerBegan(track, at: now, into: &output)
    }

    mutating func answerBegan(_ track: ChoiceTrack, at now: Duration, into output: inout [UInt8]) {
        win()
        track.hasAnswer = true
        if facts.firstAnswer == nil { facts.firstAnswer = now }
        // The phases belong to choice 0; other choices pass beside them, tagged as what they are.
        if track.index == 0 { beginAnswer(at: now, into: &output) }
    }

    /// The choice's finish reason: first what was held, then the finish.
    private mutating func finish(
        _ track: ChoiceTrack, _ chunk: borrowing ChunkAtHand, hadPayload: Bool, at now: Duration, into output: inout [UInt8]
    ) {
        guard let reason = chunk.choice.finishReason else { return }
        win()
        let saidMore = hadPayload || !track.answer.isEmpty || !chunk.choice.texts.isEmpty
        noteFinish(track, chunk.data.extracting(reason.content))
        closeText(of: track, TextEnd(finishReason: chunk.data.extracting(reason.content)), at: now, into: &output)
        if track.writtenCallCount > 0 { return rendering.finish(.toolCalls, index: track.index, to: &output) }
        do {
            try rendering.finish(from: chunk, delta, hasSaidMore: saidMore, to: &output)
        } catch {
            fail(.malformed, at: now, into: &output)
        }
    }

    /// Style `off`: nothing is written, the facts are kept.
    private mutating func observe(_ choice: Delta.Choice, _ track: ChoiceTrack, _ data: Span<UInt8>, at now: Duration) {
        if !track.answer.isEmpty || track.carriesAnswer(choice, besideReasoning: !track.reasoning.isEmpty) {
            facts.answerBytes += track.answer.count
            if facts.firstAnswer == nil { facts.firstAnswer = now }
        }
        guard let reason = choice.finishReason else { return }
        noteFinish(track, data.extracting(reason.content))
        track.isFinished = true
    }

    private mutating func noteFinish(_ track: ChoiceTrack, _ reason: Span<UInt8>) {
        if track.index == 0 { facts.finishReason = FinishReason(reason).rawValue }
    }

    private mutating func track(_ index: Int) -> ChoiceTrack? {
        // Nearly always there is one choice, and it is the first.
        for track in reading.choices where track.index == index { return track }
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
