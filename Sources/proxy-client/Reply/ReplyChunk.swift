/// What one chunk of a chat stream says, as far as this client shows it.
///
/// Unknown keys are ignored and missing ones tolerated: the client must read any server's stream, not only the proxy's.
struct ReplyChunk: Equatable, Sendable {
    var phase: String?
    var model: String?
    /// The delta of the choice with index 0; other choices are not shown.
    var content: String?
    /// `reasoning_content`, or `reasoning` where that is what the server sends.
    var reasoning: String?
    var callsTools = false
    var finishReason: String?
    var usage: TokenUsage?
    var error: ServerError?
}

extension ReplyChunk: Decodable {
    private enum Key: String, CodingKey { case phase, model, choices, usage, error, object, message }

    init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: Key.self)
        phase = try? fields.decodeIfPresent(String.self, forKey: .phase)
        model = try? fields.decodeIfPresent(String.self, forKey: .model)
        usage = try? fields.decodeIfPresent(TokenUsage.self, forKey: .usage)
        error = try Self.error(fields, decoder)
        let choices = try fields.decodeIfPresent([Choice].self, forKey: .choices) ?? []
        guard let choice = choices.first(where: { $0.index == 0 }) else { return }
        content = choice.delta?.content
        reasoning = choice.delta?.reasoning
        callsTools = choice.delta?.callsTools ?? false
        finishReason = choice.finishReason
    }

    /// An `error` key that is null means that all is well; the flat shape is told by `object: "error"`.
    private static func error(_ fields: KeyedDecodingContainer<Key>, _ decoder: any Decoder) throws -> ServerError? {
        if fields.contains(.error), try !fields.decodeNil(forKey: .error) {
            return (try? fields.decode(ServerError.self, forKey: .error)) ?? ServerError(message: "an error without a message")
        }
        let object = try? fields.decode(String.self, forKey: .object)
        return object == "error" ? try ServerError(from: decoder) : nil
    }
}

/// One entry of `choices`, in a stream (`delta`) or in a whole completion (`message`).
struct Choice: Decodable, Sendable {
    var index: Int
    var delta: Message?
    var message: Message?
    var finishReason: String?

    private enum Key: String, CodingKey {
        case index, delta, message
        case finishReason = "finish_reason"
    }

    init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: Key.self)
        index = (try? fields.decode(Int.self, forKey: .index)) ?? 0
        delta = try fields.decodeIfPresent(Message.self, forKey: .delta)
        message = try fields.decodeIfPresent(Message.self, forKey: .message)
        finishReason = try? fields.decodeIfPresent(String.self, forKey: .finishReason)
    }
}

/// A message or the delta of one.
struct Message: Decodable, Sendable {
    var content: String?
    var reasoning: String?
    var callsTools: Bool

    private enum Key: String, CodingKey {
        case content, reasoning, refusal
        case reasoningContent = "reasoning_content"
        case toolCalls = "tool_calls"
    }

    init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: Key.self)
        let said = try? fields.decodeIfPresent(ContentText.self, forKey: .content)
        let refusal = try? fields.decodeIfPresent(String.self, forKey: .refusal)
        content = said?.text ?? refusal
        let split = try? fields.decodeIfPresent(String.self, forKey: .reasoningContent)
        reasoning = split ?? (try? fields.decodeIfPresent(String.self, forKey: .reasoning)) ?? said?.thinking
        callsTools = (try? fields.decodeNil(forKey: .toolCalls)) == false
    }
}

/// Content as one string, or as typed parts (`text`, `thinking`) whose texts are joined.
private struct ContentText: Decodable {
    var text: String?
    var thinking: String?

    private struct Part: Decodable {
        var type: String?
        var text: String?
        var thinking: [Part]?
    }

    init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        if let whole = try? value.decode(String.self) {
            text = whole
            return
        }
        let parts = try value.decode([Part].self)
        let said = parts.filter { $0.type == "text" }.compactMap(\.text)
        let thought = parts.compactMap(\.thinking).flatMap { $0.compactMap(\.text) }
        text = said.isEmpty ? nil : said.joined()
        thinking = thought.isEmpty ? nil : thought.joined()
    }
}
