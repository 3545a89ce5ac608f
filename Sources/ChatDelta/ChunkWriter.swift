import JSONBytes

/// Writes chunks of the proxy's own making, in the key order of the project's first wire format, each complete as the Chat
/// Completions specification wants it (`id`, `object`, `created`, `model`, `choices[].index`, `.delta`, `.finish_reason`).
///
/// Every function appends one JSON object on one line to `output`, without `data: ` and without a line end.
public enum ChunkWriter {
    /// Text longer than this leaves in several chunks: some clients read lines of at most 32 KiB, and escaping may double the text.
    public static let maximumTextBytes = 12 * 1024

    /// A phase marker: an empty delta, so that clients that know nothing of phases pass over it.
    public static func appendMarker(phase: String, identity: ChunkIdentity, to output: inout [UInt8]) {
        output.append(UInt8(ascii: "{"))
        appendTag(phase, to: &output)
        output += identity.idMember
        output.append(", \"choices\": [{\"delta\": {}, \"index\": 0, \"finish_reason\": null}], ")
        output += identity.tailMembers
        output.append(UInt8(ascii: "}"))
    }

    /// A chunk with one text field.
    ///
    /// - Parameters:
    ///   - text: UTF-8, at most `maximumTextBytes`.
    ///   - field: the delta's member that carries it, `content` or a reasoning field.
    ///   - phase: the tag, or nil for none.
    ///   - index: the choice.
    ///   - withRole: whether the delta also says `"role": "assistant"`.
    ///   - identity: what all chunks of the stream have in common.
    ///   - output: where the bytes go.
    public static func appendText(
        _ text: Span<UInt8>, field: String, phase: String?, index: Int, withRole: Bool, identity: ChunkIdentity, to output: inout [UInt8]
    ) {
        output.append(UInt8(ascii: "{"))
        output += identity.idMember
        output.append(", \"choices\": [{\"delta\": {")
        JSONText.appendQuoted(field, to: &output)
        output.append(": ")
        JSONText.appendQuoted(text, to: &output)
        if withRole { output.append(", \"role\": \"assistant\"") }
        output.append("}, \"index\": ")
        output.append(decimal: index)
        output.append(", \"finish_reason\": null}], ")
        appendTag(phase, to: &output)
        output += identity.tailMembers
        output.append(UInt8(ascii: "}"))
    }

    /// A finish chunk: an empty delta and the reason, untagged.
    public static func appendFinish(_ reason: String, index: Int, identity: ChunkIdentity, to output: inout [UInt8]) {
        output.append(UInt8(ascii: "{"))
        output += identity.idMember
        output.append(", \"choices\": [{\"delta\": {}, \"finish_reason\": ")
        JSONText.appendQuoted(reason, to: &output)
        output.append(", \"index\": ")
        output.append(decimal: index)
        output.append("}], ")
        output += identity.tailMembers
        output.append(UInt8(ascii: "}"))
    }

    /// The usage chunk that a client asked for: no choices, and the upstream's own usage object.
    public static func appendUsage(_ usage: Span<UInt8>, identity: ChunkIdentity, to output: inout [UInt8]) {
        output.append(UInt8(ascii: "{"))
        output += identity.idMember
        output.append(", \"choices\": [], \"usage\": ")
        output.appendOnOneLine(usage)
        output.append(", ")
        output += identity.tailMembers
        output.append(UInt8(ascii: "}"))
    }

    /// An error object in the one shape that every SDK sees.
    public static func appendError(message: String, type: String, code: String, to output: inout [UInt8]) {
        output.append("{\"error\": {\"message\": ")
        JSONText.appendQuoted(message, to: &output)
        output.append(", \"type\": ")
        JSONText.appendQuoted(type, to: &output)
        output.append(", \"param\": null, \"code\": ")
        JSONText.appendQuoted(code, to: &output)
        output.append("}}")
    }

    static func appendTag(_ phase: String?, to output: inout [UInt8]) {
        guard let phase else { return }
        output.append("\"phase\": ")
        JSONText.appendQuoted(phase, to: &output)
        output.append(", ")
    }
}
