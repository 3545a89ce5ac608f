import Foundation

/// A proxy whose upstream and whose summariser the test itself plays: it says what happens first.
final class PromptStage {
    let upstream: RawListener
    let summariser: RawListener
    let proxy: ChildProcess
    let proxyPort: Int

    static let question = "Is 1001 a prime number, and what are its factors?"
    static let told = "The user asks whether 1001 is prime and what its factors are."

    // A long commit delay is as good as none: what opens the stream is then the upstream's first event alone.
    init(_ settings: [String: String] = [:]) throws {
        upstream = try RawListener()
        summariser = try RawListener()
        var flags = [
            "summaries-prompt-engine": "model", "summaries-model-url": "http://127.0.0.1:\(summariser.port)",
            "summaries-model-name": "small", "summaries-model-prompt-deadline": "20s", "stream-commit-delay": "20s",
        ]
        flags.merge(settings) { $1 }
        proxy = try House.startProxy(flags, upstreamPort: upstream.port)
        proxyPort = try House.port(of: proxy)
    }

    /// A client that has asked.
    func client(_ members: String = "", stream: Bool = true) throws -> RawConnection {
        let connection = try RawConnection(port: proxyPort)
        try connection.send(Request.chat("any", stream: stream, members: members, question: Self.question).bytes)
        return connection
    }

    /// What the summariser was sent, whole, with the connection on which it may answer.
    func call() throws -> (connection: RawConnection, request: String) {
        let connection = RawConnection(accepted: try summariser.accept(within: .seconds(10)), port: summariser.port)
        try connection.receive("a request", until: RawUpstream.isWhole)
        return (connection, String(decoding: connection.take(), as: UTF8.self))
    }

    static func completion(_ text: String) -> String {
        let body =
            "{\"object\": \"chat.completion\", \"choices\": [{\"index\": 0, \"message\": {\"role\": \"assistant\", \"content\": \"\(text)\"}, "
            + "\"finish_reason\": \"stop\"}], \"usage\": {\"prompt_tokens\": 210, \"completion_tokens\": 18}}"
        return "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: \(body.utf8.count)\r\n\r\n\(body)"
    }

    func get(_ path: String) throws -> String { try RawConnection(port: proxyPort).exchange(Request("GET", path)).text }

    /// Whether the proxy knows of a call that has come to its end with an answer.
    func noticedAnAnswer() throws -> Bool { try get("/metrics").contains("reasoning_proxy_summary_seconds_count 1\n") }

    func promptMetric(_ result: String) throws -> Bool {
        try get("/metrics").contains("reasoning_proxy_prompt_summary_calls_total{result=\"\(result)\"} 1\n")
    }

    /// Whether nobody has called the summariser; to be asked when everything is over.
    func nobodyCalled() -> Bool {
        // That nobody comes is an error there.
        guard let descriptor = try? summariser.accept(within: .milliseconds(20)) else { return true }
        close(descriptor)
        return false
    }
}
