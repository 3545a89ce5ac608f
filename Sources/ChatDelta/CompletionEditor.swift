public import JSONBytes

/// Rewrites a whole chat completion (`choices[].message`): the answer in `content`, the upstream's reasoning taken out, summaries
/// put beside it. Every other member keeps its own bytes and its place, but for copies of the reasoning (`ThoughtCopy`) and a `delta` beside
/// a message, which go.
public enum CompletionEditor {
    /// What becomes of one choice's message.
    public struct MessageEdit: Sendable {
        /// The new `content`; nil leaves null (a message that only calls tools).
        public var content: [UInt8]?
        /// Text for the client's reasoning field; nil for none.
        public var reasoning: [UInt8]?
        /// Whether the choice's log probabilities are taken out: beside a text with reasoning in it they quote the reasoning.
        public var dropsLogprobs = false
        /// Elements of `tool_calls` that take the place of the message's own, each JSON, and make the finish reason `tool_calls`; empty
        /// leaves both as they are.
        public var toolCalls: [[UInt8]] = []

        /// An edit from both texts.
        public init(content: [UInt8]?, reasoning: [UInt8]? = nil) {
            self.content = content
            self.reasoning = reasoning
        }
    }

    /// Appends the body `data` with its messages edited.
    ///
    /// - Parameters:
    ///   - data: the completion; one JSON object, valid UTF-8.
    ///   - messages: one edit for each element of `choices`, in order; further choices keep their text.
    ///   - reasoningField: the name under which `MessageEdit.reasoning` is written.
    ///   - phases: name and text of each phase for the top-level member `phases`; empty for none.
    ///   - attempts: how many upstreams were asked; told by a member beside `choices` if more than one.
    ///   - output: where the bytes go; holds a part of them after an error.
    /// - Throws: `JSONError` for data that `DeltaReader` would refuse.
    public static func appendRewritten(
        _ data: Span<UInt8>, messages: [MessageEdit], reasoningField: String, phases: [(phase: String, content: [UInt8])],
        attempts: Int = 1, to output: inout [UInt8]
    ) throws(JSONError) {
        var cursor = JSONCursor(data, maximumDepth: DeltaReader.maximumDepth)
        var members = MemberList(output: &output)
        try cursor.enterObject()
        while let key = try cursor.nextKey() {
            if !phases.isEmpty && cursor.matches(key, ChunkName.phases) || attempts > 1 && cursor.matches(key, ChunkEditor.attemptsMember) {
                _ = try cursor.skipValue()
            } else if cursor.matches(key, ChunkName.choices), try cursor.peek() == .array {
                members.begin("choices", &output)
                try appendChoices(&cursor, data, messages, reasoningField, to: &output)
            } else {
                try members.copyUnlessThoughts(key, &cursor, data, &output)
            }
        }
        if !phases.isEmpty {
            members.begin("phases", &output)
            appendPhases(phases, to: &output)
        }
        if attempts > 1 {
            members.begin(ChunkEditor.attemptsMember, &output)
            output.append(String(attempts))
        }
        output.append(UInt8(ascii: "}"))
    }

    private static func appendPhases(_ phases: [(phase: String, content: [UInt8])], to output: inout [UInt8]) {
        output.append(UInt8(ascii: "["))
        for (position, entry) in phases.enumerated() {
            if position > 0 { output.append(", ") }
            output.append("{\"phase\": ")
            JSONText.appendQuoted(entry.phase, to: &output)
            output.append(", \"content\": ")
            JSONText.appendQuoted(entry.content.span, to: &output)
            output.append(UInt8(ascii: "}"))
        }
        output.append(UInt8(ascii: "]"))
    }

    private static func appendChoices(
        _ cursor: inout JSONCursor, _ data: Span<UInt8>, _ messages: [MessageEdit], _ field: String, to output: inout [UInt8]
    ) throws(JSONError) {
        try cursor.enterArray()
        output.append(UInt8(ascii: "["))
        var ordinal = 0
        var isFirst = true
        while try cursor.nextElement() {
            if !isFirst { output.append(", ") }
            isFirst = false
            guard try cursor.peek() == .object, ordinal < messages.count else {
                output.append(data.extracting(try cursor.skipValue()))
                continue
            }
            try appendChoice(&cursor, data, messages[ordinal], field, to: &output)
            ordinal += 1
        }
        output.append(UInt8(ascii: "]"))
    }

