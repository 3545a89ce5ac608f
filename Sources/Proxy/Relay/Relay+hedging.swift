import Logging
import Phases
import Settings
import Upstream

/// What became of the second upstream that is asked beside a slow one.
enum HedgeState {
    /// None was asked yet.
    case none
    /// It is being read, or it goes on alone after the first one failed.
    case running
    /// What came of it is known; a request is hedged once.
    case settled
}

/// How hedges end, as metrics and logs name it.
enum HedgeResult: String {
    /// Its answer is the one that the client got.
    case won
    /// The other upstream answered first.
    case lost
    /// It failed before anybody answered.
    case failed
    /// The request ended before anybody answered.
    case cancelled
    /// It was not asked: no token, or no upstream that may be called.
    case denied
}

// Hedging: an upstream that has not begun to speak gets a rival, and the first answer wins.
extension Relay {
    /// When the attempt under way gets a rival; nil when it does not.
    var hedgeTime: Duration? {
        guard !isOver, case .none = hedge, queue.hasMore, !isPaused, running.count == 1, let attempt = running.first else { return nil }
        guard attempt.firstEvent == nil, !attempt.isRefused, !isCommitted else { return nil }
        let settings = attempt.upstream.settings
        // A whole answer comes when it is complete: its head is the first sign of it.
        if !job.isStream, !attempt.isWaiting { return nil }
        return (job.isStream ? settings.hedgeAfter : settings.hedgeWholeAfter).map { attempt.started + $0 }
    }

    /// Asks another upstream beside the one that is slow.
    func startHedge() {
        guard let slow = running.first else { return }
        guard let attempt = startNext(isHedge: true) else { return settleHedge(.denied) }
        hedge = .running
        server.log.notice(
            "hedged a slow upstream",
            metadata: [
                "request_id": "\(job.request.id)", "from": "\(slow.upstream.name)", "to": "\(attempt.upstream.name)",
                "after_ms": "\((now - slow.started).inMilliseconds)",
            ])
    }

    /// This attempt's answer is the one that the client gets: a rival is left, and its breaker learns nothing.
    func answers(_ winner: Attempt) {
        attempt = winner
        for other in running where other !== winner {
            close(other, .excluded)
            other.letGo()
        }
        running = [winner]
        settleHedge(winner.isHedge ? .won : .lost)
    }

    /// One of two has failed: the other goes on, and nobody sees anything.
    func goOn(without failed: Attempt, _ failure: AttemptFailure) {
        machine.upstreamDropped(failed.lane)
        if !failure.mayMoveOn { finalFailure = failure }
        if failed.isHedge { settleHedge(.failed) }
        attempt = running.first
        server.log.warning(
            "one of two upstreams failed",
            metadata: [
                "request_id": "\(job.request.id)", "code": "\(failure.inStream.code)", "failed": "\(failed.upstream.name)",
                "upstream": "\(attempt?.upstream.name ?? "-")", "after_ms": "\(now.inMilliseconds)",
            ])
        if sink.hasStarted { send() }
        setAlarm()
    }

    /// The request is over before anybody's answer began.
    func noteHedge(at end: StreamEnd) {
        guard case .running = hedge else { return }
        if case .finished = end, let attempt { return settleHedge(attempt.isHedge ? .won : .lost) }
        settleHedge(.cancelled)
    }

    /// A hedge that failed alone, after the first had failed.
    func noteHedgeFailure(_ attempt: Attempt) {
        if attempt.isHedge { settleHedge(.failed) }
    }

    private func settleHedge(_ result: HedgeResult) {
        switch (hedge, result) {
        case (.none, .denied), (.running, _):
            hedge = .settled
            server.metrics.add(.hedges, [("result", result.rawValue)])
        case (.none, _), (.settled, _):
            break
        }
    }
}
