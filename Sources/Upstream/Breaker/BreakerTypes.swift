/// How a ``CircuitBreaker`` judges.
public struct BreakerSettings: Sendable, Equatable {
    /// How far back calls are counted.
    public var window: Duration = .seconds(60)
    /// The steps in which calls drop out of the window.
    public var bucket: Duration = .seconds(1)
    /// How many calls the window must hold before a share of them opens the breaker.
    public var minimumCalls = 10
    /// The share of failed calls that opens it.
    public var failureShare = 0.5
    /// The share of slow calls that opens it.
    public var slowShare = 0.8
    /// How many failures in a row open it, whatever the window holds.
    public var consecutiveFailures = 5
    /// How long it stays open at first; doubled each time it opens again.
    public var openTime: Duration = .seconds(5)
    /// The most it stays open, before jitter.
    public var longestOpenTime: Duration = .seconds(120)
    /// The open time varies by up to this share in both directions, so that breakers do not probe in step.
    public var jitter = 0.2
    /// How many probes may be under way at once while it is half-open.
    public var probeLimit = 1
    /// How many probes must succeed to close it.
    public var successesToClose = 2
    /// The longest time for which an upstream may ask to be left alone.
    public var longestThrottle: Duration = .seconds(300)

    /// The usual settings.
    public init() {}
}

/// What a call says about its upstream.
public enum BreakerVerdict: Sendable, Equatable {
    /// It ended well (or, for a probe, the answer has begun).
    case success(isSlow: Bool)
    /// The upstream's fault: no connection, 5xx, a timeout, a cut or malformed stream, an empty or HTML body.
    case failure(code: String, isSlow: Bool)
    /// A small fault, such as one malformed event that could be skipped: half a failure in the window, none in the row.
    case softFailure(code: String)
    /// 429 without saying for how long: a failure in the window and for a probe, but not in the row.
    case rateLimited
    /// 429 that says for how long: no failure; the upstream is left alone for that time.
    case throttled(for: Duration)
    /// 401, 402 or 403: our key is at fault, not the upstream's health.
    case credentialFault
    /// Nothing about the upstream: the client left, we are shutting down, or the request was bad.
    case excluded
}

/// Why a breaker is open.
public enum BreakerReason: Sendable, Equatable {
    /// So many failures in a row.
    case consecutiveFailures
    /// Too large a share of failed calls.
    case failureShare
    /// Too large a share of slow calls.
    case slowShare
    /// It was half-open, and a probe failed.
    case failedProbe
}

/// Where a breaker stands.
public enum BreakerState: Sendable, Equatable {
    /// Calls pass.
    case closed
    /// No call passes before this time.
    case open(until: Duration, BreakerReason)
    /// A few calls pass, to find out.
    case halfOpen
}

/// A change of state, for logs and metrics.
public struct BreakerTransition: Sendable, Equatable {
    /// The state before.
    public let from: BreakerState
    /// The state after.
    public let to: BreakerState
}

/// The right to make one call; to be handed back with a verdict, exactly once, whatever happens.
public struct BreakerPermit: Sendable, Equatable {
    /// The breaker's state changes, counted when the call began.
    public let generation: UInt64
    /// Whether the call decides if a half-open breaker closes.
    public let isProbe: Bool
}

/// Why a call may not be made.
public enum BreakerRefusal: Sendable, Equatable {
    /// The breaker is open.
    case open(BreakerReason)
    /// It is half-open and its probes are under way.
    case probing
    /// The upstream has asked to be left alone.
    case throttled
}

/// The answer to "may I call?".
public enum BreakerAdmission: Sendable, Equatable {
    /// Yes; the transition is the one that this call has made, if any.
    case admitted(BreakerPermit, BreakerTransition?)
    /// No; ask again after this time.
    case refused(BreakerRefusal, retryAfter: Duration)
}

/// A breaker's figures for a health report.
public struct BreakerStatus: Sendable, Equatable {
    /// Where it stands. An open breaker whose time has come stays open until somebody calls.
    public let state: BreakerState
    /// How long until it lets a call pass; nil if it would do so now.
    public let retryAfter: Duration?
    /// How much longer the upstream wants to be left alone; nil if it does not.
    public let throttledFor: Duration?
    /// Calls in the window.
    public let calls: Int
    /// Failed calls in the window; soft failures are halves.
    public let failures: Double
    /// Slow calls in the window.
    public let slowCalls: Int
    /// Failures in a row.
    public let consecutiveFailures: Int
    /// The code of the last failure.
    public let lastFailureCode: String?
    /// Whether the last word about our key was that it is refused.
    public let hasCredentialFault: Bool
    /// State changes so far.
    public let generation: UInt64
}
