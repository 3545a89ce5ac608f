import Foundation
import Glibc

/// A server on the loopback that does to each connection what a script says, on a thread of its own. It listens until
/// the test process ends.
final class ScriptedServer: @unchecked Sendable {
    // `@unchecked`: the descriptor and the port never change; the counter and the errors are under `lock`.
    let port: UInt16
    private let listener: Int32
    private let lock = NSLock()
    private var accepted = 0

    var url: String { "http://127.0.0.1:\(port)/v1/chat/completions" }
    var connectionCount: Int { lock.withLock { accepted } }

    /// The script gets the connection and its number, from 0. The connection is closed when the script returns or throws.
    init(_ script: @escaping @Sendable (_ connection: Connection, _ number: Int) throws -> Void) {
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        port = listenOnLoopback(listener, backlog: 512)
        Thread.detachNewThread { [listener, self] in
            while true {
                let descriptor = accept(listener, nil, nil)
                guard descriptor >= 0 else { return }
                let number = self.lock.withLock {
                    self.accepted += 1
                    return self.accepted - 1
                }
                Thread.detachNewThread {
                    let connection = Connection(descriptor)
                    try? script(connection, number)
                    connection.close()
                }
            }
        }
    }

    /// Answers every request of every connection with the same bytes.
    convenience init(answering answer: String) {
        self.init { connection, _ in
            while try connection.readRequest() != nil { try connection.send(answer) }
        }
    }
}

/// Binds a socket to a free port of 127.0.0.1 and lets it listen.
func listenOnLoopback(_ descriptor: Int32, backlog: Int32) -> UInt16 {
    var address = loopbackAddress(port: 0)
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    withUnsafeMutablePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            precondition(bind(descriptor, $0, length) == 0)
            precondition(listen(descriptor, backlog) == 0)
            precondition(getsockname(descriptor, $0, &length) == 0)
        }
    }
    return UInt16(bigEndian: address.sin_port)
}

/// Begins to connect to a port of 127.0.0.1.
func connectWithoutWaiting(_ port: UInt16) -> Int32 {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0)
    var address = loopbackAddress(port: port)
    withUnsafePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { _ = connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
    }
    return descriptor
}

private func loopbackAddress(port: UInt16) -> sockaddr_in {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    address.sin_port = port.bigEndian
    return address
}

/// The server's side of one connection. Reads and writes give up after ten seconds.
final class Connection: @unchecked Sendable {
    // `@unchecked`: used by its script's thread only.
    struct Request {
        var head: String
        var body: [UInt8]
        /// The first field with this name (lower case).
        func field(_ name: String) -> String? {
            head.split(separator: "\r\n").dropFirst().first { $0.lowercased().hasPrefix(name + ":") }
                .map { $0.dropFirst(name.utf8.count + 1).trimmingCharacters(in: .whitespaces) }
        }
    }

    struct Failure: Error { var number: Int32 }

    let descriptor: Int32
    private var isClosed = false
    private var pending: [UInt8] = []

    init(_ descriptor: Int32) {
        self.descriptor = descriptor
        setTimeouts(seconds: 10)
        var one: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &one, 4)
    }

    func setTimeouts(seconds: Double) {
        var time = timeval(tv_sec: Int(seconds), tv_usec: Int(seconds.truncatingRemainder(dividingBy: 1) * 1e6))
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &time, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &time, socklen_t(MemoryLayout<timeval>.size))
    }

    /// Keeps the kernel from storing megabytes on the server's side.
    func setSmallSendBuffer() {
        var size: Int32 = 16 * 1024
        setsockopt(descriptor, SOL_SOCKET, SO_SNDBUF, &size, 4)
    }

    /// Reads one request with its body; nil if the client has closed the connection.
    func readRequest() throws -> Request? {
        let separator = Array("\r\n\r\n".utf8)
        while true {
            if let end = pending.firstRange(of: separator) {
                var request = Request(head: String(decoding: pending[..<end.lowerBound], as: UTF8.self), body: [])
                pending.removeFirst(end.upperBound)
                let length = request.field("content-length").flatMap { Int($0) } ?? 0
                while pending.count < length { guard try fill() else { return nil } }
                request.body = Array(pending.prefix(length))
                pending.removeFirst(length)
                return request
            }
            guard try fill() else { return nil }
        }
    }

    /// Reads exactly so many bytes.
    func read(_ count: Int) throws -> [UInt8] {
        while pending.count < count { guard try fill() else { throw Failure(number: 0) } }
        defer { pending.removeFirst(count) }
        return Array(pending.prefix(count))
    }

    private func fill() throws -> Bool {
        var buffer = [UInt8](repeating: 0, count: 65536)
        let count = recv(descriptor, &buffer, buffer.count, 0)
        guard count >= 0 else { throw Failure(number: errno) }
        pending.append(contentsOf: buffer.prefix(count))
        return count > 0
    }

    func send(_ text: String) throws { try send(Array(text.utf8)) }

    func send(_ bytes: [UInt8]) throws {
        guard sendPrefix(of: bytes) == bytes.count else { throw Failure(number: errno) }
    }

    /// Sends as much of `bytes` as the peer takes before a write blocks for longer than `seconds`.
    func sendUntilBlocked(_ bytes: [UInt8], seconds: Double) -> Int {
        setTimeouts(seconds: seconds)
        defer { setTimeouts(seconds: 10) }
        return sendPrefix(of: bytes)
    }

    private func sendPrefix(of bytes: [UInt8]) -> Int {
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard count > 0 else { break }
            sent += count
        }
        return sent
    }

    /// Whether the peer takes more bytes within so many milliseconds.
    func isWritable(within milliseconds: Int32) -> Bool {
        var entry = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        return poll(&entry, 1, milliseconds) == 1
    }

    /// Waits for the peer to close or reset the connection; false after ten seconds.
    func waitForClose() -> Bool {
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            if count == 0 { return true }
            if count < 0 { return errno == ECONNRESET }
        }
    }

    /// Closes with RST instead of FIN.
    func reset() {
        var option = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
        close()
    }

    func close() {
        guard !isClosed else { return }
        isClosed = true
        Glibc.close(descriptor)
    }
}

extension ScriptedServer {
    /// Answers with the chunk `one`, and with `two` and the end once it may.
    static func answeringInTwo(secondAfter mayGoOn: Promise<Bool>) -> ScriptedServer {
        ScriptedServer { connection, _ in
            _ = try connection.readRequest()
            try connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n")
            _ = try mayGoOn.wait()
            try connection.send("3\r\ntwo\r\n0\r\n\r\n")
        }
    }
}
