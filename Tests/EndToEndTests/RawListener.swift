import Foundation
import Synchronization

/// A listening socket on a free port of the loopback address.
final class RawListener: Sendable {
    let port: Int
    private let descriptor: CInt

    init(backlog: CInt = 16) throws {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw SocketFailure("socket") }
        var address = loopback(0)
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let code = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(descriptor, address, size) == 0 && listen(descriptor, backlog) == 0 ? getsockname(descriptor, address, &size) : -1
            }
        }
        guard code == 0 else { throw SocketFailure("listen") }
        port = Int(in_port_t(bigEndian: address.sin_port))
        self.descriptor = descriptor
    }

    deinit {
        close(descriptor)
    }

    /// Ends a wait for a connection. The descriptor stays open while anybody may still use it.
    func stop() {
        shutdown(descriptor, Int32(SHUT_RDWR))
    }

    /// The next connection's descriptor; the caller closes it.
    func accept(within limit: Duration) throws -> CInt {
        let deadline = Deadline(in: limit)
        var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        guard poll(&entry, 1, deadline.milliseconds) == 1 else { throw Overdue(what: "a connection to port \(port)", limit: limit) }
        let accepted = Foundation.accept(descriptor, nil, nil)
        guard accepted >= 0 else { throw SocketFailure("accept") }
        return accepted
    }
}

extension RawListener {
    /// The next connection, with one request read from it: the test itself is the upstream.
    func acceptRequest(within limit: Duration = .seconds(10)) throws -> RawConnection {
        while true {
            let connection = RawConnection(accepted: try accept(within: limit), port: port)
            do {
                try connection.receiveRequest(within: limit)
                return connection
            } catch  where connection.isClosed && connection.received.isEmpty {
                // libcurl begins a second try by itself, which the client stops before it says anything.
                continue
            }
        }
    }
}

extension RawConnection {
    /// Reads one whole request and forgets it.
    func receiveRequest(within limit: Duration = .seconds(10)) throws {
        try receive("a request", within: limit) { RawUpstream.isWhole($0) }
        _ = take()
    }
}

/// An upstream that answers one request with given bytes and keeps the request as it came.
final class RawUpstream: Sendable {
    private let listener: RawListener
    private let seen = Mutex<[UInt8]>([])

    var port: Int { listener.port }
    var request: [UInt8] { seen.withLock { $0 } }
    /// The request's body: what follows its head.
    var requestBody: [UInt8] {
        let bytes = request
        guard let end = bytes.firstRange(of: Array("\r\n\r\n".utf8)) else { return [] }
        return Array(bytes[end.upperBound...])
    }

    /// When the answer comes.
    enum Moment {
        /// As soon as the request is complete.
        case atOnce
        /// When the test says so.
        case released
    }

    private let gate = DispatchSemaphore(value: 0)

    func release() {
        gate.signal()
    }

    /// Answers each request, one after the other, with `response`, and closes; or, if it `staysOpen`, says no more until the other
    /// side closes.
    init(answering response: String, when moment: Moment = .atOnce, staysOpen: Bool = false) throws {
        let listener = try RawListener()
        self.listener = listener
        let bytes = Array(response.utf8)
        let gate = gate
        Thread.detachNewThread { [weak self] in
            // Ends with the listener: the test is over, or nobody has called for too long.
            while let connection = try? listener.accept(within: .seconds(20)) {
                let request = RawUpstream.read(connection)
                guard let self else { return _ = close(connection) }
                self.seen.withLock { $0 = request }
                if moment == .released { _ = gate.wait(timeout: .now() + 20) }
                _ = send(connection, bytes, bytes.count, Int32(MSG_NOSIGNAL))
                if staysOpen { _ = RawUpstream.read(connection) }
                close(connection)
            }
        }
    }

    deinit {
        listener.stop()
    }

    /// One request, or what came of it before the other side closed.
    static func read(_ connection: CInt) -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: 1 << 20)
        var request: [UInt8] = []
        while !isWhole(request) {
            let count = Foundation.read(connection, &buffer, buffer.count)
            guard count > 0 else { break }
            request += buffer[..<count]
        }
        return request
    }

    static func isWhole(_ request: [UInt8]) -> Bool {
        guard let end = request.firstRange(of: Array("\r\n\r\n".utf8)) else { return false }
        let head = String(decoding: request[..<end.lowerBound], as: UTF8.self).lowercased()
        let length = head.components(separatedBy: "\r\n").first { $0.hasPrefix("content-length:") }
            .flatMap { Int($0.dropFirst(15).trimmingCharacters(in: .whitespaces)) }
        return request.count - end.upperBound >= length ?? 0
    }

    /// A minimal good stream.
    static let stream =
        "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n"
        + "data: {\"id\": \"c1\", \"object\": \"chat.completion.chunk\", \"created\": 1, \"model\": \"m\", "
        + "\"choices\": [{\"index\": 0, \"delta\": {\"role\": \"assistant\", \"content\": \"Yes.\"}, \"finish_reason\": null}]}\n\n"
        + "data: {\"id\": \"c1\", \"object\": \"chat.completion.chunk\", \"created\": 1, \"model\": \"m\", "
        + "\"choices\": [{\"index\": 0, \"delta\": {}, \"finish_reason\": \"stop\"}]}\n\ndata: [DONE]\n\n"
}
