import Foundation

/// A mock upstream with a proxy before it, both real programs on ports of their own.
final class House {
    let mock: ChildProcess
    let mockPort: Int
    private(set) var proxy: ChildProcess
    private(set) var proxyPort: Int
    private let start: () throws -> ChildProcess

    /// Starts both. `settings` are flags of the proxy without dashes, with their values.
    init(
        _ settings: [String: String] = [:], arguments: [String] = [], environment: [String: String] = [:], mock: [String] = [],
        limit: String? = nil
    ) throws {
        self.mock = try ChildProcess(.mock, ["--port", "0", "--quiet", "--fixtures", House.scenarios] + mock)
        mockPort = try House.port(of: self.mock)
        let port = mockPort
        start = { try House.startProxy(settings, upstreamPort: port, arguments: arguments, environment: environment, limit: limit) }
        proxy = try start()
        proxyPort = try House.port(of: proxy)
    }

    /// Takes a new proxy for the old one: with a closed circuit breaker, and on another port.
    func renewProxy() throws {
        proxy = try start()
        proxyPort = try House.port(of: proxy)
    }

    private static let scenarios = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Fixtures/scenarios").path

    static func startProxy(
        _ settings: [String: String] = [:], upstreamPort: Int, arguments: [String] = [], environment: [String: String] = [:],
        errors: ChildProcess.Errors = .collected, limit: String? = nil
    ) throws -> ChildProcess {
        var flags = ["port": "0", "upstream-url": "http://127.0.0.1:\(upstreamPort)"]
        flags.merge(settings) { $1 }
        let words = flags.sorted { $0.key < $1.key }.map { "--\($0.key)=\($0.value)" }
        return try ChildProcess(.proxy, words + arguments, environment: environment, errors: errors, limit: limit)
    }

    /// The port a program says it listens on.
    static func port(of process: ChildProcess) throws -> Int {
        try eventually("the port of \(process.command)") {
            if let exit = process.state { throw SpawnFailure(what: "\(process.command) has ended: \(exit)") }
            for line in (process.errors.text + process.output.text).split(separator: "\n") where line.contains("listening") {
                guard let address = line.range(of: "http://127.0.0.1:") else { continue }
                return Int(line[address.upperBound...].prefix { $0.isNumber })
            }
            return nil
        }
    }

    /// A port nobody listens on.
    static func freePort() throws -> Int {
        try RawListener().port
    }

    // MARK: The proxy

    func connect(receiveBuffer: CInt? = nil) throws -> RawConnection {
        try RawConnection(port: proxyPort, receiveBuffer: receiveBuffer)
    }

    /// One request on a connection of its own.
    func send(_ request: Request, within limit: Duration = .seconds(10)) throws -> Reply {
        try connect().exchange(request, within: limit)
    }

    /// A streamed chat answer, read to its end.
    func stream(_ model: String, _ change: (inout Request) -> Void = { _ in }, within limit: Duration = .seconds(10)) throws -> Reply {
        var request = Request.chat(model, stream: true)
        change(&request)
        return try send(request, within: limit)
    }

    /// A stream that stands in the middle of its answer until `release`.
    func heldStream(alreadyHeld count: Int = 0) throws -> RawConnection {
        let connection = try connect()
        try connection.send(Request.chat("hold-in-answer", stream: true).bytes)
        try eventually("the stream to be held") { try mockState()["streams"]["held"].int == count + 1 }
        try connection.receive(text: "\"content\":\"The\"")
        return connection
    }

    // MARK: The mock

    func mockState() throws -> Value {
        try RawConnection(port: mockPort).exchange(Request("GET", "/mock/state")).json
    }

    /// How many requests reached the upstream.
    func upstreamRequests() throws -> Int {
        try mockState()["requests"]["total"].int ?? -1
    }

    func lastUpstreamRequest() throws -> Value {
        try RawConnection(port: mockPort).exchange(Request("GET", "/mock/requests?last=1")).json[0]
    }

    func order(_ json: String) throws {
        let reply = try RawConnection(port: mockPort).exchange(Request("POST", "/mock/next", body: json))
        guard reply.status == 200 else { throw SpawnFailure(what: "the mock refused the order: \(reply.text)") }
    }

    func release() throws {
        _ = try RawConnection(port: mockPort).exchange(Request("POST", "/mock/release", body: "{}"))
    }
}

/// An HTTP request to be written.
struct Request {
    var method: String
    var target: String
    var version = "HTTP/1.1"
    var headers: [(String, String)] = [("host", "localhost")]
    var body: [UInt8]

    init(_ method: String, _ target: String, body: String = "") {
        self.method = method
        self.target = target
        self.body = Array(body.utf8)
        if !body.isEmpty { headers.append(("content-type", "application/json")) }
    }

    static let question = "Which river is the longest in Europe?"

    /// A chat request; `members` are further members of its body, as JSON text with a comma before each.
    static func chat(_ model: String, stream: Bool, members: String = "", question: String = question) -> Request {
        let streaming = stream ? "\"stream\": true, " : ""
        return Request(
            "POST", "/v1/chat/completions",
            body: "{\"model\": \"\(model)\", \(streaming)\"messages\": [{\"role\": \"user\", \"content\": \"\(question)\"}]\(members)}")
    }

    var bytes: [UInt8] {
        var head = "\(method) \(target) \(version)\r\n"
        for (name, value) in headers { head += "\(name): \(value)\r\n" }
        let namesLength = headers.contains { ["content-length", "transfer-encoding"].contains($0.0.lowercased()) }
        if !namesLength, !body.isEmpty || method == "POST" { head += "content-length: \(body.count)\r\n" }
        return Array((head + "\r\n").utf8) + body
    }
}

extension RawConnection {
    /// Sends a request and reads its whole response; what follows it stays for the next.
    func exchange(_ request: Request, within limit: Duration = .seconds(10)) throws -> Reply {
        try send(request.bytes, within: limit)
        return try reply(within: limit, toHead: request.method == "HEAD")
    }

    /// The next whole response, or the part of it that came before the connection closed.
    func reply(within limit: Duration = .seconds(10), toHead: Bool = false) throws -> Reply {
        do {
            let chunked = Array("transfer-encoding: chunked".utf8)
            let chunkedEnd = Array("0\r\n\r\n".utf8)
            try receive("a whole response", within: limit) { bytes in
                // A long chunked body is read only when it ends as one does: reading it again for every piece would be quadratic.
                let isLongChunked = bytes.count > 4096 && bytes.prefix(2048).firstRange(of: chunked) != nil
                guard !isLongChunked || bytes.suffix(5).elementsEqual(chunkedEnd) else { return false }
                return Reply(bytes, isClosed: false, toHead: toHead)?.isComplete == true
            }
        } catch {
            guard isClosed, Reply(received, isClosed: true) != nil else { throw error }
        }
        guard let reply = Reply(received, isClosed: isClosed, toHead: toHead) else { throw Overdue(what: "a response", limit: limit) }
        _ = take(reply.byteCount)
        return reply
    }

    /// Reads until the text has come.
    func receive(text: String, within limit: Duration = .seconds(10)) throws {
        try receive("“\(text)”", within: limit) { String(decoding: $0, as: UTF8.self).contains(text) }
    }
}
