/// Everything the proxy can be told, validated: flags over environment over file over defaults.
///
/// The values a fresh one holds are the defaults; ``SettingsCatalogue`` shows them, and has the names under which each
/// can be set. ``load(from:)`` makes one from the sources.
public struct ProxySettings: Sendable {
    /// Where the proxy listens.
    public var server = ServerSettings()
    /// The upstreams, in the order of the file. Never empty.
    public var upstreams = [UpstreamSettings()]
    /// Wire styles.
    public var style = StyleSettings()
    /// The pace of a client's stream.
    public var stream = StreamSettings()
    /// What is said about prompt and reasoning.
    public var summaries = SummarySettings()
    /// How reasoning is told from the answer.
    public var detection = DetectionSettings()
    /// Detection profiles of the file, in its order.
    public internal(set) var profiles: [ProfileSettings] = []
    /// Whether summaries of our own making are taken out of the conversation before it reaches the model.
    public var stripsHistory = true
    /// Names of models, and the list of them.
    public var models = ModelListSettings()
    /// What coding agents get.
    public var agents = AgentSettings()
    /// When an upstream is left alone.
    public var breaker = CircuitSettings()
    /// How much work further attempts may add.
    public var retries = RetrySettings()
    /// Bounds of everything that grows.
    public var limits = LimitSettings()
    /// Which web pages may ask.
    public var cors = CrossOriginSettings()
    /// Deadlines of clients.
    public var clientTimeouts = ClientTimeoutSettings()
    /// The end of the process.
    public var shutdown = ShutdownSettings()
    /// Log lines.
    public var logging = LoggingSettings()

    /// Where each value that is not a default came from, by its full path (`upstreams[0].url`).
    public internal(set) var origins: [String: SettingOrigin] = [:]
    /// What was odd but no error, in the order it was found.
    public internal(set) var warnings: [SettingsIssue] = []

    /// All defaults: one upstream at `http://localhost:9000`.
    public init() {}
}

/// Where the proxy listens.
public struct ServerSettings: Sendable {
    /// The address to bind.
    public var host = "127.0.0.1"
    /// The port to bind; 0 lets the system choose.
    public var port = 8080
    /// Threads that serve connections; nil means one per core.
    public var threads: Int?
    /// How the loops learn that upstreams have sent something.
    public var readiness = ReadinessChoice.auto
    /// The tokens that clients may show; if there are any, everything but health wants one.
    public var apiTokens: [Secret] = []
    /// Whether it is an error that there are no tokens.
    public var requiresTokens = false
    /// The token for the administration's paths; nil switches them off.
    public var adminToken: Secret?
}

/// Wire styles.
public struct StyleSettings: Sendable {
    /// The style of a request that chooses none.
    public var standard = StyleName.events
    /// Styles by model pattern, used where a request chooses none; the first pattern that fits wins.
    public var models: [PatternChoice<StyleName>] = []
    /// The field of reasoning text in the style `reasoning`.
    public var reasoningField = ReasoningFieldName.reasoningContent
    /// Whether clients known to stumble over named events are given another style.
    public var usesUserAgentTable = true
    /// Whether a request may have the style `off`, which shows the raw reasoning, where it is not configured.
    public var allowsOff = true
}

/// A value for the models that fit a pattern.
public struct PatternChoice<Value: Sendable>: Sendable {
    /// Which models.
    public let pattern: ModelPattern
    /// What they get.
    public let value: Value

    /// Pairs a pattern with a value.
    ///
    /// - Parameters:
    ///   - pattern: which models.
    ///   - value: what they get.
    public init(pattern: ModelPattern, value: Value) {
        self.pattern = pattern
        self.value = value
    }
}

extension PatternChoice: Equatable where Value: Equatable {}

/// The pace of a client's stream.
public struct StreamSettings: Sendable {
    /// How long the status line waits for the upstream's own status.
    public var commitDelay = Duration.milliseconds(300)
    /// The longest silence before a heartbeat.
    public var heartbeatInterval = Duration.seconds(12)
    /// What a heartbeat is.
    public var heartbeatForm = HeartbeatForm.comment
}

