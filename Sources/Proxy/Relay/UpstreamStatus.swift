import ChatDelta
import Foundation
import JSONBytes
import Phases
import Upstream

/// What an upstream's status other than 2xx means to the client (fault matrix of the design, upstream faults).
enum UpstreamStatus {
    /// - Parameters:
    ///   - head: the upstream's head.
    ///   - body: the beginning of its body.
    ///   - attempt: the try it is about.
    ///   - secrets: byte strings that must not be passed on.
    /// - Returns: the failure with the status for the client.
    static func failure(_ head: ResponseHead, _ body: [UInt8], _ attempt: Attempt, hiding secrets: [[UInt8]]) -> ProxyFailure {
        let retryAfter = retryAfter(head)
        switch head.status {
        case 300..<400:
            return ProxyFailure(StreamFailure(.redirected(status: head.status)))
        case 401, 402, 403:
            if attempt.forwardsClientKey {
                return rejected(head.status, "authentication_error", "The upstream refused the API key of this request.", body, secrets)
            }
            return ProxyFailure(
                .upstream, status: 502, type: "server_error", code: "upstream_auth",
                message: "The upstream refused the proxy's credentials. The operator has to check the upstream's API key.")
        case 408:
            return .upstream(504, "upstream_error", "The upstream gave up waiting for the request.", retryAfter)
        case 429:
            var failure = rejected(429, "rate_limit_error", "The upstream's rate limit is reached.", body, secrets)
            failure.code = "upstream_rate_limited"
            failure.retryAfter = retryAfter
            return failure
        case 400..<500:
            return rejected(head.status, "invalid_request_error", "The upstream rejected the request.", body, secrets)
        case 503, 529:
            return .upstream(503, "upstream_error", "The upstream is overloaded or down.", retryAfter)
        case 504:
            return .upstream(504, "upstream_error", "The upstream timed out.", retryAfter)
        default:
            return .upstream(502, "upstream_error", "The upstream failed with status \(head.status).", nil)
        }
    }

    /// A refusal that is the client's to mend: the upstream's own words, codes and parameter name are what helps.
    private static func rejected(_ status: Int, _ type: String, _ message: String, _ body: [UInt8], _ secrets: [[UInt8]]) -> ProxyFailure {
        var failure = ProxyFailure(.client, status: status, type: type, code: "upstream_rejected", message: message)
        let body = UTF8Repair.isValid(body.span) ? body : UTF8Repair.repaired(body.span)
        var delta = Delta()
        // A body that is no JSON is somebody's error page: it is not passed on.
        do { try DeltaReader.read(body.span, into: &delta) } catch { return failure }
        guard let fault = delta.fault else { return failure }
        if let text = StreamFailure.foreignText(fault.message, in: body.span, hiding: secrets) {
            failure.message += " It said: \(text)"
        }
        if let code = token(fault.code, body) { failure.code = code }
        if let type = token(fault.type, body) { failure.type = type }
        return failure
    }

    /// A short plain word, fit to be passed on as a code.
    private static func token(_ string: JSONString?, _ body: [UInt8]) -> String? {
        guard let string, !string.hasEscapes, !string.content.isEmpty, string.content.count <= 64 else { return nil }
        let bytes = body[string.content]
        guard
            bytes.allSatisfy({
                $0 == 0x5F || $0 == 0x2D || $0 == 0x2E || ($0 | 0x20 >= 0x61 && $0 | 0x20 <= 0x7A) || ($0 >= 0x30 && $0 <= 0x39)
            })
        else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The whole seconds for which the upstream asks to be left alone.
    static func retryAfter(_ head: ResponseHead) -> Int? {
        // WALL: a header's date, where the response has none of its own to compare it with.
        RetryHint.wait(in: head, wallClock: Date().timeIntervalSince1970).map { Int($0.inSeconds.rounded(.up)) }
    }
}

extension ProxyFailure {
    static func upstream(_ status: Int, _ code: String, _ message: String, _ retryAfter: Int?) -> ProxyFailure {
        ProxyFailure(.upstream, status: status, type: "server_error", code: code, message: message, retryAfter: retryAfter)
    }
}

extension StreamFailure {
    static let notSSE = StreamFailure(
        code: "upstream_not_sse",
        message: "The upstream answered with something other than a chat stream or completion. Check the upstream's URL.",
        status: 502)

    static let stopping = StreamFailure(
        code: "server_shutdown", message: "The proxy is stopping before the answer was complete. Send the request again.", status: 503,
        countsAgainstUpstream: false)

    static let clientStalled = StreamFailure(
        code: "client_stalled", message: "The client stopped reading.", status: 408, countsAgainstUpstream: false)

    static func bodyTooLarge(_ limit: Int) -> StreamFailure {
        StreamFailure(
            code: "upstream_event_too_large", message: "The upstream's answer is larger than \(limit) bytes (limits.event_bytes).",
            status: 502)
    }
}
