import Foundation

/// One proxy before several mock upstreams, each a program of its own; the first is preferred.
final class Street {
    let mocks: [ChildProcess]
    let ports: [Int]
    let proxy: ChildProcess
    let proxyPort: Int

    // `upstreams`: for each what its port plays whatever the model, as `--port` of the mock has it; nil for a port nobody listens on;
    // `@4711` for a port the test itself listens on.
    // `settings`: lines of YAML at the top level. `each`: members of every upstream's entry; `first`: of the first alone.
    init(
        _ upstreams: [String?], settings: String = "", each: String = "", first: String = "", environment: [String: String] = [:],
        mock: [String] = []
    ) throws {
        var mocks: [ChildProcess] = []
        var ports: [Int] = []
        for plays in upstreams {
            guard let plays else {
                ports.append(try House.freePort())
                continue
            }
            if plays.hasPrefix("@"), let port = Int(plays.dropFirst()) {
                ports.append(port)
                continue
            }
            let program = try ChildProcess(.mock, ["--port", "0" + plays, "--quiet", "--fixtures", Street.scenarios] + mock)
            mocks.append(program)
            ports.append(try House.port(of: program))
        }
        (self.mocks, self.ports) = (mocks, ports)
        let entries = ports.enumerated().map { position, port in
            let members = [
                "name: u\(position)", "url: \"http://127.0.0.1:\(port)\"", "priority: \(position)", each, position == 0 ? first : "",
            ]
            return "  - {" + members.filter { !$0.isEmpty }.joined(separator: ", ") + "}"
        }
        let file = FileManager.default.temporaryDirectory.appending(path: "street-\(UUID().uuidString).yaml")
        try Data((settings + "\nupstreams:\n" + entries.joined(separator: "\n") + "\n").utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }  // a file left behind harms nobody
        proxy = try ChildProcess(.proxy, ["--config", file.path, "--port=0"], environment: environment)
        proxyPort = try House.port(of: proxy)
    }

    private static let scenarios = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Fixtures/scenarios").path

    /// Clocks short enough for a test, no breaker that opens, tries enough.
    static let patient =
        "breaker: {failures: 1000, minimum_calls: 100000}\nretries: {per_second: 1000}\nstream: {commit_delay: 100ms}"
    static let clocks =
        "timeouts: {connect: 1s, head: 400ms, first_event: 500ms, gap_reasoning: 300ms, gap_answer: 300ms}"

    func send(_ request: Request, within limit: Duration = .seconds(10)) throws -> Reply {
        try RawConnection(port: proxyPort).exchange(request, within: limit)
    }

    func stream(_ model: String, members: String = "") throws -> Reply {
        try send(.chat(model, stream: true, members: members))
    }

    func mockState(_ position: Int) throws -> Value {
        try RawConnection(port: ports[position]).exchange(Request("GET", "/mock/state")).json
    }

    /// How many requests reached an upstream.
    func requests(_ position: Int) throws -> Int {
        try mockState(position)["requests"]["total"].int ?? -1
    }

    func lastRequest(_ position: Int) throws -> Value {
        try RawConnection(port: ports[position]).exchange(Request("GET", "/mock/requests?last=1")).json[0]
    }

    /// What an upstream plays next: its own words, and what goes wrong with them.
    func order(_ position: Int, fault: String, times: Int = 1) throws {
        let words =
            #"{"name": "lost", "description": "a stream that fails", "reasoning": "The zebrafish thinks about zebrafish and finds that a zebrafish is odd.","#
            + #" "answer": "zebrafish one, zebrafish two, zebrafish three", "pacing": {"tokens_per_second": 0, "first_token_delay_ms": 0}}"#
        let text = fault.isEmpty ? "" : ", \"fault\": \"\(fault)\""
        let reply = try RawConnection(port: ports[position]).exchange(
            Request("POST", "/mock/next", body: "{\"scenario\": \(words)\(text), \"times\": \(times)}"))
        guard reply.status == 200 else { throw SpawnFailure(what: "the mock refused the order: \(reply.text)") }
    }

    // MARK: Health

    func health() throws -> Value {
        try send(Request("GET", "/health")).json
    }

    func upstream(_ position: Int) throws -> Value {
        try health()["upstreams"].array.first { $0["name"].string == "u\(position)" } ?? Value([])
    }

    /// Every permit has come back.
    func expectNothingInFlight() throws {
        try eventually("nothing in flight") {
            let health = try health()
            return health["streams_open"].int == 0 && health["upstreams"].array.allSatisfy { $0["in_flight"].int == 0 }
        }
    }
}
