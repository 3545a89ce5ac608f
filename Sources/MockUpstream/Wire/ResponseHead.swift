/// One header line.
struct Header: Sendable, Equatable {
    var name: String
    var value: String

    init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }
}

/// The head of a response as bytes. Written by hand, because half of the faults are heads no encoder would produce.
struct ResponseHead: Sendable, Equatable {
    var version = "HTTP/1.1"
    var status = 200
    var headers: [Header] = []

    func bytes() -> [UInt8] {
        var text = "\(version) \(status) \(Self.reason(status))\r\n"
        for header in headers { text += "\(header.name): \(header.value)\r\n" }
        return Array((text + "\r\n").utf8)
    }

    static func reason(_ status: Int) -> String {
        switch status {
        case 100: "Continue"
        case 103: "Early Hints"
        case 200: "OK"
        case 204: "No Content"
        case 301: "Moved Permanently"
        case 302: "Found"
        case 307: "Temporary Redirect"
        case 308: "Permanent Redirect"
        case 400: "Bad Request"
        case 401: "Unauthorized"
        case 402: "Payment Required"
        case 403: "Forbidden"
        case 404: "Not Found"
        case 405: "Method Not Allowed"
        case 408: "Request Timeout"
        case 413: "Content Too Large"
        case 415: "Unsupported Media Type"
        case 422: "Unprocessable Content"
        case 429: "Too Many Requests"
        case 500: "Internal Server Error"
        case 501: "Not Implemented"
        case 502: "Bad Gateway"
        case 503: "Service Unavailable"
        case 504: "Gateway Timeout"
        case 529: "Site Overloaded"
        default: "Status"
        }
    }
}

/// How the end of a body is told.
enum TransferCoding: Sendable, Equatable {
    /// HTTP/1.1 chunks.
    case chunked
    /// The body ends with the connection (HTTP/1.0).
    case untilClose
    /// A Content-Length was sent.
    case length

    func encode(_ body: [UInt8]) -> [UInt8] {
        guard self == .chunked, !body.isEmpty else { return body }
        return Array("\(String(body.count, radix: 16))\r\n".utf8) + body + [0x0D, 0x0A]
    }

    var terminator: [UInt8] { self == .chunked ? Array("0\r\n\r\n".utf8) : [] }
}

/// What the connection has to do next.
enum WireAction: Sendable, Equatable {
    /// Write these bytes, and flush them.
    case write([UInt8])
    case wait(Nanoseconds)
    /// Nothing more until the client leaves.
    case stall
    /// Nothing more until someone releases the held streams.
    case hold
    /// Close the connection after what was written (FIN).
    case close
    /// Reset the connection after what was written (RST).
    case reset
    /// The response is complete.
    case complete(keepAlive: Bool)
}
