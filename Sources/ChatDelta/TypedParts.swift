import JSONBytes

/// Arrays of typed parts: Mistral's `content`, OpenRouter's `reasoning_details`, LiteLLM's `thinking_blocks`.
///
/// A part says twice what it is, by its `type` and by the name of its text member. Either is enough to make it reasoning: the
/// mistake the other way round would show a thought as the answer.
enum TypedParts {
    /// `content` as an array.
    static func readContent(_ cursor: inout JSONCursor, to delta: inout Delta) throws(JSONError) {
        try cursor.enterArray()
        while try cursor.nextElement() {
            if try cursor.peek() == .object { try readPart(&cursor, to: &delta) } else { _ = try cursor.skipValue() }
        }
    }

    private static func readPart(_ cursor: inout JSONCursor, to delta: inout Delta) throws(JSONError) {
        let first = delta.texts.count
        var isReasoning = false
        try cursor.enterObject()
        while let key = try cursor.nextKey() {
            switch cursor.byteCount(key) {
            case 4 where cursor.matches(key, ChunkName.type):
                isReasoning = try isReasoningType(&cursor)
            case 4 where cursor.matches(key, ChunkName.text):
                guard let string = try DeltaReader.stringIfAny(&cursor), !string.content.isEmpty else { continue }
                delta.append(Delta.Text(kind: .content, string: string))
            case 8 where cursor.matches(key, ChunkName.thinking), 9 where cursor.matches(key, ChunkName.reasoning):
                try readReasoning(&cursor, .contentPart, to: &delta)
            default:
                _ = try cursor.skipValue()
            }
        }
        guard isReasoning else { return }
        for position in first..<delta.texts.count {
            delta.texts[position].kind = .reasoning
            delta.texts[position].rank = .contentPart
        }
    }

    private static func isReasoningType(_ cursor: inout JSONCursor) throws(JSONError) -> Bool {
        guard let type = try DeltaReader.stringIfAny(&cursor) else { return false }
        for name in ["thinking", "reasoning", "reasoning_text", "reasoning.text", "reasoning.summary", "summary_text"]
        where cursor.matches(type, name) { return true }
        return false
    }

    /// The value of a reasoning field or part: a string, a part, or an array of parts. Whatever text it holds is reasoning;
    /// encrypted data and signatures are not text.
    ///
    /// Returns whether there is anything at all, which null, "", [] and {} are not. Recursion ends: the cursor limits the depth.
    @discardableResult
    static func readReasoning(_ cursor: inout JSONCursor, _ rank: TextRank, to delta: inout Delta) throws(JSONError) -> Bool {
        switch try cursor.peek() {
        case .string:
            let string = try cursor.string()
            guard !string.content.isEmpty else { return false }
            delta.append(Delta.Text(kind: .reasoning, string: string, rank: rank))
            return true
        case .array:
            var isEmpty = true
            try cursor.enterArray()
            while try cursor.nextElement() {
                isEmpty = false
                if try cursor.peek() == .object { try readReasoningPart(&cursor, rank, to: &delta) } else { _ = try cursor.skipValue() }
            }
            return !isEmpty
        case .object:
            return try readReasoningPart(&cursor, rank, to: &delta)
        case .null, .number, .boolean:
            return try DeltaReader.skipValueWithMeaning(&cursor)
        }
    }

    @discardableResult
    private static func readReasoningPart(
        _ cursor: inout JSONCursor, _ rank: TextRank, to delta: inout Delta
    ) throws(JSONError) -> Bool {
        var isEmpty = true
        try cursor.enterObject()
        while let key = try cursor.nextKey() {
            isEmpty = false
            switch cursor.byteCount(key) {
            case 4 where cursor.matches(key, ChunkName.text), 7 where cursor.matches(key, ChunkName.summary),
                8 where cursor.matches(key, ChunkName.thinking):
                try readReasoning(&cursor, rank, to: &delta)
            default:
                _ = try cursor.skipValue()
            }
        }
        return !isEmpty
    }
}
