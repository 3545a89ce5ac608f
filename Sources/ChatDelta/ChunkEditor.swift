public import JSONBytes

/// Lets an upstream's chunk leave: with its own bytes and a tag spliced in where nothing has to change, else written anew with
/// everything the upstream said besides text kept as it was spelled.
public enum ChunkEditor {
    /// The top-level member that says how many upstreams were asked. Ours stands for an upstream's own.
    public static let attemptsMember = "upstream_attempts"

    /// What a rewritten choice holds.
    public struct ChoiceEdit: Sendable, Equatable {
        /// The tag, or nil for none.
        public var phase: String?
        /// Whether the delta says `"role": "assistant"`.
        public var withRole = false
        /// Whether tool calls, refusal and members unknown to us are kept.
        public var withPayload = false
        /// Whether the choice's other members (log probabilities, filter results) are kept. They may quote reasoning.
        public var withExtras = false
        /// Whether the finish reason is kept.
        public var withFinish = false

        /// An edit that keeps nothing but the text.
        public init(phase: String?) {
            self.phase = phase
        }
    }

    /// The end of a chunk that leaves with its own bytes. Written is the chunk up to `Delta.closingBrace`, which must be `isSpliceable`,
    /// then this. Made once: every answer chunk of a stream ends alike.
    public struct SpliceEnd: Sendable {
        /// A member that tells the phase, if there is one, and the closing brace.
        public let bytes: [UInt8]

        /// The end that tells `phase`, or nothing.
        public init(phase: String?) {
            var bytes: [UInt8] = []
            if let phase {
                bytes.append(", \"phase\": ")
                JSONText.appendQuoted(phase, to: &bytes)
            }
            bytes.append(UInt8(ascii: "}"))
            self.bytes = bytes
        }
    }

    /// Appends a chunk with the one choice that stands at `ordinal`, its text replaced by `text` (none when it is empty).
    /// Reasoning, usage, errors and tags of the upstream never pass.
    ///
    /// - Parameters:
    ///   - data: the upstream's chunk.
    ///   - ordinal: the place of the choice in `Delta.choices`.
    ///   - index: the choice's `index`.
    ///   - text: the answer text, UTF-8.
    ///   - edit: what else the choice holds.
    ///   - identity: stands in for `id`, `created` and `model` where the upstream has none of use.
    ///   - output: where the bytes go, on one line; untouched after an error.
    /// - Returns: where in `output` the text stands, escaped, between its quotes; with another text, which must not be empty either,
    ///   there, this is what another chunk of the same bytes around its text becomes. Empty for an empty text.
    /// - Throws: `JSONError` for data that `DeltaReader` would refuse.
    @discardableResult
    public static func appendRewritten(
        _ data: Span<UInt8>, choice ordinal: Int, index: Int, text: Span<UInt8>, edit: ChoiceEdit, identity: ChunkIdentity,
        to output: inout [UInt8]
    ) throws(JSONError) -> Range<Int> {
        var cursor = JSONCursor(data, maximumDepth: DeltaReader.maximumDepth)
        var upstream = UpstreamMembers()
        var choice = ChoiceMembers()
        try cursor.enterObject()
        while let key = try cursor.nextKey() {
            if cursor.matches(key, ChunkName.choices), try cursor.peek() == .array {
                try choice.read(&cursor, data, at: ordinal, edit)
            } else {
                try upstream.read(key, &cursor, data)
            }
        }
        output.append(UInt8(ascii: "{"))
        upstream.append("id", upstream.id, data, else: identity.idMember, to: &output)
        output.append(", \"choices\": [")
        let place = choice.append(data, index, text, edit, to: &output)
        output.append("], ")
        ChunkWriter.appendTag(edit.phase, to: &output)
        output.append("\"object\": \"chat.completion.chunk\", ")
        upstream.append("created", upstream.created, data, else: identity.createdMember, to: &output)
        output.append(", ")
        upstream.append("model", upstream.model, data, else: identity.modelMember, to: &output)
        output += upstream.others
        output.append(UInt8(ascii: "}"))
        return place
    }
}

/// The top-level members of an upstream's chunk that are written again.
private struct UpstreamMembers {
    var id: Range<Int>?
    var created: Range<Int>?
    var model: Range<Int>?
    /// `, "name": value` for each member that is kept without being understood.
    var others: [UInt8] = []

    mutating func read(_ key: JSONString, _ cursor: inout JSONCursor, _ data: Span<UInt8>) throws(JSONError) {
        switch cursor.byteCount(key) {
        case 2 where cursor.matches(key, ChunkName.id):
            let string = try DeltaReader.stringIfAny(&cursor)
            id = string.flatMap { $0.content.isEmpty ? nil : $0.quoted }
        case 5 where cursor.matches(key, ChunkName.model):
            model = try DeltaReader.stringIfAny(&cursor)?.quoted
        case 7 where cursor.matches(key, ChunkName.created):
            created = try DeltaReader.wholeNumberIfAny(&cursor)
        case 5 where cursor.matches(key, ChunkName.usage) || cursor.matches(key, ChunkName.error) || cursor.matches(key, ChunkName.phase),
            6 where cursor.matches(key, ChunkName.object), 17 where cursor.matches(key, ChunkEditor.attemptsMember),
            7 where cursor.matches(key, ChunkName.choices):
            _ = try cursor.skipValue()
        default:
            guard let value = try ThoughtCopy.value(of: key, &cursor) else { return }
            others.append(", ")
            others.appendOnOneLine(data.extracting(key.quoted.lowerBound..<value.upperBound))
        }
    }

