/// What a translation must know of the upstream and of the house.
public struct AgentRequestOptions: Sendable {
    /// The member that bounds the answer's length.
    public enum LengthField: String, Sendable {
        /// `max_tokens`, which every server knows.
        case maxTokens = "max_tokens"
        /// `max_completion_tokens`, which newer hosted models insist on.
        case maxCompletionTokens = "max_completion_tokens"
    }

    /// How the upstream's chat template is told to think or not.
    public enum ThinkingSwitch: String, Sendable {
        /// `chat_template_kwargs.enable_thinking`.
        case enableThinking = "enable_thinking"
        /// `chat_template_kwargs.thinking`.
        case thinking
    }

    /// A wish for the answer's length, for ``clampsLength``.
    public struct LengthWish: Sendable, Equatable {
        /// Tokens the client allows, reasoning included.
        public var wanted: Int
        /// Tokens of the prompt, estimated (``TokenEstimate``).
        public var prompt: Int
    }

    /// Bounds of what a body may hold.
    public var limits = AgentRequestLimits()
    /// Opens the opaque value in which a turn's raw reasoning comes back (`encrypted_content`, `signature`, `data`), and gives the
    /// reasoning for the upstream; nil for values that are not ours, or for all if the upstream does not want it. Without the closure all
    /// are dropped.
    public var opensReasoning: (@Sendable ([UInt8]) -> [UInt8]?)?
    /// The efforts that the upstream knows, weakest first; a request's effort becomes the nearest of them. Empty: none is sent.
    public var efforts = ["low", "medium", "high"]
    /// How thinking is switched; nil if the upstream has no switch, then the wish is only reported.
    public var thinkingSwitch: ThinkingSwitch?
    /// The member that bounds the answer's length.
    public var lengthField = LengthField.maxTokens
    /// What becomes of a wish for the answer's length; nil leaves it out of the body. Without the closure it goes as it is.
    public var clampsLength: (@Sendable (LengthWish) -> Int?)?
    /// Whether tools marked `defer_loading` wait until a result has named them; false sends all of them, which costs tokens.
    public var withholdsDeferredTools = true

    /// The usual options.
    public init() {}

    /// A closure for ``clampsLength``: what the context has left behind the prompt, but at least one token. The estimate may be too low, so a
    /// quarter of it is held in reserve: servers refuse a request that does not fit.
    public static func leftOfContext(tokens: Int) -> @Sendable (LengthWish) -> Int? {
        { wish in min(wish.wanted, max(1, tokens - wish.prompt - wish.prompt / 4)) }
    }
}

/// Bounds of what one body may hold. Its size is bounded by whoever receives it; a translation is at most a few times as long.
public struct AgentRequestLimits: Sendable {
    /// Nested arrays and objects. A translation nests some values one level deeper, so this stays below what the reader of chat requests
    /// allows.
    public var depth = 120
    /// Top-level members.
    public var members = 512
    /// Items of `input`, or messages.
    public var items = 10_000
    /// Parts of one item or message.
    public var parts = 4096
    /// Tools, those in namespaces included.
    public var tools = 2048
    /// Stop sequences.
    public var stops = 64
    /// Whether the request must name a model; false where a default model is configured.
    public var requiresModel = true

    /// The usual bounds.
    public init() {}
}
