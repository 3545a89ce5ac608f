/// Where a provider puts the reasoning.
enum Dialect: String, Sendable, CaseIterable {
    /// `delta.reasoning_content` (DeepSeek, SGLang, llama.cpp).
    case reasoningContent = "reasoning_content"
    /// `delta.reasoning` (vLLM, Groq, Ollama's OpenAI route).
    case reasoning
    /// `delta.reasoning` and `delta.reasoning_content` with the same text.
    case bothFields = "both_fields"
    /// `delta.reasoning` and `delta.reasoning_details[]` with the same text (OpenRouter).
    case reasoningDetails = "reasoning_details"
    /// `delta.content` as an array of typed parts (Mistral).
    case thinkingParts = "thinking_parts"
    /// `<think>` … `</think>` in the content.
    case thinkTags = "think_tags"
    /// The scenario's own start and end markers in the content.
    case markers
    /// Natural language: reasoning, a blank line, the answer, all in the content.
    case prose
    /// The reasoning is hidden; it shows in the usage only.
    case plain
    /// The channels of gpt-oss, unparsed, in the content.
    case harmony

    /// Whether reasoning and answer share `content` and only markers tell them apart.
    var isInline: Bool {
        switch self {
        case .thinkTags, .markers, .prose, .harmony: true
        case .reasoningContent, .reasoning, .bothFields, .reasoningDetails, .thinkingParts, .plain: false
        }
    }
}

/// What stands before and after each reasoning and each answer in an inline dialect.
struct InlineMarkers: Sendable, Equatable {
    var beforeReasoning = ""
    var afterReasoning = ""
    var beforeAnswer = ""
    var afterAnswer = ""
}

extension Dialect {
    /// The markers of the dialect; `custom` are the scenario's own, used by `markers`.
    func inlineMarkers(custom: InlineMarkers) -> InlineMarkers {
        switch self {
        case .thinkTags: InlineMarkers(beforeReasoning: "<think>\n", afterReasoning: "\n</think>\n\n")
        case .prose: InlineMarkers(afterReasoning: "\n\n")
        case .markers: custom
        case .harmony:
            InlineMarkers(
                beforeReasoning: "<|channel|>analysis<|message|>", afterReasoning: "<|end|><|start|>assistant",
                beforeAnswer: "<|channel|>final<|message|>", afterAnswer: "<|return|>")
        case .reasoningContent, .reasoning, .bothFields, .reasoningDetails, .thinkingParts, .plain: InlineMarkers()
        }
    }

    /// A delta that carries `text` as reasoning. With `nulls`, absent fields are spelt out as null, as DeepSeek does.
    func reasoningDelta(_ text: String, nulls: Bool) -> JSON {
        switch self {
        case .reasoningContent:
            nulls ? ["content": nil, "reasoning_content": .string(text)] : ["reasoning_content": .string(text)]
        case .reasoning: nulls ? ["content": nil, "reasoning": .string(text)] : ["reasoning": .string(text)]
        case .bothFields: ["reasoning": .string(text), "reasoning_content": .string(text)]
        case .reasoningDetails:
            [
                "content": "", "reasoning": .string(text),
                "reasoning_details": [["type": "reasoning.text", "text": .string(text), "format": "unknown", "index": 0]],
            ]
        case .thinkingParts: ["content": [["type": "thinking", "thinking": [["type": "text", "text": .string(text)]]]]]
        case .thinkTags, .markers, .prose, .harmony, .plain: ["content": .string(text)]
        }
    }

    /// A delta that carries `text` as answer (or as inline content).
    func answerDelta(_ text: String, nulls: Bool) -> JSON {
        switch self {
        case .reasoningContent where nulls: ["content": .string(text), "reasoning_content": nil]
        case .reasoning where nulls: ["content": .string(text), "reasoning": nil]
        case .thinkingParts: ["content": [["type": "text", "text": .string(text)]]]
        default: ["content": .string(text)]
        }
    }

    /// The first delta, which carries the role.
    func openingDelta(nulls: Bool) -> JSON {
        switch self {
        case .reasoningContent where nulls: ["role": "assistant", "content": nil, "reasoning_content": ""]
        case .thinkingParts: ["role": "assistant", "content": ""]
        default: ["role": "assistant", "content": ""]
        }
    }

    /// The message of an answer that is not streamed.
    func message(reasoning: String, answer: String, inline: String) -> [JSON.Member] {
        func members(_ value: JSON) -> [JSON.Member] { value.members ?? [] }
        let content: JSON = .string(answer)
        switch self {
        case .reasoningContent: return members(["role": "assistant", "content": content, "reasoning_content": .string(reasoning)])
        case .reasoning: return members(["role": "assistant", "content": content, "reasoning": .string(reasoning)])
        case .bothFields:
            return members([
                "role": "assistant", "content": content, "reasoning": .string(reasoning), "reasoning_content": .string(reasoning),
            ])
        case .reasoningDetails:
            let details: JSON = [["type": "reasoning.text", "text": .string(reasoning), "format": "unknown", "index": 0]]
            return members(["role": "assistant", "content": content, "reasoning": .string(reasoning), "reasoning_details": details])
        case .thinkingParts:
            let thinking: JSON = ["type": "thinking", "thinking": [["type": "text", "text": .string(reasoning)]]]
            return members(["role": "assistant", "content": [thinking, ["type": "text", "text": content]]])
        case .thinkTags, .markers, .prose, .harmony: return members(["role": "assistant", "content": .string(inline)])
        case .plain: return members(["role": "assistant", "content": content])
        }
    }
}
