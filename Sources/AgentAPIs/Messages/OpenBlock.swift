import JSONBytes

/// The block of a message that is being written.
struct OpenBlock {
    enum Kind {
        case thinking, text, refusal, call
    }

    let kind: Kind
    var head: CallHead?
    /// What carries the raw reasoning, or says that nothing does.
    var signature = ""
    /// All text so far; only kept if the answer is collected.
    var text: [UInt8] = []
    /// Whether any text was written.
    var hasText = false
    /// Whether what comes next is another thought.
    var owesBreak = false

    init(_ kind: Kind) {
        self.kind = kind
    }

    /// The block as it begins.
    var emptyJSON: [UInt8] {
        switch kind {
        case .thinking: Array(#"{"type":"thinking","thinking":"","signature":""}"#.utf8)
        case .text, .refusal: Array(#"{"type":"text","text":""}"#.utf8)
        case .call: callJSON(input: Array("{}".utf8))
        }
    }

    /// The block with all that was written.
    func json(arguments: [UInt8]) -> [UInt8] {
        var json: [UInt8] = []
        switch kind {
        case .thinking:
            json.append("{\"type\":\"thinking\"")
            json.appendMember("thinking", text.span)
            json.appendMember("signature", signature)
        case .text, .refusal:
            json.append("{\"type\":\"text\"")
            json.appendMember("text", text.span)
        case .call:
            return callJSON(input: OpenBlock.input(arguments))
        }
        json.append(UInt8(ascii: "}"))
        return json
    }

    private func callJSON(input: [UInt8]) -> [UInt8] {
        var json = Array("{\"type\":\"tool_use\"".utf8)
        json.appendMember("id", head?.id ?? "")
        json.appendMember("name", head?.route.name ?? "")
        json.appendMember("input", json: input)
        json.append(UInt8(ascii: "}"))
        return json
    }

    /// The input must be an object: what is none stands in one, so that the tool refuses it and the model learns of it.
    private static func input(_ arguments: [UInt8]) -> [UInt8] {
        if arguments.allSatisfy({ $0 <= 0x20 }) { return Array("{}".utf8) }
        if JSONKind.isObject(arguments.span) { return arguments }
        var wrapped = Array("{\"unreadable_arguments\":".utf8)
        JSONText.appendQuoted(arguments.span, to: &wrapped)
        wrapped.append(UInt8(ascii: "}"))
        return wrapped
    }
}
