import JSONBytes

/// The conversation: `system` and `messages`.
extension MessagesReader {
    private static let blockMembers = [
        "type", "text", "source", "id", "name", "input", "tool_use_id", "content", "is_error", "signature", "data", "title",
    ]
    private static let blocks = "a string or an array of blocks"

    mutating func readSystem(_ value: BodyValue) throws(AgentRequestError) {
        for text in try readTexts(value) {
            let text = BillingLine.removed(from: text)
            if !text.isEmpty { request.events.append(.system(text)) }
        }
    }

    mutating func readMessages() throws(AgentRequestError) {
        let messages = try fields.required("messages")
        for element in try messages.elements(atMost: limits.items) {
            let message = try element.fields(["role", "content"])
            let role = try message.required("role")
            let content = try message.required("content")
            switch try role.word() {
            case "user": try readUser(content)
            case "assistant": try readAssistant(content)
            case "system":
                let texts = try readTexts(content).filter { !$0.isEmpty }
                request.events.append(.system(Array(texts.joined(separator: Array("\n\n".utf8)))))
            default: throw .outOfRange(field: role.field, expected: "\"user\", \"assistant\" or \"system\"")
            }
        }
    }

    /// The results of tools come first: they belong to the message before this one.
    private mutating func readUser(_ content: BodyValue) throws(AgentRequestError) {
        var pieces: [ContentPiece] = []
        if content.kind == .string {
            pieces = [.text(try content.text())]
        } else {
            for element in try content.elements(atMost: limits.parts, expected: MessagesReader.blocks) {
                let block = try element.fields(MessagesReader.blockMembers)
                let type = try block.required("type").word()
                if type == "tool_result" {
                    try readResult(block)
                } else {
                    pieces += try readPieces(block, type)
                }
            }
        }
        request.events.append(.user(pieces))
    }

    private mutating func readAssistant(_ content: BodyValue) throws(AgentRequestError) {
        if content.kind == .string {
            request.events.append(.assistant(try content.text()))
            return
        }
        for element in try content.elements(atMost: limits.parts, expected: MessagesReader.blocks) {
            let block = try element.fields(MessagesReader.blockMembers)
            let type = try block.required("type").word()
            switch type {
            case "text": request.events.append(.assistant(try block.required("text").text()))
            case "thinking": if let value = try block.text("signature") { request.events.append(.reasoning(value)) }
            case "redacted_thinking": if let value = try block.text("data") { request.events.append(.reasoning(value)) }
            case "tool_use": try readCall(block)
            default:
                if let text = block["text"], text.kind == .string { request.events.append(.assistant(try text.text())) }
                request.leftOut.note(type)
            }
        }
    }

    private mutating func readCall(_ block: BodyFields) throws(AgentRequestError) {
        let id = try block.required("id").text()
        let name = try block.required("name").word()
        // Of any kind: a client may keep what a model wrote by mistake.
        let arguments = block["input"]?.raw ?? []
        request.events.append(.call(ToolCall(id: id, tool: ToolKey(name: name), arguments: arguments)))
    }

    private mutating func readResult(_ block: BodyFields) throws(AgentRequestError) {
        var result = ToolResult(id: try block.required("tool_use_id").text(), pieces: [])
        result.isError = try block.boolean("is_error") ?? false
        if let content = block["content"] {
            if content.kind == .string {
                result.pieces = [.text(try content.text())]
            } else {
                for element in try content.elements(atMost: limits.parts, expected: MessagesReader.blocks) {
                    let block = try element.fields(MessagesReader.blockMembers + ["tool_name"])
                    result.pieces += try readPieces(block, try block.required("type").word())
                }
            }
        }
        request.events.append(.result(result))
    }

    private func readTexts(_ value: BodyValue) throws(AgentRequestError) -> [[UInt8]] {
        if value.kind == .string { return [try value.text()] }
        var texts: [[UInt8]] = []
        for element in try value.elements(atMost: limits.parts, expected: MessagesReader.blocks) {
            let block = try element.fields(["text"])
            if let text = try block.text("text") { texts.append(text) }
        }
        return texts
    }
}

// MARK: - What is shown

extension MessagesReader {
    private mutating func readPieces(_ block: BodyFields, _ type: String) throws(AgentRequestError) -> [ContentPiece] {
        switch type {
        case "text":
            return [.text(try block.required("text").text())]
        case "image":
            return [try readImage(block)]
        case "tool_reference":
            let name = try block.required("tool_name").word()
            request.namedTools.insert(name)
            return [.text(Notes.available(ToolNames.valid(name)))]
        default:
            if let text = try readText(block) { return text.map { .text($0) } }
            request.leftOut.note(type)
            return [.note(for: type)]
        }
    }

    private mutating func readImage(_ block: BodyFields) throws(AgentRequestError) -> ContentPiece {
        let source = try block.required("source").fields(["type", "media_type", "data", "url"])
        switch try source.required("type").word() {
        case "base64":
            let type = try source.required("media_type").text()
            return .image(Array("data:".utf8) + type + Array(";base64,".utf8) + (try source.required("data").text()))
        case "url":
            return .image(try source.required("url").text())
        case let other:
            request.leftOut.note("image_" + other)
            return .note(for: "image")
        }
    }

    /// The text of a block of another kind: its own, its source's, or that of its inner blocks; nil if there is none.
    private func readText(_ block: BodyFields) throws(AgentRequestError) -> [[UInt8]]? {
        if let text = block["text"], text.kind == .string { return [try text.text()] }
        let title = block["title"].flatMap { $0.kind == .string ? $0 : nil }
        var inner = block["content"]
        if let source = block["source"], source.kind == .object {
            let members = try source.fields(["type", "data", "content"])
            if members.wordIfAny("type") == "text", let text = try members.text("data") {
                return try [title?.text(), text].compactMap { $0 }
            }
            inner = members["content"] ?? inner
        }
        guard let inner, inner.kind == .string || inner.kind == .array else { return nil }
        let texts = try [title?.text()].compactMap { $0 } + readTexts(inner)
        return texts.isEmpty ? nil : texts
    }
}
