/// One HTTP request to an upstream, complete before it is started.
public struct UpstreamRequest: Sendable {
    /// The methods this client speaks.
    public enum Method: Sendable {
        /// A request without a body.
        case get
        /// A request with a body of known length.
        case post
    }

    /// The absolute address, `http` or `https`, percent-encoded, without credentials.
    public var url: String
    /// What to do with the address.
    public var method: Method
    /// The fields to send, in order. `Host`, `Content-Length` and a `User-Agent` are added; nothing else is.
    public var headers: [(name: String, value: String)]
    /// The body of a POST, sent with its exact length, never chunked and never with `Expect`. Ignored for GET.
    public var body: [UInt8]
    /// How long name lookup, connection and TLS may take together. At least a millisecond is granted.
    public var connectTimeout: Duration = .seconds(5)
    /// Which version of HTTP to speak.
    public var httpVersion: HTTPVersionPreference = .automatic
    /// A PEM file of the certificates to trust instead of the system's.
    public var caFile: String?
    /// How large the response's head may be, over all its fields.
    public var maximumHeadBytes = 64 * 1024
    /// How many fields the response's head may have.
    public var maximumHeadFields = 256
    /// Whether the request may be sent again, once, when a kept connection dies before a byte of the response has come.
    ///
    /// The upstream may then run it twice. If false (the default for POST), such a transfer ends with
    /// ``UpstreamError/stalePooledConnection``, and the caller decides.
    public var isIdempotent: Bool

    /// Whether it gets a connection of its own in place of a kept one, which may have died unnoticed.
    public var wantsFreshConnection = false

    /// A request with the usual limits.
    ///
    /// - Parameters:
    ///   - url: the absolute address.
    ///   - method: GET, or POST with a body.
    ///   - headers: the fields to send.
    ///   - body: the body of a POST.
    public init(url: String, method: Method = .get, headers: [(name: String, value: String)] = [], body: [UInt8] = []) {
        self.url = url
        self.method = method
        self.headers = headers
        self.body = body
        isIdempotent = method == .get
    }
}

/// Which version of HTTP to speak to an upstream.
public enum HTTPVersionPreference: Sendable {
    /// HTTP/1.1 on `http`; on `https` HTTP/2 if the upstream offers it (ALPN), else HTTP/1.1. Streams that share a
    /// connection are read together: of a paused one, libcurl may hold as much as its window grants (32 MiB).
    case automatic
    /// HTTP/1.1 always: one connection per stream, so that a paused stream holds back its own connection only.
    case http1
    /// HTTP/2 from the first byte, without negotiation, also on `http`. With libcurl 7.88, which cannot use such a
    /// connection again, each request gets a connection of its own.
    case http2PriorKnowledge
}
