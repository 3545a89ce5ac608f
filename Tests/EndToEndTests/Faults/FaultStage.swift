import Foundation
import Testing

/// One proxy before the upstreams of the wall, and what has to be true of it before and after every row.
final class FaultStage {
    /// How the proxy of a stage is set up.
    enum Kind: String, Sendable, CaseIterable {
        /// The head waits for the upstream: what fails before the first event is a status.
        case late
        /// The head leaves at once: whatever fails is told inside the stream.
        case early
        /// The head leaves at once, and there is a second upstream that does everything right.
        case pair
        /// As `early`, with the limits of a proxy nobody has configured.
        case roomy

        var commitDelay: String { self == .late ? "10s" : "0s" }
        var hasSecond: Bool { self == .pair }
    }

    /// The clocks of every upstream.
    static let connect = Duration.milliseconds(600)
    static let head = Duration.milliseconds(900)
    static let firstEvent = Duration.milliseconds(1200)
    static let gap = Duration.milliseconds(400)
    static let total = Duration.milliseconds(3000)
    /// What an ordinary request is answered, here and by the second upstream.
    static let goodAnswer = "Done at once."
    /// The largest event, line and body, but on the roomy stage.
    static let eventLimit = 256 << 10

    let kind: Kind
    let mock: ChildProcess
    let mockPort: Int
    let scripted: ScriptedUpstream
    /// Says plain text to everybody who comes.
    let plain: ScriptedUpstream
    let proxy: ChildProcess
    let proxyPort: Int
    let secrets: WallSecrets
    private let full: FullListener
    private let second: ChildProcess?
    private let upstreamPorts: [Int]
    private var probe: RawConnection
    private var mockControl: RawConnection
    var baseDescriptors = 0

    init(_ kind: Kind, secure: SecureUpstreams, secrets: WallSecrets) throws {
        self.kind = kind
        self.secrets = secrets
        // What nobody has ordered is an ordinary short answer.
        mock = try ChildProcess(.mock, ["--port", "0=fast", "--quiet"])
        mockPort = try House.port(of: mock)
        scripted = try ScriptedUpstream()
        plain = try ScriptedUpstream(answersAnything: true)
        full = try FullListener()
        let refused = try House.freePort()
        var entries = [
            FaultStage.entry("lost", "http://127.0.0.1:\(mockPort)", more: "api_key: \"env:KEY\", headers: {x-second: \"env:SECOND\"}"),
            FaultStage.entry("raw", "http://127.0.0.1:\(scripted.port)", more: "api_key: \"env:KEY\""),
            FaultStage.entry("refused", "http://127.0.0.1:\(refused)"),
            FaultStage.entry("nowhere", "http://\(FaultStage.impossibleHost):1"),
            FaultStage.entry("full", "http://127.0.0.1:\(full.port)"),
            FaultStage.entry("plain", "https://127.0.0.1:\(plain.port)", more: "api_key: \"env:KEY\""),
        ]
        var ports = [mockPort, scripted.port, plain.port, refused, full.port]
        for name in SecureUpstreams.names {
            let port = secure.ports[name] ?? 0
            ports.append(port)
            let trust = name == "untrusted" ? "" : ", ca_file: \"\(secure.certificate(name))\""
            entries.append(FaultStage.entry("tls-\(name)", "https://localhost:\(port)", more: "api_key: \"env:KEY\"\(trust)"))
        }
        if kind.hasSecond {
            let program = try ChildProcess(.mock, ["--port", "0=fast", "--quiet"])
            let port = try House.port(of: program)
            ports.append(port)
            entries.append("  - {name: second, url: \"http://127.0.0.1:\(port)\", priority: 9}")
            second = program
        } else {
            second = nil
        }
        upstreamPorts = ports
        proxy = try FaultStage.startProxy(FaultStage.settings(kind) + "upstreams:\n" + entries.joined(separator: "\n") + "\n")
        proxyPort = try House.port(of: proxy)
        probe = try RawConnection(port: proxyPort)
        mockControl = try RawConnection(port: mockPort)
        try settle()
    }

    // MARK: Setting up

    /// A name whose first label is longer than names may be: no resolver has to be asked to know that it has no address.
    private static let impossibleHost = String(repeating: "a", count: 64) + ".invalid"

    /// An upstream that serves the model of its own name.
    private static func entry(_ name: String, _ url: String, more: String = "") -> String {
        // A handshake takes computing, and others may be computing too.
        let connect = url.hasPrefix("https") ? connect * 4 : connect
        let times = [
            ("connect", connect), ("head", head), ("first_event", firstEvent), ("gap_reasoning", gap), ("gap_answer", gap),
            ("total", total),
        ].map { "\($0.0): \(Int($0.1.inMilliseconds))ms" }.joined(separator: ", ")
        return "  - {name: \(name), url: \"\(url)\", models: [\"\(name)\"], timeouts: {\(times)}\(more.isEmpty ? "" : ", ")\(more)}"
    }

