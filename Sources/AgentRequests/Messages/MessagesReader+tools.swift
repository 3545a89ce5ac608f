/// The tools: those of the client, and what only the API's own servers can run.
extension MessagesReader {
    mutating func readTools(_ value: BodyValue) throws(AgentRequestError) {
        var searchesItself = false
        for element in try value.elements(atMost: limits.tools) {
            let tool = try element.fields(["type", "name", "description", "input_schema", "defer_loading", "strict"])
            let type = try tool.word("type") ?? "custom"
            guard type == "custom" else {
                request.leftOut.note(type)
                if let name = tool.wordIfAny("name") { serverTools.insert(name) }
                searchesItself = searchesItself || type.hasPrefix("tool_search_tool")
                continue
            }
            var read = AgentTool(key: ToolKey(name: try tool.required("name").word()))
            read.description = try tool.text("description") ?? []
            read.parameters = try tool["input_schema"].map { (schema) throws(AgentRequestError) in try schema.object() }
            read.isStrict = try tool.boolean("strict") ?? false
            read.isDeferred = try tool.boolean("defer_loading") ?? false
            request.tools.append(read)
        }
        // Where the API's own search would find the deferred tools, nobody would ever name them.
        if searchesItself {
            for index in request.tools.indices { request.tools[index].isDeferred = false }
        }
    }

    mutating func readToolChoice() throws(AgentRequestError) {
        guard let choice = try fields["tool_choice"]?.fields(["type", "name", "disable_parallel_tool_use"]) else { return }
        let type = try choice.required("type")
        switch try type.word() {
        case "auto": request.choice = .auto
        case "any": request.choice = .required
        case "none": request.choice = .none
        case "tool":
            let name = try choice.required("name").word()
            request.choice = serverTools.contains(name) ? .auto : .tool(ToolKey(name: name))
        default: throw .outOfRange(field: type.field, expected: "\"auto\", \"any\", \"tool\" or \"none\"")
        }
        if let isSerial = try choice.boolean("disable_parallel_tool_use"), isSerial { request.parallelCalls = false }
    }
}
