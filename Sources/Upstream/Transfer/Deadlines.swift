/// How long each part of one attempt at an upstream may take; nil for "as long as it takes".
public struct DeadlineLimits: Sendable, Equatable {
    /// From the start until the connection stands.
    public var connect: Duration? = .seconds(5)
    /// From the connection (from the start, until that is known) to the response's head.
    public var head: Duration? = .seconds(30)
    /// From the start to the first event that says something; comments and empty events do not.
    public var firstEvent: Duration? = .seconds(120)
    /// Between bytes of the upstream's while it reasons.
    public var reasoningGap: Duration? = .seconds(60)
    /// Between bytes of the upstream's while it answers.
    public var answerGap: Duration? = .seconds(60)
    /// From the start to the last byte of an answer that is not streamed: such a one is silent until the model has finished, so that
    /// neither head nor gap clock can tell a slow one from a dead one.
    public var whole: Duration?
    /// From the request's start, over all its attempts, to its end.
    public var total: Duration? = .seconds(3600)

    /// The usual limits.
    public init() {}
}

/// Which clock has run out.
public enum DeadlineKind: Sendable, CaseIterable {
    /// No connection.
    case connect
    /// No response head.
    case head
    /// Nothing said yet, though perhaps comments.
    case firstEvent
    /// Silence in the middle of the reasoning.
    case reasoningGap
    /// Silence in the middle of the answer.
    case answerGap
    /// A whole answer that began and does not end.
    case whole
    /// The stream goes on and on.
    case total

    /// The stable code of the error that ends the attempt.
    public var code: String {
        switch self {
        case .connect: "upstream_connect_timeout"
        case .head: "upstream_first_byte_timeout"
        case .firstEvent: "upstream_first_token_timeout"
        case .reasoningGap, .answerGap, .whole: "upstream_idle_timeout"
        case .total: "stream_too_long"
        }
    }

    /// What happened and what to change.
    public var message: String {
        switch self {
        case .connect: "The upstream did not accept a connection in time. Check the network, or raise the connect timeout."
        case .head:
            "The upstream did not begin to respond in time. Check its load, or raise the first-byte (not streamed: whole-answer) timeout."
        case .firstEvent: "The upstream did not produce a first token in time. Check its load, or raise the first-token timeout."
        case .reasoningGap: "The upstream fell silent while reasoning. Check its log, or raise the reasoning idle timeout."
        case .answerGap: "The upstream fell silent while answering. Check its log, or raise the answer idle timeout."
        case .whole: "The upstream did not complete its answer in time. Check its log, raise the whole-answer timeout, or stream."
        case .total: "The stream exceeded the total time allowed. Ask for a shorter output, or raise the total timeout."
        }
    }

    /// Whether it speaks against the upstream's health: a long stream does not.
    public var countsAgainstUpstream: Bool { self != .total }
}

/// The five clocks of one attempt, as a value without a clock: the owner says what happened and when.
///
/// - `connecting`: the connect clock runs, and the head clock, should the connection never be reported.
/// - `awaitingHead`: the head clock runs, from the connection on.
/// - `awaitingFirstEvent`: bytes come, but nothing is said yet. The gap clock does not run: a long prefill is silent.
/// - `reasoning`, `answering`: the gap clock runs, and any byte sets it back, also a comment's.
/// - `ended`: nothing runs.
///
/// The first-event clock runs from the start until the first event; the total clock always, and so does the whole-answer clock, if
/// there is one. They count the upstream's
/// bytes, never our own heartbeats. While *we* hold the upstream back (backpressure), the head, first-event and gap clocks
/// stand still; the total clock does not, because it bounds how long a request may keep its place, whoever is slow.
///
/// All times are readings of one monotonic clock. The owner asks ``expired(at:)`` at ``nextCheck``; later inputs only move
/// it back, so that one timer per stream, moved lazily, is enough.
public struct Deadlines: Sendable {
    private enum Stage { case connecting, awaitingHead, awaitingFirstEvent, reasoning, answering, ended }

