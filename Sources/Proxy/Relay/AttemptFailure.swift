import Phases
import Upstream

/// Why a try at an upstream was of no use, and what follows from it.
struct AttemptFailure {
    /// How the client reads it before the head.
    var status: ProxyFailure
    /// How the client reads it behind the head.
    var inStream: StreamFailure
    /// What it says about the upstream.
    var verdict: BreakerVerdict
    /// Whether another upstream may do better: not when the request itself is at fault, or its time is up.
    var mayMoveOn: Bool
    /// Whether nothing of the request can have been worked on, so that the same upstream may be asked once more.
    var wasNotProcessed = false
    /// Whether a kept connection had died unnoticed, which says nothing about the upstream: on a new one the same may well answer.
    var wasStale = false

    /// What the stream machine or a clock found.
    init(_ failure: StreamFailure) {
        status = ProxyFailure(failure)
        inStream = failure
        verdict = BreakerVerdict(failure, retryAfter: nil)
        mayMoveOn = !AttemptFailure.finalCodes.contains(failure.code)
    }

    /// What the stream machine found in what the attempt's upstream sent.
    init(_ failure: StreamFailure, of attempt: Attempt) {
        self.init(failure)
        if isRateLimit, let retryAfter = attempt.retryAfter {
            status.retryAfter = retryAfter
            verdict = BreakerVerdict(failure, retryAfter: retryAfter)
        } else if failure.code == StreamFailure.credentials.code, attempt.forwardsClientKey {
            self.init(.clientKeyRefused)
            mayMoveOn = false
        }
    }

    /// What the transport says.
    init(_ error: UpstreamError) {
        self.init(StreamFailure(error))
        mayMoveOn = error.mayRetry
        switch error {
        case .stalePooledConnection: (wasNotProcessed, wasStale) = (true, true)
        case .unreachable, .reset(afterHead: false): wasNotProcessed = true
        default: break
        }
    }

    /// What the upstream's status says.
    init(_ failure: ProxyFailure) {
        status = failure
        inStream = StreamFailure(failure)
        verdict = BreakerVerdict(inStream, retryAfter: failure.retryAfter)
        mayMoveOn = failure.origin == .upstream || failure.code == AttemptFailure.rateLimited
    }

    static let rateLimited = "upstream_rate_limited"

    /// Failures that another upstream would not mend.
    private static let finalCodes: Set = ["upstream_rejected", "stream_too_long", "server_shutdown", "overloaded"]

    /// Whether the upstream wants fewer requests.
    var isRateLimit: Bool { inStream.code == AttemptFailure.rateLimited }
}

extension StreamFailure {
    /// The key was the client's own, and so is its refusal.
    static let clientKeyRefused = StreamFailure(
        code: "upstream_rejected", type: "authentication_error", message: "The upstream refused the API key of this request.", status: 401,
        countsAgainstUpstream: false)
}
