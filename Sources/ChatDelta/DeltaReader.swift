public import JSONBytes

/// Reads what a chat-completions chunk says, for every dialect met in the field, with one walk over its bytes.
///
/// Dialects: `content` as string or as typed parts (`text`, `thinking`, `reasoning`; Mistral), and reasoning in
/// `reasoning_content` (DeepSeek, SGLang, llama.cpp), `reasoning` (vLLM, OpenRouter, Groq, Ollama), `thinking`,
/// `reasoning_details` (OpenRouter) or `thinking_blocks` (LiteLLM). Where several carry the same thought in one delta, the
/// first of this list that has text counts and the others are passed over: counting both doubles the thought.
///
/// Members of an unexpected kind are passed over, not refused: they are somebody's extension.
public enum DeltaReader {
    /// How deep a chunk may nest.
    public static let maximumDepth = 128

    /// Reads `data`, the payload of one event, which must be valid UTF-8. Throws when it is not one JSON object.
    public static func read(_ data: Span<UInt8>, into delta: inout Delta) throws(JSONError) {
        delta.reset()
        var cursor = JSONCursor(data, maximumDepth: maximumDepth)
        try cursor.enterObject()
        var flat = Delta.Fault()
        var objectIsError = false
        while let key = try cursor.nextKey() {
            switch key.content.count {
            case 2 where cursor.matches(key, "id"):
                delta.id = try stringIfAny(&cursor)
            case 4 where cursor.matches(key, "code"):
                try readCode(&cursor, into: &flat)
            case 4 where cursor.matches(key, "type"):
                flat.type = try stringIfAny(&cursor)
            case 5 where cursor.matches(key, "model"):
                delta.model = try stringIfAny(&cursor)
            case 5 where cursor.matches(key, "usage"):
                let isObject = try cursor.peek() == .object
                let range = try cursor.skipValue()
                if isObject { delta.usage = range }
            case 5 where cursor.matches(key, "error"):
                delta.hasError = true
                delta.fault = try readError(&cursor)
            case 5 where cursor.matches(key, "phase"):
                delta.hasPhase = true
                _ = try cursor.skipValue()
            case 6 where cursor.matches(key, "object"):
                guard let object = try stringIfAny(&cursor) else { continue }
                delta.objectIsChunk = cursor.matches(object, "chat.completion.chunk")
                objectIsError = cursor.matches(object, "error")
            case 6 where cursor.matches(key, "detail"):
                flat.message = try stringIfAny(&cursor) ?? flat.message
            case 7 where cursor.matches(key, "choices"):
                try readChoices(&cursor, into: &delta)
            case 7 where cursor.matches(key, "created"):
                let isNumber = try cursor.peek() == .number
                let range = try cursor.skipValue()
                if isNumber { delta.created = range }
            case 7 where cursor.matches(key, "message"):
                flat.message = try stringIfAny(&cursor)
            default:
                _ = try cursor.skipValue()
            }
        }
        delta.closingBrace = cursor.position - 1
        try cursor.finish()
        // vLLM's flat form: {"object": "error", "message": …}; FastAPI's: {"detail": …}.
        if delta.fault == nil, objectIsError || (flat.message != nil && delta.choices.isEmpty && delta.id == nil) { delta.fault = flat }
        delta.isSpliceable = isSpliceable(delta, data)
    }

    private static func isSpliceable(_ delta: Delta, _ data: Span<UInt8>) -> Bool {
        guard delta.objectIsChunk, delta.form == .chunk, delta.everyChoiceHasIndex, !delta.hasPhase, !delta.hasError else { return false }
        guard let id = delta.id, !id.content.isEmpty, delta.created != nil, delta.model != nil, delta.usage == nil else { return false }
        guard !delta.choices.contains(where: { !$0.payload.isDisjoint(with: [.typedParts, .reasoningField]) }) else { return false }
        return !data.containsLineBreak
    }
}

// MARK: - Choices

extension DeltaReader {
    private static func readChoices(_ cursor: inout JSONCursor, into delta: inout Delta) throws(JSONError) {
        guard try cursor.peek() == .array else {
            _ = try cursor.skipValue()
            return
        }
        try cursor.enterArray()
        while try cursor.nextElement() {
            guard try cursor.peek() == .object else {
                _ = try cursor.skipValue()
                continue
            }
            try readChoice(&cursor, into: &delta)
        }
    }

