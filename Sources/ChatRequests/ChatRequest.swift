/// What one client request says, as far as the proxy has to know, and which of its bytes are not for the upstream.
///
/// Reading checks the whole body (RFC 8259, UTF-8, depth, nothing behind it, no repeated top-level member) and the kinds of
/// the fields named here; fields nobody knows are fine. What it says about thinking is taken where it is understood and
/// ignored where it is not, because providers spell it in many ways and the upstream is its judge.
///
/// Cost: the body is walked once for UTF-8 and once for JSON; a part is decoded only if its text is wanted. Memory: the
/// limits' `promptBytes` plus a few words per edit.
public struct ChatRequest: Sendable {
    /// The model without style suffix; nil if the request names none and the limits allow that.
    public internal(set) var model: String?
    /// What follows the last `#` of the model's name; nil without one.
    public internal(set) var modelSuffix: String?
    /// Whether the answer shall be streamed; false if the request does not say.
    public internal(set) var stream = false
    /// How many choices are wanted; 1 if the request does not say.
    public internal(set) var choices = 1
    /// Whether the stream shall end with a usage chunk (`stream_options.include_usage`).
    public internal(set) var includesUsage = false
    /// Our own extension, the field `phases`.
    public internal(set) var phases: PhasesField?
    /// The type of `response_format`.
    public internal(set) var responseFormat: String?
    /// Tools the request offers, deprecated functions included.
    public internal(set) var tools = 0
    /// Stop sequences.
    public internal(set) var stops = 0
    /// What it says about thinking.
    public internal(set) var thinking = ThinkingFields()
    /// `reasoning.summary`.
    public internal(set) var reasoningSummary: SummaryLevel?
    /// The conversation.
    public internal(set) var conversation = Conversation()

    /// Where the body is edited on its way to the upstream.
    var edits = BodyEdits()

    /// How much of the reasoning it wants to see: what `phases` says, else what `reasoning.summary` says; nil if neither does.
    public var summaryLevel: SummaryLevel? { phases?.summary ?? reasoningSummary }
}

/// The field `phases`: a style's name, or an object with one.
public struct PhasesField: Sendable, Equatable {
    /// The style's name, unchecked; nil if the object names none.
    public var style: String?
    /// What the object says about summaries; true is `auto` and false `off`.
    public var summary: SummaryLevel?
    /// The detection profile's name, unchecked.
    public var profile: String?
    /// What happens to white space beside markers.
    public var whitespace: MarkerWhitespace?

    /// What happens to white space beside reasoning markers.
    public enum MarkerWhitespace: String, Sendable {
        /// It goes with the marker.
        case trim
        /// It stays.
        case exact
    }

    /// A field that says this.
    ///
    /// - Parameters:
    ///   - style: the style's name.
    ///   - summary: what it says about summaries.
    ///   - profile: the detection profile's name.
    ///   - whitespace: what happens to white space beside markers.
    public init(style: String? = nil, summary: SummaryLevel? = nil, profile: String? = nil, whitespace: MarkerWhitespace? = nil) {
        self.style = style
        self.summary = summary
        self.profile = profile
        self.whitespace = whitespace
    }
}

/// What a request says about thinking; nil is what it does not say, or says in a way that is not understood.
public struct ThinkingFields: Sendable, Equatable {
    /// `enable_thinking`, in `chat_template_kwargs` or else at the top.
    public var enableThinking: Bool?
    /// `thinking`, in `chat_template_kwargs` or else at the top: a truth value, or an object whose `type` says it.
    public var thinking: Bool?
    /// `reasoning_effort`, at the top, in `reasoning.effort` or in `chat_template_kwargs`.
    public var effort: String?
    /// `reasoning.enabled`.
    public var enabled: Bool?
    /// `reasoning.exclude`: the client does not want to see reasoning.
    public var excluded: Bool?

    /// Fields of a request that says nothing about thinking.
    public init() {}
}

/// What the proxy has to know of a conversation.
public struct Conversation: Sendable, Equatable {
    /// How many messages have each role.
    public struct Roles: Sendable, Equatable {
        /// `system` and `developer`.
        public var system = 0
        /// `user`.
        public var user = 0
        /// `assistant`.
        public var assistant = 0
        /// `tool` and `function`: results.
        public var tool = 0
        /// Roles of other names.
        public var other = 0

        /// No messages.
        public init() {}
    }

    /// What a message holds besides text.
    public struct Parts: Sendable, Equatable {
        /// Images.
        public var images = 0
        /// Files and documents.
        public var files = 0
        /// Audio clips.
        public var audio = 0
        /// Parts of other kinds, for example video.
        public var other = 0

        /// No parts.
        public init() {}
    }

    /// Messages by role.
    public var roles = Roles()
    /// Parts of all messages.
    public var parts = Parts()
    /// The text of the last user message, UTF-8, several parts joined by line ends; at most the limits' `promptBytes`, cut
    /// between characters.
    public var lastUserText: [UInt8] = []
    /// How long that text is as a whole, in bytes.
    public var lastUserTextBytes = 0
    /// The beginning of the text of the user message before the last one, UTF-8, at most 2 KiB: what a short follow-up refers to.
    public var previousUserText: [UInt8] = []
    /// Parts of the last user message.
    public var lastUserParts = Parts()
    /// Results of tools behind the last user message.
    public var toolResultsSinceUser = 0
    /// The end of the last message if it is the assistant's, which the model is then asked to continue: at most 4 KiB.
    public var prefill: [UInt8]?

    /// A conversation without messages.
    public init() {}

    /// How many messages there are.
    public var messages: Int { roles.system + roles.user + roles.assistant + roles.tool + roles.other }
}

/// Bounds of what one request may hold.
public struct ChatRequestLimits: Sendable {
    /// Nested arrays and objects; at most 256.
    public var depth: Int
    /// Messages of the conversation.
    public var messages: Int
    /// Parts of one message.
    public var parts: Int
    /// Top-level members.
    public var members: Int
    /// Choices (`n`).
    public var choices: Int
    /// Bytes kept of the last user message's text.
    public var promptBytes: Int
    /// Whether the request must name a model; false where a default model is configured.
    public var requiresModel: Bool

    /// The usual bounds, except where told otherwise.
    ///
    /// - Parameters:
    ///   - depth: nested arrays and objects; at most 256.
    ///   - messages: messages of the conversation.
    ///   - parts: parts of one message.
    ///   - members: top-level members.
    ///   - choices: choices (`n`).
    ///   - promptBytes: bytes kept of the last user message's text.
    ///   - requiresModel: whether the request must name a model.
    public init(
        depth: Int = 128, messages: Int = 10_000, parts: Int = 4096, members: Int = 512, choices: Int = 128, promptBytes: Int = 64 << 10,
        requiresModel: Bool = true
    ) {
        self.depth = depth
        self.messages = messages
        self.parts = parts
        self.members = members
        self.choices = choices
        self.promptBytes = promptBytes
        self.requiresModel = requiresModel
    }
}
