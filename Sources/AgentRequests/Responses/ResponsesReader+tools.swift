import JSONBytes

/// The tools: functions, free text, both in namespaces, and what only the API's own servers can run.
extension ResponsesReader {
    private static let toolMembers = ["type", "name", "description", "parameters", "strict", "format", "tools"]

    /// How much of a namespace's description stands in front of each of its functions' own: it is repeated.
    private static let longestNamespaceText = 1 << 10

    mutating func readTools(_ value: BodyValue) throws(AgentRequestError) {
        for element in try value.elements(atMost: limits.tools) {
            let tool = try element.fields(ResponsesReader.toolMembers)
            let type = try tool.required("type").word()
            if type == "namespace" {
                try readNamespace(tool)
            } else {
                try readTool(tool, type, namespace: nil, about: [])
            }
        }
    }

    private mutating func readNamespace(_ value: BodyFields) throws(AgentRequestError) {
        let name = try value.required("name").word()
        let about = Clipped.text(try value.text("description") ?? [], atMost: ResponsesReader.longestNamespaceText)
        for element in try value.required("tools").elements(atMost: limits.tools) {
            let tool = try element.fields(ResponsesReader.toolMembers)
            try readTool(tool, try tool.required("type").word(), namespace: name, about: about)
        }
    }

    private mutating func readTool(
        _ value: BodyFields, _ type: String, namespace: String?, about: [UInt8]
    ) throws(AgentRequestError) {
        guard type == "function" || type == "custom" else {
            request.leftOut.note(type)
            return
        }
        let isCustom = type == "custom"
        var tool = AgentTool(key: ToolKey(isCustom: isCustom, namespace: namespace, name: try value.required("name").word()))
        tool.description = ResponsesReader.paragraphs([about, try value.text("description") ?? []])
        if isCustom {
            tool.parameters = ParameterSchema.freeText
            tool.description = ResponsesReader.paragraphs([tool.description, try readGrammar(value)])
        } else {
            tool.parameters = try value["parameters"].map { (schema) throws(AgentRequestError) in try schema.object() }
            tool.isStrict = try value.boolean("strict") ?? false
        }
        guard request.tools.count < limits.tools else { throw .tooMany(field: "tools", limit: limits.tools) }
        request.tools.append(tool)
    }

    /// The grammar of a custom tool in words: nothing enforces it at the upstream.
    private func readGrammar(_ tool: BodyFields) throws(AgentRequestError) -> [UInt8] {
        guard let format = try tool["format"]?.fields(["type", "syntax", "definition"]), let definition = try format.text("definition")
        else {
            return []
        }
        let syntax = try format.text("syntax") ?? []
        let lead = Array("The string \"input\" must follow this grammar".utf8)
        return lead + (syntax.isEmpty ? [] : Array(" (".utf8) + syntax + Array(")".utf8)) + Array(":\n".utf8) + definition
    }

    private static func paragraphs(_ texts: [[UInt8]]) -> [UInt8] {
        Array(texts.filter { !$0.isEmpty }.joined(separator: Array("\n\n".utf8)))
    }
}

// MARK: - Choice

extension ResponsesReader {
    mutating func readToolChoice() throws(AgentRequestError) {
        guard let choice = fields["tool_choice"] else { return }
        guard choice.kind == .object else {
            let expected = "\"auto\", \"none\", \"required\", or an object with a type"
            request.choice =
                switch try choice.word(expected) {
                case "auto": .auto
                case "none": .none
                case "required": .required
                default: throw .outOfRange(field: choice.field, expected: expected)
                }
            return
        }
        let members = try choice.fields(["type", "name", "namespace", "mode", "tools"])
        switch try members.required("type").word() {
        case "function", "custom": request.choice = .tool(try readKey(members))
        case "allowed_tools": request.choice = try readAllowed(members)
        // A tool that only the API's own servers can run was left out: the model answers in words.
        default: request.choice = .auto
        }
    }

    private func readKey(_ members: BodyFields) throws(AgentRequestError) -> ToolKey {
        let namespace = try members.word("namespace").flatMap { $0.isEmpty ? nil : $0 }
        return ToolKey(
            isCustom: try members.word("type") == "custom", namespace: namespace, name: try members.required("name").word())
    }

    private func readAllowed(_ members: BodyFields) throws(AgentRequestError) -> ToolChoice {
        var allowed: Set<ToolKey> = []
        var namespaces: Set<String> = []
        for element in try members.required("tools").elements(atMost: limits.tools) {
            let tool = try element.fields(["type", "name", "namespace"])
            switch try tool.required("type").word() {
            case "function", "custom": allowed.insert(try readKey(tool))
            case "namespace": namespaces.insert(try tool.required("name").word())
            default: continue
            }
        }
        for tool in request.tools {
            if let namespace = tool.key.namespace, namespaces.contains(namespace) { allowed.insert(tool.key) }
        }
        return .among(allowed, isRequired: try members.word("mode") == "required")
    }
}
