public import AgentAPIs
public import ChatDelta
public import ChatRequests
public import Detect
public import EventStream
public import Summaries

/// Everything a stream machine must know about one request before its first byte.
public struct StreamPlan: Sendable {
    /// How the reasoning appears to the client.
    public enum ReasoningMode: Sendable {
        /// Short steps, made from the reasoning as it streams.
        case extractive(ReasoningSummaryOptions)
        /// Nothing.
        case off
        /// The raw thoughts, word for word.
        case full
    }

    /// How the stream is kept alive while there is nothing to say.
    public enum HeartbeatForm: Sendable {
        /// `: ping` and one line end.
        case comment
        /// A chunk with an empty delta, for clients whose idle timers see only events.
        case chunk
    }

    /// The wire style, where the client speaks chat completions.
    public var style: WireStyle
    /// What an agent's API needs, where the client speaks one; `style`, `reasoningField`, `includesUsage` and `heartbeatForm` then count
    /// for nothing.
    public var agent: AgentPlan?
    /// Id, time and model for chunks of our own.
    public var identity: ChunkIdentity
    /// The prompt summary's text; nil for none.
    public var promptSummary: String?
    /// What the prompt is about, for the choice of reasoning sentences.
    public var promptFacts: PromptFacts
    /// How the reasoning appears.
    public var reasoning: ReasoningMode
    /// With `extractive`: a small model is asked for the steps, and the extractive engine stands by; nil for the extractive engine alone.
    public var modelSummary: ModelSummaryOptions?
    /// A small model is asked for the prompt summary, and `promptSummary` stands by; nil for `promptSummary` alone. Nobody is asked where
    /// there is no prompt summary, no summary of the reasoning, or a bypass.
    public var modelPrompt: ModelPromptOptions?
    /// The delta's member for summaries in style `reasoning`.
    public var reasoningField = "reasoning_content"
    /// Whether a step's title stands in front of it, in bold, in the styles `reasoning` and `think`: clients show these as Markdown.
    public var showsTitles = false
    /// Which markers separate reasoning from answer in `content`.
    public var profile: CompiledProfile
    /// What the request says about thinking.
    public var thinking: ThinkingRequest
    /// What happens to white space beside markers.
    public var whitespace: WhitespacePolicy
    /// Whether the client asked for the usage chunk.
    public var includesUsage = false
    /// Limits on the upstream's lines and events.
    public var limits = EventStreamLimits()
    /// Silence after which the stream is kept alive; zero for never.
    public var heartbeatInterval = Duration.seconds(12)
    /// How it is kept alive.
    public var heartbeatForm = HeartbeatForm.comment
    /// Upstreams that were asked so far. More than one is told at the end of the answer.
    public var attempts = 1
    /// Byte strings that must not appear in an upstream's error text when it is passed on: keys and tokens.
    public var secrets: [[UInt8]] = []

    /// A plan from what has no default.
    public init(
        style: WireStyle, identity: ChunkIdentity, promptSummary: String?, promptFacts: PromptFacts, reasoning: ReasoningMode,
        profile: CompiledProfile, thinking: ThinkingRequest, whitespace: WhitespacePolicy = .trim
    ) {
        self.style = style
        self.identity = identity
        self.promptSummary = promptSummary
        self.promptFacts = promptFacts
        self.reasoning = reasoning
        self.profile = profile
        self.thinking = thinking
        self.whitespace = whitespace
    }

    /// Whether the upstream's own bytes pass.
    var isBypass: Bool { agent == nil && style == .off }

    /// The prompt summary that a model is asked for; nil where nobody is.
    var askedPrompt: ModelPromptSummary? {
        guard let modelPrompt, let promptSummary, !isBypass, agent?.showsReasoning != false else { return nil }
        if case .off = reasoning { return nil }
        return ModelPromptSummary(options: modelPrompt, prompt: promptFacts, extractive: promptSummary)
    }

    /// The plan without steps that tell of times, for a whole completion's time is only assumed, and without a model: a whole answer is
    /// there already and does not wait for one.
    var forWholeAnswers: StreamPlan {
        guard case .extractive(var options) = reasoning else { return self }
        options.repetitionNoticeDelay = nil
        var plan = self
        plan.modelSummary = nil
        plan.reasoning = .extractive(options)
        return plan
    }
}
