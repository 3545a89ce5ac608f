import Foundation

/// A proxy and its mock for one row about clients or the process, with what has to be true of them afterwards.
final class ClientStage {
    let house: House
    let run: FaultRun
    let wall: FaultWall
    private let descriptors: Int
    /// Upstream connections that may be kept for later, beyond that of an ordinary stream.
    var keptConnections = 1

    static let grace = Duration.milliseconds(1000)
    /// The limits and deadlines of these rows; a row may have others.
    private static let settings = [
        "log-format": "json", "log-level": "trace", "server-threads": "2", "stream-commit-delay": "50ms",
        "limits-body-bytes": "64KiB", "client-timeouts-head": "300ms", "client-timeouts-body": "300ms", "client-timeouts-progress": "400ms",
        "shutdown-grace": "1000ms", "breaker-failures": "1000",
    ]

    init(_ wall: FaultWall, _ run: FaultRun, _ settings: [String: String], limit: String?) throws {
        (self.wall, self.run) = (wall, run)
        house = try House(
            ClientStage.settings.merging(settings) { $1 }, environment: ["UPSTREAM_API_KEY": WallSecrets.upstreamKey], limit: limit)
        for _ in 0..<2 { _ = try house.stream("fast") }
        try ClientStage.settle(house)
        descriptors = try house.proxy.descriptorCount
    }

    private static func settle(_ house: House) throws {
        try eventually("the connections to close") {
            try house.send(Request("GET", "/metrics")).text.contains("reasoning_proxy_client_connections_open 1\n")
        }
    }

    /// A chat request with this play's prompt.
    func chat(_ model: String, stream: Bool = true) -> Request {
        Request.chat(model, stream: stream, question: wall.secrets.question)
    }

    /// A client's request on a connection of its own.
    func ask(_ request: Request) throws -> Reply {
        let reply = try house.send(request)
        told(reply)
        return reply
    }

    /// A client in the middle of a request; `sign` is what it waits for before it goes on.
    func client(_ model: String, stream: Bool = true, sign: String? = nil, receiveBuffer: CInt? = nil) throws -> RawConnection {
        let connection = try house.connect(receiveBuffer: receiveBuffer)
        let before = try house.upstreamRequests()
        try connection.send(chat(model, stream: stream).bytes)
        try eventually("the upstream to have the request") { try house.upstreamRequests() > before }
        if let sign { try connection.receive(text: sign) }
        return connection
    }

    /// What a client was told, for the search.
    func told(_ reply: Reply) {
        let head = reply.headers.map { "\($0.name): \($0.value)" }.joined(separator: "\n")
        wall.secrets.clientWasTold("\(reply.status)\n\(head)\n\n\(reply.text)", ports: [house.mockPort])
    }

    /// A request is refused with this status and code, and a connection's fate is as said.
    func expectRefused(_ reply: Reply?, _ status: Int, _ code: String) {
        guard let reply else { return run.expect(false, "no answer") }
        told(reply)
        run.seen = "\(reply.status) \(reply.errorCode ?? "without a code")"
        run.expect(reply.status == status && reply.errorCode == code, "\(reply.status) \(reply.text.prefix(300)), not \(status) \(code)")
        run.expect(reply.header("x-request-id") != nil && reply.isComplete, "no id, or not complete")
    }

    /// An ordinary stream, whole and without an error.
    func expectWhole(_ reply: Reply, _ name: String = "the stream") {
        told(reply)
        let stream = reply.stream
        let isGood =
            reply.status == 200 && reply.isComplete && stream.endsWithDone && stream.finishReason == "stop" && stream.errorCode == nil
        if isGood { run.seen = "200, whole" }
        run.expect(isGood, "\(name) is not whole: \(reply.status) \(reply.text.suffix(300))")
    }

    // MARK: Afterwards

    /// Nothing is left over, nothing was counted against the upstream, and everything works; then the proxy ends, and its log is kept.
    func close() throws {
        defer { wall.secrets.operatorWasTold("the log of a proxy of its own", house.proxy.errors.text) }
        guard house.proxy.state == nil else { return }
        do {
            try eventually("nothing in flight", within: .seconds(5)) {
                let health = try house.send(Request("GET", "/health")).json
                let upstream = health["upstreams"][0]
                return health["streams_open"].int == 0 && health["streams_waiting"].int == 0 && upstream["in_flight"].int == 0
            }
            let upstream = try house.send(Request("GET", "/health")).json["upstreams"][0]
            run.breaker = "\(upstream["failures_in_row"].int ?? 0)"
            run.expect(upstream["failures_in_row"].int == 0 && upstream["breaker"].string == "closed", "the breaker counted: \(upstream)")
            try eventually("the mock's streams to end") { try house.mockState()["streams"]["open"].int == 0 }
            expectWhole(try house.stream("fast"), "an ordinary stream afterwards")
            try eventually("descriptors to come back", within: .seconds(5)) {
                try house.proxy.descriptorCount <= descriptors + keptConnections
            }
            run.resources = "back to \(try house.proxy.descriptorCount) fds"
        } catch {
            run.expect(false, "\(error)")
        }
        house.proxy.signal(SIGTERM)
        let exit = try house.proxy.waitForExit()
        run.expect(exit == .code(0), "the proxy ended with \(exit)")
    }
}

extension FaultRow {
    /// A row with a proxy and a mock of its own, which are looked at afterwards.
    init(
        _ section: Section, _ fault: String, way: String, expected: String, _ settings: [String: String] = [:], limit: String? = nil,
        with play: @escaping @Sendable (ClientStage, FaultRun) throws -> Void
    ) {
        self.init(section, fault, way: way, expected: expected) { wall, run in
            let stage = try ClientStage(wall, run, settings, limit: limit)
            try play(stage, run)
            let seen = run.seen
            try stage.close()
            run.seen = seen
        }
    }
}
