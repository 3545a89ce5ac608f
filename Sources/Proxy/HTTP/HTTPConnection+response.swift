import NIOCore
import NIOHTTP1
import Settings

// Answering, and the clocks of reading and answering.
extension HTTPConnection {
    func beginResponse(to request: HTTPRequest, _ context: ChannelHandlerContext) -> ResponseSink {
        deadline?.disarm()
        let sink = ResponseSink(
            context: context, wire: wire, frame: loop.frame, request: request, keepsAlive: !mustClose && !server.isDraining,
            crossOrigin: server.crossOrigin.headers(for: request))
        sink.onEnd = { [weak self, unowned sink] in self?.responseEnded(sink) }
        sink.onWaiting = { [weak self, unowned sink] in self?.responseWaits(sink, context) }
        sink.onFlushed = { [weak self] keepsAlive in self?.responseFlushed(keepsAlive, context) }
        state = .responding(sink)
        return sink
    }

    func responseEnded(_ sink: ResponseSink) {
        exchange = nil
        if case .responding = state { state = .flushing(sink) }
    }

    /// The response is complete, and the client has not taken all of it yet.
    func responseWaits(_ sink: ResponseSink, _ context: ChannelHandlerContext) {
        if case .flushing = state { watchProgress(sink, context) }
    }

    func responseFlushed(_ keepsAlive: Bool, _ context: ChannelHandlerContext) {
        guard case .flushing = state else { return }
        guard keepsAlive, !mustClose, !server.isDraining else { return close(context) }
        state = .idle
        arm(timeouts.idle)
    }

    /// Closes; if more of a refused request may come, not before the client has had time to read why it was refused: a socket that
    /// closes over unread bytes resets the connection, and the client may lose the answer with it.
    func close(_ context: ChannelHandlerContext) {
        state = .closed
        guard mustLinger else { return context.close(promise: nil) }
        context.close(mode: .output, promise: nil)
        arm(HTTPConnection.lingerTime)
    }

    func refuse(_ failure: ProxyFailure, _ request: HTTPRequest, _ context: ChannelHandlerContext) {
        server.routes.noteRefusal(failure, request)
        beginResponse(to: request, context).respond(failure)
    }

    /// Answers without waiting for the rest of the request, and closes: what follows is not looked at.
    func refuseAtOnce(_ failure: ProxyFailure, _ request: HTTPRequest, _ context: ChannelHandlerContext) {
        mustClose = true
        mustLinger = true
        refuse(failure, request, context)
    }

    func sendContinue(_ version: HTTPVersion, _ context: ChannelHandlerContext) {
        let head = HTTPResponseHead(version: version, status: .continue)
        context.writeAndFlush(wrapOutboundOut(.head(head)), promise: nil)
    }

    // MARK: Deadlines

    func arm(_ timeout: Duration) {
        guard timeout > .zero else {
            deadline?.disarm()
            return
        }
        deadline?.arm(at: .now() + TimeAmount(timeout))
    }

    func deadlinePassed(_ context: ChannelHandlerContext) {
        switch state {
        case .idle: context.close(promise: nil)
        case .readingHead: refuseAtOnce(.requestTimeout("head"), HTTPRequest(.unreadable), context)
        case .readingBody(let request), .refusing(let request, _): refuseAtOnce(.requestTimeout("body"), request, context)
        case .responding(let sink), .flushing(let sink): lookForProgress(sink, context)
        case .closed: context.close(promise: nil)
        }
    }

    func watchProgress(_ sink: ResponseSink, _ context: ChannelHandlerContext) {
        takenByteCount = sink.takenByteCount
        arm(timeouts.progress)
    }

    /// A client that takes a little is slow; one that takes nothing for so long is gone or hostile, and there is nobody to tell.
    func lookForProgress(_ sink: ResponseSink, _ context: ChannelHandlerContext) {
        if sink.takenByteCount > takenByteCount { return watchProgress(sink, context) }
        exchange?.clientStalled()
        context.close(promise: nil)
    }
}
