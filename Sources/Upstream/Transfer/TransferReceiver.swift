/// Whoever a transfer is for.
///
/// All members are called on the loop's thread, never from inside ``UpstreamClient/start(_:receiver:)`` or a method of
/// ``Transfer``; every method of ``Transfer`` and of ``UpstreamClient`` may be called from inside them. A receiver is kept
/// until its transfer has ended or was cancelled, and hears nothing after that.
public protocol TransferReceiver: AnyObject {
    /// A connection stands (new or kept) and the request is about to be written to it. Once, or twice if the request is
    /// sent again (``UpstreamRequest/isIdempotent``). Does nothing by default.
    func connected()

    /// The final response's head has come. At most once, before any body byte; also while the transfer is paused.
    func receivedHead(_ head: ResponseHead)

    /// Body bytes: all that one read brought, at most 16 KiB, valid during the call only.
    func received(_ bytes: Span<UInt8>)

    /// The round in which ``received(_:)`` was called is over: the moment to flush. At most once per round.
    func roundEnded()

    /// The transfer is over. Exactly once, the last call; not after ``Transfer/cancel()``.
    ///
    /// A close-delimited body ends "successfully" wherever the upstream closed the connection: whether it was complete,
    /// only its content can tell.
    func ended(_ result: Result<TransferStatistics, UpstreamError>)
}

extension TransferReceiver {
    /// Does nothing.
    public func connected() {}
}

/// What a transfer took.
public struct TransferStatistics: Sendable, Equatable {
    /// The version of HTTP that was spoken.
    public enum HTTPVersion: Sendable {
        /// HTTP/1.0: the connection is not kept.
        case http1_0
        /// HTTP/1.1.
        case http1_1
        /// HTTP/2.
        case http2
        /// Anything libcurl may learn to speak later.
        case other
    }

    /// Bytes of the body, as delivered.
    public var bodyByteCount: Int
    /// From the start until the connection stood (name lookup included); zero on a kept connection.
    public var connected: Duration
    /// From the start until the connection was secured; zero without TLS and on a kept connection.
    public var secured: Duration
    /// From the start until the first byte of the response.
    public var firstByte: Duration
    /// From the start to the end.
    public var total: Duration
    /// Whether a kept connection carried the request.
    public var reusedConnection: Bool
    /// The version that was spoken.
    public var httpVersion: HTTPVersion
    /// How often the request was sent again because a kept connection was dead: 0 or 1.
    public var retriesOnDeadConnection: Int
}
