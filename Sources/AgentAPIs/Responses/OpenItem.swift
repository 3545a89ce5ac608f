import JSONBytes

/// The item of a response that is being written.
struct OpenItem {
    enum Kind {
        case reasoning, message
        case call(CallHead)
    }

    let kind: Kind
    let id: String
    /// The part that is being written.
    var part: ContentPart?
    /// What carries the raw reasoning.
    var sealed: String?
    /// Arguments or input so far.
    var arguments: [UInt8] = []
    /// Finished parts, with commas between them.
    private var content: [UInt8] = []
    private(set) var contentCount = 0
    private var summary: [UInt8] = []
    private(set) var summaryCount = 0
    /// The summary part that was added last.
    private(set) var lastPart: [UInt8] = []

    init(_ kind: Kind, id: String) {
        self.kind = kind
        self.id = id
    }

    mutating func addSummary(_ text: Span<UInt8>) {
        lastPart = Array("{\"type\":\"summary_text\"".utf8)
        lastPart.appendMember("text", text)
        lastPart.append(UInt8(ascii: "}"))
        if summaryCount > 0 { summary.append(UInt8(ascii: ",")) }
        summary += lastPart
        summaryCount += 1
    }

    mutating func beginPart(_ kind: ContentPart.Kind) {
        part = ContentPart(kind)
    }

    mutating func endPart() {
        guard let part else { return }
        addContent(part)
        self.part = nil
    }

    private mutating func addContent(_ part: ContentPart) {
        if contentCount > 0 { content.append(UInt8(ascii: ",")) }
        content += part.json
        contentCount += 1
    }

    /// The item as it begins.
    var emptyJSON: [UInt8] { json(status: "in_progress") }

    /// The item with all that was written.
    func json(isWhole: Bool) -> [UInt8] {
        var whole = self
        whole.endPart()
        return whole.json(status: isWhole ? "completed" : "incomplete")
    }

    private func json(status: StaticString) -> [UInt8] {
        var json = Array("{\"id\":".utf8)
        JSONText.appendQuoted(id, to: &json)
        switch kind {
        case .reasoning:
            json.append(",\"type\":\"reasoning\",\"summary\":[")
            json += summary
            json.append(UInt8(ascii: "]"))
            if contentCount > 0 { appendContent(to: &json) }
            if let sealed { json.appendMember("encrypted_content", sealed) }
        case .message:
            json.append(",\"type\":\"message\"")
            json.append(",\"status\":\"\(status)\"")
            appendContent(to: &json)
            json.append(",\"role\":\"assistant\"")
        case .call(let call):
            let isFunction = call.route.kind == .function
            json.append(isFunction ? ",\"type\":\"function_call\"" : ",\"type\":\"custom_tool_call\"")
            json.append(",\"status\":\"\(status)\"")
            json.appendMember(isFunction ? "arguments" : "input", arguments.span)
            json.appendMember("call_id", call.id)
            json.appendMember("name", call.route.name)
            if let namespace = call.route.namespace { json.appendMember("namespace", namespace) }
        }
        json.append(UInt8(ascii: "}"))
        return json
    }

    private func appendContent(to json: inout [UInt8]) {
        json.append(",\"content\":[")
        json += content
        json.append(UInt8(ascii: "]"))
    }
}

/// A stretch of text of one kind.
struct ContentPart {
    enum Kind {
        case text, refusal, reasoning

        var delta: ResponsesEvent {
            switch self {
            case .text: .textDelta
            case .refusal: .refusalDelta
            case .reasoning: .reasoningDelta
            }
        }

        var done: ResponsesEvent {
            switch self {
            case .text: .textDone
            case .refusal: .refusalDone
            case .reasoning: .reasoningDone
            }
        }

        /// The member that holds the text.
        var textMember: StaticString { self == .refusal ? "refusal" : "text" }
    }

    let kind: Kind
    var text: [UInt8] = []

    init(_ kind: Kind) {
        self.kind = kind
    }

    var json: [UInt8] {
        var json: [UInt8] = []
        switch kind {
        case .text: json.append("{\"type\":\"output_text\",\"annotations\":[],\"logprobs\":[]")
        case .refusal: json.append("{\"type\":\"refusal\"")
        case .reasoning: json.append("{\"type\":\"reasoning_text\"")
        }
        json.appendMember(kind.textMember, text.span)
        json.append(UInt8(ascii: "}"))
        return json
    }
}
