import NIOCore
import Upstream

/// What belongs to one event loop: its upstream client and its connections. Nothing of a stream ever leaves its loop.
///
/// `@unchecked Sendable`: created on its loop and used there only, which every member checks.
final class LoopContext: @unchecked Sendable {
    let eventLoop: any EventLoop
    let upstream: UpstreamClient
    /// Whether the kernel tells it when upstreams have sent something; a helper thread does otherwise.
    let usesKernel: Bool
    /// Where response bodies are framed.
    let frame = FrameBuffer()
    /// Where streams get their timers.
    let alarms: AlarmPool
    private var connections: [ObjectIdentifier: (connection: HTTPConnection, context: ChannelHandlerContext)] = [:]

    /// - Parameters:
    ///   - eventLoop: the loop.
    ///   - options: what holds for all transfers.
    ///   - usesKernel: whether the kernel tells when upstreams have sent something; a helper thread does otherwise.
    /// - Throws: `outOfResources`.
    init(eventLoop: any EventLoop, options: UpstreamClientOptions, usesKernel: Bool = false) throws(UpstreamError) {
        self.eventLoop = eventLoop
        self.usesKernel = usesKernel
        alarms = AlarmPool(eventLoop: eventLoop)
        var options = options
        if usesKernel {
            options.makeReadiness = { descriptor, _, ready throws(UpstreamError) in
                try KernelReadiness(watching: descriptor, on: eventLoop, ready: ready)
            }
        }
        upstream = try UpstreamClient(loop: NIOLoopPort(eventLoop), options: options)
    }

    private var idle = IdleList()

    var connectionCount: Int { connections.count }

    /// A connection waits for a request, or does so no more.
    func noteIdle(_ isIdle: Bool, _ connection: HTTPConnection) {
        eventLoop.preconditionInEventLoop()
        if isIdle { idle.join(connection) } else { idle.leave(connection) }
    }

    /// Closes the connection that has been idle longest. False if none is.
    func closeLongestIdle() -> Bool {
        guard let connection = idle.takeFirst() else { return false }
        connections[ObjectIdentifier(connection)]?.context.close(promise: nil)
        return true
    }

    func opened(_ connection: HTTPConnection, _ context: ChannelHandlerContext) {
        eventLoop.preconditionInEventLoop()
        connections[ObjectIdentifier(connection)] = (connection, context)
    }

    func closed(_ connection: HTTPConnection) {
        eventLoop.preconditionInEventLoop()
        connections[ObjectIdentifier(connection)] = nil
        idle.leave(connection)
    }

    /// Idle connections close; running streams say that the server stops, and end.
    func stopConnections(endingStreams: Bool) {
        eventLoop.preconditionInEventLoop()
        for entry in connections.values { entry.connection.serverStopping(entry.context, endingStreams: endingStreams) }
    }
}

/// Lets the upstream client work on an event loop of NIO.
final class NIOLoopPort: LoopPort {
    private let eventLoop: any EventLoop

    init(_ eventLoop: any EventLoop) {
        self.eventLoop = eventLoop
    }

    var isCurrentThread: Bool { eventLoop.inEventLoop }

    func execute(_ task: @escaping @Sendable () -> Void) {
        eventLoop.execute(task)
    }

    func schedule(after delay: Duration, _ task: @escaping @Sendable () -> Void) -> any ScheduledWork {
        let work = NIOScheduledWork(task)
        work.start(on: eventLoop, after: delay)
        return work
    }
}

/// A task that waits for its time: a callback of NIO's, which costs a fraction of a scheduled task with its future.
///
/// `@unchecked Sendable`: the callback is set before `schedule` hands the object out, and read by `cancel` alone.
private final class NIOScheduledWork: ScheduledWork, NIOScheduledCallbackHandler, @unchecked Sendable {
    private let task: @Sendable () -> Void
    private var callback: NIOScheduledCallback?

    init(_ task: @escaping @Sendable () -> Void) {
        self.task = task
    }

    func start(on eventLoop: any EventLoop, after delay: Duration) {
        // A loop that has been shut down runs nothing more.
        callback = try? eventLoop.scheduleCallback(in: TimeAmount(delay), handler: self)
    }

    func cancel() {
        callback?.cancel()
    }

    func handleScheduledCallback(eventLoop: some EventLoop) {
        task()
    }
}
