public import JSONBytes

/// The counts of a chat completion's `usage` object, in the spellings of the field.
public struct UsageReader: Sendable, Equatable {
    /// `prompt_tokens`.
    public private(set) var prompt: Int?
    /// `completion_tokens`.
    public private(set) var completion: Int?
    /// `total_tokens`.
    public private(set) var total: Int?
    /// `prompt_tokens_details.cached_tokens`, or DeepSeek's `prompt_cache_hit_tokens`.
    public private(set) var cached: Int?
    /// `completion_tokens_details.reasoning_tokens`, or `reasoning_tokens` at the top (SGLang).
    public private(set) var reasoning: Int?

    /// Reads `data`, the object's bytes. What is no number of at least 0 counts as left out.
    ///
    /// - Throws: `JSONError` when the data is not one JSON object.
    public init(_ data: Span<UInt8>) throws(JSONError) {
        var cursor = JSONCursor(data, maximumDepth: DeltaReader.maximumDepth)
        try cursor.enterObject()
        while let key = try cursor.nextKey() {
            if cursor.matches(key, ChunkName.promptTokens) {
                prompt = try UsageReader.count(&cursor)
            } else if cursor.matches(key, ChunkName.completionTokens) {
                completion = try UsageReader.count(&cursor)
            } else if cursor.matches(key, ChunkName.totalTokens) {
                total = try UsageReader.count(&cursor)
            } else if cursor.matches(key, ChunkName.promptTokensDetails) {
                cached = try UsageReader.detail("cached_tokens", &cursor) ?? cached
            } else if cursor.matches(key, ChunkName.promptCacheHitTokens) {
                cached = try UsageReader.count(&cursor) ?? cached
            } else if cursor.matches(key, ChunkName.completionTokensDetails) {
                reasoning = try UsageReader.detail("reasoning_tokens", &cursor) ?? reasoning
            } else if cursor.matches(key, ChunkName.reasoningTokens) {
                let count = try UsageReader.count(&cursor)
                reasoning = reasoning ?? count
            } else {
                _ = try cursor.skipValue()
            }
        }
        try cursor.finish()
    }

    private static func count(_ cursor: inout JSONCursor) throws(JSONError) -> Int? {
        guard try cursor.peek() == .number else {
            _ = try cursor.skipValue()
            return nil
        }
        return try cursor.integer().flatMap { $0 < 0 ? nil : $0 }
    }

    private static func detail(_ name: String, _ cursor: inout JSONCursor) throws(JSONError) -> Int? {
        guard try cursor.peek() == .object else {
            _ = try cursor.skipValue()
            return nil
        }
        var count: Int?
        try cursor.enterObject()
        while let key = try cursor.nextKey() {
            if cursor.matches(key, name) { count = try self.count(&cursor) } else { _ = try cursor.skipValue() }
        }
        return count
    }
}
