import ChatRequests
import EventStream

/// One request's stream: the upstream's bytes in, the client's bytes out. Pure: no clock, no I/O, no lock, no logger.
///
/// States:
/// - *waiting*: nothing was sent; the head may still become an error status.
/// - *open*: the head was sent; phases advance from the prompt summary to the final output.
/// - *lost* (a part of waiting and open, only where `mayRestart`): the upstream failed before the commit point; the owner either
///   restarts with another upstream or gives up.
/// - *racing* (a part of waiting and open): two upstreams answer at once, each in its lane; see ``upstreamJoined(_:)``.
/// - *committed* (a part of open): the first byte of the answer was sent; the request can no longer move to another upstream.
/// - *ended*: everything was said. Every input is legal and does nothing.
///
/// Inputs are named after what happened, and say in which lane, which matters in a race only. Each appends what is to be sent to `output` and returns one action. `now` counts from any
/// fixed moment before the first input and never goes back.
///
/// Price: answer text that no marker can claim leaves in the call that brought it. Reasoning never leaves (unless the plan says
/// `full`); it feeds the summary. Memory: the framer's unfinished event, the detector's hold-back, the summary's state.
public struct StreamMachine: ~Copyable {
    private var framer: EventFramer
    /// Of the second lane; used in a race.
    private var otherFramer: EventFramer
    var core: StreamCore

    /// A machine in its first state.
    public init(_ plan: StreamPlan) {
        framer = EventFramer(limits: plan.limits)
        otherFramer = EventFramer(limits: plan.limits)
        core = StreamCore(plan)
    }

    /// Whether an answer byte or a finish chunk has been sent (style `off`: any byte): from here on a failure can only be reported.
    ///
    /// Changes nothing, and so do the other mutating getters here and in the core: what is asked for with every read of the upstream's is
    /// asked in place, for a getter that does not mutate is given a copy of the whole machine, 6 KB.
    public var isCommitted: Bool { mutating get { core.isCommitted } }

    /// Whether every choice has its finish reason: nothing is missing but the end mark.
    public var isAnswerComplete: Bool { core.isAnswerComplete }

    /// How many upstreams were asked so far; more than one is told at the end of the answer.
    public var attempts: Int {
        get { core.rendering.attempts }
        set { core.rendering.attempts = newValue }
    }

    /// What is known so far.
    public var facts: StreamFacts { core.facts }

    /// Complete events that carried a payload, of the upstream that was heard last: asked for after each chunk, without the other facts.
    public var upstreamEventCount: Int { core.facts.upstreamEvents }

    /// When `ticked` is wanted next; nil when it is not.
    public var nextTick: Duration? { mutating get { core.nextTick } }

    /// The head goes out now: the first phase is written behind it.
    public mutating func opened(at now: Duration, into output: inout [UInt8]) {
        core.opened(at: now, into: &output)
    }

    /// Bytes of the upstream's event stream.
    public mutating func upstreamSent(
        _ bytes: Span<UInt8>, lane: StreamLane = .first, at now: Duration, into output: inout [UInt8]
    ) -> StreamAction {
        guard core.turn(to: lane) else { return .proceed }
        let before = output.count
        switch lane {
        case .first: StreamMachine.frame(&framer, &core, bytes, now, &output)
        case .second: StreamMachine.frame(&otherFramer, &core, bytes, now, &output)
        }
        return core.action(hasWritten: output.count > before, at: now)
    }

    /// The upstream answered with one whole completion instead of a stream: it is told as a stream.
    public mutating func upstreamSentWhole(
        _ body: Span<UInt8>, lane: StreamLane = .first, at now: Duration, into output: inout [UInt8]
    ) -> StreamAction {
        guard core.turn(to: lane) else { return .proceed }
        let before = output.count
        core.whole(body, at: now, into: &output)
        return core.action(hasWritten: output.count > before, at: now)
    }

    /// The upstream's body has ended, as far as the transport can tell, well.
    public mutating func upstreamEnded(lane: StreamLane = .first, at now: Duration, into output: inout [UInt8]) -> StreamAction {
        guard core.turn(to: lane) else { return .proceed }
        let before = output.count
        switch lane {
        case .first: StreamMachine.finish(&framer, &core, now, &output)
        case .second: StreamMachine.finish(&otherFramer, &core, now, &output)
        }
        core.upstreamEnded(at: now, into: &output)
        return core.action(hasWritten: output.count > before, at: now)
    }

    /// The upstream failed: reset, deadline, anything but an end.
    public mutating func upstreamFailed(
        _ failure: StreamFailure, lane: StreamLane = .first, at now: Duration, into output: inout [UInt8]
    ) -> StreamAction {
        guard core.turn(to: lane) else { return .proceed }
        let before = output.count
        core.broke(failure, at: now, into: &output)
        return core.action(hasWritten: output.count > before, at: now)
    }

    /// Time has passed: summary steps that are due, and heartbeats.
    public mutating func ticked(at now: Duration, into output: inout [UInt8]) {
        core.ticked(at: now, into: &output)
    }

    /// The client has gone; nothing is written any more.
    public mutating func clientLeft() -> StreamAction {
        core.clientLeft()
    }

    /// A new stream begins: nothing of the old one's unfinished event may reach into it.
    mutating func renewFramer(of lane: StreamLane) {
        switch lane {
        case .first: framer = EventFramer(limits: core.plan.limits)
        case .second: otherFramer = EventFramer(limits: core.plan.limits)
        }
    }

    // The framer and what it feeds are two parts of one value: passed separately, so that each can change while the other is in use.

    private static func frame(
        _ framer: inout EventFramer, _ core: inout StreamCore, _ bytes: Span<UInt8>, _ now: Duration, _ output: inout [UInt8]
    ) {
        guard core.isBypass else { return receive(&framer, &core, bytes, now, &output) }
        // Line by line: what follows the end mark must not pass, however the bytes were cut.
        var start = 0
        var ends = LineEnds()
        while start < bytes.count, !core.isOver {
            // CR and LF each end a line: how the bytes were cut must not matter.
            let end = min(ends.next(in: bytes, from: start) + 1, bytes.count)
            let line = bytes.extracting(start..<end)
            core.bypassed(line, at: now, into: &output)
            receive(&framer, &core, line, now, &output)
            start = end
        }
    }

    private static func receive(
        _ framer: inout EventFramer, _ core: inout StreamCore, _ bytes: Span<UInt8>, _ now: Duration, _ output: inout [UInt8]
    ) {
        do {
            try framer.receive(bytes) { name, data in core.event(name: name, data: data, at: now, into: &output) }
        } catch {
            core.broke(.eventTooLarge(error.message), at: now, into: &output)
        }
    }

    private static func finish(_ framer: inout EventFramer, _ core: inout StreamCore, _ now: Duration, _ output: inout [UInt8]) {
        do {
            try framer.finish { name, data in core.lastEvent(name: name, data: data, at: now, into: &output) }
        } catch {
            core.broke(.eventTooLarge(error.message), at: now, into: &output)
        }
    }
}
