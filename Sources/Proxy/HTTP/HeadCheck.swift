import NIOHTTP1
import Settings

/// What a request head must satisfy before anybody looks at what it asks for.
enum HeadCheck {
    static func failure(_ head: HTTPRequestHead, _ limits: LimitSettings) -> ProxyFailure? {
        if head.uri.utf8.count > limits.uriBytes { return .uriTooLong(limits.uriBytes) }
        if head.headers.count > limits.headerCount { return .tooManyHeaders(limits.headerCount) }
        let size = head.headers.reduce(head.uri.utf8.count) { $0 + $1.name.utf8.count + $1.value.utf8.count + 4 }
        if size > limits.headBytes { return .headTooLarge(limits.headBytes) }
        guard isWellFormed(head) else { return .badRequest }
        let expectations = head.headers["expect"]
        if expectations.contains(where: { $0.lowercased() != "100-continue" }) { return .expectationFailed }
        return nil
    }

    /// What the parser lets through, but two readers could read in two ways.
    private static func isWellFormed(_ head: HTTPRequestHead) -> Bool {
        guard head.version == .http1_1 || head.version == .http1_0 else { return false }
        // A proxy's forms of the target (RFC 9112, sections 3.2.2 to 3.2.4): this is no forward proxy, and what names two hosts is read twice.
        guard head.uri.hasPrefix("/") else { return false }
        let lengths = head.headers["content-length"]
        let codings = head.headers["transfer-encoding"]
        // Two ways to say where a body ends are two different bodies to two different readers.
        guard lengths.count + codings.count <= 1, codings.allSatisfy({ $0.lowercased() == "chunked" }) else { return false }
        // HTTP/1.0 knows no chunks: an old reader before us took the body's end from elsewhere.
        guard codings.isEmpty || head.version == .http1_1 else { return false }
        let hosts = head.headers["host"]
        guard hosts.count == 1 || hosts.isEmpty && head.version == .http1_0 else { return false }
        return hosts.allSatisfy { $0.utf8.allSatisfy(isHostByte) }
    }

    /// What a host and port are made of (RFC 3986, section 3.2.2); no space, slash, comma or `@`.
    private static func isHostByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
            UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"), UInt8(ascii: "%"), UInt8(ascii: ":"),
            UInt8(ascii: "["), UInt8(ascii: "]"):
            true
        default: false
        }
    }
}

extension ProxyFailure {
    static let badRequest = ProxyFailure.request(
        code: "bad_request", "The bytes received are not a well-formed HTTP/1.1 request. Check the client, and any proxy before it.")

    static let expectationFailed = ProxyFailure.request(
        417, code: "expectation_failed", "The only expectation that can be met is expect: 100-continue.")

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
