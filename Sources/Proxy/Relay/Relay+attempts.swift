import ChatRequests
import Detect
import Logging
import NIOCore
import Phases
import Settings
import Upstream

// One request, possibly several upstreams. Until the first answer byte is sent the client has seen nothing but summaries, so the request
// can move on unseen; from then on a failure can only be told.
extension Relay {
    /// The first try. False when there can be none.
    func startFirst() -> Bool {
        server.noteRequest()
        if startNext() { return true }
        return attemptCount == 0 && server.settings.breaker.whenAllOpen == .try && startFirstToReopen()
    }

    /// Tries the next upstream whose breaker lets it. False when there is none.
    private func startNext() -> Bool {
        while nextUpstream < job.upstreams.count, !isOutOfTokens {
            let upstream = job.upstreams[nextUpstream]
            nextUpstream += 1
            if start(upstream, upstream.admit()) { return true }
        }
        return false
    }

    /// All are open: the one that would be called first again is called now.
    private func startFirstToReopen() -> Bool {
        let waiting = job.upstreams.min { ($0.status.retryAfter ?? .zero) < ($1.status.retryAfter ?? .zero) }
        guard let waiting else { return false }
        return start(waiting, waiting.admit(evenIfOpen: true))
    }

    /// The only upstream once more, if the failure says that it did nothing yet.
    private func startAgain(after failure: AttemptFailure) -> Bool {
        guard failure.wasNotProcessed, attemptCount == 1, job.upstreams.count == 1 else { return false }
        return start(job.upstreams[0], job.upstreams[0].admit())
    }

    private func start(_ upstream: UpstreamEntry, _ admission: BreakerAdmission) -> Bool {
        switch admission {
        case .refused(let refusal, let retryAfter):
            soonestRetry = min(soonestRetry ?? retryAfter, retryAfter)
            if refusal != .throttled { isThrottledOnly = false }
            return false
        case .admitted(let permit, let transition):
            note(transition, of: upstream)
            // Asked for last: a token must not be spent on an upstream that may not be called.
            guard attemptCount == 0 || server.takeRetryToken() else {
                isOutOfTokens = true
                server.metrics.add(.retriesDenied)
                note(upstream.report(.excluded, for: permit), of: upstream)
                upstream.callEnded()
                return false
            }
            return start(upstream, permit)
        }
    }

    private func start(_ upstream: UpstreamEntry, _ permit: BreakerPermit) -> Bool {
        attemptCount += 1
        attempt = Attempt(upstream: upstream, permit: permit, started: now, number: attemptCount)
        state = .waiting
        body = []
        isPaused = false
        deadlines = Deadlines(DeadlineLimits(upstream.settings.timeouts, isStream: job.isStream), startedAt: now, requestStart: .zero)
        let call = UpstreamCall.chat(
            job.request, job.chat, model: job.model, to: upstream, strips: server.settings.stripsHistory,
            isBypass: job.plan.style == .off)
        do {
            transfer = try loop.upstream.start(call, receiver: self)
        } catch {
            let failure = AttemptFailure(error)
            lastFailure = failure
            closeAttempt(failure.verdict)
            return false
        }
        useProfile(of: upstream)
        machine.mayRestart = hasMoreUpstreams
        setAlarm()
        return true
    }

    var hasMoreUpstreams: Bool { nextUpstream < job.upstreams.count }

    /// What the upstream sends is read as its model writes.
    private func useProfile(of upstream: UpstreamEntry) {
        let profile = job.requestedProfile ?? server.profile(forModel: job.model, at: upstream)
        job.plan.profile = profile
        job.plan.thinking.beginsInside = server.beginsInside(job.model, at: upstream)
        job.plan.whitespace =
            job.chat.phases?.whitespace.map { $0 == .exact ? .exact : .trim } ?? server.settings.whitespacePolicy(of: profile.profile)
        if attemptCount == 1, !sink.hasStarted {
            machine = StreamMachine(job.plan)
        } else {
            machine.upstreamRestarted(
                profile: profile, beginsInside: job.plan.thinking.beginsInside, whitespace: job.plan.whitespace)
        }
    }

    // MARK: Failure

