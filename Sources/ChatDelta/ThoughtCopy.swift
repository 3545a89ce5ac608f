import JSONBytes

/// Members in which servers say again what the model thought, beside the fields that are read as its reasoning. They never leave in a chunk
/// or a completion whose reasoning was taken out.
///
/// | member | whose | what it holds |
/// |---|---|---|
/// | a field of reasoning beside `choices`, or beside `delta` and `message` | some gateways | the reasoning |
/// | `__verbose` | llama.cpp | the whole output as the model wrote it |
/// | `provider_specific_fields`, on every level | LiteLLM | whatever it did not know, reasoning fields among it; kept where it holds none |
enum ThoughtCopy {
    case thoughts, collection

    @inline(__always)
    init?(_ key: JSONString, _ cursor: borrowing JSONCursor) {
        switch cursor.byteCount(key) {
        case 9 where cursor.matches(key, ChunkName.verbose): self = .thoughts
        case 24 where cursor.matches(key, ChunkName.providerSpecificFields): self = .collection
        default:
            guard ReasoningField(key, cursor) != nil else { return nil }
            self = .thoughts
        }
    }

    /// A member's value that was passed.
    struct Passed {
        let place: Range<Int>
        /// Whether it is null, "", [] or {}.
        let isEmpty: Bool
        /// Whether it quotes thoughts: then it must not be kept.
        let quotes: Bool
    }

    /// Passes the member's value.
    func skip(_ cursor: inout JSONCursor) throws(JSONError) -> Passed {
        let kind = try cursor.peek()
        let start = cursor.position
        var isEmpty = true
        var quotes = false
        if self == .collection, kind == .object {
            try cursor.enterObject()
            while let key = try cursor.nextKey() {
                isEmpty = false
                let isReasoning = ReasoningField(key, cursor) != nil
                if try DeltaReader.skipValueWithMeaning(&cursor), isReasoning { quotes = true }
            }
        } else {
            isEmpty = try !DeltaReader.skipValueWithMeaning(&cursor)
            quotes = self == .thoughts && !isEmpty
        }
        return Passed(place: start..<cursor.position, isEmpty: isEmpty, quotes: quotes)
    }

    /// Passes the value of `key`, whatever it is. Returns where it stands, or nil if it must not be kept.
    static func value(of key: JSONString, _ cursor: inout JSONCursor) throws(JSONError) -> Range<Int>? {
        guard let copy = ThoughtCopy(key, cursor) else { return try cursor.skipValue() }
        let passed = try copy.skip(&cursor)
        return passed.quotes ? nil : passed.place
    }
}
