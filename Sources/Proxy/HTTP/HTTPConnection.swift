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
    /// The process is about to stop: say so and end.
    func serverStopping()
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

    private enum State {
        case idle, readingHead
        case readingBody(HTTPRequest)
        case refusing(HTTPRequest, ProxyFailure)
        case responding(ResponseSink)
        case flushing(ResponseSink)
        case closed
    }

    /// How long a refused client may go on sending into the void before the connection closes for good.
    static let lingerTime = Duration.seconds(1)

    private let server: ServerContext
    private let loop: LoopContext
    private var state = State.idle
    private var exchange: (any Exchange)?
    private var deadline: Scheduled<Void>?
    private var bytesBeforeHead = 0
    private var bodyBytes = 0
    private var mustClose = false
    /// Whether bytes of a refused request may still be on their way.
    private var mustLinger = false
    /// What the client had taken when it was last looked at.
    private var takenByteCount = 0
    private var context: ChannelHandlerContext?

    init(server: ServerContext, loop: LoopContext) {
        self.server = server
        self.loop = loop
    }

    private var limits: LimitSettings { server.settings.limits }
    private var timeouts: ClientTimeoutSettings { server.settings.clientTimeouts }

    // MARK: Channel

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
    }

    func channelActive(context: ChannelHandlerContext) {
        loop.opened(self, context)
        server.connectionOpened()
        arm(timeouts.idle, context)
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        state = .closed
        deadline?.cancel()
        loop.closed(self)
        server.connectionClosed()
        exchange?.clientLeft()
        exchange = nil
        context.fireChannelInactive()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        exchange?.clientWritabilityChanged(isWritable: context.channel.isWritable)
        if case .responding(let sink) = state {
            if context.channel.isWritable { deadline?.cancel() } else { watchProgress(sink, context) }
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
            context.close(promise: nil)
        }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head): headArrived(head, context)
        case .body(let buffer): bodyArrived(buffer, context)
        case .end: requestEnded(context)
        }
    }

    // MARK: Request

    /// Raw bytes have arrived from the client (told by `ByteWatch`, before they are parsed).
    func bytesArrived(_ count: Int) {
        guard let context else { return }
        switch state {
        case .idle:
            state = .readingHead
            bytesBeforeHead = count
            // Absolute: a byte now and then does not extend it.
            arm(timeouts.head, context)
        case .readingHead:
            // What came before this read did not complete a head: the read itself may hold the head's end and a body.
            if bytesBeforeHead > limits.headBytes {
                return refuseAtOnce(.headTooLarge(limits.headBytes), HTTPRequest(.unreadable), context)
            }
            bytesBeforeHead += count
        case .readingBody, .refusing, .responding, .flushing, .closed:
            break
        }
    }

    private func headArrived(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
        switch state {
        case .responding, .flushing:
            mustClose = true
            return
        case .closed: return
        case .idle, .readingHead, .readingBody, .refusing: break
        }
        var request = HTTPRequest(head)
        bodyBytes = 0
        if !head.isKeepAlive { mustClose = true }
        if let failure = HeadCheck.failure(head, limits) { return refuseAtOnce(failure, request, context) }
        let declared = head.headers.first(name: "content-length").flatMap { Int($0) } ?? 0
        if declared > limits.bodyBytes { return refuseAtOnce(.bodyTooLarge(limits.bodyBytes), request, context) }
        // HTTP/1.0 knows no interim responses (RFC 9110, section 10.1.1).
        let expectsContinue = head.version == .http1_1 && head.headers.first(name: "expect")?.lowercased() == "100-continue"
        if let failure = server.routes.refusal(of: request) {
            // The body of a stranger is not waited for.
            let isStranger = failure.status == 401 && (declared > 0 || head.headers.contains(name: "transfer-encoding"))
            if expectsContinue || isStranger { return refuseAtOnce(failure, request, context) }
            state = .refusing(request, failure)
        } else {
            if expectsContinue { sendContinue(head.version, context) }
            request.body.reserveCapacity(declared)
            state = .readingBody(request)
        }
        arm(timeouts.body, context)
    }

    private func bodyArrived(_ buffer: ByteBuffer, _ context: ChannelHandlerContext) {
        bodyBytes += buffer.readableBytes
        switch state {
        case .readingBody(var request):
            guard bodyBytes <= limits.bodyBytes else { return refuseAtOnce(.bodyTooLarge(limits.bodyBytes), request, context) }
            // Taken out of the state while it grows: a second owner would copy the body for every piece.
            state = .readingHead
            request.body.append(contentsOf: buffer.readableBytesView)
            state = .readingBody(request)
        case .refusing(let request, let failure):
            if bodyBytes > limits.bodyBytes { refuseAtOnce(failure, request, context) }
        case .idle, .readingHead, .responding, .flushing, .closed:
            break
        }
    }

    private func requestEnded(_ context: ChannelHandlerContext) {
        switch state {
        case .readingBody(let request):
            let sink = beginResponse(to: request, context)
            exchange = server.routes.answer(request, sink: sink, loop: loop, log: server.log)
            if sink.hasEnded { exchange = nil }
        case .refusing(let request, let failure):
            refuse(failure, request, context)
        case .idle, .readingHead, .responding, .flushing, .closed:
            break
        }
    }

    // MARK: Response

    private func beginResponse(to request: HTTPRequest, _ context: ChannelHandlerContext) -> ResponseSink {
        deadline?.cancel()
        let sink = ResponseSink(context: context, request: request, keepsAlive: !mustClose && !server.isDraining)
        sink.onEnd = { [weak self, unowned sink] in self?.responseEnded(sink) }
        sink.onWaiting = { [weak self, unowned sink] in self?.responseWaits(sink, context) }
        sink.onFlushed = { [weak self] keepsAlive in self?.responseFlushed(keepsAlive, context) }
        state = .responding(sink)
        return sink
    }

    private func responseEnded(_ sink: ResponseSink) {
        exchange = nil
        if case .responding = state { state = .flushing(sink) }
    }

    /// The response is complete, and the client has not taken all of it yet.
    private func responseWaits(_ sink: ResponseSink, _ context: ChannelHandlerContext) {
        if case .flushing = state { watchProgress(sink, context) }
    }

    private func responseFlushed(_ keepsAlive: Bool, _ context: ChannelHandlerContext) {
        guard case .flushing = state else { return }
        guard keepsAlive, !mustClose, !server.isDraining else { return close(context) }
        state = .idle
        arm(timeouts.idle, context)
    }

    /// Closes; if more of a refused request may come, not before the client has had time to read why it was refused: a socket that
    /// closes over unread bytes resets the connection, and the client may lose the answer with it.
    private func close(_ context: ChannelHandlerContext) {
        state = .closed
        guard mustLinger else { return context.close(promise: nil) }
        context.close(mode: .output, promise: nil)
        arm(HTTPConnection.lingerTime, context)
    }

    private func refuse(_ failure: ProxyFailure, _ request: HTTPRequest, _ context: ChannelHandlerContext) {
        server.routes.noteRefusal(failure, request)
        beginResponse(to: request, context).respond(failure)
    }

    /// Answers without waiting for the rest of the request, and closes: what follows is not looked at.
    private func refuseAtOnce(_ failure: ProxyFailure, _ request: HTTPRequest, _ context: ChannelHandlerContext) {
        mustClose = true
        mustLinger = true
        refuse(failure, request, context)
    }

    private func sendContinue(_ version: HTTPVersion, _ context: ChannelHandlerContext) {
        let head = HTTPResponseHead(version: version, status: .continue)
        context.writeAndFlush(wrapOutboundOut(.head(head)), promise: nil)
    }

    // MARK: Deadlines

    private func arm(_ timeout: Duration, _ context: ChannelHandlerContext) {
        deadline?.cancel()
        guard timeout > .zero else { return }
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        deadline = context.eventLoop.scheduleTask(in: TimeAmount(timeout)) {
            let (connection, context) = bound.value
            connection.deadlinePassed(context)
        }
    }

    private func deadlinePassed(_ context: ChannelHandlerContext) {
        switch state {
        case .idle: context.close(promise: nil)
        case .readingHead: refuseAtOnce(.requestTimeout("head"), HTTPRequest(.unreadable), context)
        case .readingBody(let request), .refusing(let request, _): refuseAtOnce(.requestTimeout("body"), request, context)
        case .responding(let sink), .flushing(let sink): lookForProgress(sink, context)
        case .closed: context.close(promise: nil)
        }
    }

    private func watchProgress(_ sink: ResponseSink, _ context: ChannelHandlerContext) {
        takenByteCount = sink.takenByteCount
        arm(timeouts.progress, context)
    }

    /// A client that takes a little is slow; one that takes nothing for so long is gone or hostile, and there is nobody to tell.
    private func lookForProgress(_ sink: ResponseSink, _ context: ChannelHandlerContext) {
        if sink.takenByteCount > takenByteCount { return watchProgress(sink, context) }
        exchange?.clientStalled()
        context.close(promise: nil)
    }

    /// The process is about to stop: without a request the connection closes; a response may end first, or is ended.
    func serverStopping(_ context: ChannelHandlerContext, endingStreams: Bool) {
        mustClose = true
        switch state {
        case .idle, .readingHead, .readingBody, .refusing: context.close(promise: nil)
        case .responding: if endingStreams { exchange?.serverStopping() }
        case .flushing, .closed: break
        }
    }
}
