import NIOCore
import NIOHTTP1
import Settings

// Reading: from the first byte of a request to its last, each part within its limit and deadline.
extension HTTPConnection {
    /// Raw bytes have arrived; what is in them is not known yet.
    func bytesArrived(_ count: Int, _ context: ChannelHandlerContext) {
        switch state {
        case .idle:
            state = .readingHead
            bytesBeforeHead = count
            // Absolute: a byte now and then does not extend it.
            arm(timeouts.head)
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

    func headArrived(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
        switch state {
        case .responding, .flushing:
            // What it asks is not looked at. It may go on sending, and its bytes must not cost the client the end of this response.
            mustClose = true
            mustLinger = true
            return
        case .closed: return
        case .idle, .readingHead, .readingBody, .refusing: break
        }
        var request = HTTPRequest(head)
        request.network = network
        bodyBytes = 0
        // The parser reads nothing behind a request for another protocol, which is not offered here.
        if !head.isKeepAlive || head.headers.contains(name: "upgrade") { mustClose = true }
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
        arm(timeouts.body)
    }

    func bodyArrived(_ buffer: ByteBuffer, _ context: ChannelHandlerContext) {
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

    func requestEnded(_ context: ChannelHandlerContext) {
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
}
