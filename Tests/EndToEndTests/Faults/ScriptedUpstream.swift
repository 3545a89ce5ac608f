import Foundation
import Synchronization

/// An upstream that plays given bytes, for what no scenario of the mock can do. Each connection has a thread of its own, which ends with it.
final class ScriptedUpstream: Sendable {
    /// One thing it does after a request has come.
    enum Step: Sendable {
        case send([UInt8])
        /// Sends the piece so many times, as fast as the other side reads.
        case flood([UInt8], times: Int)
        /// Waits, or until the other side has gone.
        case pause(Duration)
        /// Waits until the other side has gone.
        case stall
        case close
        case reset
        /// Reads the next request on the same connection, and goes on.
        case awaitRequest

        static func text(_ text: String) -> Step { .send(Array(text.utf8)) }
    }

    private struct State {
        var scripts: [[Step]] = []
        var open = 0
        var accepted = 0
        var requests = 0
        /// Everything that came.
        var received = 0
    }

    private let listener: RawListener
    private let state = Mutex(State())

    var port: Int { listener.port }
    var openConnections: Int { state.withLock { $0.open } }
    var acceptedConnections: Int { state.withLock { $0.accepted } }
    var requestCount: Int { state.withLock { $0.requests } }

    private let answersAnything: Bool

    /// `answersAnything`: does not wait for a request, any byte will do.
    init(answersAnything: Bool = false) throws {
        self.answersAnything = answersAnything
        let listener = try RawListener()
        self.listener = listener
        Thread.detachNewThread { [weak self] in
            // Ends with the listener.
            while let connection = try? listener.accept(within: .seconds(600)) {
                guard let self else { return _ = Foundation.close(connection) }
                self.state.withLock {
                    $0.open += 1
                    $0.accepted += 1
                }
                Thread.detachNewThread {
                    self.serve(connection)
                    self.state.withLock { $0.open -= 1 }
                }
            }
        }
    }

    deinit {
        listener.stop()
    }

    /// What the next connections do, one after the other; without a script an upstream answers well.
    func play(_ scripts: [[Step]]) {
        state.withLock { $0.scripts = scripts }
    }

    private func serve(_ connection: CInt) {
        defer { Foundation.close(connection) }
        guard let request = read(connection) else { return }
        let script = state.withLock { $0.scripts.isEmpty ? nil : $0.scripts.removeFirst() }
        for step in script ?? ScriptedUpstream.good(request) {
            guard perform(step, connection) else { return }
        }
    }

    /// Returns whether the connection is still of use.
    private func perform(_ step: Step, _ connection: CInt) -> Bool {
        switch step {
        case .send(let bytes): return send(bytes, connection)
        case .flood(let piece, let times):
            for _ in 0..<times { guard send(piece, connection) else { return false } }
            return true
        case .pause(let time): return !hasLeft(connection, within: time)
        case .stall: return !hasLeft(connection, within: .seconds(20))
        case .close: return false
        case .reset:
            var option = linger(l_onoff: 1, l_linger: 0)
            setsockopt(connection, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
            return false
        case .awaitRequest: return read(connection) != nil
        }
    }

    private func send(_ bytes: [UInt8], _ connection: CInt) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Foundation.send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    private func hasLeft(_ connection: CInt, within limit: Duration) -> Bool {
        var entry = pollfd(fd: connection, events: Int16(POLLIN), revents: 0)
        guard poll(&entry, 1, Int32(limit.inMilliseconds)) == 1 else { return false }
        var byte: UInt8 = 0
        return recv(connection, &byte, 1, Int32(MSG_PEEK) | Int32(MSG_DONTWAIT)) <= 0
    }

    /// One request; nil if the other side closed before it was whole.
    private func read(_ connection: CInt) -> [UInt8]? {
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        var request: [UInt8] = []
        while !ScriptedUpstream.isWhole(request), !(answersAnything && !request.isEmpty) {
            var entry = pollfd(fd: connection, events: Int16(POLLIN), revents: 0)
            guard poll(&entry, 1, 60_000) == 1 else { return nil }
            let count = Foundation.read(connection, &buffer, buffer.count)
            guard count > 0 else { return nil }
            request += buffer[..<count]
            state.withLock { $0.received += count }
        }
        if ScriptedUpstream.isWhole(request) { state.withLock { $0.requests += 1 } }
        return request
    }

    private static func isWhole(_ request: [UInt8]) -> Bool {
        guard let end = request.firstRange(of: Array("\r\n\r\n".utf8)) else { return false }
        let head = String(decoding: request[..<end.lowerBound], as: UTF8.self).lowercased()
        let length = head.components(separatedBy: "\r\n").first { $0.hasPrefix("content-length:") }
            .flatMap { Int($0.dropFirst(15).trimmingCharacters(in: .whitespaces)) }
        return request.count - end.upperBound >= length ?? 0
    }
}

// What upstreams say.
extension ScriptedUpstream {
    static let streamHead = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n"
    static let chunkedHead = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
    static let answerText = "zebrafish one, \(WallSecrets.answer), zebrafish three"

    /// A chunk of a stream as an event; `members` are the delta's.
    static func event(_ members: String, finish: String = "null") -> String {
        "data: " + chunk(members, finish: finish) + "\n\n"
    }

    static func chunk(_ members: String, finish: String = "null") -> String {
        #"{"id": "c1", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [{"index": 0, "delta": {"#
            + members + #"}, "finish_reason": "# + finish + "}]}"
    }

    static let reasoningEvent = event(#""role": "assistant", "reasoning_content": "The zebrafish \#(WallSecrets.reasoning) thinks. ""#)
    static let answerEvent = event(#""content": "\#(answerText)""#)
    static let finishEvent = event("", finish: #""stop""#)
    static let done = "data: [DONE]\n\n"
    static let wholeStream = reasoningEvent + answerEvent + finishEvent + done

    static let completion =
        #"{"id": "c1", "object": "chat.completion", "created": 1, "model": "m", "choices": [{"index": 0, "message": {"role": "assistant", "content": ""#
        + answerText + #"", "reasoning_content": "The zebrafish thinks."}, "finish_reason": "stop"}]}"#

    static func httpChunk(_ text: String) -> String {
        String(text.utf8.count, radix: 16) + "\r\n" + text + "\r\n"
    }

    /// An ordinary answer to a request, streamed or not as it asks.
    static func good(_ request: [UInt8]) -> [Step] {
        let streams = request.firstRange(of: Array("\"stream\": true".utf8)) != nil
        if streams { return [.text(streamHead + wholeStream)] }
        return [
            .text(
                "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\ncontent-length: \(completion.utf8.count)\r\n\r\n"
                    + completion)
        ]
    }
}
