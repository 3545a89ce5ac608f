import NIOCore
import NIOHTTP1

/// One response to one client: a head, bytes, an end; or everything at once. Used on the connection's event loop only.
///
/// Nothing is sent before `flush`, so that the head and the first event leave in one write, and so does everything one round of
/// the upstream brought. Heads and ends go through the HTTP encoder of NIO; body bytes are framed here and go past it, for it would make
/// three buffers of each chunk.
final class ResponseSink {
    private let context: ChannelHandlerContext
    /// Below the HTTP encoder; nil when the connection has gone.
    private let wire: ChannelHandlerContext?
    private let frame: FrameBuffer
    private let version: HTTPVersion
    private let isHeadRequest: Bool
    private let requestID: String
    private let keepsAlive: Bool
    private let crossOrigin: [(String, String)]
    private let errorShape: ErrorShape
    private var isChunked = false
    private(set) var hasStarted = false
    private(set) var hasEnded = false
    private(set) var status = 0
    private(set) var byteCount = 0
    /// Called once, when the response is complete; some of it may still wait for the client.
    var onEnd: (() -> Void)?
    /// Called behind `onEnd` if some of it does wait.
    var onWaiting: (() -> Void)?
    /// Called once, when the system has taken the last byte, or cannot take it any more.
    var onFlushed: ((_ keepsAlive: Bool) -> Void)?

    init(
        context: ChannelHandlerContext, wire: ChannelHandlerContext?, frame: FrameBuffer, request: HTTPRequest, keepsAlive: Bool,
        crossOrigin: [(String, String)] = []
    ) {
        self.context = context
        self.wire = wire
        self.frame = frame
        version = request.version
        isHeadRequest = request.method == .HEAD
        requestID = request.id
        self.crossOrigin = crossOrigin
        errorShape = ErrorShape(request)
        // HTTP/1.0 has no chunks: the end of a stream is the end of the connection.
        self.keepsAlive = keepsAlive && request.version == .http1_1
    }

    /// Whether the client keeps up: below the high water mark of bytes that wait.
    var isWritable: Bool { context.channel.isWritable }

    /// The head of a response whose length is not known.
    func start(status: Int, headers: [(String, String)]) {
        guard !hasStarted, !hasEnded else { return }
        writeHead(status, headers, length: nil)
    }

    /// Bytes that wait for the client to make room.
    var waitingByteCount: Int {
        // A channel that does not know its own buffer has closed.
        (try? context.channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
    }

    /// Body bytes the system has taken. Framing only makes it smaller: it never grows unless the client reads.
    var takenByteCount: Int { byteCount - waitingByteCount }

    /// Body bytes; they wait for `flush`.
    func send(_ bytes: [UInt8]) {
        guard hasStarted, !hasEnded, !isHeadRequest, !bytes.isEmpty else { return }
        byteCount += bytes.count
        wire?.write(NIOAny(IOData.byteBuffer(frame.framed(bytes, isChunked: isChunked))), promise: nil)
    }

    func flush() {
        wire?.flush()
    }

    /// The response is complete. A slow client may still have to take most of it: only then may the connection close.
    func end() {
        guard hasStarted, !hasEnded else { return }
        hasEnded = true
        onEnd?()
        let written = context.eventLoop.makePromise(of: Void.self)
        written.futureResult.assumeIsolated().whenComplete { _ in self.onFlushed?(self.keepsAlive) }
        context.writeAndFlush(NIOAny(HTTPServerResponsePart.end(nil)), promise: written)
        if waitingByteCount > 0 { onWaiting?() }
    }

    /// The client does not read: the connection is closed with whatever waits in it.
    func abort() {
        guard !hasEnded else { return }
        hasEnded = true
        context.close(promise: nil)
    }

    /// A whole response.
    func respond(status: Int, headers: [(String, String)], body: [UInt8]) {
        guard !hasStarted, !hasEnded else { return }
        // A response without content says nothing of its length (RFC 9110, section 8.6).
        writeHead(status, headers, length: status == 204 ? nil : body.count)
        send(body)
        end()
    }

    /// A whole response that tells of a failure.
    func respond(_ failure: ProxyFailure) {
        let response = errorShape.response(to: failure, requestID: requestID)
        respond(status: response.status, headers: response.headers, body: response.body)
    }

    private func writeHead(_ status: Int, _ headers: [(String, String)], length: Int?) {
        hasStarted = true
        self.status = status
        var fields = HTTPHeaders(headers)
        fields.add(name: "x-request-id", value: requestID)
        if errorShape == .messages { fields.add(name: "request-id", value: requestID) }
        for (name, value) in crossOrigin { fields.add(name: name, value: value) }
        if let length { fields.add(name: "content-length", value: String(length)) }
        if !keepsAlive { fields.replaceOrAdd(name: "connection", value: "close") }
        let head = HTTPResponseHead(version: version, status: HTTPResponseStatus(statusCode: status), headers: fields)
        // As the encoder will have it: a body of unknown length.
        isChunked = length == nil && version == .http1_1 && head.status.mayHaveResponseBody
        context.write(NIOAny(HTTPServerResponsePart.head(head)), promise: nil)
    }
}
