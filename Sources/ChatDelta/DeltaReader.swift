public import JSONBytes

/// Reads what a chat-completions chunk says, for every dialect met in the field, with one walk over its bytes.
///
/// Dialects: `content` as string or as typed parts (`text`, `thinking`, `reasoning`; Mistral), and reasoning in
/// `reasoning_content` (DeepSeek, SGLang, llama.cpp), `reasoning` (vLLM, OpenRouter, Groq, Ollama), `reasoning_text` (Copilot),
/// `thinking`, `reasoning_details` (OpenRouter) or `thinking_blocks` (LiteLLM). Where several carry the same thought in one
/// delta, the first of this list that has text counts and the others are passed over: counting both doubles the thought.
///
/// Members of an unexpected kind are passed over, not refused: they are somebody's extension. Of a member that comes twice the
/// last one counts, as in nearly every client; names may be escaped.
public enum DeltaReader {
    /// How deep a chunk may nest.
    public static let maximumDepth = 128

    /// Reads `data`, the payload of one event or a whole body, which must be valid UTF-8.
    ///
    /// A choice with both `delta` and `message` (Perplexity sends the text so far in `message`) is read from its delta, unless the
    /// object calls itself a whole `chat.completion`. An array is read only if its first element reports an error (Gemini wraps
    /// its errors so).
    ///
    /// - Throws: `JSONError` when the data is not one JSON object; `delta` then says nothing of use.
    public static func read(_ data: Span<UInt8>, into delta: inout Delta) throws(JSONError) {
        try read(data, preferring: .delta, into: &delta)
        if delta.saysThingsTwice, delta.objectIsCompletion { try read(data, preferring: .message, into: &delta) }
    }

    private static func read(_ data: Span<UInt8>, preferring body: ChoiceBody, into delta: inout Delta) throws(JSONError) {
        delta.reset()
        var cursor = JSONCursor(data, maximumDepth: maximumDepth)
        if try cursor.peek() == .array { return try readWrappedFault(&cursor, into: &delta) }
        try readObject(&cursor, preferring: body, into: &delta)
        delta.isSpliceable = isSpliceable(delta, cursor)
        try cursor.finish()
    }

    private static func readWrappedFault(_ cursor: inout JSONCursor, into delta: inout Delta) throws(JSONError) {
        try cursor.enterArray()
        guard try cursor.nextElement() else { throw .wrongKind(offset: 0) }
        try readObject(&cursor, preferring: .delta, into: &delta)
        while try cursor.nextElement() { _ = try cursor.skipValue() }
        try cursor.finish()
        guard delta.fault != nil else { throw .wrongKind(offset: 0) }
    }

    private static func readObject(
        _ cursor: inout JSONCursor, preferring body: ChoiceBody, into delta: inout Delta
    ) throws(JSONError) {
        var flat = FlatFault()
        try cursor.enterObject()
        while let key = try cursor.nextKey() {
            switch cursor.byteCount(key) {
            case 2 where cursor.matches(key, ChunkName.id):
                delta.id = try stringIfAny(&cursor)
            case 5 where cursor.matches(key, ChunkName.model):
                delta.model = try stringIfAny(&cursor)
            case 5 where cursor.matches(key, ChunkName.usage):
                let isObject = try cursor.peek() == .object
                let range = try cursor.skipValue()
                delta.usage = isObject ? range : nil
            case 5 where cursor.matches(key, ChunkName.error):
                delta.hasError = true
                delta.fault = try readError(&cursor) ?? delta.fault
            case 5 where cursor.matches(key, ChunkName.phase):
                delta.hasPhase = true
                _ = try cursor.skipValue()
            case 6 where cursor.matches(key, ChunkName.object):
                let object = try stringIfAny(&cursor)
                delta.objectIsChunk = object.map { cursor.matches($0, ChunkName.chatCompletionChunk) } ?? false
                delta.objectIsCompletion = object.map { cursor.matches($0, ChunkName.chatCompletion) } ?? false
                flat.isDeclared = object.map { cursor.matches($0, ChunkName.error) } ?? false
            case 7 where cursor.matches(key, ChunkName.choices):
                delta.saysThingsTwice = delta.hasChoices
                delta.hasChoices = true
                try readChoices(&cursor, preferring: body, into: &delta)
            case 7 where cursor.matches(key, ChunkName.created):
                delta.created = try wholeNumberIfAny(&cursor)
            case 11 where cursor.matches(key, ChunkName.obfuscation):
                // Padding against the guessing of lengths (OpenAI, Azure): in every chunk, in none the same.
                guard let padding = try stringIfAny(&cursor), !padding.content.isEmpty else { continue }
                delta.freeStrings.append(padding)
                delta.hasPadding = true
            default:
                if let copy = ThoughtCopy(key, cursor) {
                    if try copy.skip(&cursor).quotes { delta.quotesThoughts = true }
                } else {
                    try flat.readMember(key, &cursor)
                }
            }
        }
        delta.closingBrace = cursor.position - 1
        flat.settle(&delta)
    }

    private static func isSpliceable(_ delta: Delta, _ cursor: borrowing JSONCursor) -> Bool {
        guard delta.objectIsChunk, delta.form == .chunk, delta.everyChoiceIsComplete, !delta.saysThingsTwice else { return false }
        guard !delta.quotesThoughts else { return false }
        guard !delta.hasPhase, !delta.hasError, delta.usage == nil, !cursor.hasPassedLineBreak else { return false }
        guard let id = delta.id, !id.content.isEmpty, delta.created != nil, delta.model != nil else { return false }
        for choice in delta.choices where !choice.payload.isDisjoint(with: [.typedParts, .reasoningField]) { return false }
        return true
    }
}

// MARK: - Values

extension DeltaReader {
    static func stringIfAny(_ cursor: inout JSONCursor) throws(JSONError) -> JSONString? {
        guard try cursor.peek() == .string else {
            _ = try cursor.skipValue()
            return nil
        }
        return try cursor.string()
    }

    static func wholeNumberIfAny(_ cursor: inout JSONCursor) throws(JSONError) -> Range<Int>? {
        guard try cursor.peek() == .number else {
            _ = try cursor.skipValue()
            return nil
        }
        let start = cursor.position
        return try cursor.integer() == nil ? nil : start..<cursor.position
    }
}
