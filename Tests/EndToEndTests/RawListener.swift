import Foundation
import Synchronization

/// A listening socket on a free port of the loopback address.
final class RawListener: Sendable {
    let port: Int
    private let descriptor: Mutex<CInt>

    init() throws {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw SocketFailure("socket") }
        var address = loopback(0)
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let code = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(descriptor, address, size) == 0 && listen(descriptor, 16) == 0 ? getsockname(descriptor, address, &size) : -1
            }
        }
        guard code == 0 else { throw SocketFailure("listen") }
        port = Int(in_port_t(bigEndian: address.sin_port))
        self.descriptor = Mutex(descriptor)
    }

    deinit {
        close()
    }

    func close() {
        descriptor.withLock { descriptor in
            if descriptor >= 0 { Foundation.close(descriptor) }
            descriptor = -1
        }
    }

    /// The next connection's descriptor; the caller closes it.
    func accept(within limit: Duration) throws -> CInt {
        let deadline = Deadline(in: limit)
        let descriptor = descriptor.withLock { $0 }
        var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        guard poll(&entry, 1, deadline.milliseconds) == 1 else { throw Overdue(what: "a connection to port \(port)", limit: limit) }
        let accepted = Foundation.accept(descriptor, nil, nil)
        guard accepted >= 0 else { throw SocketFailure("accept") }
        return accepted
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

    /// Answers the first request with `response`, as soon as the request is complete, and closes.
    init(answering response: String) throws {
        let listener = try RawListener()
        self.listener = listener
        let bytes = Array(response.utf8)
        Thread.detachNewThread { [weak self] in
            guard let connection = try? listener.accept(within: .seconds(10)) else { return }  // the test has ended without a request
            defer { close(connection) }
            var buffer = [UInt8](repeating: 0, count: 1 << 20)
            var request: [UInt8] = []
            while !RawUpstream.isWhole(request) {
                let count = read(connection, &buffer, buffer.count)
                guard count > 0 else { return }
                request += buffer[..<count]
            }
            self?.seen.withLock { $0 = request }
            _ = send(connection, bytes, bytes.count, Int32(MSG_NOSIGNAL))
        }
    }

    private static func isWhole(_ request: [UInt8]) -> Bool {
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
