public import JSONBytes

/// Reads what a choice of a chunk says besides text, for those who do not pass the chunk on: tool calls, the refusal, the stop sequence.
///
/// `DeltaReader` only notes that there is something, because clients of chat completions get it with the upstream's own bytes.
public struct AnswerReader: Sendable {
    /// One entry of `tool_calls`, or the deprecated `function_call`.
    public struct Call: Sendable, Equatable {
        /// `index`; nil where the upstream leaves it out.
        public internal(set) var index: Int?
        /// `id`.
        public internal(set) var id: JSONString?
        /// `function.name`.
        public internal(set) var name: JSONString?
        /// `function.arguments`, if it is a string.
        public internal(set) var arguments: JSONString?
        /// The bytes of `function.arguments`, if it is an object: some servers do not write it as text.
        public internal(set) var object: Range<Int>?
    }

    /// The calls in the order of the chunk.
    public private(set) var calls: [Call] = []
    /// `refusal`.
    public private(set) var refusal: JSONString?
    /// The stop sequence that ended the text, as vLLM (`stop_reason`) and SGLang (`matched_stop`) tell it.
    public private(set) var stopSequence: JSONString?

    /// A reading of nothing.
    public init() {}

    /// Reads the choice at `ordinal` of `Delta.choices`, from `message` if `isCompletion` (the chunk's form), else from `delta`.
    ///
    /// - Throws: `JSONError` for data that `DeltaReader` would refuse.
    public mutating func read(_ data: Span<UInt8>, choice ordinal: Int, isCompletion: Bool) throws(JSONError) {
        self = AnswerReader()
        var cursor = JSONCursor(data, maximumDepth: DeltaReader.maximumDepth)
        try cursor.enterObject()
        while let key = try cursor.nextKey() {
            if cursor.matches(key, ChunkName.choices), try cursor.peek() == .array {
                self = AnswerReader()
                try readChoices(&cursor, ordinal, isCompletion)
            } else {
                _ = try cursor.skipValue()
            }
        }
        try cursor.finish()
    }

    private mutating func readChoices(_ cursor: inout JSONCursor, _ ordinal: Int, _ isCompletion: Bool) throws(JSONError) {
        var position = 0
        try cursor.enterArray()
        while try cursor.nextElement() {
            let isChoice = try cursor.peek() == .object
            if isChoice, position == ordinal { try readChoice(&cursor, isCompletion) } else { _ = try cursor.skipValue() }
            if isChoice { position += 1 }
        }
    }

    private mutating func readChoice(_ cursor: inout JSONCursor, _ isCompletion: Bool) throws(JSONError) {
        try cursor.enterObject()
        while let key = try cursor.nextKey() {
            if cursor.matches(key, isCompletion ? ChunkName.message : ChunkName.delta), try cursor.peek() == .object {
                calls.removeAll(keepingCapacity: true)
                refusal = nil
                try readBody(&cursor)
            } else if cursor.matches(key, ChunkName.stopReason) || cursor.matches(key, ChunkName.matchedStop) {
                stopSequence = try DeltaReader.stringIfAny(&cursor) ?? stopSequence
            } else {
                _ = try cursor.skipValue()
            }
        }
    }

    private mutating func readBody(_ cursor: inout JSONCursor) throws(JSONError) {
        try cursor.enterObject()
        while let key = try cursor.nextKey() {
            if cursor.matches(key, ChunkName.toolCalls), try cursor.peek() == .array {
                calls.removeAll(keepingCapacity: true)
                try cursor.enterArray()
                while try cursor.nextElement() { try readCall(&cursor) }
            } else if cursor.matches(key, ChunkName.functionCall), try cursor.peek() == .object {
                var call = Call()
                try readFunction(&cursor, &call)
                if calls.isEmpty { calls.append(call) }
            } else if cursor.matches(key, ChunkName.refusal) {
                refusal = try DeltaReader.stringIfAny(&cursor)
            } else {
                _ = try cursor.skipValue()
            }
        }
    }

    private mutating func readCall(_ cursor: inout JSONCursor) throws(JSONError) {
        guard try cursor.peek() == .object else {
            _ = try cursor.skipValue()
            return
        }
        var call = Call()
        try cursor.enterObject()
        while let key = try cursor.nextKey() {
            if cursor.matches(key, ChunkName.index), try cursor.peek() == .number {
                call.index = try cursor.integer()
            } else if cursor.matches(key, ChunkName.id) {
                call.id = try DeltaReader.stringIfAny(&cursor)
            } else if cursor.matches(key, ChunkName.function), try cursor.peek() == .object {
                try readFunction(&cursor, &call)
            } else {
                _ = try cursor.skipValue()
            }
        }
        calls.append(call)
    }

    private func readFunction(_ cursor: inout JSONCursor, _ call: inout Call) throws(JSONError) {
        try cursor.enterObject()
        while let key = try cursor.nextKey() {
            if cursor.matches(key, ChunkName.name) {
                call.name = try DeltaReader.stringIfAny(&cursor)
            } else if cursor.matches(key, ChunkName.arguments) {
                switch try cursor.peek() {
                case .string: call.arguments = try cursor.string()
                case .object: call.object = try cursor.skipValue()
                default: _ = try cursor.skipValue()
                }
            } else {
                _ = try cursor.skipValue()
            }
        }
    }
}
