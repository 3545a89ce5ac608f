import JSONBytes

extension ChunkWriter {
    /// What the first fragment of a tool call says.
    public struct ToolCallHead: Sendable {
        /// The call's id.
        public var id: String
        /// The function's name, UTF-8.
        public var name: [UInt8]

        /// A head from both.
        public init(id: String, name: [UInt8]) {
            self.id = id
            self.name = name
        }
    }

    /// A chunk with one fragment of a tool call of our own making.
    ///
    /// - Parameters:
    ///   - arguments: the fragment, UTF-8, at most `maximumTextBytes`.
    ///   - head: id and name, with the first fragment only.
    ///   - ordinal: the call's index among the choice's calls.
    ///   - phase: the tag.
    ///   - index: the choice.
    ///   - withRole: whether the delta also says `"role": "assistant"`.
    ///   - identity: what all chunks of the stream have in common.
    ///   - output: where the bytes go.
    public static func appendToolCall(
        _ arguments: Span<UInt8>, head: ToolCallHead?, ordinal: Int, phase: String, index: Int, withRole: Bool, identity: ChunkIdentity,
        to output: inout [UInt8]
    ) {
        output.append(UInt8(ascii: "{"))
        output += identity.idMember
        output.append(withRole ? ", \"choices\": [{\"delta\": {\"role\": \"assistant\", " : ", \"choices\": [{\"delta\": {")
        output.append("\"tool_calls\": [{\"index\": \(ordinal), ")
        appendCall(arguments, head: head, to: &output)
        output.append("}]}, \"index\": \(index), \"finish_reason\": null}], ")
        appendTag(phase, to: &output)
        output += identity.tailMembers
        output.append(UInt8(ascii: "}"))
    }

    /// The members of one call, without braces: `"id": …, "type": "function", "function": {…}`.
    public static func appendCall(_ arguments: Span<UInt8>, head: ToolCallHead?, to output: inout [UInt8]) {
        if let head {
            output.append("\"id\": ")
            JSONText.appendQuoted(head.id, to: &output)
            output.append(", \"type\": \"function\", ")
        }
        output.append("\"function\": {")
        if let head {
            output.append("\"name\": ")
            JSONText.appendQuoted(head.name.span, to: &output)
            output.append(", ")
        }
        output.append("\"arguments\": ")
        JSONText.appendQuoted(arguments, to: &output)
        output.append(UInt8(ascii: "}"))
    }
}
