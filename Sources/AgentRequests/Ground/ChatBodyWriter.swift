import JSONBytes

/// Writes the chat-completions body. The only place where its members are spelled.
struct ChatBodyWriter {
    private(set) var output: [UInt8] = []

    init(capacity: Int) {
        output.reserveCapacity(capacity)
        output.append(UInt8(ascii: "{"))
    }

    /// Closes the body.
    mutating func finish() { output.append(UInt8(ascii: "}")) }

    /// A member of the body whose value is JSON already.
    mutating func member(_ name: String, raw value: [UInt8]) {
        begin(name)
        output += value
    }

    /// A member of the body whose value is JSON already, from a literal.
    mutating func member(_ name: String, json value: String) { member(name, raw: Array(value.utf8)) }

    /// A member of the body that is a string.
    mutating func member(_ name: String, text value: String) {
        begin(name)
        JSONText.appendQuoted(value, to: &output)
    }

    /// A member of the body that is a list of strings.
    mutating func member(_ name: String, texts values: [[UInt8]]) {
        begin(name)
        list(values) { writer, value in writer.string(value) }
    }

    /// The conversation.
    mutating func messages(_ messages: [ChatMessage]) {
        begin("messages")
        list(messages) { writer, message in writer.message(message) }
    }

    /// The functions, with their names.
    mutating func tools(_ tools: [AgentTool], names: ToolNames) {
        begin("tools")
        list(tools) { writer, tool in writer.tool(tool, name: names.name(of: tool.key)) }
    }

    private mutating func begin(_ name: String) {
        if output.count > 1 { output.append(UInt8(ascii: ",")) }
        JSONText.appendQuoted(name, to: &output)
        output.append(UInt8(ascii: ":"))
    }

    private mutating func list<Element>(_ elements: [Element], _ write: (inout ChatBodyWriter, Element) -> Void) {
        output.append(UInt8(ascii: "["))
        for (index, element) in elements.enumerated() {
            if index > 0 { output.append(UInt8(ascii: ",")) }
            write(&self, element)
        }
        output.append(UInt8(ascii: "]"))
    }

    private mutating func string(_ text: [UInt8]) { JSONText.appendQuoted(text.span, to: &output) }
}

// MARK: - Messages

extension ChatBodyWriter {
    private mutating func message(_ message: ChatMessage) {
        switch message {
        case .system(let text):
            output.append(#"{"role":"system","content":"#)
            string(text)
        case .user(let pieces):
            output.append(#"{"role":"user","content":"#)
            content(pieces)
        case .assistant(let message):
            assistant(message)
        case .tool(let id, let text):
            output.append(#"{"role":"tool","tool_call_id":"#)
            string(id)
            output.append(#","content":"#)
            string(text)
        }
        output.append(UInt8(ascii: "}"))
    }

    private mutating func assistant(_ message: AssistantMessage) {
        output.append(#"{"role":"assistant","content":"#)
        paragraphs(message.texts)
        if !message.reasoning.isEmpty {
            output.append(#","reasoning_content":"#)
            paragraphs(message.reasoning)
        }
        guard !message.calls.isEmpty else { return }
        output.append(#","tool_calls":"#)
        list(message.calls) { writer, call in
            writer.output.append(#"{"id":"#)
            writer.string(call.id)
            writer.output.append(#","type":"function","function":{"name":"#)
            JSONText.appendQuoted(call.name, to: &writer.output)
            writer.output.append(#","arguments":"#)
            writer.string(call.arguments)
            writer.output.append("}}")
        }
    }

    /// Texts as one string, apart by a blank line.
    private mutating func paragraphs(_ texts: [[UInt8]]) {
        output.append(UInt8(ascii: "\""))
        for (index, text) in texts.enumerated() {
            if index > 0 { output.append(#"\n\n"#) }
            JSONText.appendEscaped(text.span, to: &output)
        }
        output.append(UInt8(ascii: "\""))
    }

    /// One string, or parts if there is an image.
    private mutating func content(_ pieces: [ContentPiece]) {
        let hasImages = pieces.contains(where: \.isImage)
        if hasImages { output.append(UInt8(ascii: "[")) }
        var isInText = false
        for (index, piece) in pieces.enumerated() {
            switch piece.kind {
            case .text(let text):
                if isInText {
                    output.append(piece.beginsParagraph ? #"\n\n"# : #"\n"#)
                } else {
                    if index > 0 { output.append(UInt8(ascii: ",")) }
                    output.append(hasImages ? #"{"type":"text","text":""# : "\"")
                }
                isInText = true
                JSONText.appendEscaped(text.span, to: &output)
            case .image(let url, let detail):
                if isInText { output.append(#""}"#) }
                isInText = false
                if index > 0 { output.append(UInt8(ascii: ",")) }
                image(url, detail)
            }
        }
        if isInText { output.append(hasImages ? #""}"# : "\"") }
        if hasImages { output.append(UInt8(ascii: "]")) }
    }

    private mutating func image(_ url: [UInt8], _ detail: [UInt8]?) {
        output.append(#"{"type":"image_url","image_url":{"url":"#)
        string(url)
        if let detail {
            output.append(#","detail":"#)
            string(detail)
        }
        output.append("}}")
    }
}

// MARK: - Tools

extension ChatBodyWriter {
    private mutating func tool(_ tool: AgentTool, name: String) {
        output.append(#"{"type":"function","function":{"name":"#)
        JSONText.appendQuoted(name, to: &output)
        if !tool.description.isEmpty {
            output.append(#","description":"#)
            string(tool.description)
        }
        output.append(#","parameters":"#)
        output += tool.parameters.map(ParameterSchema.mended) ?? ParameterSchema.empty
        if tool.isStrict { output.append(#","strict":true"#) }
        output.append("}}")
    }

    /// What the tools may be used for. Nothing is said about no tools: servers refuse that.
    mutating func toolUse(_ choice: ToolChoice, parallel: Bool?, names: ToolNames) {
        switch choice {
        case .unsaid: break
        case .auto, .among(_, isRequired: false): member("tool_choice", json: #""auto""#)
        case .none: member("tool_choice", json: #""none""#)
        case .required, .among(_, isRequired: true): member("tool_choice", json: #""required""#)
        case .tool(let key):
            begin("tool_choice")
            output.append(#"{"type":"function","function":{"name":"#)
            JSONText.appendQuoted(names.name(of: key), to: &output)
            output.append("}}")
        }
        if let parallel { member("parallel_tool_calls", json: parallel ? "true" : "false") }
    }

    /// The form of the answer.
    mutating func format(_ format: AnswerFormat) {
        begin("response_format")
        switch format {
        case .object: output.append(#"{"type":"json_object"}"#)
        case .schema(let schema, let name, let isStrict):
            output.append(#"{"type":"json_schema","json_schema":{"name":"#)
            JSONText.appendQuoted(name, to: &output)
            output.append(#","schema":"#)
            output += schema
            if let isStrict { output.append(isStrict ? #","strict":true"# : #","strict":false"#) }
            output.append("}}")
        }
    }
}
