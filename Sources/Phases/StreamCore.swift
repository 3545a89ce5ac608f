import ChatDelta
import ChatRequests
import Detect
import JSONBytes
import Summaries

/// The stream machine behind the framer: events in, rendered bytes out.
struct StreamCore: ~Copyable {
    /// Choices one stream may have.
    static let maximumChoices = 128

    let plan: StreamPlan
    /// Whether the upstream's own bytes pass.
    let isBypass: Bool
    var rendering: Rendering
    var phases = PhaseTracker()
    var thoughts: Thoughts
    /// The prompt summary while a model is asked for it; nil where nobody is.
    var prompt: ModelPromptSummary?
    /// What is read of the upstream that was heard last.
    var reading: UpstreamReading
    /// What is read of the other upstream while two run a race.
    var rival: UpstreamReading?
    /// Whose reasoning feeds the summary: the first that had any.
    var speaker: StreamLane?
    var facts = StreamFacts()
    var bypass = Bypass()
    var isOpen = false
    var end: StreamEnd? {
        didSet { isOver = end != nil }
    }
    /// Beside the end itself, because it is asked for with every chunk and copies texts to answer.
    private(set) var isOver = false
    private var endIsDelivered = false
    /// Whether the request could move to another upstream.
    var mayRestart = false
    /// Whether raw thoughts of another upstream begin: a blank line keeps them apart from the first one's.
    var owesRawBreak = false
    private var lastOutput = Duration.zero

    init(_ plan: StreamPlan) {
        self.plan = plan
        isBypass = plan.isBypass
        rendering = Rendering(plan)
        thoughts = Thoughts(plan)
        prompt = plan.askedPrompt
        reading = UpstreamReading(.first, plan.text)
    }

    var nextTick: Duration? {
        mutating get {
            guard !isOver else { return nil }
            guard isOpen else { return prompt?.nextDue }
            let heartbeat = plan.heartbeatInterval > .zero ? lastOutput + plan.heartbeatInterval : nil
            guard !phases.isFinal, let step = thoughts.nextDue else { return heartbeat }
            return heartbeat.map { min($0, step) } ?? step
        }
    }

    // MARK: Inputs

    mutating func opened(at now: Duration, into output: inout [UInt8]) {
        guard !isOpen, !isOver else { return }
        isOpen = true
        lastOutput = now
        guard !isBypass else { return }
        rendering.opened(to: &output)
        enter(.promptSummary, at: now, into: &output)
        if let summary = promptSummary(at: now) { rendering.summary(Step(text: summary), .promptSummary, to: &output) }
        facts.firstFrame = now
    }

    /// In style `off` the bytes pass as they are; the events are read all the same, to know how the stream ended.
    mutating func bypassed(_ bytes: Span<UInt8>, at now: Duration, into output: inout [UInt8]) {
        guard !isOver else { return }
        win()
        if !isOpen { opened(at: now, into: &output) }
        bypass.pass(bytes, to: &output)
    }

    mutating func event(name: Span<UInt8>, data: Span<UInt8>, at now: Duration, into output: inout [UInt8]) {
        guard !isOver, !reading.isLost else { return }
        let isError = name.spells("error")
        switch Payload(data) {
        case .keepAlive: if isError { reported(.upstreamError(nil), at: now, into: &output) }
        case .done: finished(at: now, into: &output)
        case .json:
            reading.eventCount += 1
            facts.upstreamEvents = reading.eventCount
            chunk(data, isErrorEvent: isError, at: now, into: &output)
        }
    }

    /// The last event had no blank line behind it: if it is whole it counts, if not the stream was cut in the middle of it.
    mutating func lastEvent(name: Span<UInt8>, data: Span<UInt8>, at now: Duration, into output: inout [UInt8]) {
        guard !isOver, !reading.isLost else { return }
        if case .json = Payload(data) {
            var whole = Delta()
            do { try DeltaReader.read(data, into: &whole) } catch { return broke(.truncated, at: now, into: &output) }
        }
        event(name: name, data: data, at: now, into: &output)
    }

    /// A whole completion instead of a stream. A finish reason is not waited for: there is nothing it could come in.
    ///
    /// In style `off` its own bytes pass, but not before it is known to be a completion or an error: `[DONE]` passes with them.
    mutating func whole(_ body: Span<UInt8>, at now: Duration, into output: inout [UInt8]) {
        guard !isOver, !reading.isLost else { return }
        guard UTF8Repair.isValid(body) else {
            let repaired = UTF8Repair.repaired(body)
            return whole(repaired.span, at: now, into: &output)
        }
        if plan.style == .off, !isOpen { opened(at: now, into: &output) }
        guard case .json = Payload(body) else { return fail(.notACompletion, at: now, into: &output) }
        let unnamed: [UInt8] = []
        event(name: unnamed.span, data: body, at: now, into: &output)
        guard !isOver, !reading.isLost else { return }
        if reading.choices.isEmpty, reading.notedFailure == nil { return fail(.notACompletion, at: now, into: &output) }
        if isBypass {
            win()
            bypass.passedWhole()
            rendering.whole(body, to: &output)
        }
        finished(at: now, into: &output)
    }

