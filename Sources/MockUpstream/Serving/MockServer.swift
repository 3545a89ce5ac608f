import NIOCore
import NIOHTTP1
import NIOPosix

/// One upstream on one port, with counters of its own.
struct MockServer: Sendable {
    let router: Router
    let log: RequestLog
    private let channel: any Channel

    /// The port that was bound.
    var port: Int { channel.localAddress?.port ?? 0 }

    /// Binds and starts to serve. `sendBuffer` bounds the kernel's buffer per connection in bytes (the default grows to megabytes on a
    /// loopback), so that a client which does not read is felt soon.
    ///
    /// - Throws: `MockServerError.cannotBind` with a line for the user.
    static func start(
        host: String, port: Int, router: Router, log: RequestLog, loops: EventLoops, sendBuffer: Int? = nil
    ) async throws(MockServerError) -> MockServer {
        var bootstrap = ServerBootstrap(group: loops.group)
            .serverChannelOption(.backlog, value: 1024)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelOption(.writeBufferWaterMark, value: .init(low: 16 * 1024, high: 64 * 1024))
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandlers([
                        ByteToMessageHandler(HTTPRequestDecoder(leftOverBytesStrategy: .dropBytes)),
                        RequestHandler(router: router, log: log, turns: loops.queue(on: channel.eventLoop)),
                    ])
                }
            }
        if let sendBuffer {
            bootstrap = bootstrap.childChannelOption(.socketOption(.so_sndbuf), value: ChannelOptions.Types.SocketOption.Value(sendBuffer))
        }
        do {
            let channel = try await bootstrap.bind(host: host, port: port).get()
            return MockServer(router: router, log: log, channel: channel)
        } catch {
            throw .cannotBind(host: host, port: port, reason: MockServerError.reason(error))
        }
    }

    /// Stops accepting.
    func stop() async {
        // The only failure is that the channel is closed already, which is what is wanted.
        try? await channel.close().get()
    }
}

/// Why a server could not start.
enum MockServerError: Error, CustomStringConvertible {
    case cannotBind(host: String, port: Int, reason: String)

    var description: String {
        switch self {
        case .cannotBind(let host, let port, let reason):
            "cannot listen on \(host):\(port): \(reason)"
        }
    }

    fileprivate static func reason(_ error: any Error) -> String {
        guard let code = (error as? IOError)?.errnoCode else { return "\(error)" }
        return switch code {
        case SystemErrors.addressInUse: "the port is already in use (--port 0 picks a free one)"
        case SystemErrors.accessDenied: "not allowed (ports below 1024 need privileges)"
        default: "\(error)"
        }
    }
}
