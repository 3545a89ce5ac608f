public import JSONBytes

/// Lets an upstream's chunk leave: with its own bytes and a tag spliced in where nothing has to change, else written anew with
/// everything the upstream said besides text kept as it was spelled.
public enum ChunkEditor {
    /// What a rewritten choice holds.
    public struct ChoiceEdit: Sendable {
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

    /// Appends `data` with `"phase": …` before its closing brace; only for chunks whose `isSpliceable` is true.
    public static func appendSpliced(_ data: Span<UInt8>, _ delta: borrowing Delta, phase: String?, to output: inout [UInt8]) {
        output.append(data.extracting(0..<delta.closingBrace))
        if let phase {
            output.append(", \"phase\": \"")
            output.append(phase)
            output.append(UInt8(ascii: "\""))
        }
        output.append(UInt8(ascii: "}"))
    }

    /// Appends a chunk with the one choice that stands at `ordinal`, its text replaced by `text` (none when it is empty).
    /// Reasoning, usage, errors and tags of the upstream never pass.
    public static func appendRewritten(
        _ data: Span<UInt8>, choice ordinal: Int, index: Int, text: Span<UInt8>, edit: ChoiceEdit, identity: ChunkIdentity,
        to output: inout [UInt8]
    ) throws(JSONError) {
        var cursor = JSONCursor(data, maximumDepth: DeltaReader.maximumDepth)
        var upstream = UpstreamMembers()
        var choice: [UInt8] = []
        try cursor.enterObject()
        while let key = try cursor.nextKey() {
            if cursor.matches(key, "choices"), try cursor.peek() == .array {
                try writeChoice(&cursor, data, ordinal, index, text, edit, to: &choice)
            } else {
                try upstream.keep(key, &cursor, data)
            }
        }
        output.append(UInt8(ascii: "{"))
        output += upstream.id ?? identity.idMember
        output.append(", \"choices\": [")
        output += choice
        output.append("], ")
        ChunkWriter.appendTag(edit.phase, to: &output)
        output.append("\"object\": \"chat.completion.chunk\", ")
        output += upstream.created ?? identity.createdMember
        output.append(", ")
        output += upstream.model ?? identity.modelMember
        output += upstream.others
        output.append(UInt8(ascii: "}"))
    }
}

// MARK: - Parts

/// The top-level members of an upstream's chunk, ready to be written again.
private struct UpstreamMembers {
    var id: [UInt8]?
    var created: [UInt8]?
    var model: [UInt8]?
    /// `, "name": value` for each member that is kept without being understood.
    var others: [UInt8] = []

    mutating func keep(_ key: JSONString, _ cursor: inout JSONCursor, _ data: Span<UInt8>) throws(JSONError) {
        let kind = try cursor.peek()
        let value = try cursor.skipValue()
        if cursor.matches(key, "id") {
            if kind == .string, value.count > 2 { id = member("id", value, data) }
        } else if cursor.matches(key, "created") {
            if kind == .number { created = member("created", value, data) }
        } else if cursor.matches(key, "model") {
            if kind == .string { model = member("model", value, data) }
        } else if !isOurs(key, cursor) {
            others.append(", ")
            appendWithoutLineBreaks(data.extracting(key.quoted.lowerBound..<value.upperBound), to: &others)
        }
    }

    private func isOurs(_ key: JSONString, _ cursor: borrowing JSONCursor) -> Bool {
        cursor.matches(key, "object") || cursor.matches(key, "phase") || cursor.matches(key, "usage") || cursor.matches(key, "error")
            || cursor.matches(key, "choices")
    }

    private func member(_ name: String, _ value: Range<Int>, _ data: Span<UInt8>) -> [UInt8] {
        var bytes = Array("\"\(name)\": ".utf8)
        bytes.append(data.extracting(value))
        return bytes
    }
}

extension ChunkEditor {
    private static func writeChoice(
        _ cursor: inout JSONCursor, _ data: Span<UInt8>, _ ordinal: Int, _ index: Int, _ text: Span<UInt8>, _ edit: ChoiceEdit,
        to output: inout [UInt8]
    ) throws(JSONError) {
        try cursor.enterArray()
        var position = -1
        while try cursor.nextElement() {
            guard try cursor.peek() == .object else {
                _ = try cursor.skipValue()
                continue
            }
            position += 1
            if position == ordinal {
                try writeChoice(&cursor, data, index, text, edit, to: &output)
            } else {
                _ = try cursor.skipValue()
            }
        }
    }

    private static func writeChoice(
        _ cursor: inout JSONCursor, _ data: Span<UInt8>, _ index: Int, _ text: Span<UInt8>, _ edit: ChoiceEdit, to output: inout [UInt8]
    ) throws(JSONError) {
        var delta: [UInt8] = []
        var finish: [UInt8] = Array("null".utf8)
        var extras: [UInt8] = []
        appendTextMembers(text, edit, to: &delta)
        try cursor.enterObject()
        while let key = try cursor.nextKey() {
            if cursor.matches(key, "delta") || cursor.matches(key, "message"), try cursor.peek() == .object {
                try keepPayload(&cursor, data, edit, to: &delta)
                continue
            }
            let value = try cursor.skipValue()
            if cursor.matches(key, "index") || cursor.matches(key, "delta") || cursor.matches(key, "message") { continue }
            if cursor.matches(key, "finish_reason") {
                if edit.withFinish {
                    finish.removeAll()
                    finish.append(data.extracting(value))
                }
            } else if edit.withExtras {
                extras.append(", ")
                appendWithoutLineBreaks(data.extracting(key.quoted.lowerBound..<value.upperBound), to: &extras)
            }
        }
        output.append("{\"delta\": {")
        output += delta
        output.append("}, \"index\": \(index), \"finish_reason\": ")
        output += finish
        output += extras
        output.append(UInt8(ascii: "}"))
    }

    private static func appendTextMembers(_ text: Span<UInt8>, _ edit: ChoiceEdit, to delta: inout [UInt8]) {
        if !text.isEmpty {
            delta.append("\"content\": ")
            JSONText.appendQuoted(text, to: &delta)
        }
        if edit.withRole {
            if !delta.isEmpty { delta.append(", ") }
            delta.append("\"role\": \"assistant\"")
        }
    }

    /// Copies the delta's members that are neither text nor reasoning nor role.
    private static func keepPayload(
        _ cursor: inout JSONCursor, _ data: Span<UInt8>, _ edit: ChoiceEdit, to delta: inout [UInt8]
    ) throws(JSONError) {
        try cursor.enterObject()
        while let key = try cursor.nextKey() {
            let isText = ReasoningField(key, &cursor) != nil || cursor.matches(key, "content") || cursor.matches(key, "role")
            let value = try cursor.skipValue()
            guard edit.withPayload, !isText else { continue }
            if !delta.isEmpty { delta.append(", ") }
            appendWithoutLineBreaks(data.extracting(key.quoted.lowerBound..<value.upperBound), to: &delta)
        }
    }
}

/// Appends JSON bytes on one line: a raw line break can only be white space between tokens, so a space says the same.
func appendWithoutLineBreaks(_ bytes: Span<UInt8>, to output: inout [UInt8]) {
    guard bytes.containsLineBreak else {
        output.append(bytes)
        return
    }
    for index in bytes.indices {
        let byte = bytes[index]
        output.append(byte == 0x0A || byte == 0x0D ? 0x20 : byte)
    }
}
