import Logging
import NIOCore
import Phases
import Settings
import Upstream

/// Answers one chat request: asks upstreams, lets their bytes through the stream machine, and performs what comes of it. It decides
/// nothing about phases or texts; it owns the attempts, the timers and the response.
///
/// Mostly one attempt runs at a time. Two run when a slow one was hedged; then the first answer decides.
///
/// Lives on the client connection's event loop, and everything it calls does too.
final class Relay: Exchange {
    /// How long an upstream may take to end after its answer was complete.
    static let drainTime = Duration.milliseconds(500)
    /// What the head is sent ahead of the commit delay: timers ring late by 0.6 ms at the median, and the frame has to travel.
    static let commitMargin = Duration.milliseconds(3)
    /// How long our head waits behind the upstream's for a first event: one that is an error mostly comes in the same packet. Nobody
    /// notices so short a time, and the prompt summary is what it delays.
    static let firstEventMargin = Duration.milliseconds(25)
    /// How long the body of an upstream's error may take; then what has come of it has to do.
    static let errorBodyTime = Duration.milliseconds(500)
    /// Room for output that a stream keeps from round to round; a thousand streams keep a thousand times as much.
    static let keptOutputBytes = 16 << 10

    var job: RelayJob
    let server: ServerContext
    let loop: LoopContext
    let sink: ResponseSink
    let started = NIODeadline.now()
    var machine: StreamMachine

    /// The upstreams that may yet be asked.
    var queue: UpstreamQueue
    /// The tries that are under way.
    var running: [Attempt] = []
    /// The try whose answer the client gets; until that is known, the latest.
    var attempt: Attempt?
    var attemptCount = 0
    /// What came of the second upstream that was asked beside a slow one.
    var hedge = HedgeState.none
    /// Whether an upstream was asked a second time: that happens once in a request.
    var hasAskedAgain = false
    /// Faults that breakers have counted for this request.
    var countedFaults: [(upstream: UpstreamEntry, code: String)] = []
    /// Whether a further try was not made because there was no token for it.
    var isOutOfTokens = false
    /// Why the last try could not even begin.
    var lastFailure: AttemptFailure?
    /// The last try that ended with a wish to be left alone for some time.
    var rateLimit: AttemptFailure?
    /// One of two upstreams said that the request itself is at fault.
    var finalFailure: AttemptFailure?

    /// What waits for the end of the round.
    var output: [UInt8] = []
    private(set) var end: StreamEnd?
    /// Whether there is an end: beside the end itself, because it is asked for several times a round and copies texts to answer.
    private(set) var isOver = false
    var facts: StreamFacts?
    var isPaused = false
    /// The calls to a model that makes summaries; nil without one.
    lazy var summaryCalls = makeSummaryCalls()
    /// Rings when something has to be looked at; nil while nothing is waited for.
    var alarm: LazyAlarm?
    /// Whether the alarm was set behind the answer's beginning: from there on every clock only moves away from it.
    var alarmCoversAnswer = false
    var drainDeadline: Duration?

    init(_ job: RelayJob, server: ServerContext, loop: LoopContext, sink: ResponseSink) {
        self.job = job
        self.server = server
        self.loop = loop
        self.sink = sink
        queue = UpstreamQueue(job.upstreams)
        machine = StreamMachine(job.plan)
    }

    var now: Duration { started.elapsed }

    func start() {
        guard !startFirst() else {
            // Nothing to wait for: else the head would race with an upstream that is quick to refuse.
            if server.settings.stream.commitDelay == .zero { open() } else { askAboutPrompt() }
            return
        }
        if lastFailure == nil { server.metrics.add(.breakerRefusals) }
        let failure = lastFailure ?? AttemptFailure(.circuitOpen(queue.refusal))
        respond(failure.status)
        finish(.failed(failure.inStream))
    }

    /// The failure as a response of its own: nothing has been sent yet.
    func respond(_ failure: ProxyFailure) {
        var failure = failure
        failure.attempts = attemptCount
        sink.respond(failure)
    }

