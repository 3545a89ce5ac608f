import Foundation
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A blocking client socket on the loopback: it sees exactly what the wire shows. Every wait ends at a deadline.
final class Connection {
    enum Failure: Error {
        case cannotConnect(Int32)
        case deadline(receivedSoFar: Int)
        case cannotWrite(Int32)
    }

    /// How the other side ended the connection.
    enum End: Equatable {
        case finished, reset
    }

    static let deadline: TimeInterval = 10

    private var descriptor: Int32
    private(set) var received: [UInt8] = []
    private(set) var end: End?

    init(port: Int, receiveBuffer: Int32? = nil) throws {
        #if canImport(Glibc)
            descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        #else
            descriptor = socket(AF_INET, SOCK_STREAM, 0)
        #endif
        // Child processes of other tests must not inherit it: they would keep it open after `leave`.
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        if var size = receiveBuffer { setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &size, socklen_t(MemoryLayout<Int32>.size)) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
        }
        guard result == 0 else { throw Failure.cannotConnect(errno) }
    }

    deinit { leave() }

    /// Closes this side.
    func leave() {
        if descriptor >= 0 { close(descriptor) }
        descriptor = -1
    }

    func send(_ text: String) throws {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard count > 0 else { throw Failure.cannotWrite(errno) }
            bytes = bytes.dropFirst(count)
        }
    }

    /// Sends a request with a body, if there is one.
    func request(_ method: String, _ path: String, _ body: String = "", headers: [String] = [], version: String = "1.1") throws {
        let lines = ["\(method) \(path) HTTP/\(version)", "host: localhost", "content-length: \(body.utf8.count)"] + headers
        try send(lines.joined(separator: "\r\n") + "\r\n\r\n" + body)
    }

    /// Reads until the other side closes.
    @discardableResult
    func readToEnd() throws -> End {
        try read { _ in false }
        return end ?? .finished
    }

    /// Reads until `isEnough` or the end.
    func read(until isEnough: ([UInt8]) -> Bool) throws {
        let limit = Date(timeIntervalSinceNow: Self.deadline)
        while end == nil, !isEnough(received) {
            var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            let left = Int32(max(0, limit.timeIntervalSinceNow * 1000))
            guard poll(&entry, 1, left) > 0 else { throw Failure.deadline(receivedSoFar: received.count) }
            var buffer = [UInt8](repeating: 0, count: 65536)
            let count = recv(descriptor, &buffer, buffer.count, 0)
            if count > 0 {
                received += buffer[..<count]
            } else {
                end = count == 0 ? .finished : .reset
            }
        }
    }

    /// Reads one whole response and removes it from what was received.
    func nextResponse() throws -> WireReader {
        let lastChunk = Array("\r\n0\r\n\r\n".utf8)
        try read { bytes in
            // A long chunked body is read back once, at its end, and not at every piece.
            if bytes.count > 16_384, WireReader(Array(bytes.prefix(1024))).header("transfer-encoding") == "chunked" {
                guard bytes.suffix(lastChunk.count).elementsEqual(lastChunk) else { return false }
            }
            return WireReader(bytes).isComplete
        }
        let reader = WireReader(received)
        received = []
        return reader
    }

    /// Reads until `text` has come. Looks at what is new only, so that megabytes stay linear.
    func read(until text: String) throws {
        let wanted = Array(text.utf8)
        var searched = 0
        try read { bytes in
            defer { searched = max(0, bytes.count - wanted.count) }
            return bytes[searched...].firstRange(of: wanted) != nil
        }
    }

    /// Reads whatever comes and forgets it. Returns whether more may come.
    func drain() -> Bool {
        received = []
        try? read { !$0.isEmpty }  // a deadline just means that nothing came
        return end == nil
    }

    var response: WireReader { WireReader(received) }
}

/// A thread that reads a connection as fast as it can, until it is stopped.
final class Reader: Sendable {
    private let isStopped = Mutex(false)

    init(_ connect: @escaping @Sendable () throws -> Connection) {
        Thread.detachNewThread { [self] in
            guard let connection = try? connect() else { return }  // the test then never sees its stream
            while !isStopped.withLock({ $0 }), connection.drain() {}
            connection.leave()
        }
    }

    func stop() { isStopped.withLock { $0 = true } }
}
