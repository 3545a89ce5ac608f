import NIOCore
import NIOHTTP1

/// One connection: collects requests, plays their responses one after the other.
final class RequestHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = ByteBuffer

    static let bodyLimit = 64 * 1024 * 1024
    /// Requests that may wait behind the one being answered (HTTP pipelining).
    static let pipelineLimit = 16

    private let router: Router
    private let log: RequestLog
    private let turns: TurnQueue
    private var head: HTTPRequestHead?
    private var body: [UInt8] = []
    private var waiting: [ReceivedRequest] = []
    private var playback: Playback?
    private var isClosing = false

    init(router: Router, log: RequestLog, turns: TurnQueue) {
        self.router = router
        self.log = log
        self.turns = turns
    }

    func channelActive(context: ChannelHandlerContext) {
        router.state.change {
            $0.connectionsAccepted += 1
            $0.connectionsOpen += 1
        }
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        router.state.change { $0.connectionsOpen -= 1 }
        isClosing = true
        playback?.clientLeft()
        context.fireChannelInactive()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        playback?.writabilityChanged()
        context.fireChannelWritabilityChanged()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard error is HTTPParserError, playback == nil, !isClosing else { return context.close(promise: nil) }
        refuse(400, "The request is not valid HTTP.", context)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isClosing else { return }
        switch unwrapInboundIn(data) {
        case .head(let head):
            self.head = head
            body = []
            if head.headers["expect"].contains(where: { $0.lowercased() == "100-continue" }) {
                send(ResponseHead(status: 100).bytes(), context)
            }
        case .body(let bytes):
            body.append(contentsOf: bytes.readableBytesView)
            if body.count > Self.bodyLimit { refuse(413, "The request is larger than \(Self.bodyLimit) bytes.", context) }
        case .end:
            guard let head else { return }
            self.head = nil
            waiting.append(ReceivedRequest(head, body: body))
            body = []
            guard waiting.count <= Self.pipelineLimit else { return context.close(promise: nil) }
            playNext(on: context.channel)
        }
    }

    private func playNext(on channel: any Channel) {
        guard playback == nil, !isClosing, !waiting.isEmpty else { return }
        let request = waiting.removeFirst()
        let started = ContinuousClock.now
        let response = router.response(to: request)
        if let answer = response.answer { router.state.opened(response.number, answer) }
        let playback = Playback(response.script, on: channel, state: router.state, turns: turns) { [self] end in
            finished(end, request, response, started, channel)
        }
        self.playback = playback
        playback.start()
    }

    private func finished(
        _ end: Playback.End, _ request: ReceivedRequest, _ response: RoutedResponse, _ started: ContinuousClock.Instant,
        _ channel: any Channel
    ) {
        let progress = playback?.progress ?? StreamProgress()
        let outcome: ServerState.Outcome =
            switch end {
            case .complete, .closing: response.fault?.spoilsAnswer == true ? .endedByFault : .completed
            case .clientLeft: .cancelledByClient
            }
        if response.answer != nil { router.state.ended(response.number, outcome, progress) }
        log.write(
            RequestLog.Entry(
                request: request, response: response, outcome: outcome, progress: progress, byteCount: playback?.byteCount ?? 0,
                duration: ContinuousClock.now - started, port: channel.localAddress?.port))
        playback = nil
        if end != .complete { isClosing = true }
        // In a turn of its own, so that pipelined requests do not nest their calls.
        if !waiting.isEmpty, !isClosing { turns.enqueue { self.playNext(on: channel) } }
    }

    private func refuse(_ status: Int, _ message: String, _ context: ChannelHandlerContext) {
        isClosing = true
        let identity = ResponseIdentity(number: 0, created: 0)
        let actions = ResponseContext(identity: identity, keepsAlive: false).error(status, message)
        if case .write(let bytes)? = actions.first { send(bytes, context) }
        context.close(promise: nil)
    }

    private func send(_ bytes: [UInt8], _ context: ChannelHandlerContext) {
        context.writeAndFlush(wrapOutboundOut(context.channel.allocator.buffer(bytes: bytes)), promise: nil)
    }
}

extension ReceivedRequest {
    init(_ head: HTTPRequestHead, body: [UInt8]) {
        self.init(
            method: head.method.rawValue, uri: head.uri, isHTTP10: head.version == .http1_0, keepsAlive: head.isKeepAlive,
            headers: head.headers.map { Header($0.name, $0.value) }, body: body)
    }
}

extension Fault {
    /// Whether the client does not get the whole answer because of the fault.
    var spoilsAnswer: Bool {
        switch kind {
        case .json, .wrongType, .slowHead, .headerFlood, .interim, .http10, .gzip, .pause, .hold, .garbageEvent, .invalidUTF8, .nul,
            .oversizeEvent, .oversizeComment, .dataAfterDone, .openAfterDone, .duplicateDone:
            false
        default: true
        }
    }
}
