import Upstream

/// Why the upstreams that could serve a request were left alone: of several, what is said of the one that may be asked first again.
struct QueueRefusal {
    /// When it may be asked again.
    private(set) var retryAfter: Duration?
    /// Its breaker's state.
    private(set) var state = "open"
    /// Why its breaker is in that state.
    private(set) var reason: String?
    /// Whether those that were left alone all wished it themselves.
    private(set) var isThrottledOnly = true

    mutating func note(_ refusal: BreakerRefusal, _ time: Duration, _ status: BreakerStatus) {
        if refusal != .throttled { isThrottledOnly = false }
        guard retryAfter.map({ time < $0 }) ?? true else { return }
        (retryAfter, state, reason) = (time, status.stateName, status.reason)
    }

    /// For the header `X-Circuit-Breaker`: no upstream is named, for a name may be a host.
    var headerValue: String {
        let reason = reason.map { "; reason=\"\($0)\"" } ?? ""
        return "\(state)\(reason); next-attempt-ms=\(retryAfter?.inMilliseconds ?? 0)"
    }
}

/// Which upstream is asked next: each once, the preferred one first, as far as its breaker lets it.
struct UpstreamQueue {
    /// The right to ask an upstream.
    struct Admitted {
        let upstream: UpstreamEntry
        let permit: BreakerPermit
        let transition: BreakerTransition?
    }

    /// Never empty.
    let upstreams: [UpstreamEntry]
    private var next = 0
    /// Why upstreams were left alone, and until when.
    private(set) var refusal = QueueRefusal()

    init(_ upstreams: [UpstreamEntry]) {
        self.upstreams = upstreams
    }

    /// Whether there are upstreams that were not asked yet.
    var hasMore: Bool { next < upstreams.count }

    /// Whether one of them would be called if it were asked now.
    var hasMoreThatAdmit: Bool { upstreams[next...].contains { $0.status.admitsCalls } }

    /// The next upstream whose breaker lets a call through; nil when there is none.
    mutating func admitNext() -> Admitted? {
        while hasMore {
            let upstream = upstreams[next]
            next += 1
            if let admitted = admit(upstream) { return admitted }
        }
        return nil
    }

    /// One upstream, whatever its turn, if its breaker lets it.
    mutating func admit(_ upstream: UpstreamEntry, evenIfOpen: Bool = false) -> Admitted? {
        switch upstream.admit(evenIfOpen: evenIfOpen) {
        case .admitted(let permit, let transition):
            return Admitted(upstream: upstream, permit: permit, transition: transition)
        case .refused(let refusal, let retryAfter):
            self.refusal.note(refusal, retryAfter, upstream.status)
            return nil
        }
    }

    /// All are open: the one that would be called first again is called now.
    mutating func admitFirstToReopen() -> Admitted? {
        let waiting = upstreams.min { ($0.status.retryAfter ?? .zero) < ($1.status.retryAfter ?? .zero) }
        return waiting.flatMap { admit($0, evenIfOpen: true) }
    }

    /// The upstream admitted last was not asked after all: its turn is still to come.
    mutating func putBack() {
        next = max(0, next - 1)
    }
}
