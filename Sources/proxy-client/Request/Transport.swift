/// A request as the client sends it.
struct HTTPRequest: Equatable, Sendable {
    var url: String
    var method = "GET"
    var headers: [Header] = []
    var body: [UInt8] = []
    /// How long the connection may take to stand.
    var connectTimeout: Duration = .seconds(10)
}

/// One header line.
struct Header: Equatable, Sendable {
    var name: String
    var value: String

    init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }
}

/// The status line and the headers of a reply.
struct ReplyHead: Equatable, Sendable {
    var status: Int
    var headers: [Header] = []

    /// The first value of a header, whatever the case of its name.
    func value(of name: String) -> String? {
        headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }
}

/// Why the connection carried no reply, or not all of it.
enum TransportFailure: Error, Equatable, Sendable {
    /// No connection could be made: refused, unknown host, TLS, connect timeout.
    case unreachable(Unreachable, String)
    /// The connection broke off after it stood.
    case cut(String)
    /// The transport's own limit of time ran out.
    case timedOut(String)
    /// The request cannot be sent as it is, such as a malformed URL.
    case unusable(String)

    /// What stood between the client and the server.
    enum Unreachable: Equatable, Sendable { case refused, unknownHost, tls, timeout, other }
}

/// What happens on a transfer, in order: a head, bytes, and exactly one ending.
enum TransportEvent: Equatable, Sendable {
    case head(ReplyHead)
    case bytes([UInt8])
    case ended
    case failed(TransportFailure)
}

/// Carries one request and reports what comes back.
protocol Transport: Sendable {
    /// Starts a transfer. `receive` is called on the transport's own thread, in order, and never after the ending; it may
    /// hold that thread up for as long as nobody takes what came before.
    func start(_ request: HTTPRequest, _ receive: @escaping @Sendable (TransportEvent) -> Void) -> any TransferHandle
}

/// A running transfer.
protocol TransferHandle: Sendable {
    /// Ends the transfer; harmless when it has ended already.
    func cancel()
}
