/// What holds for every transfer of one ``UpstreamClient``.
public struct UpstreamClientOptions: Sendable {
    /// The value of the `User-Agent` field.
    public var userAgent = "reasoning-proxy"
    /// A proxy's URL, or nil for none. The environment's proxy variables are ignored either way.
    public var proxy: String?
    /// How many idle connections to keep.
    public var maximumIdleConnections = 256
    /// How long an idle connection may be used again: shorter than what servers and middle boxes commonly grant (60 s).
    public var maximumIdleAge: Duration = .seconds(45)
    /// How old a connection may be when it is used again, so that changed addresses are noticed.
    public var maximumConnectionAge: Duration = .seconds(15 * 60)
    /// How many bytes one read from a socket takes at most; one read is what a paused transfer still holds, and each transfer has a
    /// buffer of this size. libcurl hands over no more than 16 KiB at a time, so that a larger one saves no work but reads.
    public var readBufferByteCount = 16 * 1024
    /// Makes the means to learn that the client's sockets are ready; nil for a helper thread.
    public var makeReadiness: ReadinessMaker?

    /// The usual options.
    public init() {}
}