/// What is said about prompt and reasoning.
public struct SummarySettings: Sendable {
    /// Whether the first phase says what was asked.
    public var prompt = true
    /// Who says it.
    public var promptEngine = SummaryEngine.extractive
    /// What becomes of the reasoning.
    public var reasoning = ReasoningSummaryChoice.extractive
    /// Who makes the steps.
    public var engine = SummaryEngine.extractive
    /// The small model that makes them, or says what was asked, with the engine `model`.
    public var model = SummaryModelSettings()
    /// How much is said of it where neither model nor request says.
    public var level = SummaryLevelName.auto
    /// Levels by model pattern; the first pattern that fits wins.
    public var levels: [PatternChoice<SummaryLevelName>] = []
    /// Whether a request may ask for the raw reasoning.
    public var allowsFull = false
    /// Whether steps carry a title where the style shows one.
    public var titles = false
    /// How long a model may repeat itself before a step says so; zero for ever.
    public var repetitionNotice = Duration.seconds(10)
    /// The shortest time between two steps.
    public var interval = Duration.seconds(3)
    /// The longest text of all steps of one answer, in characters.
    public var maxLength = 4000
}

/// How reasoning is told from the answer.
public struct DetectionSettings: Sendable {
    /// The profile of models that no pattern names.
    public var profile = "default"
    /// White space around markers.
    public var whitespace = MarkerWhitespace.trim
    /// Profiles by model pattern; the first pattern that fits wins.
    public var models: [PatternChoice<String>] = []
    /// Whether a model that is seen to begin inside reasoning is remembered.
    public var learns = true
}

/// Names of models, and the list of them.
public struct ModelListSettings: Sendable {
    /// How long an upstream's list is kept.
    public var cacheLifetime = Duration.seconds(60)
    /// Models by the names under which clients ask for them; the first pattern that fits wins.
    public var map: [PatternChoice<String>] = []
}

/// When an upstream is left alone.
public struct CircuitSettings: Sendable {
    /// Failures in a row.
    public var failures = 5
    /// Failed calls in the window, in percent.
    public var percent = 50
    /// How far back calls are counted.
    public var window = Duration.seconds(60)
    /// Calls the window must hold before their share counts.
    public var minimumCalls = 10
    /// How long it is left alone at first; doubled each time that was not enough.
    public var openTime = Duration.seconds(5)
    /// The most it is left alone.
    public var maximumOpenTime = Duration.seconds(120)
    /// What happens to a request when all its upstreams are left alone.
    public var whenAllOpen = WhenAllOpen.fail
}

/// How much work further attempts may add.
public struct RetrySettings: Sendable {
    /// Further attempts for a hundred requests.
    public var percent = 20
    /// Further attempts a second on top, whatever the number of requests.
    public var perSecond = 10
    /// How much longer head, first-event and reasoning clocks are, in percent, where no other upstream is left to move to.
    public var lastAttemptGrace = 50
}

/// Deadlines of clients.
public struct ClientTimeoutSettings: Sendable {
    /// The whole request head, however slowly it drips.
    public var head = Duration.seconds(10)
    /// The whole request body, however slowly it drips.
    public var body = Duration.seconds(30)
    /// Between two requests of one connection.
    public var idle = Duration.seconds(60)
    /// Without one byte taken while some are waiting.
    public var progress = Duration.seconds(30)
}

/// The end of the process.
public struct ShutdownSettings: Sendable {
    /// How long open streams may go on.
    public var grace = Duration.seconds(30)
}

/// Log lines.
public struct LoggingSettings: Sendable {
    /// The least severe message that is written.
    public var level = LogLevel.info
    /// Their form.
    public var format = LogFormat.text
    /// Whether each request leaves one line.
    public var accessLog = true
}