    private static func readChoice(_ cursor: inout JSONCursor, into delta: inout Delta) throws(JSONError) {
        var choice = Delta.Choice()
        choice.texts = delta.texts.count..<delta.texts.count
        var hasIndex = false
        if delta.form == .bare { delta.form = .chunk }
        try cursor.enterObject()
        while let key = try cursor.nextKey() {
            switch key.content.count {
            case 5 where cursor.matches(key, "index"):
                guard try cursor.peek() == .number else {
                    _ = try cursor.skipValue()
                    continue
                }
                let index = try cursor.integer()
                hasIndex = index != nil
                choice.index = index ?? 0
            case 5 where cursor.matches(key, "delta"):
                try readDelta(&cursor, into: &choice, of: &delta)
            case 7 where cursor.matches(key, "message"):
                delta.form = .completion
                try readDelta(&cursor, into: &choice, of: &delta)
            case 13 where cursor.matches(key, "finish_reason"):
                choice.finishReason = try stringIfAny(&cursor)
            default:
                _ = try cursor.skipValue()
            }
        }
        if !hasIndex { delta.everyChoiceHasIndex = false }
        delta.choices.append(choice)
    }

    private static func readDelta(_ cursor: inout JSONCursor, into choice: inout Delta.Choice, of delta: inout Delta) throws(JSONError) {
        guard try cursor.peek() == .object else {
            _ = try cursor.skipValue()
            return
        }
        var reasoning = ReasoningFields(start: delta.texts.count)
        var content: JSONString?
        try cursor.enterObject()
        while let key = try cursor.nextKey() {
            if let field = ReasoningField(key, &cursor) {
                try reasoning.read(field, &cursor, into: &choice, texts: &delta.texts)
                continue
            }
            switch key.content.count {
            case 4 where cursor.matches(key, "role"):
                if try !cursor.skipNull() {
                    _ = try cursor.skipValue()
                    choice.payload.insert(.role)
                }
            case 7 where cursor.matches(key, "content"):
                if try cursor.peek() == .array {
                    choice.payload.insert(.typedParts)
                    try TypedParts.readContent(&cursor, texts: &delta.texts)
                } else {
                    content = try stringIfAny(&cursor)
                }
            default:
                try readOther(key, &cursor, into: &choice)
            }
        }
        if let content, !content.content.isEmpty { delta.texts.append(Delta.Text(kind: .content, string: content)) }
        reasoning.settle(&delta.texts)
        choice.texts = choice.texts.lowerBound..<delta.texts.count
    }

    private static func readOther(_ key: JSONString, _ cursor: inout JSONCursor, into choice: inout Delta.Choice) throws(JSONError) {
        let kind = try cursor.peek()
        let range = try cursor.skipValue()
        // null, "", [] and {} say nothing.
        guard kind != .null, kind == .number || kind == .boolean || range.count > 2 else { return }
        switch key.content.count {
        case 10 where cursor.matches(key, "tool_calls"), 13 where cursor.matches(key, "function_call"): choice.payload.insert(.toolCalls)
        case 7 where cursor.matches(key, "refusal"): choice.payload.insert(.refusal)
        default: choice.payload.insert(.other)
        }
    }

    static func stringIfAny(_ cursor: inout JSONCursor) throws(JSONError) -> JSONString? {
        guard try cursor.peek() == .string else {
            _ = try cursor.skipValue()
            return nil
        }
        return try cursor.string()
    }
}

// MARK: - Errors

extension DeltaReader {
    /// `{"message", "type", "code"}`, a bare string, or anything else that is not null.
    private static func readError(_ cursor: inout JSONCursor) throws(JSONError) -> Delta.Fault? {
        var fault = Delta.Fault()
        switch try cursor.peek() {
        case .null:
            _ = try cursor.skipValue()
            return nil
        case .string:
            fault.message = try cursor.string()
        case .object:
            try cursor.enterObject()
            while let key = try cursor.nextKey() {
                if cursor.matches(key, "message") {
                    fault.message = try stringIfAny(&cursor)
                } else if cursor.matches(key, "type") {
                    fault.type = try stringIfAny(&cursor)
                } else if cursor.matches(key, "code") || cursor.matches(key, "status") {
                    try readCode(&cursor, into: &fault)
                } else {
                    _ = try cursor.skipValue()
                }
            }
        default:
            _ = try cursor.skipValue()
        }
        return fault
    }

    private static func readCode(_ cursor: inout JSONCursor, into fault: inout Delta.Fault) throws(JSONError) {
        switch try cursor.peek() {
        case .string: fault.code = try cursor.string()
        case .number: fault.status = try cursor.integer() ?? fault.status
        default: _ = try cursor.skipValue()
        }
    }
}

extension Span where Element == UInt8 {
    var containsLineBreak: Bool {
        for index in indices where self[index] == 0x0A || self[index] == 0x0D { return true }
        return false
    }
}
