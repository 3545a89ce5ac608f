import Foundation
import Support

/// A house with a second mock beside it, which plays the small model that makes the steps of summaries.
final class Duo {
    let house: House
    private let summariser: ChildProcess
    let summariserPort: Int

    // `plays`: the scenario of the summariser, as a model name of the mock.
    init(
        _ plays: String, engine: String = "model", settings: [String: String] = [:], environment: [String: String] = [:],
        mock: [String] = []
    ) throws {
        summariser = try ChildProcess(.mock, ["--port", "0", "--quiet", "--fixtures", Fixtures.folder.appending(path: "scenarios").path])
        summariserPort = try House.port(of: summariser)
        var flags = [
            "summaries-engine": engine, "summaries-model-url": "http://127.0.0.1:\(summariserPort)", "summaries-model-name": plays,
            "summaries-interval": "700ms", "summaries-model-deadline": "1s",
        ]
        flags.merge(settings) { $1 }
        house = try House(flags, environment: environment, mock: mock)
    }

    func summariserState() throws -> Value {
        try RawConnection(port: summariserPort).exchange(Request("GET", "/mock/state")).json
    }

    func summariserRequests() throws -> Int {
        try summariserState()["requests"]["total"].int ?? -1
    }

    /// Connections to the summariser that are open, the one that asks included.
    func summariserConnections() throws -> Int {
        try summariserState()["connections"]["open"].int ?? -1
    }

    /// The last request as the summariser got it, headers and all, as JSON text.
    func lastSummariserRequest() throws -> String {
        try RawConnection(port: summariserPort).exchange(Request("GET", "/mock/requests?last=1")).text
    }

    /// A counter of the proxy with one label; zero when there is none.
    func metric(_ name: String, _ label: String) throws -> Int {
        let text = try house.send(Request("GET", "/metrics")).text
        let line = text.split(separator: "\n").first { $0.hasPrefix("reasoning_proxy_\(name){\(label)} ") }
        return line.flatMap { Int($0.split(separator: " ").last ?? "") } ?? 0
    }
}