    // MARK: Client

    func clientLeft() {
        guard !isOver else { return }
        _ = machine.clientLeft()
        finish(.clientLeft)
    }

    func clientWritabilityChanged(isWritable: Bool) {
        if isWritable { resumeUpstreams() }
    }

    func clientStalled() {
        guard !isOver else { return }
        _ = machine.clientLeft()
        finish(.failed(.clientStalled))
    }

    func serverStopping() {
        guard !isOver else { return }
        guard sink.hasStarted else {
            respond(ProxyFailure(.stopping))
            return finish(.failed(.stopping))
        }
        perform(machine.gaveUp(.stopping, at: now, into: &output))
    }

    /// A slow client pauses the upstreams: memory is bounded by what one round brings, not by the answer.
    private func pauseUpstreamsIfClientIsSlow() {
        guard !sink.isWritable, !isPaused, !isOver, !running.isEmpty else { return }
        isPaused = true
        for attempt in running { attempt.pause(now: now) }
        server.metrics.add(.readersPaused)
    }

    private func resumeUpstreams() {
        guard isPaused else { return }
        isPaused = false
        for attempt in running { attempt.resume(now: now) }
        setAlarm()
    }

    // MARK: Sending

    /// The head of a stream, and the first phase with it.
    func open() {
        guard !sink.hasStarted, !isOver, job.isStream else { return }
        begin()
        send()
    }

    /// The head of a stream, and the first phase with it; they leave with what the round brings else.
    func begin() {
        guard !sink.hasStarted, !isOver, job.isStream else { return }
        sink.start(status: 200, headers: ChatHeaders.stream(job, attempts: attemptCount))
        machine.opened(at: now, into: &output)
    }

    /// Everything that was written since the last time leaves in one write.
    func send() {
        if takeOutput() {
            sink.flush()
            pauseUpstreamsIfClientIsSlow()
        }
        askSummariser()
    }

    /// Hands over what the machine has written, to be flushed. False if there was nothing.
    private func takeOutput() -> Bool {
        guard !output.isEmpty else { return false }
        sink.send(output)
        if output.capacity <= Relay.keptOutputBytes { output.removeAll(keepingCapacity: true) } else { output = [] }
        return true
    }

    /// What the machine wants done after an input of the attempt.
    func perform(_ action: StreamAction, of attempt: Attempt? = nil) {
        switch action {
        case .proceed: return
        case .lost(let failure): if let attempt { failed(attempt, AttemptFailure(failure, of: attempt)) }
        case .end(let end):
            if !sink.hasStarted, case .failed(let failure) = end {
                respond(ProxyFailure(failure))
            } else {
                // The end leaves with the last bytes.
                _ = takeOutput()
                sink.end()
            }
            finish(end)
        }
    }

    // MARK: The end

    /// The client's part is over; delivered once.
    func finish(_ end: StreamEnd) {
        guard !isOver else { return }
        self.end = end
        isOver = true
        if let attempt { job.plan.text = attempt.text }
        noteHedge(at: end)
        for attempt in running { close(attempt, attempt === self.attempt ? verdict(end, attempt) : .excluded) }
        if case .finished = end, let attempt, attempt.isTransferring {
            for other in running where other !== attempt { other.letGo() }
            running = [attempt]
            attempt.drain(now: now)
            drainDeadline = now + Relay.drainTime
            setAlarm()
        } else {
            letGo()
        }
        summaryCalls?.stop(at: now)
        RelayReport(self).file(end)
        server.streams.leave(job.client)
    }

    private func verdict(_ end: StreamEnd, _ attempt: Attempt) -> BreakerVerdict {
        switch end {
        case .clientLeft: .excluded
        case .failed(let failure): BreakerVerdict(failure, retryAfter: nil)
        case .finished: attempt.goodVerdict
        }
    }

    /// The upstreams' part is over.
    func letGo() {
        for attempt in running { attempt.letGo() }
        running = []
        if let alarm { loop.alarms.giveBack(alarm) }
        alarm = nil
    }
}
