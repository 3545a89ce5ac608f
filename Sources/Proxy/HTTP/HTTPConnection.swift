import Logging
import NIOCore
import NIOHTTP1
import Settings

/// Something that answers one request and wants to know what becomes of the client meanwhile.
protocol Exchange: AnyObject {
    /// The client has gone: nothing can be sent any more.
    func clientLeft()
    /// The client fell behind, or caught up.
    func clientWritabilityChanged(isWritable: Bool)
    /// The client has not taken a byte for too long, and is about to be dropped.
    func clientStalled()
    /// No new work is taken any more; what has begun may go on for a while.
    func serverDraining()
    /// The process is about to stop: say so and end.
    func serverStopping()
}

extension Exchange {
    func serverDraining() {}
}

/// One client connection: reads requests whole, within their limits and deadlines, and answers one at a time.
///
/// States: *idle* (no request has begun), *readingHead*, *readingBody*, *refusing* (an answer is due when the body has passed),
/// *responding*, *flushing* (the response is complete, the client has not taken all of it), *closed*.
///
/// Reading goes on while a response is written, because that is how a leaving client is noticed; a request that arrives meanwhile
/// (pipelining) is not answered, the connection closes after the current response. A client that closes its sending side counts as
/// gone.
final class HTTPConnection: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    enum State {
        case idle, readingHead
        case readingBody(HTTPRequest)
        case refusing(HTTPRequest, ProxyFailure)
        case responding(ResponseSink)
        case flushing(ResponseSink)
        case closed
    }

    /// How long a refused client may go on sending into the void before the connection closes for good.
    static let lingerTime = Duration.seconds(1)

    let server: ServerContext
    let loop: LoopContext
    var state = State.idle {
        didSet { noteIdle() }
    }
    var exchange: (any Exchange)?
    /// What the current state waits for at most.
    var deadline: LazyAlarm?
    var bytesBeforeHead = 0
    var bodyBytes = 0
    var mustClose = false
    /// Whether bytes that nobody will read may still be on their way.
    var mustLinger = false
    /// What the client had taken when it was last looked at.
    var takenByteCount = 0
    /// Where the client is.
    private(set) var network = ClientKey.network("")
    private var context: ChannelHandlerContext?
    /// Where bytes go that have their framing: behind the HTTP encoder.
    var wire: ChannelHandlerContext?

    /// Its place in its loop's `IdleList`, which alone touches this.
    var isListedIdle = false
    var idleAfter: HTTPConnection?
    unowned var idleBefore: HTTPConnection?

    init(server: ServerContext, loop: LoopContext) {
        self.server = server
        self.loop = loop
    }

    var limits: LimitSettings { server.settings.limits }
    var timeouts: ClientTimeoutSettings { server.settings.clientTimeouts }

    // MARK: Channel

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        let alarm = LazyAlarm(eventLoop: context.eventLoop)
        alarm.onRing = { [weak self] in
            if let self, let context = self.context { deadlinePassed(context) }
        }
        deadline = alarm
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        deadline?.cancel()
    }

    func channelActive(context: ChannelHandlerContext) {
        loop.opened(self, context)
        network = ClientKey(address: context.remoteAddress?.ipAddress ?? "")
        enter(server.connections.opened(network), context)
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        state = .closed
        deadline?.cancel()
        loop.closed(self)
        server.connections.closed(network)
        exchange?.clientLeft()
        exchange = nil
        context.fireChannelInactive()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        exchange?.clientWritabilityChanged(isWritable: context.channel.isWritable)
        if case .responding(let sink) = state {
            if context.channel.isWritable { deadline?.disarm() } else { watchProgress(sink, context) }
        }
        context.fireChannelWritabilityChanged()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch state {
        case .idle, .readingHead, .readingBody, .refusing:
            guard let error = error as? HTTPParserError else { return context.close(promise: nil) }
            // After a request that could not be parsed, nothing that follows on this connection can be trusted.
            refuseAtOnce(error == .headerOverflow ? .headTooLarge(limits.headBytes) : .badRequest, HTTPRequest(.unreadable), context)
        case .responding, .flushing, .closed:
            guard error is HTTPParserError || error is ByteToMessageDecoderError else { return context.close(promise: nil) }
            // What is no HTTP behind a request must not cost the client the end of its answer; nothing of it is kept.
            mustClose = true
            mustLinger = true
        }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head): headArrived(head, context)
        case .body(let buffer): bodyArrived(buffer, context)
        case .end: requestEnded(context)
        }
    }

    /// Raw bytes have arrived from the client (told by `ByteWatch`, before they are parsed).
    func bytesArrived(_ count: Int) {
        if let context { bytesArrived(count, context) }
    }

    // MARK: Coming and waiting

    /// A new connection is served, or told that there are too many. The longest idle one makes room: a client that keeps connections
    /// open and asks nothing must not keep out those that ask.
    private func enter(_ answer: ConnectionCount.Answer, _ context: ChannelHandlerContext) {
        switch answer {
        case .welcome: break
        case .full:
            guard loop.closeLongestIdle() else { return turnAway(.tooManyConnections, "connections", context) }
            server.metrics.add(.idleConnectionsClosed)
        case .addressIsFull:
            return turnAway(.tooManyConnectionsFromAddress(limits.connectionsPerAddress ?? 0), "address_connections", context)
        case .overfull:
            server.metrics.add(.overloadRefusals, [("reason", "connections")])
            return context.close(promise: nil)
        }
        noteIdle()
        arm(timeouts.idle)
    }

    /// No line in the log for each of them: there may be thousands.
    private func turnAway(_ failure: ProxyFailure, _ reason: String, _ context: ChannelHandlerContext) {
        server.metrics.add(.overloadRefusals, [("reason", reason)])
        mustClose = true
        mustLinger = true
        beginResponse(to: HTTPRequest(.unreadable), context).respond(failure)
    }

    private func noteIdle() {
        if case .idle = state { loop.noteIdle(true, self) } else if isListedIdle { loop.noteIdle(false, self) }
    }

    /// The process is about to stop: without a request the connection closes; a response may end first, or is ended.
    func serverStopping(_ context: ChannelHandlerContext, endingStreams: Bool) {
        mustClose = true
        switch state {
        case .idle, .readingHead, .readingBody, .refusing: context.close(promise: nil)
        case .responding: if endingStreams { exchange?.serverStopping() } else { exchange?.serverDraining() }
        case .flushing, .closed: break
        }
    }
}
