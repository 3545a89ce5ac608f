/// One upstream: where it is, what it serves, and how long it may take.
public struct UpstreamSettings: Sendable {
    /// The name in logs, metrics and `/health`; unique.
    public var name = "default"
    /// Where it listens.
    public var url = UpstreamAddress.standard
    /// The key it wants, if one is configured.
    public var apiKey: Secret?
    /// Whose credentials it sees, if that was said; see ``authorization``.
    public var auth: UpstreamAuthorization?
    /// The models it serves; empty means every model.
    public var models: [ModelPattern] = []
    /// The model asked for when a request names none.
    public var model: String?
    /// Names of models here by the names clients use.
    public var aliases: [ModelAlias] = []
    /// Upstreams with a lower number are tried first.
    public var priority = 0
    /// Headers sent with every request, besides those the proxy writes.
    public var headers: [HeaderField] = []
    /// Whether HTTP/2 is spoken.
    public var http2 = HTTP2Choice.auto
    /// A file of certificate authorities in place of the system's.
    public var caFile: String?
    /// The detection profile of its models, unless a model pattern says otherwise.
    public var profile: String?
    /// How long a stream may be without its first event before another upstream is asked beside this one; nil for never.
    public var hedgeAfter: Duration?
    /// How long a whole answer may be without its head before another upstream is asked beside this one; nil for never.
    public var hedgeWholeAfter: Duration?
    /// Its deadlines.
    public var timeouts = UpstreamTimeoutSettings()

    /// All defaults.
    public init() {}

    /// Whose credentials it sees: what was configured, else its key if it has one, else the client's.
    public var authorization: UpstreamAuthorization {
        auth ?? (apiKey == nil ? .forward : .key)
    }

    /// Whether it serves a model: one of its patterns or aliases fits, or it has no patterns at all.
    ///
    /// - Parameter name: the model as the client calls it.
    /// - Returns: true if requests for it may go here.
    public func serves(_ name: String) -> Bool {
        models.isEmpty || lists(name)
    }

    /// Whether it says itself that it serves a model of this name; one without patterns serves every name and lists none.
    ///
    /// - Parameter name: the model as the client calls it.
    /// - Returns: true if one of its patterns or aliases fits.
    public func lists(_ name: String) -> Bool {
        models.contains { $0.matches(name) } || aliases.contains { $0.name == name }
    }

    /// What a model is called here.
    ///
    /// - Parameter name: the model as the client calls it.
    /// - Returns: the alias's target, else the name itself.
    public func ownName(of name: String) -> String {
        aliases.first { $0.name == name }?.target ?? name
    }
}

/// A model's name at one upstream.
public struct ModelAlias: Sendable, Hashable {
    /// What clients call it.
    public let name: String
    /// What the upstream calls it.
    public let target: String

    /// Pairs two names.
    ///
    /// - Parameters:
    ///   - name: what clients call it.
    ///   - target: what the upstream calls it.
    public init(name: String, target: String) {
        self.name = name
        self.target = target
    }
}

/// The clocks of one upstream. They count its bytes, never our own heartbeats.
public struct UpstreamTimeoutSettings: Sendable {
    /// Until the connection stands, all addresses and TLS included.
    public var connect = Duration.seconds(5)
    /// Until the response head.
    public var head = Duration.seconds(30)
    /// Until the first event that says something.
    public var firstEvent = Duration.seconds(120)
    /// Between two events while the model reasons.
    public var gapReasoning = Duration.seconds(60)
    /// Between two events, or pieces, of the answer.
    public var gapAnswer = Duration.seconds(60)
    /// Until the last byte of an answer that is not streamed; its head comes when the model has finished, so ``head`` does not hold for it.
    public var whole = Duration.seconds(600)
    /// From the first try to the last byte.
    public var total = Duration.seconds(1800)
}
