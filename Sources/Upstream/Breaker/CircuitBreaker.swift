/// Decides whether an upstream is called, from how the calls before ended.
///
/// - `closed`: calls pass and are counted. Enough failures in a row, or too large a share of failed or slow calls in the
///   window, open it.
/// - `open`: no call passes until its time has come; the first call after that makes it half-open.
/// - `halfOpen`: a few probes pass. Enough successes close it, one failure opens it again, for twice as long.
///
/// Beside these stands *throttled*: for as long as the upstream asked for (429 with a hint), no call passes, whatever the
/// state, which is not touched by it; of several such times the latest holds.
///
/// Each change of state begins a new generation. A verdict on a call of an older one is ignored, for it speaks of a time
/// that has been judged already; only what it says about throttling and our key is kept, since these are facts by
/// themselves. A row of failures is forgotten when the last is older than the window; the doubling of the open time, when
/// the breaker has stayed closed for the window's length.
///
/// A value without clock, lock or chance: times are readings of one monotonic clock, and the random value comes from
/// outside. One call costs a constant.
public struct CircuitBreaker: Sendable {
    private let settings: BreakerSettings
    /// Where it stands.
    public private(set) var state = BreakerState.closed
    private var window: CallWindow
    private var generation: UInt64 = 0
    private var row = 0
    private var lastFailure = Duration.zero
    private var lastFailureCode: String?
    private var hasCredentialFault = false
    private var throttledUntil: Duration?
    private var probesUnderWay = 0
    private var probeSuccesses = 0
    /// How often the open time has been doubled.
    private var doublings = 0
    private var closedSince: Duration?

    /// A closed breaker.
    ///
    /// - Parameter settings: how to judge.
    public init(_ settings: BreakerSettings = BreakerSettings()) {
        self.settings = settings
        window = CallWindow(length: settings.window, bucketLength: settings.bucket)
    }

    /// Asks to make a call.
    ///
    /// - Parameters:
    ///   - now: the time.
    ///   - evenIfOpen: treats an open breaker as one whose time has come: for the case that every upstream's breaker is
    ///     open and the first to reopen is tried anyway. Throttling and the limit of probes hold all the same.
    /// - Returns: a permit, which must come back through ``report(_:for:now:random:)``, or why not and for how long.
    public mutating func admit(now: Duration, evenIfOpen: Bool = false) -> BreakerAdmission {
        if let until = throttledUntil, now < until { return .refused(.throttled, retryAfter: until - now) }
        switch state {
        case .closed:
            return .admitted(permit(isProbe: false), nil)
        case .open(let until, let reason):
            if now < until, !evenIfOpen { return .refused(.open(reason), retryAfter: until - now) }
            let transition = move(to: .halfOpen)
            probesUnderWay = 0
            probeSuccesses = 0
            return admitProbe(transition)
        case .halfOpen:
            return admitProbe(nil)
        }
    }

    /// Hands a permit back with what the call says about the upstream.
    ///
    /// - Parameters:
    ///   - verdict: what it says.
    ///   - permit: the permit of the call.
    ///   - now: the time.
    ///   - random: a random value from 0 to 1, for the jitter of the open time.
    /// - Returns: the change of state that this has made, if any.
    public mutating func report(_ verdict: BreakerVerdict, for permit: BreakerPermit, now: Duration, random: Double) -> BreakerTransition? {
        noteFacts(verdict, now: now)
        guard permit.generation == generation else { return nil }
        switch state {
        case .closed: return count(verdict, now: now, random: random)
        case .open: return nil
        case .halfOpen: return judgeProbe(verdict, now: now, random: random)
        }
    }

    /// Closes it and forgets everything, by an operator's order.
    ///
    /// - Parameter now: the time.
    /// - Returns: the change of state, if it was not closed.
    public mutating func reset(now: Duration) -> BreakerTransition? {
        throttledUntil = nil
        hasCredentialFault = false
        lastFailureCode = nil
        doublings = 0
        let isChange = state != .closed
        let transition = close(now: now)
        return isChange ? transition : nil
    }

