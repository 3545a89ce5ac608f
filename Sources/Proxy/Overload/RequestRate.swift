import NIOCore
import Synchronization

/// The rate of requests of each client, shared by all loops; without a limit everybody may ask.
final class RequestRate: Sendable {
    private let buckets: Mutex<TokenBuckets>?
    private let started = NIODeadline.now()

    init(perMinute: Int?) {
        buckets = perMinute.map { Mutex(TokenBuckets(perMinute: $0)) }
    }

    /// Counts a request. Returns nil if it may come in, else how long until the client's next may.
    func excess(_ client: ClientKey) -> Duration? {
        let now = started.elapsed
        return buckets?.withLock { $0.take(client, now: now) }
    }
}

extension ProxyFailure {
    static func rateLimited(_ wait: Duration, _ perMinute: Int) -> ProxyFailure {
        ProxyFailure(
            .client, status: 429, type: "rate_limit_error", code: "rate_limited",
            message: "This client may send \(perMinute) requests a minute (limits.requests_per_minute).",
            retryAfter: max(1, Int(wait.inSeconds.rounded(.up))))
    }
}
