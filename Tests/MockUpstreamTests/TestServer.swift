import Foundation
import NIOPosix
import Testing

@testable import MockUpstream

/// A server on a free port, for the time of one test.
struct TestServer {
    static let loops = EventLoops(MultiThreadedEventLoopGroup.singleton)

    let server: MockServer

    /// Starts a server with all fixtures and without delays, runs `body`, and stops it.
    static func run(
        apiKey: String? = nil, isStrict: Bool = false, sendBuffer: Int? = nil, _ body: (TestServer) async throws -> Void
    ) async throws {
        let catalogue = try ScenarioCatalogue(fixtures: FixtureFiles.scenariosFolder, recordings: [FixtureFiles.recordingsFolder])
        let router = Router(
            chooser: ScenarioChooser(catalogue: catalogue, overrides: Overrides(tokensPerSecond: 0)),
            state: ServerState(isStrict: isStrict),
            apiKey: apiKey)
        let server = try await MockServer.start(
            host: "127.0.0.1", port: 0, router: router, log: RequestLog(form: .none), loops: loops, sendBuffer: sendBuffer)
        do {
            try await body(TestServer(server: server))
        } catch {
            await server.stop()
            throw error
        }
        await server.stop()
    }

    func connect(receiveBuffer: Int32? = nil) throws -> Connection { try Connection(port: server.port, receiveBuffer: receiveBuffer) }

    /// One request on a connection of its own, read to its end.
    func ask(_ method: String, _ path: String, _ body: String = "", headers: [String] = []) throws -> WireReader {
        let connection = try connect()
        try connection.request(method, path, body, headers: headers + ["connection: close"])
        try connection.readToEnd()
        return connection.response
    }

    func json(_ method: String, _ path: String, _ body: String = "") throws -> JSON {
        try JSON(parsing: ask(method, path, body).body)
    }

    /// A streaming chat request on a new connection, not yet read.
    func stream(_ model: String, receiveBuffer: Int32? = nil) throws -> Connection {
        let connection = try connect(receiveBuffer: receiveBuffer)
        try connection.request("POST", "/v1/chat/completions", Self.chat(model))
        return connection
    }

    static func chat(_ model: String, stream: Bool = true, _ extra: String = "") -> String {
        #"{"model":"\#(model)","stream":\#(stream),"messages":[{"role":"user","content":"Hello"}]\#(extra)}"#
    }

    /// Polls the state until `condition` holds; fails at a deadline.
    func state(_ what: Comment, until condition: (ServerState.Contents) -> Bool) async throws {
        let limit = ContinuousClock.now + .seconds(10)
        while !condition(server.router.state.snapshot) {
            guard ContinuousClock.now < limit else {
                Issue.record(what)
                return
            }
            await Task.yield()
        }
    }
}
