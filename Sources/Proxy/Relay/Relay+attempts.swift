import Logging
import NIOCore
import Phases
import Settings
import Upstream

// One request, possibly several upstreams. Until the first answer byte is sent the client has seen nothing but summaries, so the request
// can move on unseen; from then on a failure can only be told.
extension Relay {
    /// Tries the next upstream whose breaker lets it. False when there is none.
    func startNext() -> Bool {
        while nextUpstream < job.upstreams.count {
            let upstream = job.upstreams[nextUpstream]
            nextUpstream += 1
            switch upstream.admit() {
            case .refused(_, let retryAfter):
                soonestRetry = min(soonestRetry ?? retryAfter, retryAfter)
            case .admitted(let permit, let transition):
                note(transition, of: upstream)
                if start(upstream, permit) { return true }
            }
        }
        return false
    }

    private func start(_ upstream: UpstreamEntry, _ permit: BreakerPermit) -> Bool {
        attemptCount += 1
        attempt = Attempt(upstream: upstream, permit: permit, started: now, number: attemptCount)
        state = .waiting
        body = []
        isPaused = false
        deadlines = Deadlines(DeadlineLimits(upstream.settings.timeouts, isStream: job.isStream), startedAt: now, requestStart: .zero)
        machine.mayRestart = nextUpstream < job.upstreams.count
        let call = UpstreamCall.chat(job.request, job.chat, model: job.model, to: upstream, strips: server.settings.stripsHistory)
        do {
            transfer = try loop.upstream.start(call, receiver: self)
            setAlarm()
            return true
        } catch {
            lastFailure = ProxyFailure(StreamFailure(error))
            closeAttempt(BreakerVerdict(StreamFailure(error), retryAfter: nil))
            return false
        }
    }

    /// The upstream at hand is of no use: the request moves on if it may, else the client is told.
    func upstreamFailed(_ failure: ProxyFailure) {
        guard end == nil else { return }
        let streamFailure = StreamFailure(failure)
        let from = attempt?.upstream
        closeAttempt(BreakerVerdict(streamFailure, retryAfter: failure.retryAfter))
        transfer?.cancel()
        transfer = nil
        if failure.mayMoveOn, !isCommitted, startNext() { return moved(from, failure) }
        tell(failure, streamFailure)
    }

    func upstreamFailed(_ failure: StreamFailure) {
        upstreamFailed(ProxyFailure(failure))
    }

    private var isCommitted: Bool { sink.hasStarted && machine.isCommitted }

    private func moved(_ from: UpstreamEntry?, _ failure: ProxyFailure) {
        guard let attempt else { return }
        machine.upstreamRestarted(profile: server.profile(forModel: job.model, at: attempt.upstream))
        server.metrics.add(.failovers, [("phase", machine.facts.phase?.rawValue ?? "none"), ("code", failure.code)])
        server.log.warning(
            "moved to another upstream",
            metadata: [
                "request_id": "\(job.request.id)", "code": "\(failure.code)", "from": "\(from?.name ?? "-")",
                "to": "\(attempt.upstream.name)",
                "after_ms": "\(now.inMilliseconds)",
            ])
    }

    private func tell(_ failure: ProxyFailure, _ streamFailure: StreamFailure) {
        guard sink.hasStarted else {
            sink.respond(failure)
            return finish(.failed(streamFailure))
        }
        perform(machine.gaveUp(streamFailure, at: now, into: &output))
    }

    /// The breaker learns what the attempt says about its upstream: once for each attempt, whatever happens.
    func closeAttempt(_ verdict: BreakerVerdict) {
        guard let attempt, !attemptIsClosed else { return }
        attemptIsClosed = true
        note(attempt.upstream.report(verdict, for: attempt.permit), of: attempt.upstream)
        if case .failure(let code, _) = verdict {
            server.metrics.add(.upstreamFailures, [("upstream", attempt.upstream.name), ("code", code)])
        }
    }

    /// A change of a breaker's state is worth a line.
    private func note(_ transition: BreakerTransition?, of upstream: UpstreamEntry) {
        guard let transition else { return }
        let status = upstream.status
        server.log.log(
            level: transition.to == .closed ? .notice : .warning, "breaker changed",
            metadata: [
                "upstream": "\(upstream.name)", "from": "\(transition.from.name)", "to": "\(transition.to.name)",
                "reason": "\(status.reason ?? "recovered")", "last_failure": "\(status.lastFailureCode ?? "-")",
            ])
    }
}
