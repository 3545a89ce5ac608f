/// Everything the rendering of one request in an agent's API must know before its first byte.
public struct AgentPlan: Sendable {
    /// Which API.
    public enum API: Sendable {
        /// OpenAI's Responses.
        case responses(ResponsesOptions)
        /// Anthropic's Messages.
        case messages(MessagesOptions)
    }

    /// Which API.
    public var api: API
    /// Letters, digits and underscores that no other response of this proxy has: every id is made with it. Clients merge what has equal ids.
    public var id: String
    /// The model as the client called it.
    public var model: String
    /// When the request came, in seconds since 1970.
    public var created: Int
    /// Whether the client wants one JSON object instead of a stream. Then nothing is written before the end, and nothing at all if it is bad.
    public var isCollected = false
    /// The way back from the upstream's names to the client's tools.
    public var tools = ToolRoutes()
    /// The request's stop sequences, to tell which of them came up.
    public var stopSequences: [String] = []
    /// What carries the raw reasoning to the client and back; nil for nothing.
    public var carrier: ReasoningCarrier?
    /// Whether steps or raw thoughts will be shown: then the client learns at once that reasoning has begun.
    public var showsReasoning = true
    /// Bytes of answer text and arguments that are kept at most; a longer answer fails.
    public var maximumAnswerBytes = 16 << 20

    /// A plan from what has no default.
    public init(api: API, id: String, model: String, created: Int) {
        self.api = api
        self.id = id
        self.model = model
        self.created = created
    }
}

/// Makes the opaque value that takes a turn's raw reasoning to the client, which sends it back byte for byte with the next turn
/// (`encrypted_content`, `signature`). What is in it, and how it is protected, is the owner's business.
public struct ReasoningCarrier: Sendable {
    /// The most bytes of reasoning that are carried; longer reasoning is not carried at all, because half a thought would mislead.
    public var maximumBytes: Int
    /// Makes the value; nil for none. Must be one line of printable ASCII.
    public var seal: @Sendable ([UInt8]) -> String?

    /// A carrier from both.
    public init(maximumBytes: Int = 128 << 10, seal: @escaping @Sendable ([UInt8]) -> String?) {
        self.maximumBytes = maximumBytes
        self.seal = seal
    }
}

/// What the Responses API needs besides.
public struct ResponsesOptions: Sendable {
    /// What a silent stream is kept alive with. Comments do not count: clients' idle timers see only events.
    public enum Heartbeat: Sendable {
        /// `response.in_progress` once more, which every SDK's types know.
        case inProgress
        /// `ping`, a type that is not in the API; shorter.
        case ping
    }

    /// What a silent stream is kept alive with.
    public var heartbeat = Heartbeat.inProgress
    /// What the response says about its request.
    public var echo = RequestEcho()

    /// The usual options.
    public init() {}
}

/// What a response object says about the request it answers. Every value is JSON, on one line or not; each has the API's default.
public struct RequestEcho: Sendable {
    /// `instructions`: a string or null.
    public var instructions = Array("null".utf8)
    /// `max_output_tokens`: a number or null.
    public var maximumOutputTokens = Array("null".utf8)
    /// `metadata`: an object of strings.
    public var metadata = Array("{}".utf8)
    /// `parallel_tool_calls`: true or false.
    public var parallelToolCalls = Array("true".utf8)
    /// `reasoning`: an object with `effort` and `summary`.
    public var reasoning = Array(#"{"effort":null,"summary":null}"#.utf8)
    /// `temperature`: a number or null.
    public var temperature = Array("null".utf8)
    /// `text`: an object with `format`.
    public var text = Array(#"{"format":{"type":"text"}}"#.utf8)
    /// `tool_choice`: a word or an object.
    public var toolChoice = Array(#""auto""#.utf8)
    /// `tools`: a list. Repeated in every event that holds the response, so a long one is better left out.
    public var tools = Array("[]".utf8)
    /// `top_p`: a number or null.
    public var topP = Array("null".utf8)

    /// The defaults.
    public init() {}
}

/// What the Messages API needs besides.
public struct MessagesOptions: Sendable {
    /// The signature of thinking blocks that carry nothing: recognisable, so that they can be taken out when they come back.
    public static let plainSignature = "reasoning-proxy"

    /// The usual options.
    public init() {}
}
