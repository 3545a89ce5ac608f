import Synchronization
import Upstream

/// The real transport: libcurl on a thread of its own.
final class UpstreamTransport: Transport {
    private let loop: ThreadLoop
    private let client: Mutex<UpstreamClient?> = Mutex(nil)

    /// Starts the thread.
    init() throws(UpstreamError) { loop = try ThreadLoop() }

    func start(_ request: HTTPRequest, _ receive: @escaping @Sendable (TransportEvent) -> Void) -> any TransferHandle {
        let carried = CarriedTransfer(loop: loop)
        loop.execute { [self] in
            do throws(UpstreamError) {
                try carried.begin(UpstreamRequest(request), on: readyClient(), receive)
            } catch {
                receive(.failed(TransportFailure(error)))
            }
        }
        return carried
    }

    /// The one client, made on first use on the loop's thread, where it must live.
    private func readyClient() throws(UpstreamError) -> UpstreamClient {
        if let made = client.withLock({ $0 }) { return made }
        var options = UpstreamClientOptions()
        options.userAgent = "proxy-client/\(HelpText.version)"
        let made = try UpstreamClient(loop: loop, options: options)
        client.withLock { $0 = made }
        return made
    }
}

/// One transfer and where its events go.
///
/// `@unchecked Sendable`: everything but `cancel` and the flag runs on the loop's thread.
private final class CarriedTransfer: TransferHandle, TransferReceiver, @unchecked Sendable {
    private let loop: ThreadLoop
    private var transfer: Transfer?
    private var receive: (@Sendable (TransportEvent) -> Void)?

    init(loop: ThreadLoop) { self.loop = loop }

    func begin(
        _ request: UpstreamRequest, on client: UpstreamClient, _ receive: @escaping @Sendable (TransportEvent) -> Void
    ) throws(UpstreamError) {
        self.receive = receive
        transfer = try client.start(request, receiver: self)
    }

    func cancel() {
        // Tasks run in order, so the transfer has begun by then.
        loop.execute { [self] in
            transfer?.cancel()
            finish()
        }
    }

    func receivedHead(_ head: ResponseHead) {
        receive?(.head(ReplyHead(status: head.status, headers: head.headers.map { Header($0.name, $0.value) })))
    }

    func received(_ bytes: Span<UInt8>) { receive?(.bytes(Array(copying: bytes))) }

    func roundEnded() {}

    func ended(_ result: Result<TransferStatistics, UpstreamError>) {
        switch result {
        case .success: receive?(.ended)
        case .failure(let error): receive?(.failed(TransportFailure(error)))
        }
        finish()
    }

    private func finish() {
        transfer = nil
        receive = nil
    }
}

extension UpstreamRequest {
    /// The request as the transport wants it.
    fileprivate init(_ request: HTTPRequest) {
        self.init(
            url: request.url, method: request.method == "POST" ? .post : .get,
            headers: request.headers.map { (name: $0.name, value: $0.value) }, body: request.body)
        connectTimeout = request.connectTimeout
    }
}

extension TransportFailure {
    /// The failure in the client's words: seen from here, the upstream is the server.
    fileprivate init(_ error: UpstreamError) {
        self =
            switch error {
            case .invalidURL: .unusable("the URL is not usable; give an http or https URL without user name and password")
            case .invalidHeader, .reservedHeader: .unusable("a header cannot be sent: \(error.message)")
            case .outOfResources: .unusable("the system has no descriptors, threads or memory left")
            case .shutDown: .cut("the client is shutting down")
            case .unreachable: .unreachable(.refused, "connection refused, or no route to it")
            case .hostNotFound: .unreachable(.unknownHost, "the host name has no address")
            case .connectTimeout: .unreachable(.timeout, "no connection in time")
            case .insecure(.handshake): .unreachable(.tls, "no secure connection could be made")
            case .insecure(.certificate): .unreachable(.tls, "its certificate is not trusted, or not for its name")
            case .insecure(.trustedCertificates): .unreachable(.tls, "the file of trusted certificates cannot be read")
            case .stalePooledConnection: .cut("the server closed a kept connection just as it was used")
            case .reset(afterHead: false): .cut("the server closed the connection without an answer")
            case .reset(afterHead: true): .cut("the server reset the connection")
            case .truncated: .cut("the connection ended before the reply was complete")
            case .malformed: .cut("what came is not HTTP")
            case .headTooLarge(let limit): .cut("the reply's headers are larger than \(limit) bytes")
            case .unexpectedEncoding: .cut("the reply is compressed although that was not asked for")
            case .redirected(let status): .unreachable(.other, "it answered with a redirect (\(status)); give the final address")
            }
    }
}
