/// What a model says, how, and what goes wrong: one file in `Fixtures/scenarios`.
struct Scenario: Sendable, Equatable {
    var name: String
    var summary: String
    /// Model names that choose this scenario, besides its own name.
    var models: [String] = []
    var format: Dialect = .reasoningContent
    /// For the format `markers`.
    var markers = InlineMarkers()
    /// The start marker is missing, because the chat template wrote it into the prompt.
    var isPrefilled = false
    var choices: [ChoiceScript] = []
    /// Played instead of `choices` when the conversation ends with results of tools.
    var afterTools: ChoiceScript?
    /// Whether the choices take turns, piece by piece, or come one after the other.
    var interleaves = true
    var usage = UsagePlan()
    var envelope = Envelope()
    /// Played line by line instead of `choices`.
    var recording: Recording?
    var pacing = Pacing()
    var chunking = Chunking()
    var framing = Framing()
    var fault: Fault?
}

/// Which part of an answer something belongs to.
enum Phase: String, Sendable, CaseIterable {
    case opening, reasoning, answer, ending
}

/// What one choice says.
struct ChoiceScript: Sendable, Equatable {
    var segments: [Segment] = []
    /// nil: `tool_calls` if there are any, else `stop`. An empty string: no finish chunk at all.
    var finishReason: String?
    var logprobs = false

    var effectiveFinishReason: String {
        finishReason ?? (segments.contains { if case .toolCalls = $0 { true } else { false } } ? "tool_calls" : "stop")
    }
}

/// One stretch of a choice.
enum Segment: Sendable, Equatable {
    case reasoning(String)
    case answer(String)
    /// Content in exactly these pieces, whatever the chunking and the dialect.
    case content([String], Phase)
    case refusal(String)
    case toolCalls([ToolCall])
    /// A delta as it stands.
    case delta(JSON, Phase)
    /// A whole chunk as it stands.
    case chunk(JSON, Phase)
    /// The payload of a data line as it stands; need not be JSON.
    case raw(String, Phase)
    case pause(Nanoseconds)
}

/// A call of a tool; the arguments are streamed in fragments.
struct ToolCall: Sendable, Equatable {
    var id: String
    var name: String
    /// JSON text.
    var arguments: String
}

/// When token counts are told, and which. Counts that are nil are counted from the texts.
struct UsagePlan: Sendable, Equatable {
    enum Moment: String, Sendable, CaseIterable {
        /// A last chunk with `choices: []`, if the request has `stream_options.include_usage` (OpenAI).
        case asked
        /// The same chunk, asked or not.
        case always
        /// On the chunk with the finish reason (DeepSeek, Groq).
        case onFinish = "on_finish"
        /// Growing, on every chunk (vLLM with continuous usage).
        case everyChunk = "every_chunk"
        case never
    }

    var moment: Moment = .asked
    var promptTokens: Int?
    var completionTokens: Int?
    var reasoningTokens: Int?
    /// Of the prompt's tokens.
    var cachedTokens = 0
}

/// The parts of a chunk around the choices.
struct Envelope: Sendable, Equatable {
    enum KeyOrder: String, Sendable, CaseIterable {
        /// `id` first, as OpenAI writes.
        case idFirst = "id_first"
        /// `choices` first and `id` last, as some hosts write.
        case choicesFirst = "choices_first"
    }

    /// nil: `chatcmpl-mock-…`, counted.
    var id: String?
    /// nil: now, in seconds.
    var created: Int?
    /// nil: the model the request names.
    var model: String?
    var systemFingerprint: String?
    var keyOrder: KeyOrder = .idFirst
    /// Absent delta fields, `logprobs` and `usage` are spelt out as null.
    var nullFields = false
    /// The first chunk has `choices: []`, an empty id, and filter results (Azure).
    var opensWithFilterResults = false
    /// Whether the first chunk of a choice carries nothing but the role.
    var opensWithRole = true
    /// Added at the end of every chunk.
    var extra: [JSON.Member] = []
    var spelling = JSONSpelling.compact
    /// An `obfuscation` member with so many characters on every chunk (OpenAI pads against traffic analysis); 0 for none.
    var obfuscationLength = 0
}