    /// Its figures.
    ///
    /// - Parameter now: the time.
    /// - Returns: the figures at that time.
    public func status(at now: Duration) -> BreakerStatus {
        var window = window
        let counts = window.counts(now: now)
        let throttledFor = throttledUntil.flatMap { $0 > now ? $0 - now : nil }
        var retryAfter = throttledFor
        if case .open(let until, _) = state, until > now { retryAfter = max(until - now, throttledFor ?? .zero) }
        return BreakerStatus(
            state: state, retryAfter: retryAfter, throttledFor: throttledFor, calls: counts.calls,
            failures: Double(counts.failureHalves) / 2, slowCalls: counts.slow, consecutiveFailures: row,
            lastFailureCode: lastFailureCode, hasCredentialFault: hasCredentialFault, generation: generation)
    }
}

// The steps.
extension CircuitBreaker {
    private func permit(isProbe: Bool) -> BreakerPermit { BreakerPermit(generation: generation, isProbe: isProbe) }

    private mutating func admitProbe(_ transition: BreakerTransition?) -> BreakerAdmission {
        guard probesUnderWay < settings.probeLimit else { return .refused(.probing, retryAfter: settings.bucket) }
        probesUnderWay += 1
        return .admitted(permit(isProbe: true), transition)
    }

    private mutating func move(to new: BreakerState) -> BreakerTransition {
        let transition = BreakerTransition(from: state, to: new)
        state = new
        generation += 1
        return transition
    }

    private mutating func noteFacts(_ verdict: BreakerVerdict, now: Duration) {
        switch verdict {
        case .throttled(let time):
            let until = now + min(max(time, .zero), settings.longestThrottle)
            throttledUntil = max(until, throttledUntil ?? until)
        case .credentialFault: hasCredentialFault = true
        case .success: hasCredentialFault = false
        case .failure, .softFailure, .rateLimited, .excluded: break
        }
    }

    private mutating func count(_ verdict: BreakerVerdict, now: Duration, random: Double) -> BreakerTransition? {
        switch verdict {
        case .success(let isSlow):
            row = 0
            window.add(.init(calls: 1, slow: isSlow ? 1 : 0), now: now)
        case .failure(let code, let isSlow):
            if now - lastFailure > settings.window { row = 0 }
            row += 1
            lastFailure = now
            lastFailureCode = code
            window.add(.init(calls: 1, failureHalves: 2, slow: isSlow ? 1 : 0), now: now)
        case .softFailure(let code):
            lastFailureCode = code
            window.add(.init(calls: 1, failureHalves: 1), now: now)
        case .rateLimited:
            window.add(.init(calls: 1, failureHalves: 2), now: now)
        case .throttled, .credentialFault, .excluded:
            return nil
        }
        guard let reason = reasonToOpen(now: now) else { return nil }
        if let since = closedSince, now - since >= settings.window { doublings = 0 }
        return open(reason, now: now, random: random)
    }

    private mutating func reasonToOpen(now: Duration) -> BreakerReason? {
        if row >= settings.consecutiveFailures { return .consecutiveFailures }
        let counts = window.counts(now: now)
        guard counts.calls >= settings.minimumCalls else { return nil }
        if Double(counts.failureHalves) >= settings.failureShare * 2 * Double(counts.calls) { return .failureShare }
        if Double(counts.slow) >= settings.slowShare * Double(counts.calls) { return .slowShare }
        return nil
    }

    private mutating func judgeProbe(_ verdict: BreakerVerdict, now: Duration, random: Double) -> BreakerTransition? {
        probesUnderWay -= 1
        switch verdict {
        case .success:
            probeSuccesses += 1
            return probeSuccesses >= settings.successesToClose ? close(now: now) : nil
        case .failure(let code, _):
            lastFailureCode = code
            return open(.failedProbe, now: now, random: random)
        case .rateLimited:
            return open(.failedProbe, now: now, random: random)
        // The slot is free again, and nothing is known yet.
        case .softFailure, .throttled, .credentialFault, .excluded:
            return nil
        }
    }

    private mutating func open(_ reason: BreakerReason, now: Duration, random: Double) -> BreakerTransition {
        let base = min(settings.longestOpenTime, settings.openTime * (1 << min(doublings, 30)))
        let factor = 1 + settings.jitter * (2 * min(max(random, 0), 1) - 1)
        doublings += 1
        return move(to: .open(until: now + base * factor, reason))
    }

    private mutating func close(now: Duration) -> BreakerTransition {
        window.removeAll()
        row = 0
        closedSince = now
        return move(to: .closed)
    }
}
