import NIOHTTP1
import Settings

/// What a request head must satisfy before anybody looks at what it asks for.
enum HeadCheck {
    static func failure(_ head: HTTPRequestHead, _ limits: LimitSettings) -> ProxyFailure? {
        if head.uri.utf8.count > limits.uriBytes { return .uriTooLong(limits.uriBytes) }
        if head.headers.count > limits.headerCount { return .tooManyHeaders(limits.headerCount) }
        let size = head.headers.reduce(head.uri.utf8.count) { $0 + $1.name.utf8.count + $1.value.utf8.count + 4 }
        if size > limits.headBytes { return .headTooLarge(limits.headBytes) }
        let lengths = head.headers["content-length"]
        // Two ways to say where a body ends are two different bodies to two different readers.
        if !lengths.isEmpty, head.headers.contains(name: "transfer-encoding") { return .badRequest }
        if lengths.count > 1 || head.headers["host"].count > 1 { return .badRequest }
        if head.headers["transfer-encoding"].contains(where: { $0.lowercased() != "chunked" }) { return .badRequest }
        if head.version != .http1_1, head.version != .http1_0 { return .badRequest }
        return nil
    }
}

extension ProxyFailure {
    static let badRequest = ProxyFailure.request(
        code: "bad_request", "The bytes received are not a well-formed HTTP/1.1 request. Check the client, and any proxy before it.")

    static func uriTooLong(_ limit: Int) -> ProxyFailure {
        .request(414, code: "uri_too_long", "The request target is longer than \(limit) bytes (limits.uri_bytes).")
    }

    static func tooManyHeaders(_ limit: Int) -> ProxyFailure {
        .request(431, code: "headers_too_large", "The request has more than \(limit) header fields (limits.header_count).")
    }

    static func headTooLarge(_ limit: Int) -> ProxyFailure {
        .request(431, code: "headers_too_large", "The request head is larger than \(limit) bytes (limits.head_bytes).")
    }

    static func bodyTooLarge(_ limit: Int) -> ProxyFailure {
        .request(
            413, code: "request_too_large",
            "The request body is larger than \(limit) bytes. Send less, or raise limits.body_bytes in the proxy's configuration.")
    }

    static func requestTimeout(_ part: String) -> ProxyFailure {
        .request(408, code: "request_timeout", "The request's \(part) did not arrive in time (client_timeouts.\(part)).")
    }
}
