/// Bounds of everything that grows; sizes in bytes.
public struct LimitSettings: Sendable {
    /// One request body.
    public var bodyBytes = 10 << 20
    /// One request head.
    public var headBytes = 64 << 10
    /// Header fields of one request.
    public var headerCount = 100
    /// One request target.
    public var uriBytes = 8 << 10
    /// Nested arrays and objects in one JSON text.
    public var jsonDepth = 128
    /// Messages of one conversation.
    public var messages = 10_000
    /// The data of one upstream event.
    public var eventBytes = 16 << 20
    /// One line of an upstream stream.
    public var lineBytes = 16 << 20
    /// Bytes that wait for a slow client before its upstream is paused.
    public var queueBytes = 256 << 10
    /// Reasoning text kept for the summary of one stream.
    public var reasoningKeptBytes = 256 << 10
    /// Raw reasoning of one turn that travels through a client and back.
    public var reasoningCarriedBytes = 128 << 10
    /// What is read of an upstream's error body.
    public var errorBodyBytes = 16 << 10
    /// Requests served at the same time.
    public var concurrentStreams = 1000
    /// Requests that wait for a place among them, first come first served.
    public var queueLength = 100
    /// How long one waits.
    public var queueWait = Duration.seconds(10)
    /// Requests of one client that are served or wait at the same time; nil for no bound.
    public var streamsPerClient: Int?
    /// Requests of one client in a minute; nil for no bound.
    public var requestsPerMinute: Int?
    /// Client connections, as far as the system gives descriptors for them.
    public var connections = 10_000
    /// Client connections from one address; nil for no bound.
    public var connectionsPerAddress: Int?
    /// The process's resident memory above which new requests are refused; nil for no bound.
    public var memoryBytes: Int?
    /// One upstream's list of models.
    public var modelsBytes = 1 << 20
}