    private static func settings(_ kind: Kind) -> String {
        var text = """
            server: {threads: 1}
            logging: {level: trace, format: json}
            stream: {commit_delay: \(kind.commitDelay)}
            breaker: {failures: 1000, minimum_calls: 100000, window: 1h}
            retries: {per_second: 1000}

            """
        if kind != .roomy { text += "limits: {event_bytes: \(eventLimit), line_bytes: \(eventLimit)}\n" }
        return text
    }

    /// A proxy with all the secrets of the wall, and this configuration.
    static func startProxy(_ configuration: String, _ flags: [String] = []) throws -> ChildProcess {
        let file = FileManager.default.temporaryDirectory.appending(path: "fault-wall-\(UUID().uuidString).yaml")
        try Data(configuration.utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }  // a file left behind harms nobody
        let environment = [
            "KEY": WallSecrets.upstreamKey, "SECOND": WallSecrets.upstreamHeader, "API_TOKENS": WallSecrets.clientToken,
            "ADMIN_TOKEN": WallSecrets.adminToken,
        ]
        let proxy = try ChildProcess(.proxy, ["--config", file.path, "--port=0"] + flags, environment: environment)
        _ = try House.port(of: proxy)  // the file has been read by then
        return proxy
    }

    /// Everything that is made once is made, so that what is open now is what is always open.
    private func settle() throws {
        for _ in 0..<2 { try expectHealthy() }
        if kind.hasSecond { try FaultStage.expectHealthy(try connect().exchange(chat("anything", stream: true))) }
        try eventually("nothing in flight") { try isIdle() }
        baseDescriptors = try proxy.descriptorCount
    }

    // MARK: Requests

    /// A chat request with a token, a cookie, and a prompt of this play's own.
    func chat(_ model: String, stream: Bool, members: String = "") -> Request {
        var request = Request.chat(model, stream: stream, members: members, question: secrets.question)
        request.headers += [("authorization", "Bearer \(WallSecrets.clientToken)"), ("cookie", WallSecrets.clientCookie)]
        return request
    }

    func connect() throws -> RawConnection {
        try RawConnection(port: proxyPort)
    }

    /// Orders what the mock plays next: words of the wall, and what goes wrong with them.
    func order(_ fault: String, format: String = "reasoning_content", times: Int = 1) throws {
        let words =
            #"{"name": "lost", "description": "a stream that fails", "format": "\#(format)", "#
            + #""reasoning": "The zebrafish thinks about \#(WallSecrets.reasoning) and finds that a zebrafish is odd.", "#
            + #""answer": "\#(ScriptedUpstream.answerText)", "pacing": {"tokens_per_second": 0, "first_token_delay_ms": 0}}"#
        try order(scenario: words, fault, times: times)
    }

    /// Orders a scenario of its own.
    func order(scenario: String, _ fault: String = "", times: Int = 1) throws {
        let text = fault.isEmpty ? "" : ", \"fault\": \"\(fault)\""
        let reply = try control(Request("POST", "/mock/next", body: "{\"scenario\": \(scenario)\(text), \"times\": \(times)}"))
        guard reply.status == 200 else { throw SpawnFailure(what: "the mock refused the order: \(reply.text)") }
    }

    func mockState() throws -> Value {
        try control(Request("GET", "/mock/state")).json
    }

    private func control(_ request: Request) throws -> Reply {
        if mockControl.isClosed { mockControl = try RawConnection(port: mockPort) }
        return try mockControl.exchange(request)
    }

    /// Asks the proxy about itself, on a connection that stays.
    func ask(_ request: Request, token: String = WallSecrets.clientToken) throws -> Reply {
        var request = request
        request.headers.append(("authorization", "Bearer \(token)"))
        if probe.isClosed { probe = try RawConnection(port: proxyPort) }
        return try probe.exchange(request)
    }

    func health() throws -> Value {
        try ask(Request("GET", "/health")).json
    }

    func upstream(_ name: String) throws -> Value {
        try health()["upstreams"].array.first { $0["name"].string == name } ?? Value([])
    }

    /// What a client was told, kept for the search at the end.
    func told(_ reply: Reply) {
        let head = reply.headers.map { "\($0.name): \($0.value)" }.joined(separator: "\n")
        secrets.clientWasTold("\(reply.status)\n\(head)\n\n\(reply.text)", ports: upstreamPorts)
    }

    // MARK: The end

    /// Everything the proxy tells about itself.
    func askForEverything() {
        for path in ["/metrics", "/health", "/v1/models", "/readyz"] {
            guard let reply = try? ask(Request("GET", path)) else { continue }  // it has ended: then its log says why
            secrets.operatorWasTold("\(path) of the \(kind) stage", reply.text)
        }
    }

    /// Ends the programs and keeps what they wrote.
    func close() {
        proxy.signal(15)
        do {
            let exit = try proxy.waitForExit()
            if exit != .code(0) { Issue.record("the proxy of the \(kind) stage ended with \(exit)") }
        } catch {
            Issue.record("the proxy of the \(kind) stage did not end: \(error)")
        }
        secrets.operatorWasTold("the log of the \(kind) stage", proxy.errors.text + proxy.output.text)
        mock.end()
        second?.end()
    }
}
