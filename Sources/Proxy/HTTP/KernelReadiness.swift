import NIOCore
import NIOPosix
import Upstream

/// Tells an event loop of NIO that a descriptor has become readable, by a poll request of the kernel: no thread, no hop.
///
/// The kernel answers on an eventfd, which the loop watches and reads empty like a pipe. Should the kernel refuse a request, or the
/// pipe be lost, the descriptor is looked at again a moment later: slower, but nothing is ever missed.
///
/// `@unchecked Sendable`: made and used on its loop only; it is sendable so that tasks for that loop may capture it.
final class KernelReadiness: Readiness, ChannelInboundHandler, @unchecked Sendable {
    typealias InboundIn = ByteBuffer

    /// When to look again where the kernel does not tell.
    private static let substitute = TimeAmount.milliseconds(1)

    private let eventLoop: any EventLoop
    private let ready: @Sendable () -> Void
    /// Nil once it is over.
    private var poll: KernelPoll?
    private var channel: (any Channel)?
    private var hasLostChannel = false

    /// On the loop's thread.
    ///
    /// - Parameters:
    ///   - descriptor: what to watch.
    ///   - eventLoop: the loop that is told.
    ///   - ready: called on the loop for each answer.
    /// - Throws: `outOfResources` where the kernel does not allow it.
    init(watching descriptor: Int32, on eventLoop: any EventLoop, ready: @escaping @Sendable () -> Void) throws(UpstreamError) {
        self.eventLoop = eventLoop
        self.ready = ready
        let poll = try KernelPoll(watching: descriptor)
        self.poll = poll
        let notification = try poll.duplicateNotificationDescriptor()
        // One notification is one read of eight bytes; a second read would find nothing.
        NIOPipeBootstrap(group: eventLoop)
            .channelOption(.maxMessagesPerRead, value: 1)
            .channelOption(.recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: 8))
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(self) }
            }
            .takingOwnershipOfDescriptor(input: notification)
            .assumeIsolated()
            .whenComplete { [self] in adopted($0, notification) }
    }

    private func adopted(_ result: Result<any Channel, any Error>, _ notification: CInt) {
        switch result {
        case .success(let channel) where poll != nil: self.channel = channel
        case .success(let channel): channel.close(promise: nil)
        case .failure:
            KernelPoll.close(notification)
            channelWasLost()
        }
    }

    func arm() {
        guard let poll, poll.arm(), !hasLostChannel else { return lookLater() }
    }

    func stop() {
        poll = nil
        channel?.close(promise: nil)
        channel = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard let poll else { return }
        poll.discardResults()
        ready()
    }

    func channelInactive(context: ChannelHandlerContext) {
        channelWasLost()
        context.fireChannelInactive()
    }

    private func channelWasLost() {
        hasLostChannel = true
        lookLater()
    }

    private func lookLater() {
        guard poll != nil else { return }
        eventLoop.assumeIsolated().scheduleTask(in: KernelReadiness.substitute) { [self] in
            guard let poll else { return }
            poll.discardResults()
            ready()
        }
    }
}
