/// Why a transfer did not succeed, or was not started.
///
/// No case carries text from outside (no header, key, address or page), so that ``message`` may be logged and shown.
public enum UpstreamError: Error, Equatable, Sendable {
    /// Which part of securing the connection failed.
    public enum SecurityFault: Sendable {
        /// The handshake failed: no TLS on that port, no common version or cipher.
        case handshake
        /// The certificate is not trusted, not valid now, or for another name.
        case certificate
        /// The configured file of trusted certificates cannot be read.
        case trustedCertificates
    }

    // Ours: nothing was sent.

    /// The address is not an `http` or `https` URL without credentials.
    case invalidURL
    /// The header at this position (from 0) has a name that is no token, or a value with control characters.
    case invalidHeader(position: Int)
    /// The header at this position (from 0) belongs to the framing or the connection, which the client decides.
    case reservedHeader(position: Int)
    /// Descriptors, threads or memory have run out.
    case outOfResources
    /// The client was shut down.
    case shutDown

    // The way to the upstream.

    /// No connection: refused, no route, or reset while connecting.
    case unreachable
    /// The host name has no address.
    case hostNotFound
    /// No connection within the time allowed; name lookup and TLS included.
    case connectTimeout
    /// The connection could not be secured; no byte of the request was sent.
    case insecure(SecurityFault)

    // The exchange.

    /// A kept connection turned out to be dead after the request was written; not sent again because that may run it twice.
    case stalePooledConnection
    /// The upstream closed or reset the connection before the head was complete, or reset it in the body.
    case reset(afterHead: Bool)
    /// The body ended before its declared end.
    case truncated
    /// What came is not HTTP as the client understands it.
    case malformed
    /// The head has more bytes or fields than allowed.
    case headTooLarge(maximumBytes: Int)
    /// A successful response in a content or transfer coding that was not asked for.
    case unexpectedEncoding
    /// A redirect; it was not followed.
    case redirected(status: Int)
}

extension UpstreamError {
    /// The stable code, as it is shown in an error object and counted in metrics.
    public var code: String {
        switch self {
        case .invalidURL, .invalidHeader, .reservedHeader: "upstream_request_invalid"
        case .outOfResources: "overloaded"
        case .shutDown: "server_shutdown"
        case .unreachable: "upstream_unreachable"
        case .hostNotFound: "upstream_dns"
        case .connectTimeout: "upstream_connect_timeout"
        case .insecure: "upstream_tls"
        case .stalePooledConnection, .reset: "upstream_reset"
        case .truncated: "upstream_truncated"
        case .malformed, .headTooLarge: "upstream_protocol"
        case .unexpectedEncoding: "upstream_encoding"
        case .redirected: "upstream_redirect"
        }
    }

    /// What happened and what to change, in one or two sentences.
    public var message: String {
        switch self {
        case .invalidURL:
            "The upstream's address is not usable. Give an http:// or https:// URL without user name and password."
        case .invalidHeader(let position):
            "Request header number \(position + 1) has an invalid name, or a control character in its value. Correct that header."
        case .reservedHeader(let position):
            "Request header number \(position + 1) concerns the connection or the framing, which the client decides. Remove that header."
        case .outOfResources:
            "The proxy has run out of descriptors, threads or memory. Raise its limits or lower the number of concurrent streams."
        case .shutDown:
            "The proxy is shutting down. Send the request again later."
        case .unreachable:
            "The upstream does not accept connections. Check that it runs, and its host and port."
        case .hostNotFound:
            "The upstream's host name has no address. Check the name and the resolver."
        case .connectTimeout:
            "The upstream did not accept a connection in time. Check the network, or raise the connect timeout."
        case .insecure(.handshake):
            "No secure connection to the upstream. Check that it speaks TLS 1.2 or later on that port."
        case .insecure(.certificate):
            "The upstream's certificate is not trusted or not for its name. Correct it, or name the file of the certificates to trust."
        case .insecure(.trustedCertificates):
            "The file of trusted certificates cannot be read. Check its path, permissions and format."
        case .stalePooledConnection:
            "The upstream closed a kept connection just as it was used. Send the request again."
        case .reset(afterHead: false):
            "The upstream closed the connection without an answer. Check its log; the request may be sent again."
        case .reset(afterHead: true):
            "The upstream reset the connection in the middle of its answer. Check its log."
        case .truncated:
            "The upstream's answer ended before it was complete. Check its log, and any proxy in between."
        case .malformed:
            "The upstream's answer is not valid HTTP. Check that the address leads to an HTTP server."
        case .headTooLarge(let maximumBytes):
            "The head of the upstream's answer exceeds the limit of \(maximumBytes) bytes. Check what the upstream sends, or raise the limit."
        case .unexpectedEncoding:
            "The upstream's answer is compressed although that was not asked for. Switch compression off there."
        case .redirected(let status):
            "The upstream answered with a redirect (\(status)), which is not followed. Configure the final address."
        }
    }

    /// Whether it speaks against the upstream's health: everything but our own faults and a kept connection gone stale.
    public var countsAgainstUpstream: Bool {
        switch self {
        case .invalidURL, .invalidHeader, .reservedHeader, .outOfResources, .shutDown, .stalePooledConnection: false
        case .unreachable, .hostNotFound, .connectTimeout, .insecure, .reset, .truncated, .malformed, .headTooLarge,
            .unexpectedEncoding, .redirected:
            true
        }
    }

    /// Whether another attempt, here or at another upstream, can make sense. Whether it may be made is for the commit
    /// point and the retry budget to say.
    public var mayRetry: Bool {
        switch self {
        case .invalidURL, .invalidHeader, .reservedHeader, .outOfResources, .shutDown: false
        case .unreachable, .hostNotFound, .connectTimeout, .insecure, .stalePooledConnection, .reset, .truncated, .malformed,
            .headTooLarge, .unexpectedEncoding, .redirected:
            true
        }
    }
}
