import Foundation

/// A port whose queue of connections is full: the next one gets no answer at all.
final class FullListener {
    private let listener: RawListener
    private var fillers: [CInt] = []

    var port: Int { listener.port }

    init() throws {
        listener = try RawListener(backlog: 0)
        for _ in 0..<4 {
            let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0)
            var address = loopback(listener.port)
            _ = withUnsafePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    Foundation.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
                }
            }
            fillers.append(descriptor)
        }
    }

    deinit {
        for descriptor in fillers { Foundation.close(descriptor) }
    }
}