    /// The upstream at hand is of no use: the request moves on if it may, else the client is told.
    func upstreamFailed(_ failure: AttemptFailure) {
        guard end == nil else { return }
        // The answer was complete, only the end mark was missing: nobody has lost anything.
        if case .streaming = state, machine.isAnswerComplete { return perform(machine.upstreamEnded(at: now, into: &output)) }
        let from = attempt?.upstream
        closeAttempt(failure.verdict)
        transfer?.cancel()
        transfer = nil
        if failure.isRateLimit, failure.status.retryAfter != nil { rateLimit = failure }
        if failure.mayMoveOn, !isCommitted, startNext() || startAgain(after: failure) { return moved(from, failure) }
        tell(failure)
    }

    func upstreamFailed(_ failure: StreamFailure) {
        upstreamFailed(AttemptFailure(failure))
    }

    private var isCommitted: Bool { sink.hasStarted && machine.isCommitted }

    private func moved(_ from: UpstreamEntry?, _ failure: AttemptFailure) {
        // What the machine wrote before the failure would else wait for the next upstream's first bytes.
        if sink.hasStarted { send() }
        guard let attempt else { return }
        let code = failure.inStream.code
        if attempt.upstream === from {
            server.metrics.add(.retries, [("code", code)])
        } else {
            server.metrics.add(.failovers, [("phase", machine.facts.phase?.rawValue ?? "none"), ("code", code)])
        }
        server.log.warning(
            attempt.upstream === from ? "tried the same upstream again" : "moved to another upstream",
            metadata: [
                "request_id": "\(job.request.id)", "code": "\(code)", "from": "\(from?.name ?? "-")",
                "to": "\(attempt.upstream.name)", "after_ms": "\(now.inMilliseconds)",
            ])
    }

    private func tell(_ failure: AttemptFailure) {
        // A time to wait helps the client more than the fault of the upstream that was tried instead.
        let failure = failure.mayMoveOn && !isCommitted ? rateLimit ?? failure : failure
        guard sink.hasStarted else {
            sink.respond(failure.status)
            return finish(.failed(failure.inStream))
        }
        perform(machine.gaveUp(failure.inStream, at: now, into: &output))
    }

    // MARK: The breaker

    /// A probe that has begun to answer has shown what it was sent to find out; its stream may take minutes yet.
    func answerBegan() {
        guard let attempt, attempt.permit.isProbe else { return }
        report(finishedVerdict(attempt))
    }

    func finishedVerdict(_ attempt: Attempt) -> BreakerVerdict {
        BreakerVerdict(
            finished: facts ?? machine.facts, since: attempt.started, firstEventLimit: attempt.upstream.settings.timeouts.firstEvent)
    }

    /// An attempt is over: the breaker learns what it says about its upstream, and its place is free. Once for each attempt, whatever
    /// happens.
    func closeAttempt(_ verdict: BreakerVerdict) {
        guard let attempt, !attemptIsClosed else { return }
        attemptIsClosed = true
        report(verdict)
        attempt.upstream.callEnded()
        if case .failure(let code, _) = verdict {
            server.metrics.add(.upstreamFailures, [("upstream", attempt.upstream.name), ("code", code)])
        }
    }

    private func report(_ verdict: BreakerVerdict) {
        guard let attempt, !attemptIsReported else { return }
        attemptIsReported = true
        note(attempt.upstream.report(verdict, for: attempt.permit), of: attempt.upstream)
    }

    /// A change of a breaker's state is worth a line.
    private func note(_ transition: BreakerTransition?, of upstream: UpstreamEntry) {
        if let transition { server.note(transition, of: upstream) }
    }
}

extension ServerContext {
    /// A change of a breaker's state is worth a line.
    func note(_ transition: BreakerTransition, of upstream: UpstreamEntry) {
        let status = upstream.status
        log.log(
            level: transition.to == .closed ? .notice : .warning, "breaker changed",
            metadata: [
                "upstream": "\(upstream.name)", "from": "\(transition.from.name)", "to": "\(transition.to.name)",
                "reason": "\(status.reason ?? "recovered")", "last_failure": "\(status.lastFailureCode ?? "-")",
            ])
    }
}
