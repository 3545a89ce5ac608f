extension CommonGround {
    /// Checks the list of tools. Returns the functions' names.
    mutating func checkTools(_ body: JSON) -> Set<String> {
        guard let tools = body["tools"], tools != .null else { return [] }
        guard let list = tools.elements, !list.isEmpty else {
            found(.emptyTools, "tools", "must not be empty; leave it out")
            return []
        }
        var names: Set<String> = []
        for (index, tool) in list.enumerated() { checkTool(tool, "tools[\(index)]", &names) }
        return names
    }

    private mutating func checkTool(_ tool: JSON, _ place: String, _ names: inout Set<String>) {
        checkMembers(tool, place, ["type", "function"])
        if tool["type"]?.text != "function" { found(.toolForm, "\(place).type", "must be function") }
        guard let function = tool["function"], function.members != nil else {
            return found(.toolForm, "\(place).function", "must be an object")
        }
        checkMembers(function, "\(place).function", ["name", "description", "parameters", "strict"])
        checkName(function["name"], "\(place).function.name")
        if !names.insert(function["name"]?.text ?? "").inserted {
            found(.repeatedName, "\(place).function.name", "another function has the same name")
        }
        let schema = function["parameters"]
        if schema?["type"]?.text != "object" || schema?["properties"]?.members == nil {
            found(.parameters, "\(place).function.parameters", "must be the schema of an object, with properties")
        }
        if schema?["$schema"] != nil { found(.parameters, "\(place).function.parameters.$schema", "is refused by some servers") }
    }

    /// Function names are `[A-Za-z0-9_-]{1,64}`.
    mutating func checkName(_ name: JSON?, _ field: String) {
        let characters = (name?.text ?? "").utf8
        let isValid = (1...64).contains(characters.count) && characters.allSatisfy { Self.nameCharacters.contains($0) }
        if !isValid { found(.functionName, field, "must be 1 to 64 of the characters a-z, A-Z, 0-9, _ and -") }
    }

    private static let nameCharacters = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-".utf8)

    /// Checks what is said about the use of tools.
    mutating func checkToolUse(_ body: JSON, _ names: Set<String>) {
        for field in ["tool_choice", "parallel_tool_calls"] where body[field] != nil && body["tools"] == nil {
            found(.choiceWithoutTools, field, "only with tools")
        }
        switch body["tool_choice"] {
        case nil, .null, "auto", "none", "required": break
        case .object?:
            let choice = body["tool_choice"] ?? .null
            checkMembers(choice, "tool_choice", ["type", "function"])
            if choice["type"]?.text != "function" { found(.toolChoice, "tool_choice.type", "must be function") }
            if !names.contains(choice["function"]?["name"]?.text ?? "") {
                found(.toolChoice, "tool_choice.function.name", "no such function among the tools")
            }
        default: found(.toolChoice, "tool_choice", "must be auto, none, required or a function")
        }
    }
}
