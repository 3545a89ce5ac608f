import Logging
import NIOCore
import NIOHTTP1
import NIOPosix
import Settings
import Upstream

/// The listening server: event loops, their upstream clients, the listening socket.
final class Server {
    /// Connections the kernel keeps waiting to be accepted.
    static let backlog: CInt = 1024

    /// What the kernel may hold of a response that is not even on its way. Without it the send buffer grows to megabytes for a client
    /// that reads slowly, and the upstream is paused that much too late.
    static let unsentByteCount = 128 << 10
    /// `TCP_NOTSENT_LOWAT`.
    #if os(Linux)
        private static let unsentLowWater = NIOBSDSocket.Option(rawValue: 25)
    #else
        private static let unsentLowWater = NIOBSDSocket.Option(rawValue: 0x201)
    #endif

    /// What one read from a client takes. Its memory is kept as long as the connection stands, a thousand times for a thousand streams, and
    /// most requests are small; for those that are not it doubles with every read that fills it.
    private static let receiving = AdaptiveRecvByteBufferAllocator(minimum: 64, initial: 1_024, maximum: 64 << 10)

    let context: ServerContext
    private let group: MultiThreadedEventLoopGroup
    private var loops: [LoopContext] = []
    private var listener: (any Channel)?

    init(_ context: ServerContext) {
        self.context = context
        group = MultiThreadedEventLoopGroup(numberOfThreads: context.loopCount)
    }

    /// Starts listening. Throws when the address cannot be had.
    func start() async throws {
        var options = UpstreamClientOptions()
        options.userAgent = "reasoning-proxy/\(Version.current)"
        options.maximumIdleConnections = context.budget.idleUpstreamsPerLoop
        let usesKernel = try usesKernel()
        for eventLoop in group.makeIterator() { loops.append(try await loop(on: eventLoop, options, usesKernel)) }
        report(wanted: usesKernel)
        let settings = context.settings.server
        listener = try await bootstrap().bind(host: settings.host, port: settings.port).get()
    }

    private func loop(on eventLoop: any EventLoop, _ options: UpstreamClientOptions, _ usesKernel: Bool) async throws -> LoopContext {
        // The kernel has a limit of its own for such requests in the whole system (fs.aio-max-nr), and may have given the last one away.
        let mayFallBack = context.settings.server.readiness == .auto
        return try await eventLoop.submit {
            do {
                return try LoopContext(eventLoop: eventLoop, options: options, usesKernel: usesKernel)
            } catch UpstreamError.outOfResources where usesKernel {
                guard mayFallBack else { throw ReadinessIsForbidden() }
                return try LoopContext(eventLoop: eventLoop, options: options, usesKernel: false)
            }
        }.get()
    }

    /// How many loops are told in which way; somebody should know if some of them had to take the slower one.
    private func report(wanted usesKernel: Bool) {
        let byKernel = loops.count { $0.usesKernel }
        let byThread = loops.count - byKernel
        if byKernel > 0 { context.log.debug("readiness", metadata: ["by": "kernel", "loops": "\(byKernel)"]) }
        if byThread > 0 { context.log.debug("readiness", metadata: ["by": "thread", "loops": "\(byThread)"]) }
        guard usesKernel, byThread > 0 else { return }
        context.log.warning(
            "readiness fell back to threads: the kernel has no request left (fs.aio-max-nr)", metadata: ["loops": "\(byThread)"])
    }

    /// Whether the kernel tells the loops what is ready: the faster way, if it is allowed.
    private func usesKernel() throws -> Bool {
        switch context.settings.server.readiness {
        case .thread: return false
        case .auto: return KernelPoll.isAvailable
        case .kernel:
            guard KernelPoll.isAvailable else { throw ReadinessIsForbidden() }
            return true
        }
    }

    /// Where it listens, as a URL.
    var address: String {
        let port = listener?.localAddress?.port ?? context.settings.server.port
        let host = context.settings.server.host
        return "http://\(host.contains(":") ? "[\(host)]" : host):\(port)"
    }

    private func bootstrap() -> ServerBootstrap {
        let context = context
        let byLoop = Dictionary(uniqueKeysWithValues: loops.map { (ObjectIdentifier($0.eventLoop), $0) })
        let queueBytes = context.settings.limits.queueBytes
        return ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: Server.backlog)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelOption(.tcpOption(Server.unsentLowWater), value: Server.unsentByteCount)
            .childChannelOption(.recvAllocator, value: Server.receiving)
            .childChannelOption(.writeBufferWaterMark, value: .init(low: queueBytes / 2, high: queueBytes))
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    guard let loop = byLoop[ObjectIdentifier(channel.eventLoop)] else { throw ChannelError.operationUnsupported }
                    try Server.install(HTTPConnection(server: context, loop: loop), in: channel)
                }
            }
    }

    private static func install(_ connection: HTTPConnection, in channel: any Channel) throws {
        let pipeline = channel.pipeline.syncOperations
        let decoder = HTTPRequestDecoder(leftOverBytesStrategy: .dropBytes)
        try pipeline.addHandler(ByteWatch(connection))
        try pipeline.addHandler(HTTPResponseEncoder())
        try pipeline.addHandler(ByteToMessageHandler(decoder))
        try pipeline.addHandler(NIOHTTPResponseHeadersValidator())
        try pipeline.addHandler(connection)
    }

    /// Stops accepting, lets running streams finish within the grace time, ends the rest, and lets go of everything.
    func stop() async {
        context.drain()
        // A listener that cannot be closed any more is closed.
        try? await listener?.close().get()
        stopConnections(endingStreams: false)
        await waitForClients(until: .now() + TimeAmount(context.settings.shutdown.grace))
        stopConnections(endingStreams: true)
        await waitForClients(until: .now() + .milliseconds(500))
        for loop in loops { try? await loop.eventLoop.submit { loop.upstream.shutdown() }.get() }
        try? await group.shutdownGracefully()
    }

    private func stopConnections(endingStreams: Bool) {
        for loop in loops {
            loop.eventLoop.execute { loop.stopConnections(endingStreams: endingStreams) }
        }
    }

    /// Until every connection has closed: a stream that has ended may still be on its way to a slow client.
    private func waitForClients(until deadline: NIODeadline) async {
        while context.openConnectionCount > 0, NIODeadline.now() < deadline {
            // WHY: connections end on several loops; a short poll during shutdown only is simpler than a shared condition. Cancellation
            // ends it as well.
            try? await Task.sleep(for: .milliseconds(20))
        }
    }
}

/// The kernel was to tell what is ready, and does not take such requests from this process.
struct ReadinessIsForbidden: Error, CustomStringConvertible {
    let description = "the system does not allow asynchronous poll requests (io_setup). Set server.readiness to auto or thread."
}
