import JSONBytes

/// The fields in which upstreams send reasoning, the most specific first.
enum ReasoningField: Int {
    case reasoningContent, reasoning, thinking, reasoningDetails, thinkingBlocks

    @inline(__always)
    init?(_ key: JSONString, _ cursor: inout JSONCursor) {
        switch key.content.count {
        case 17 where cursor.matches(key, "reasoning_content"): self = .reasoningContent
        case 9 where cursor.matches(key, "reasoning"): self = .reasoning
        case 8 where cursor.matches(key, "thinking"): self = .thinking
        case 17 where cursor.matches(key, "reasoning_details"): self = .reasoningDetails
        case 15 where cursor.matches(key, "thinking_blocks"): self = .thinkingBlocks
        default: return nil
        }
    }
}

/// The reasoning fields of one delta: the first in rank that has text wins, and it comes before the content.
struct ReasoningFields {
    private let start: Int
    private var winner: ReasoningField?
    private var texts = 0..<0

    /// `start` is where the delta's texts begin.
    init(start: Int) {
        self.start = start
    }

    mutating func read(
        _ field: ReasoningField, _ cursor: inout JSONCursor, into choice: inout Delta.Choice, texts all: inout [Delta.Text]
    ) throws(JSONError) {
        let first = all.count
        switch try cursor.peek() {
        case .null:
            _ = try cursor.skipValue()
            return
        case .string:
            let string = try cursor.string()
            if !string.content.isEmpty { all.append(Delta.Text(kind: .reasoning, string: string)) }
        case .array:
            let start = cursor.position
            try TypedParts.readReasoning(&cursor, texts: &all)
            if cursor.position - start > 2 { choice.payload.insert(.reasoningField) }
        default:
            _ = try cursor.skipValue()
            choice.payload.insert(.reasoningField)
        }
        guard all.count > first else { return }
        choice.payload.insert(.reasoningField)
        keep(field, first..<all.count, &all)
    }

    private mutating func keep(_ field: ReasoningField, _ new: Range<Int>, _ all: inout [Delta.Text]) {
        guard let old = winner else {
            winner = field
            texts = new
            return
        }
        if field.rawValue < old.rawValue {
            all.removeSubrange(texts)
            winner = field
            texts = new.lowerBound - texts.count..<new.upperBound - texts.count
        } else {
            all.removeSubrange(new)
        }
    }

    /// Puts the reasoning before content that stood earlier in the delta.
    func settle(_ all: inout [Delta.Text]) {
        guard winner != nil, texts.lowerBound > start else { return }
        let moved = Array(all[texts])
        all.removeSubrange(texts)
        all.insert(contentsOf: moved, at: start)
    }
}

/// Arrays of typed parts: Mistral's `content`, OpenRouter's `reasoning_details`, LiteLLM's `thinking_blocks`.
enum TypedParts {
    /// `content` as an array: each part says by the name of its text member what it is.
    static func readContent(_ cursor: inout JSONCursor, texts: inout [Delta.Text]) throws(JSONError) {
        try cursor.enterArray()
        while try cursor.nextElement() {
            guard try cursor.peek() == .object else {
                _ = try cursor.skipValue()
                continue
            }
            try cursor.enterObject()
            while let key = try cursor.nextKey() {
                switch key.content.count {
                case 4 where cursor.matches(key, "text"): try append(.content, &cursor, to: &texts)
                case 8 where cursor.matches(key, "thinking"), 9 where cursor.matches(key, "reasoning"):
                    try appendNested(&cursor, to: &texts)
                default: _ = try cursor.skipValue()
                }
            }
        }
    }

    /// A reasoning field as an array: whatever text it holds is reasoning; encrypted data and signatures are not text.
    static func readReasoning(_ cursor: inout JSONCursor, texts: inout [Delta.Text]) throws(JSONError) {
        try cursor.enterArray()
        while try cursor.nextElement() {
            guard try cursor.peek() == .object else {
                _ = try cursor.skipValue()
                continue
            }
            try cursor.enterObject()
            while let key = try cursor.nextKey() {
                switch key.content.count {
                case 4 where cursor.matches(key, "text"), 7 where cursor.matches(key, "summary"), 8 where cursor.matches(key, "thinking"):
                    try append(.reasoning, &cursor, to: &texts)
                default: _ = try cursor.skipValue()
                }
            }
        }
    }

    /// The text of a thinking part: a string, or an array of parts of its own.
    private static func appendNested(_ cursor: inout JSONCursor, to texts: inout [Delta.Text]) throws(JSONError) {
        if try cursor.peek() == .array {
            try readReasoning(&cursor, texts: &texts)
        } else {
            try append(.reasoning, &cursor, to: &texts)
        }
    }

    private static func append(_ kind: Delta.Text.Kind, _ cursor: inout JSONCursor, to texts: inout [Delta.Text]) throws(JSONError) {
        guard let string = try DeltaReader.stringIfAny(&cursor), !string.content.isEmpty else { return }
        texts.append(Delta.Text(kind: kind, string: string))
    }
}
