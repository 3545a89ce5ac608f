import JSONBytes

/// The conversation: `input`, a text or a list of items.
extension ResponsesReader {
    mutating func readInput() throws(AgentRequestError) {
        let input = try fields.required("input")
        if input.kind == .string {
            request.events.append(.user([.text(try input.text())]))
            return
        }
        for item in try input.elements(atMost: limits.items, expected: "a string or an array of items") { try readItem(item) }
    }

    private static let itemMembers = [
        "type", "role", "content", "call_id", "name", "namespace", "arguments", "input", "output", "encrypted_content", "tools",
    ]

    private mutating func readItem(_ value: BodyValue) throws(AgentRequestError) {
        let item = try value.fields(ResponsesReader.itemMembers)
        // The type may be missing, and only messages have a role.
        let type = item.contains("role") && item["type"] == nil ? "message" : try item.required("type").word()
        switch type {
        case "message": try readMessage(item)
        case "function_call": try readCall(item, "arguments", isCustom: false)
        case "custom_tool_call": try readCall(item, "input", isCustom: true)
        case "reasoning":
            if let value = try item.text("encrypted_content") { request.events.append(.reasoning(value)) }
        case "additional_tools":
            if let tools = item["tools"] { try readTools(tools) }
        case "item_reference": throw .needsState(field: value.field, instead: "send the item itself")
        case _ where type.hasSuffix("_call_output") && item["call_id"] != nil: try readResult(item)
        default: request.leftOut.note(type)
        }
    }

    private mutating func readMessage(_ item: BodyFields) throws(AgentRequestError) {
        let role = try item.required("role")
        let content = try item.required("content")
        switch try role.word() {
        case "user":
            request.events.append(.user(try readPieces(content)))
        case "assistant":
            for text in try readTexts(content) { request.events.append(.assistant(text)) }
        case "system", "developer":
            request.events.append(.system(Array(try readTexts(content).joined(separator: [UInt8(ascii: "\n")]))))
        default:
            throw .outOfRange(field: role.field, expected: "\"user\", \"assistant\", \"system\" or \"developer\"")
        }
    }

    private mutating func readCall(_ item: BodyFields, _ member: String, isCustom: Bool) throws(AgentRequestError) {
        let id = try item.required("call_id").text()
        let name = try item.required("name").word()
        let namespace = try item.word("namespace").flatMap { $0.isEmpty ? nil : $0 }
        let arguments = try item.text(member) ?? []
        let tool = ToolKey(isCustom: isCustom, namespace: namespace, name: name)
        request.events.append(.call(ToolCall(id: id, tool: tool, arguments: arguments)))
    }

    private mutating func readResult(_ item: BodyFields) throws(AgentRequestError) {
        let id = try item.required("call_id").text()
        let pieces = try item["output"].map { (value) throws(AgentRequestError) in try readPieces(value) } ?? []
        request.events.append(.result(ToolResult(id: id, pieces: pieces)))
    }
}

// MARK: - Content

extension ResponsesReader {
    private static let partMembers = ["type", "text", "refusal", "image_url", "detail"]

    /// What the user or a tool shows: texts, images, and notes about what is neither.
    private mutating func readPieces(_ content: BodyValue) throws(AgentRequestError) -> [ContentPiece] {
        if content.kind == .string { return [.text(try content.text())] }
        var pieces: [ContentPiece] = []
        for element in try content.elements(atMost: limits.parts, expected: "a string or an array of parts") {
            let part = try element.fields(ResponsesReader.partMembers)
            let type = try part.required("type").word()
            switch type {
            case "input_image" where part["image_url"] != nil:
                pieces.append(try readImage(part))
            case "input_text", "output_text", "text":
                pieces.append(.text(try part.required("text").text()))
            default:
                pieces.append(try readOther(part, type))
            }
        }
        return pieces
    }

    /// The texts of a message that shows nothing else.
    private mutating func readTexts(_ content: BodyValue) throws(AgentRequestError) -> [[UInt8]] {
        if content.kind == .string { return [try content.text()] }
        var texts: [[UInt8]] = []
        for element in try content.elements(atMost: limits.parts, expected: "a string or an array of parts") {
            let part = try element.fields(ResponsesReader.partMembers)
            let type = try part.required("type").word()
            switch type {
            case "refusal": texts.append(try part.required("refusal").text())
            case "input_text", "output_text", "text": texts.append(try part.required("text").text())
            default: request.leftOut.note(type)
            }
        }
        return texts
    }

    private func readImage(_ part: BodyFields) throws(AgentRequestError) -> ContentPiece {
        let address = try part.required("image_url")
        let detail = ResponsesReader.detail(try part.word("detail"))
        // Chat completions nest the address; some clients do so here.
        guard address.kind == .object else { return .image(try address.text(), detail: detail) }
        let nested = try address.fields(["url", "detail"])
        return .image(try nested.required("url").text(), detail: ResponsesReader.detail(try nested.word("detail")) ?? detail)
    }

    /// How closely to look, in the words that chat completions have for it.
    private static func detail(_ word: String?) -> [UInt8]? {
        word.flatMap { ["auto", "low", "high"].contains($0) ? Array($0.utf8) : nil }
    }

    private mutating func readOther(_ part: BodyFields, _ type: String) throws(AgentRequestError) -> ContentPiece {
        if let text = part["text"], text.kind == .string { return .text(try text.text()) }
        request.leftOut.note(type)
        return .note(for: type)
    }
}