    mutating func ticked(at now: Duration, into output: inout [UInt8]) {
        if !isOpen { prompt?.ticked(at: now) }
        guard isOpen, !isOver else { return }
        let before = output.count
        if !phases.isFinal { sendStep(at: now, into: &output) }
        if output.count == before, plan.heartbeatInterval > .zero, now - lastOutput >= plan.heartbeatInterval {
            sendHeartbeat(to: &output)
            lastOutput = now
        }
        if output.count > before { lastOutput = now }
    }

    /// In style `off` a heartbeat that would break one of the upstream's lines is left out.
    private mutating func sendHeartbeat(to output: inout [UInt8]) {
        if !isBypass {
            rendering.heartbeat(plan.heartbeatForm, phase: phases.current, to: &output)
        } else if bypass.isAtLineStart {
            rendering.heartbeat(.comment, phase: nil, to: &output)
        }
    }

    mutating func clientLeft() -> StreamAction {
        guard !isOver else { return .proceed }
        end = .clientLeft
        endIsDelivered = true
        return .end(.clientLeft)
    }

    mutating func action(hasWritten: Bool, at now: Duration) -> StreamAction {
        if hasWritten { lastOutput = now }
        guard isOver || reading.isLost else { return .proceed }
        if let lost = reading.lost, !reading.lostIsDelivered, end == nil {
            reading.lostIsDelivered = true
            return .lost(lost)
        }
        guard let end, !endIsDelivered else { return .proceed }
        endIsDelivered = true
        return .end(end)
    }

    // MARK: Phases

    mutating func enter(_ phase: Phase, at now: Duration, into output: inout [UInt8]) {
        while let next = phases.next(towards: phase) {
            if next == .finalOutput { closeThoughts(at: now, into: &output) }
            rendering.phaseBegan(next, to: &output)
        }
        facts.phase = phases.current
    }

    /// The answer begins: from here on nothing but the answer is sent.
    mutating func beginAnswer(at now: Duration, into output: inout [UInt8]) {
        if !phases.isFinal { enter(.finalOutput, at: now, into: &output) }
    }

    mutating func sendStep(at now: Duration, into output: inout [UInt8]) {
        if let step = thoughts.step(at: now) { say(step, at: now, into: &output) }
    }

    mutating func say(_ step: Step, at now: Duration, into output: inout [UInt8]) {
        enter(.reasoningSummary, at: now, into: &output)
        rendering.summary(step, .reasoningSummary, to: &output)
        facts.summarySteps += 1
    }

    /// The last step, with the conclusion, before the answer.
    private mutating func closeThoughts(at now: Duration, into output: inout [UInt8]) {
        if thoughts.isRaw {
            rendering.rawReasoningEnded(isFollowed: facts.answerIsMissing, to: &output)
        } else if let step = thoughts.lastStep(at: now) {
            rendering.summary(step, .reasoningSummary, to: &output)
            facts.summarySteps += 1
        }
        if facts.answerIsMissing {
            rendering.summary(Step(text: StreamCore.missingAnswerNote), .reasoningSummary, to: &output)
        }
    }

    static let missingAnswerNote =
        "The model reached its length limit while it was still reasoning, so there is no answer. A higher limit may help."
}

/// What the payload of an event is, by its first bytes.
private enum Payload {
    case keepAlive, done, json

    init(_ data: Span<UInt8>) {
        if data.count > 0, data[0] == UInt8(ascii: "{") {
            self = .json
            return
        }
        var start = 0
        var end = data.count
        while start < end, data[start] <= 0x20 { start += 1 }
        while end > start, data[end - 1] <= 0x20 { end -= 1 }
        if start == end || data[start] == UInt8(ascii: ":") {
            // Empty data and re-wrapped comments are keep-alives in the wild.
            self = .keepAlive
        } else if data.extracting(start..<end).spells("[DONE]") {
            self = .done
        } else {
            self = .json
        }
    }
}

extension Span where Element == UInt8 {
    func spells(_ text: String) -> Bool {
        count == text.utf8.count && JSONText.equal(self, 0..<count, text)
    }
}
