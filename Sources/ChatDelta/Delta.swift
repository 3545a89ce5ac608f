public import JSONBytes

/// What one chunk of a chat stream says, as byte ranges into the chunk: nothing is decoded, nothing is copied.
///
/// The value is reused from chunk to chunk (`DeltaReader.read(_:into:)`), so its arrays stop allocating after the first few.
public struct Delta: Sendable, Equatable {
    /// Which form the chunk has.
    public enum Form: Sendable, Equatable {
        /// `choices[].delta`: one chunk of a stream.
        case chunk
        /// `choices[].message`: a whole answer.
        case completion
        /// No choices at all, or an empty list of them: usage, filter results, an error, something unknown.
        case bare
    }

    /// The form of the chunk.
    public internal(set) var form = Form.bare
    /// The choices in the order of the chunk.
    public internal(set) var choices: [Choice] = []
    /// The texts of all choices; each choice knows its own range.
    public internal(set) var texts: [Text] = []
    /// `id`, if it is a string.
    public internal(set) var id: JSONString?
    /// `model`, if it is a string.
    public internal(set) var model: JSONString?
    /// The bytes of `created`, if it is a whole number.
    public internal(set) var created: Range<Int>?
    /// The bytes of `usage`, if it is an object.
    public internal(set) var usage: Range<Int>?
    /// The error the chunk reports.
    public internal(set) var fault: Fault?
    /// Whether the chunk can leave with its own bytes and a member put in before its last brace: every member that the
    /// specification requires is there, once and of the right kind; none that clients take for something else (`phase`, `error`,
    /// a `message` beside the delta), no usage, no reasoning nor a copy of it, and no line break.
    public internal(set) var isSpliceable = false
    /// The offset of the chunk's last brace.
    public internal(set) var closingBrace = 0

    /// Strings whose content decides nothing but what it says itself, in the order of the chunk, none of them empty: texts, and padding.
    /// With others in their places, not empty either, the chunk says the same otherwise.
    var freeStrings: [JSONString] = []
    /// One of them is padding.
    var hasPadding = false
    var objectIsChunk = false
    var objectIsCompletion = false
    var hasChoices = false
    var hasPhase = false
    var hasError = false
    /// Every choice has `index`, `delta` and `finish_reason`, each once and of the right kind.
    var everyChoiceIsComplete = true
    /// A choice has both `delta` and `message`, or a member that is read came twice.
    var saysThingsTwice = false
    /// A member that is not read says thoughts again (`ThoughtCopy`).
    var quotesThoughts = false

    /// A reading of nothing.
    public init() {}

    mutating func reset() {
        form = .bare
        choices.removeAll(keepingCapacity: true)
        texts.removeAll(keepingCapacity: true)
        freeStrings.removeAll(keepingCapacity: true)
        hasPadding = false
        id = nil
        model = nil
        created = nil
        usage = nil
        fault = nil
        isSpliceable = false
        closingBrace = 0
        objectIsChunk = false
        objectIsCompletion = false
        hasChoices = false
        hasPhase = false
        hasError = false
        everyChoiceIsComplete = true
        saysThingsTwice = false
        quotesThoughts = false
    }

    mutating func append(_ text: Text) {
        texts.append(text)
        freeStrings.append(text.string)
    }
}

extension Delta {
    /// One piece of text, as it stands in the chunk.
    public struct Text: Sendable, Equatable {
        /// Which field it came in.
        public enum Kind: Sendable, Equatable {
            /// A field or part that the upstream itself calls reasoning.
            case reasoning
            /// `content`: the answer, or both with markers between them.
            case content
        }

        /// What the upstream calls it.
        public internal(set) var kind: Kind
        /// Where it stands.
        public internal(set) var string: JSONString
        /// Which of several fields with the same thought it came in; `DeltaTexts` picks one.
        var rank = TextRank.content
    }

    /// One choice of a chunk.
    public struct Choice: Sendable, Equatable {
        /// `index`; 0 where the upstream leaves it out.
        public internal(set) var index = 0
        /// This choice's part of `Delta.texts`: reasoning before content.
        public internal(set) var texts = 0..<0
        /// `finish_reason`, if it is a string that gives one: several servers send "" or "null" until the end.
        public internal(set) var finishReason: JSONString?
        /// What the delta holds besides text.
        public internal(set) var payload: Payload = []

        /// What a delta holds besides text that has a value (null, "" and [] do not count).
        public struct Payload: OptionSet, Sendable {
            /// The bits.
            public let rawValue: UInt8
            /// From bits.
            public init(rawValue: UInt8) { self.rawValue = rawValue }
            /// `role`
            public static let role = Payload(rawValue: 1)
            /// `tool_calls` or `function_call`
            public static let toolCalls = Payload(rawValue: 2)
            /// `refusal`
            public static let refusal = Payload(rawValue: 4)
            /// Any other member that holds an object or a list: `annotations`, `audio`, members this reader does not know.
            public static let other = Payload(rawValue: 8)
            /// `content` came as an array of typed parts, which no client expects in a delta.
            public static let typedParts = Payload(rawValue: 16)
            /// A reasoning field with a value: it must not leave.
            public static let reasoningField = Payload(rawValue: 32)
            /// Any other member that holds a plain value (`channel`, sequence numbers): a remark about the chunk, not a part of
            /// the answer.
            public static let remark = Payload(rawValue: 64)
        }

        /// Whether the delta holds something that belongs to the answer and is not text.
        ///
        /// A member this reader does not know counts only in a delta without reasoning: beside reasoning it is nearly always the
        /// thought once more (a signature, LiteLLM's copy of the provider's own fields), and would end the thinking too early.
        public var carriesAnswerPayload: Bool {
            !payload.isDisjoint(with: [.toolCalls, .refusal]) || payload.intersection([.other, .reasoningField]) == .other
        }
    }

    /// An error reported inside a stream or body, in one of the many shapes of the field.
    public struct Fault: Sendable, Equatable {
        /// The text for people, if there is one.
        public internal(set) var message: JSONString?
        /// `type`, if it is a string.
        public internal(set) var type: JSONString?
        /// `code`, or `status` where there is no such code, if it is a string.
        public internal(set) var code: JSONString?
        /// `code` or `status`, if it is a whole number, as such or as a string of digits: usually an HTTP status.
        public internal(set) var status: Int?
    }
}
