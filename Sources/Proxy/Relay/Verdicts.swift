import Phases
import Upstream

extension BreakerVerdict {
    /// What a failure says about its upstream.
    ///
    /// - Parameters:
    ///   - failure: the failure.
    ///   - retryAfter: the seconds for which the upstream asked to be left alone, if it did.
    init(_ failure: StreamFailure, retryAfter: Int?) {
        switch failure.code {
        case "upstream_rate_limited":
            self = retryAfter.map { .throttled(for: .seconds($0)) } ?? .rateLimited
        case "upstream_auth":
            self = .credentialFault
        default:
            self = failure.countsAgainstUpstream ? .failure(code: failure.code, isSlow: failure.type == "timeout_error") : .excluded
        }
    }
}

extension ProxyFailure {
    /// No upstream may be called now. If all that is wrong is that they asked to be left alone, it is a rate limit.
    static func circuitOpen(_ refusal: QueueRefusal) -> ProxyFailure {
        let throttled = ProxyFailure(
            .upstream, status: 429, type: "rate_limit_error", code: "upstream_rate_limited",
            message: "The upstream's rate limit is reached, and it asked to be left alone for a while.")
        let open = ProxyFailure(
            .upstream, status: 503, type: "server_error", code: "circuit_open",
            message: "The upstreams that serve this model have failed or asked to be left alone, and are given time to recover.")
        var failure = refusal.isThrottledOnly ? throttled : open
        failure.retryAfter = max(1, Int((refusal.retryAfter ?? .zero).inSeconds.rounded(.up)))
        failure.breaker = refusal.headerValue
        return failure
    }
}
