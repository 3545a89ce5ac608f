import Phases
import Settings
import Upstream

/// One try at one upstream: its transfer, its clocks and what has come of it. It knows nothing of other tries and decides nothing about
/// the request; what matters to that it tells its relay.
///
/// States:
/// - *waiting*: for the upstream's head.
/// - *refused*: the upstream answered with an error status; its body is read, bounded.
/// - *streaming*: events pass.
/// - *gathering*: one whole JSON body is read, bounded.
/// - *draining*: the client has its answer; the upstream gets a moment to end, so that its connection can be used again.
/// - *over*.
final class Attempt {
    enum State {
        case waiting
        case refused(ResponseHead)
        case streaming, gathering, draining, over
    }

    let upstream: UpstreamEntry
    let permit: BreakerPermit
    /// On the relay's clock.
    let started: Duration
    /// 1 for the request's first.
    let number: Int
    /// Whether it was started beside a slow one.
    let isHedge: Bool
    /// How the upstream's text is separated.
    let text: TextReading
    /// Its place in the stream machine.
    let lane: StreamLane

    var state = State.waiting
    var deadlines: Deadlines
    /// A body that is read as a whole.
    var body: [UInt8] = []
    /// Events that said something.
    var eventCount = 0
    /// When the first of them came.
    var firstEvent: Duration?
    /// Whether its answer has begun, and others were told.
    var hasAnswered = false
    /// When its head came, good or bad.
    var headArrived = Duration.zero
    /// For how many seconds its head asks to be left alone.
    var retryAfter: Int?
    /// Whom to tell; let go at the end, for the relay holds the attempt too.
    var relay: Relay?
    private var transfer: Transfer?
    private var isPaused = false
    /// Whether the breaker knows what the try says about its upstream.
    private var isReported = false
    private var isClosed = false

    init(
        _ admitted: UpstreamQueue.Admitted, _ relay: Relay, number: Int, isHedge: Bool, text: TextReading, lane: StreamLane,
        limits: DeadlineLimits
    ) {
        upstream = admitted.upstream
        permit = admitted.permit
        started = relay.now
        self.number = number
        self.isHedge = isHedge
        self.text = text
        self.lane = lane
        self.relay = relay
        deadlines = Deadlines(limits, startedAt: relay.now, requestStart: .zero)
    }

    /// Whether the key that goes upstream is the client's own: then a refusal of it is the client's business.
    var forwardsClientKey: Bool { upstream.settings.authorization == .forward }

    var isRefused: Bool { if case .refused = state { true } else { false } }
    var isStreaming: Bool { if case .streaming = state { true } else { false } }
    /// Whether its head was good: a stream or a whole body follows.
    var hasAccepted: Bool {
        switch state {
        case .streaming, .gathering: true;
        default: false
        }
    }
    var isWaiting: Bool { if case .waiting = state { true } else { false } }
    var isDraining: Bool { if case .draining = state { true } else { false } }
    var isTransferring: Bool { transfer != nil }

    // MARK: The transfer

    func start(_ call: UpstreamRequest, on client: UpstreamClient) throws(UpstreamError) {
        transfer = try client.start(call, receiver: self)
    }

    func pause(now: Duration) {
        guard !isPaused, let transfer else { return }
        isPaused = true
        deadlines.paused(now: now)
        transfer.pause()
    }

    func resume(now: Duration) {
        guard isPaused else { return }
        isPaused = false
        deadlines.resumed(now: now)
        transfer?.resume()
    }

    /// Its answer is complete: the upstream may end in its own time.
    func drain(now: Duration) {
        state = .draining
        resume(now: now)
    }

    /// The transfer has ended by itself.
    func transferEnded() {
        transfer = nil
    }

    /// Nothing more is wanted of the upstream.
    func letGo() {
        state = .over
        transfer?.cancel()
        transfer = nil
        relay = nil
    }

    // MARK: The breaker

    /// The breaker learns what the try says about its upstream, once.
    func report(_ verdict: BreakerVerdict) -> BreakerTransition? {
        guard !isReported else { return nil }
        isReported = true
        return upstream.report(verdict, for: permit)
    }

    /// The try is over, and its place is free. False if it was before.
    func close() -> Bool {
        guard !isClosed else { return false }
        isClosed = true
        upstream.callEnded()
        return true
    }

    /// What it says about its upstream if it ends well: it was slow when its first event took more than half of what it may take.
    var goodVerdict: BreakerVerdict {
        .success(isSlow: firstEvent.map { $0 - started > upstream.settings.timeouts.firstEvent / 2 } ?? false)
    }
}
