import Logging
import NIOCore
import Phases
import Settings
import Upstream

/// Answers one chat request: starts the upstream, lets its bytes through the stream machine, and performs what comes of it. It
/// decides nothing about phases or texts; it owns the transfer, the timers and the response.
///
/// States:
/// - *waiting*: for the upstream's head. If the client asked for a stream, ours goes out after the commit delay at the latest.
/// - *refused*: the upstream answered with an error status; its body is read, bounded.
/// - *streaming*: events pass.
/// - *gathering*: one whole JSON body is read, bounded.
/// - *draining*: the client has its answer; the upstream gets a moment to end, so that its connection can be used again.
/// - *over*.
///
/// Lives on the client connection's event loop, and everything it calls does too.
final class Relay: Exchange {
    enum State {
        case waiting
        case refused(ResponseHead)
        case streaming, gathering, draining, over
    }

    /// How long an upstream may take to end after its answer was complete.
    static let drainTime = Duration.milliseconds(500)
    /// What the head is sent ahead of the commit delay: timers ring late by 0.6 ms at the median, and the frame has to travel.
    static let commitMargin = Duration.milliseconds(3)
    /// How long our head waits behind the upstream's for a first event: one that is an error mostly comes in the same packet. Nobody
    /// notices so short a time, and the prompt summary is what it delays.
    static let firstEventMargin = Duration.milliseconds(25)
    /// How long the body of an upstream's error may take; then what has come of it has to do.
    static let errorBodyTime = Duration.milliseconds(500)

    var job: RelayJob
    let server: ServerContext
    let loop: LoopContext
    let sink: ResponseSink
    let started = NIODeadline.now()
    var state = State.waiting
    var machine: StreamMachine
    var deadlines: Deadlines
    var transfer: Transfer?
    /// The try that is under way, or was the last.
    var attempt: Attempt? {
        didSet { (attemptIsReported, attemptIsClosed) = (false, false) }
    }
    /// Whether the breaker knows what the try says about its upstream.
    var attemptIsReported = false
    var attemptIsClosed = false
    var attemptCount = 0
    /// The next of `job.upstreams` to try.
    var nextUpstream = 0
    /// When the first of the upstreams that were not called may be called again.
    var soonestRetry: Duration?
    /// Whether those that were not called were all left alone at their own wish.
    var isThrottledOnly = true
    /// Whether a further try was not made because there was no token for it.
    var isOutOfTokens = false
    /// Why the last try could not even begin.
    var lastFailure: AttemptFailure?
    /// The last try that ended with a wish to be left alone for some time.
    var rateLimit: AttemptFailure?
    /// What waits for the end of the round.
    var output: [UInt8] = []
    /// A body that is read as a whole.
    var body: [UInt8] = []
    var end: StreamEnd?
    var statistics: TransferStatistics?
    var facts: StreamFacts?
    var isPaused = false
    /// The calls to a model that makes the steps; nil without one.
    lazy var summaryCalls = makeSummaryCalls()
    /// When the upstream's head came.
    var headArrived = Duration.zero
    var alarm: (at: Duration, task: Scheduled<Void>)?
    var drainDeadline: Duration?

    init(_ job: RelayJob, server: ServerContext, loop: LoopContext, sink: ResponseSink) {
        self.job = job
        self.server = server
        self.loop = loop
        self.sink = sink
        machine = StreamMachine(job.plan)
        deadlines = Deadlines(DeadlineLimits(), startedAt: .zero)
    }

    var now: Duration { started.elapsed }

    func start() {
        guard !startFirst() else {
            // Nothing to wait for: else the head would race with an upstream that is quick to refuse.
            if server.settings.stream.commitDelay == .zero { open() }
            return
        }
        if lastFailure == nil { server.metrics.add(.breakerRefusals) }
        let open = ProxyFailure.circuitOpen(retryAfter: soonestRetry ?? .seconds(1), isThrottled: isThrottledOnly)
        let failure = lastFailure ?? AttemptFailure(open)
        sink.respond(failure.status)
        finish(.failed(failure.inStream))
    }

    // MARK: Client

    func clientLeft() {
        guard end == nil else { return }
        _ = machine.clientLeft()
        finish(.clientLeft)
    }

    func clientWritabilityChanged(isWritable: Bool) {
        if isWritable { resumeUpstream() }
    }

    func clientStalled() {
        guard end == nil else { return }
        _ = machine.clientLeft()
        finish(.failed(.clientStalled))
    }

    func serverStopping() {
        guard end == nil else { return }
        guard sink.hasStarted else {
            sink.respond(ProxyFailure(.stopping))
            return finish(.failed(.stopping))
        }
        perform(machine.gaveUp(.stopping, at: now, into: &output))
    }

    /// A slow client pauses the upstream: memory is bounded by what one round brings, not by the answer.
    private func pauseUpstreamIfClientIsSlow() {
        guard !sink.isWritable, !isPaused, end == nil, let transfer else { return }
        isPaused = true
        deadlines.paused(now: now)
        transfer.pause()
        server.metrics.add(.readersPaused)
    }

    private func resumeUpstream() {
        guard isPaused else { return }
        isPaused = false
        deadlines.resumed(now: now)
        transfer?.resume()
    }

    // MARK: Sending

    /// The head of a stream, and the first phase with it.
    func open() {
        guard !sink.hasStarted, end == nil, job.isStream else { return }
        sink.start(status: 200, headers: ChatHeaders.stream(job, attempts: attemptCount))
        machine.opened(at: now, into: &output)
        send()
    }

    /// Everything that was written since the last time leaves in one write.
    func send() {
        if !output.isEmpty {
            sink.send(output)
            output.removeAll(keepingCapacity: true)
        }
        sink.flush()
        pauseUpstreamIfClientIsSlow()
        askSummariser()
    }

    /// What the machine wants done after an input.
    func perform(_ action: StreamAction) {
        switch action {
        case .proceed: return
        case .lost(let failure): upstreamFailed(failure)
        case .end(let end):
            if !sink.hasStarted, case .failed(let failure) = end {
                sink.respond(ProxyFailure(failure))
            } else {
                send()
                sink.end()
            }
            finish(end)
        }
    }

    // MARK: The end

    /// The client's part is over; delivered once.
    func finish(_ end: StreamEnd) {
        guard self.end == nil else { return }
        self.end = end
        closeAttempt(verdict(end))
        if case .finished = end, transfer != nil {
            state = .draining
            drainDeadline = now + Relay.drainTime
            transfer?.resume()
            setAlarm()
        } else {
            letGo()
        }
        summaryCalls?.stop(at: now)
        RelayReport(self).file(end)
        server.streams.leave(job.client)
    }

    private func verdict(_ end: StreamEnd) -> BreakerVerdict {
        switch end {
        case .clientLeft: return .excluded
        case .failed(let failure): return BreakerVerdict(failure, retryAfter: nil)
        case .finished:
            return attempt.map(finishedVerdict) ?? .excluded
        }
    }

    /// The upstream's part is over.
    func letGo() {
        state = .over
        transfer?.cancel()
        transfer = nil
        alarm?.task.cancel()
        alarm = nil
    }
}
