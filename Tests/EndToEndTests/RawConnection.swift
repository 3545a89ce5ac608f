import Foundation

/// A TCP connection that sends what it is told to, byte for byte, and knows nothing of HTTP.
final class RawConnection {
    let port: Int
    private var descriptor: CInt
    /// Everything that came and was not taken yet.
    private(set) var received: [UInt8] = []
    /// Whether the other side has closed or reset.
    private(set) var isClosed = false
    private(set) var wasReset = false

    /// Connects. `receiveBuffer` is how many bytes the kernel keeps unread: a small one makes a slow reader.
    init(port: Int, receiveBuffer: CInt? = nil) throws {
        self.port = port
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw SocketFailure("socket") }
        if var size = receiveBuffer {
            setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &size, socklen_t(MemoryLayout<CInt>.size))
        }
        var one: CInt = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<CInt>.size))
        var address = loopback(port)
        let code = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
        }
        guard code == 0 else {
            let failure = SocketFailure("connect to port \(port)")
            Foundation.close(descriptor)
            descriptor = -1
            throw failure
        }
    }

    /// The other end: a connection that a listener has accepted.
    init(accepted descriptor: CInt, port: Int) {
        self.port = port
        self.descriptor = descriptor
    }

    deinit {
        close()
    }

    // MARK: Sending

    func send(_ text: String) throws {
        try send(Array(text.utf8))
    }

    /// Sends everything, or stops when the other side has closed: what it said before is what counts.
    func send(_ bytes: [UInt8], within limit: Duration = .seconds(10)) throws {
        let deadline = Deadline(in: limit)
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes {
                Foundation.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
            }
            if count > 0 {
                rest = rest.dropFirst(count)
            } else if errno == EAGAIN {
                try wait(for: POLLOUT, deadline, limit, "room to send")
            } else if errno != EINTR {
                return
            }
        }
    }

    /// Nothing more will be sent; reading goes on.
    func closeSending() {
        shutdown(descriptor, Int32(SHUT_WR))
    }

    /// FIN.
    func close() {
        guard descriptor >= 0 else { return }
        Foundation.close(descriptor)
        descriptor = -1
    }

    /// RST.
    func reset() {
        var option = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
        close()
    }

    // MARK: Receiving

    /// Reads until `isEnough` of everything received holds; throws if it does not in time or the connection closes first.
    func receive(_ what: String, within limit: Duration = .seconds(10), until isEnough: ([UInt8]) -> Bool) throws {
        let deadline = Deadline(in: limit)
        while !isEnough(received) {
            if isClosed { throw Overdue(what: "\(what); the connection is closed after: \(tail)", limit: limit) }
            try receiveSome(deadline, limit, what)
        }
    }

    /// Reads until the other side closes.
    func receiveToEnd(within limit: Duration = .seconds(10)) throws {
        let deadline = Deadline(in: limit)
        while !isClosed { try receiveSome(deadline, limit, "the end of the connection") }
    }

    /// What has come, which is then forgotten.
    func take(_ count: Int? = nil) -> [UInt8] {
        let count = count ?? received.count
        defer { received.removeFirst(count) }
        return Array(received[..<count])
    }

    private var tail: String { String(decoding: received.suffix(600), as: UTF8.self) }

    private func receiveSome(_ deadline: Deadline, _ limit: Duration, _ what: String) throws {
        try wait(for: POLLIN, deadline, limit, what)
        var buffer = [UInt8](repeating: 0, count: 256 << 10)
        let count = recv(descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT))
        if count > 0 {
            received += buffer[..<count]
        } else if count == 0 {
            isClosed = true
        } else if errno != EAGAIN, errno != EINTR {
            isClosed = true
            wasReset = true
        }
    }

    private func wait(for event: Int32, _ deadline: Deadline, _ limit: Duration, _ what: String) throws {
        if deadline.hasPassed { throw Overdue(what: "\(what); received: \(tail)", limit: limit) }
        var entry = pollfd(fd: descriptor, events: Int16(event), revents: 0)
        _ = poll(&entry, 1, deadline.milliseconds)
    }
}

struct SocketFailure: Error, CustomStringConvertible {
    let description: String

    init(_ call: String) {
        description = "\(call): \(String(cString: strerror(errno)))"
    }
}

func loopback(_ port: Int) -> sockaddr_in {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(port).bigEndian
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    return address
}