    private static func appendChoice(
        _ cursor: inout JSONCursor, _ data: Span<UInt8>, _ edit: MessageEdit, _ field: String, to output: inout [UInt8]
    ) throws(JSONError) {
        var members = MemberList(output: &output)
        try cursor.enterObject()
        while let key = try cursor.nextKey() {
            if cursor.matches(key, ChunkName.message), try cursor.peek() == .object {
                members.begin("message", &output)
                try appendMessage(&cursor, data, edit, field, to: &output)
            } else if cursor.matches(key, ChunkName.delta) {
                // Some servers put an empty one beside the message; what else it may hold was not edited.
                _ = try cursor.skipValue()
            } else if !edit.toolCalls.isEmpty, cursor.matches(key, ChunkName.finishReason) {
                _ = try cursor.skipValue()
                members.begin("finish_reason", &output)
                output.append("\"tool_calls\"")
            } else if edit.dropsLogprobs, cursor.matches(key, ChunkName.logprobs) {
                _ = try cursor.skipValue()
                members.begin("logprobs", &output)
                output.append("null")
            } else {
                try members.copyUnlessThoughts(key, &cursor, data, &output)
            }
        }
        output.append(UInt8(ascii: "}"))
    }

    private static func appendMessage(
        _ cursor: inout JSONCursor, _ data: Span<UInt8>, _ edit: MessageEdit, _ field: String, to output: inout [UInt8]
    ) throws(JSONError) {
        var members = MemberList(output: &output)
        var hasContent = false
        try cursor.enterObject()
        while let key = try cursor.nextKey() {
            let isReasoning = ReasoningField(key, cursor) != nil
            let isContent = cursor.matches(key, ChunkName.content)
            let isReplaced = !edit.toolCalls.isEmpty && cursor.matches(key, ChunkName.toolCalls)
            guard let value = try ThoughtCopy.value(of: key, &cursor), !isReplaced else { continue }
            if isContent, !hasContent {
                hasContent = true
                appendContent(edit.content, &members, to: &output)
            } else if !isReasoning, !isContent {
                members.copy(key, value, data, &output)
            }
        }
        if !hasContent { appendContent(edit.content, &members, to: &output) }
        appendToolCalls(edit.toolCalls, &members, to: &output)
        if let reasoning = edit.reasoning {
            members.begin(field, &output)
            JSONText.appendQuoted(reasoning.span, to: &output)
        }
        output.append(UInt8(ascii: "}"))
    }
}

extension CompletionEditor {
    private static func appendToolCalls(_ calls: [[UInt8]], _ members: inout MemberList, to output: inout [UInt8]) {
        guard !calls.isEmpty else { return }
        members.begin("tool_calls", &output)
        output.append(UInt8(ascii: "["))
        output += calls.joined(separator: [UInt8(ascii: ","), UInt8(ascii: " ")])
        output.append(UInt8(ascii: "]"))
    }

    private static func appendContent(_ content: [UInt8]?, _ members: inout MemberList, to output: inout [UInt8]) {
        members.begin("content", &output)
        if let content { JSONText.appendQuoted(content.span, to: &output) } else { output.append("null") }
    }
}

/// The commas of one object that is being written.
private struct MemberList {
    private var isFirst = true

    init(output: inout [UInt8]) {
        output.append(UInt8(ascii: "{"))
    }

    mutating func begin(_ name: String, _ output: inout [UInt8]) {
        separate(&output)
        JSONText.appendQuoted(name, to: &output)
        output.append(": ")
    }

    mutating func copy(_ key: JSONString, _ value: Range<Int>, _ data: Span<UInt8>, _ output: inout [UInt8]) {
        separate(&output)
        output.append(data.extracting(key.quoted.lowerBound..<value.upperBound))
    }

    mutating func copyUnlessThoughts(
        _ key: JSONString, _ cursor: inout JSONCursor, _ data: Span<UInt8>, _ output: inout [UInt8]
    ) throws(JSONError) {
        guard let value = try ThoughtCopy.value(of: key, &cursor) else { return }
        copy(key, value, data, &output)
    }

    private mutating func separate(_ output: inout [UInt8]) {
        if !isFirst { output.append(", ") }
        isFirst = false
    }
}
