import NIOCore
import Settings
import Synchronization
import Upstream

/// One upstream as the whole process sees it: its settings, its circuit breaker, and what it is doing. Shared by all loops.
final class UpstreamEntry: Sendable {
    let settings: UpstreamSettings
    private let breaker: Mutex<CircuitBreaker>
    private let inFlight = Atomic<Int>(0)
    private let started = NIODeadline.now()

    init(_ settings: UpstreamSettings, breaker: BreakerSettings) {
        self.settings = settings
        self.breaker = Mutex(CircuitBreaker(breaker))
    }

    var name: String { settings.name }
    var inFlightCount: Int { inFlight.load(ordering: .relaxed) }

    /// The breaker's clock.
    private var now: Duration { started.elapsed }

    /// Asks for the right to make a call. A permit that was given has to come back through `report`, and the call's end has to be told
    /// to `callEnded`, each exactly once.
    func admit(evenIfOpen: Bool = false) -> BreakerAdmission {
        let now = now
        let admission = breaker.withLock { $0.admit(now: now, evenIfOpen: evenIfOpen) }
        if case .admitted = admission { inFlight.add(1, ordering: .relaxed) }
        return admission
    }

    /// Hands a permit back with what the call says about the upstream. Returns the change of the breaker's state, if there is one.
    func report(_ verdict: BreakerVerdict, for permit: BreakerPermit) -> BreakerTransition? {
        let now = now
        var generator = QuickRandom()
        let random = Double.random(in: 0...1, using: &generator)
        return breaker.withLock { $0.report(verdict, for: permit, now: now, random: random) }
    }

    /// A call is over, however it ended.
    func callEnded() {
        inFlight.subtract(1, ordering: .relaxed)
    }

    /// Closes the breaker by an operator's order. Returns the change of its state, if there is one.
    func reset() -> BreakerTransition? {
        let now = now
        return breaker.withLock { $0.reset(now: now) }
    }

    /// The breaker's figures.
    var status: BreakerStatus {
        let now = now
        return breaker.withLock { $0.status(at: now) }
    }
}

extension BreakerStatus {
    /// The state's name in health reports, metrics and logs.
    var stateName: String { throttledFor != nil && state == .closed ? "throttled" : state.name }

    /// Whether a call would be let through now.
    var admitsCalls: Bool { retryAfter == nil && throttledFor == nil }

    /// Why it is not closed, in words; nil when it is.
    var reason: String? {
        switch state {
        case .open(_, .consecutiveFailures): "too many failures in a row"
        case .open(_, .failureShare): "too large a share of failed calls"
        case .open(_, .slowShare): "too large a share of slow calls"
        case .open(_, .failedProbe): "a probe failed"
        case .halfOpen: "probing"
        case .closed: throttledFor == nil ? nil : "the upstream asked to be left alone"
        }
    }
}

extension BreakerStatus {
    /// Why it is not closed, as a label; nil when it is.
    var reasonName: String? {
        switch state {
        case .open(_, .consecutiveFailures): "consecutive_failures"
        case .open(_, .failureShare): "failure_share"
        case .open(_, .slowShare): "slow_share"
        case .open(_, .failedProbe): "failed_probe"
        case .halfOpen: "probing"
        case .closed: throttledFor == nil ? nil : "throttled"
        }
    }
}

extension BreakerState {
    /// The state's name.
    var name: String {
        switch self {
        case .closed: "closed"
        case .open: "open"
        case .halfOpen: "half_open"
        }
    }
}

extension BreakerSettings {
    /// The breaker as configured.
    init(_ settings: CircuitSettings) {
        self.init()
        consecutiveFailures = settings.failures
        failureShare = Double(settings.percent) / 100
        window = settings.window
        minimumCalls = settings.minimumCalls
        openTime = settings.openTime
        longestOpenTime = max(settings.openTime, settings.maximumOpenTime)
    }
}
