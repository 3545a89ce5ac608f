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
    var renderer: ChatRenderer
    var phases = PhaseTracker()
    var thoughts: Thoughts
    var choices: [ChoiceTrack] = []
    var delta = Delta()
    var text: [UInt8] = []
    var usage: [UInt8]?
    var facts = StreamFacts()
    private var isOpen = false
    private(set) var end: StreamEnd?
    private var endIsDelivered = false
    private var lastOutput = Duration.zero

    init(_ plan: StreamPlan) {
        self.plan = plan
        renderer = ChatRenderer(plan)
        thoughts = Thoughts(plan)
    }

    var isCommitted: Bool { plan.style == .off ? isOpen : phases.isFinal }

    var nextTick: Duration? {
        guard isOpen, end == nil else { return nil }
        let heartbeat = plan.heartbeatInterval > .zero ? lastOutput + plan.heartbeatInterval : nil
        guard let step = thoughts.nextDue, !phases.isFinal else { return heartbeat }
        return heartbeat.map { min($0, step) } ?? step
    }

    // MARK: Inputs

    mutating func opened(at now: Duration, into output: inout [UInt8]) {
        guard !isOpen, end == nil else { return }
        isOpen = true
        lastOutput = now
        guard plan.style != .off else { return }
        enter(.promptSummary, at: now, into: &output)
        if let summary = plan.promptSummary { renderer.summary(summary, .promptSummary, to: &output) }
        facts.firstFrame = now
    }

    /// In style `off` the bytes pass as they are; the events are read all the same, to know how the stream ended.
    mutating func received(_ bytes: Span<UInt8>, into output: inout [UInt8]) {
        if plan.style == .off, end == nil { output.append(bytes) }
    }

    mutating func event(name: Span<UInt8>, data: Span<UInt8>, at now: Duration, into output: inout [UInt8]) {
        guard end == nil else { return }
        if !isOpen { opened(at: now, into: &output) }
        switch Payload(data) {
        case .keepAlive: return
        case .done: finished(at: now, into: &output)
        case .json:
            facts.upstreamEvents += 1
            if UTF8Repair.isValid(data) {
                chunk(data, isErrorEvent: name.spells("error"), at: now, into: &output)
            } else {
                let repaired = UTF8Repair.repaired(data)
                chunk(repaired.span, isErrorEvent: name.spells("error"), at: now, into: &output)
            }
        }
    }

    /// The last event had no blank line behind it: if it is whole it counts, if not the stream was cut in the middle of it.
    mutating func lastEvent(name: Span<UInt8>, data: Span<UInt8>, at now: Duration, into output: inout [UInt8]) {
        guard end == nil else { return }
        if case .json = Payload(data) {
            var whole = Delta()
            do { try DeltaReader.read(data, into: &whole) } catch { return fail(.truncated, at: now, into: &output) }
        }
        event(name: name, data: data, at: now, into: &output)
    }

    mutating func upstreamEnded(at now: Duration, into output: inout [UInt8]) {
        guard end == nil else { return }
        if isAnswerComplete {
            finished(at: now, into: &output)
        } else {
            fail(facts.upstreamEvents == 0 ? .empty : .truncated, at: now, into: &output)
        }
    }

    mutating func upstreamFailed(_ failure: StreamFailure, at now: Duration, into output: inout [UInt8]) {
        guard end == nil else { return }
        // The answer was complete; only the end mark was missing.
        if isAnswerComplete { finished(at: now, into: &output) } else { fail(failure, at: now, into: &output) }
    }

    mutating func ticked(at now: Duration, into output: inout [UInt8]) {
        guard isOpen, end == nil else { return }
        if !phases.isFinal { sendStep(at: now, into: &output) }
        if output.isEmpty, plan.heartbeatInterval > .zero, now - lastOutput >= plan.heartbeatInterval {
            renderer.heartbeat(plan.style == .off ? .comment : plan.heartbeatForm, phase: phases.current, to: &output)
        }
        if !output.isEmpty { lastOutput = now }
    }

    mutating func clientLeft() -> StreamAction {
        guard end == nil else { return .proceed }
        end = .clientLeft
        endIsDelivered = true
        return .end(.clientLeft)
    }

    // MARK: Ends

    /// Whether every choice has its finish reason.
    private var isAnswerComplete: Bool { !choices.isEmpty && choices.allSatisfy(\.isFinished) }

    /// The upstream said that it is done.
    private mutating func finished(at now: Duration, into output: inout [UInt8]) {
        if plan.style == .off { return end = .finished }
        guard facts.upstreamEvents > 0 else { return fail(.empty, at: now, into: &output) }
        for track in choices where !track.isFinished { finishQuietChoice(track, at: now, into: &output) }
        beginAnswer(at: now, into: &output)
        if plan.includesUsage, let usage { renderer.usage(usage, to: &output) }
        renderer.done(to: &output)
        end = .finished
    }

    /// A choice whose upstream said `[DONE]` without a finish reason: clients want one.
    private mutating func finishQuietChoice(_ track: ChoiceTrack, at now: Duration, into output: inout [UInt8]) {
        endText(of: track, .stop, at: now, into: &output)
        renderer.finish("stop", index: track.index, to: &output)
    }

    mutating func fail(_ failure: StreamFailure, at now: Duration, into output: inout [UInt8]) {
        guard end == nil else { return }
        if plan.style == .off {
            // The bytes may have stopped inside an event: a blank line closes it.
            if isOpen { output.append("\n\n") }
        } else if isOpen {
            for track in choices where !track.isFinished { endText(of: track, .cut, at: now, into: &output) }
        }
        if isOpen {
            renderer.failure(failure, to: &output)
            renderer.done(to: &output)
        }
        end = .failed(failure)
    }

    /// Style `off`: the upstream's own error has passed with its bytes; nothing is added to it.
    mutating func failSilently(_ failure: StreamFailure) {
        if end == nil { end = .failed(failure) }
    }

    mutating func action(at now: Duration, into output: inout [UInt8]) -> StreamAction {
        if !output.isEmpty { lastOutput = now }
        guard let end, !endIsDelivered else { return .proceed }
        endIsDelivered = true
        return .end(end)
    }

    // MARK: Phases

    mutating func enter(_ phase: Phase, at now: Duration, into output: inout [UInt8]) {
        while let next = phases.next(towards: phase) {
            if next == .finalOutput { closeThoughts(at: now, into: &output) }
            renderer.phaseBegan(next, to: &output)
        }
        facts.phase = phases.current
    }

    /// The answer begins: from here on nothing but the answer is sent.
    mutating func beginAnswer(at now: Duration, into output: inout [UInt8]) {
        if !phases.isFinal { enter(.finalOutput, at: now, into: &output) }
    }

    mutating func sendStep(at now: Duration, into output: inout [UInt8]) {
        guard let step = thoughts.step(at: now) else { return }
        enter(.reasoningSummary, at: now, into: &output)
        renderer.summary(step, .reasoningSummary, to: &output)
        facts.summarySteps += 1
    }

    /// The last step, with the conclusion, before the answer.
    private mutating func closeThoughts(at now: Duration, into output: inout [UInt8]) {
        if thoughts.isRaw {
            renderer.rawReasoningEnded(to: &output)
        } else if let step = thoughts.lastStep(at: now) {
            renderer.summary(step, .reasoningSummary, to: &output)
            facts.summarySteps += 1
        }
        if facts.answerIsMissing {
            renderer.summary(StreamCore.missingAnswerNote, .reasoningSummary, to: &output)
        }
    }

    static let missingAnswerNote =
        "The model reached its length limit while it was still reasoning, so there is no answer. A higher limit may help."
}

/// What the payload of an event is, by its first bytes.
private enum Payload {
    case keepAlive, done, json

    init(_ data: Span<UInt8>) {
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
        JSONText.equal(self, 0..<count, text)
    }
}