    func append(_ name: String, _ value: Range<Int>?, _ data: Span<UInt8>, else substitute: [UInt8], to output: inout [UInt8]) {
        guard let value else {
            output += substitute
            return
        }
        JSONText.appendQuoted(name, to: &output)
        output.append(": ")
        output.append(data.extracting(value))
    }
}

/// The members of one choice of an upstream's chunk that are written again.
private struct ChoiceMembers {
    private var finish: Range<Int>?
    /// `, "name": value` for each member of `delta` that is kept.
    private var payload: [UInt8] = []
    /// `, "name": value` for each other member of the choice that is kept.
    private var extras: [UInt8] = []
    private var hasDelta = false

    /// Reads the list of choices. Of two lists the last one counts, so nothing of an earlier one is kept.
    mutating func read(
        _ cursor: inout JSONCursor, _ data: Span<UInt8>, at ordinal: Int, _ edit: ChunkEditor.ChoiceEdit
    ) throws(JSONError) {
        self = ChoiceMembers()
        var position = 0
        try cursor.enterArray()
        while try cursor.nextElement() {
            let isChoice = try cursor.peek() == .object
            if isChoice, position == ordinal { try readChoice(&cursor, data, edit) } else { _ = try cursor.skipValue() }
            if isChoice { position += 1 }
        }
    }

    private mutating func readChoice(
        _ cursor: inout JSONCursor, _ data: Span<UInt8>, _ edit: ChunkEditor.ChoiceEdit
    ) throws(JSONError) {
        try cursor.enterObject()
        while let key = try cursor.nextKey() {
            switch cursor.byteCount(key) {
            case 5 where cursor.matches(key, ChunkName.delta):
                try readBody(&cursor, data, edit, isDelta: true)
            case 7 where cursor.matches(key, ChunkName.message):
                try readBody(&cursor, data, edit, isDelta: false)
            case 5 where cursor.matches(key, ChunkName.index) || cursor.matches(key, ChunkName.error):
                _ = try cursor.skipValue()
            case 13 where cursor.matches(key, ChunkName.finishReason):
                finish = try DeltaReader.finishReason(&cursor)?.quoted
            default:
                guard let value = try ThoughtCopy.value(of: key, &cursor), edit.withExtras else { continue }
                extras.append(", ")
                extras.appendOnOneLine(data.extracting(key.quoted.lowerBound..<value.upperBound))
            }
        }
    }

    /// Keeps the members that are neither text nor reasoning nor role; of a delta and a message the delta's.
    private mutating func readBody(
        _ cursor: inout JSONCursor, _ data: Span<UInt8>, _ edit: ChunkEditor.ChoiceEdit, isDelta: Bool
    ) throws(JSONError) {
        guard try cursor.peek() == .object, isDelta || !hasDelta else {
            _ = try cursor.skipValue()
            return
        }
        hasDelta = isDelta
        payload.removeAll(keepingCapacity: true)
        try cursor.enterObject()
        while let key = try cursor.nextKey() {
            let isText = ReasoningField(key, cursor) != nil || cursor.matches(key, ChunkName.content) || cursor.matches(key, ChunkName.role)
            guard let value = try ThoughtCopy.value(of: key, &cursor), edit.withPayload, !isText else { continue }
            payload.append(", ")
            payload.appendOnOneLine(data.extracting(key.quoted.lowerBound..<value.upperBound))
        }
    }

    /// Returns where the text stands, as `appendRewritten`.
    func append(
        _ data: Span<UInt8>, _ index: Int, _ text: Span<UInt8>, _ edit: ChunkEditor.ChoiceEdit, to output: inout [UInt8]
    ) -> Range<Int> {
        output.append("{\"delta\": {")
        var place = output.count..<output.count
        if !text.isEmpty {
            output.append("\"content\": ")
            let start = output.count + 1
            JSONText.appendQuoted(text, to: &output)
            place = start..<output.count - 1
        }
        if edit.withRole { output.append(text.isEmpty ? "\"role\": \"assistant\"" : ", \"role\": \"assistant\"") }
        // The first member of all has no comma before it.
        let isFirst = text.isEmpty && !edit.withRole
        output.append(payload.span.extracting(isFirst ? min(2, payload.count)..<payload.count : 0..<payload.count))
        output.append("}, \"index\": ")
        output.append(decimal: index)
        output.append(", \"finish_reason\": ")
        if edit.withFinish, let finish { output.append(data.extracting(finish)) } else { output.append("null") }
        output += extras
        output.append(UInt8(ascii: "}"))
        return place
    }
}

extension [UInt8] {
    /// Appends JSON on one line: a raw line break can only be white space between tokens, so a space says the same.
    mutating func appendOnOneLine(_ json: Span<UInt8>) {
        append(addingCapacity: json.count) { output in
            for index in json.indices {
                let byte = json[index]
                output.append(byte == 0x0A || byte == 0x0D ? 0x20 : byte)
            }
        }
    }
}