    private let limits: DeadlineLimits
    private let requestStart: Duration
    private var stage = Stage.connecting
    private var connectStart: Duration
    /// The starts of the clocks that stand still while we hold the upstream back; moved on by the length of each pause.
    private var headStart: Duration
    private var firstEventStart: Duration
    private var lastByte: Duration
    private var pausedSince: Duration?

    /// The clocks of an attempt that begins now.
    ///
    /// - Parameters:
    ///   - limits: how long each part may take.
    ///   - now: the attempt's start.
    ///   - requestStart: the start of the request's first attempt, if this is not the first.
    public init(_ limits: DeadlineLimits, startedAt now: Duration, requestStart: Duration? = nil) {
        self.limits = limits
        self.requestStart = requestStart ?? now
        connectStart = now
        headStart = now
        firstEventStart = now
        lastByte = now
    }

    /// The connection stands.
    public mutating func connected(now: Duration) {
        guard stage == .connecting else { return }
        stage = .awaitingHead
        headStart = now
    }

    /// The response's head has come.
    public mutating func headArrived(now: Duration) {
        switch stage {
        case .connecting, .awaitingHead: stage = .awaitingFirstEvent
        case .awaitingFirstEvent, .reasoning, .answering, .ended: break
        }
    }

    /// Any bytes of the body have come, also a comment's or an empty event's.
    public mutating func bytesArrived(now: Duration) {
        lastByte = now
    }

    /// An event that says something has come: reasoning, a tool call or an answer.
    public mutating func eventArrived(now: Duration) {
        lastByte = now
        switch stage {
        case .connecting, .awaitingHead, .awaitingFirstEvent: stage = .reasoning
        case .reasoning, .answering, .ended: break
        }
    }

    /// The answer has begun.
    public mutating func answerBegan(now: Duration) {
        lastByte = now
        if stage != .ended { stage = .answering }
    }

    /// We hold the upstream back from now on.
    public mutating func paused(now: Duration) {
        if pausedSince == nil { pausedSince = now }
    }

    /// We take bytes again.
    public mutating func resumed(now: Duration) {
        guard let since = pausedSince else { return }
        pausedSince = nil
        let length = now - since
        headStart += length
        firstEventStart += length
        lastByte += length
    }

    /// The attempt is over.
    public mutating func ended() {
        stage = .ended
    }

    /// The clock that has run out by now; of several, the one that ran out first.
    ///
    /// - Parameter now: the time.
    /// - Returns: the clock, or nil.
    public func expired(at now: Duration) -> DeadlineKind? {
        guard let earliest, earliest.at <= now else { return nil }
        return earliest.kind
    }

    /// When the next clock will have run out if nothing happens until then; nil if no clock runs.
    public var nextCheck: Duration? { earliest?.at }

    private var earliest: (kind: DeadlineKind, at: Duration)? {
        var earliest: (kind: DeadlineKind, at: Duration)?
        func consider(_ kind: DeadlineKind, _ start: Duration, _ limit: Duration?) {
            guard let limit else { return }
            let at = start + limit
            if earliest.map({ at < $0.at }) ?? true { earliest = (kind, at) }
        }
        let isRunning = pausedSince == nil
        switch stage {
        case .connecting: consider(.connect, connectStart, limits.connect)
        case .awaitingHead, .awaitingFirstEvent: break
        case .reasoning: if isRunning { consider(.reasoningGap, lastByte, limits.reasoningGap) }
        case .answering: if isRunning { consider(.answerGap, lastByte, limits.answerGap) }
        case .ended: return nil
        }
        if isRunning, stage == .connecting || stage == .awaitingHead { consider(.head, headStart, limits.head) }
        if isRunning, stage != .reasoning, stage != .answering { consider(.firstEvent, firstEventStart, limits.firstEvent) }
        consider(stage == .connecting || stage == .awaitingHead ? .head : .whole, firstEventStart, limits.whole)
        consider(.total, requestStart, limits.total)
        return earliest
    }
}
