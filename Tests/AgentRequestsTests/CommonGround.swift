import Foundation

/// What strict servers and chat templates insist on, all of them at once: the faults of a chat-completions body, in words.
struct CommonGround {
    private(set) var faults: [String] = []

    /// Checks a body.
    init(_ body: [UInt8]) {
        guard let parsed = try? JSONSerialization.jsonObject(with: Data(body)), let object = parsed as? [String: Any] else {
            faults.append("not a JSON object")
            return
        }
        check(
            object, "body",
            [
                "model", "messages", "stream", "stream_options", "max_tokens", "max_completion_tokens", "temperature", "top_p", "top_k",
                "presence_penalty", "frequency_penalty", "seed", "stop", "tools", "tool_choice", "parallel_tool_calls", "response_format",
                "reasoning_effort", "chat_template_kwargs",
            ])
        let messages = object["messages"] as? [[String: Any]] ?? []
        if messages.isEmpty { faults.append("no messages") }
        for (index, message) in messages.enumerated() { check(message, index) }
        checkOrder(messages)
        let names = checkTools(object)
        checkChoice(object, names)
        if let stop = object["stop"], (stop as? [String])?.contains("") != false { faults.append("stop is not a list of strings") }
        if let options = object["stream_options"] as? [String: Any] {
            check(options, "stream_options", ["include_usage"])
            if object["stream"] as? Bool != true { faults.append("stream_options without stream") }
        }
    }

    private mutating func check(_ object: [String: Any], _ place: String, _ known: Set<String>) {
        for key in object.keys where !known.contains(key) { faults.append("\(place) has an unknown member \(key)") }
        for (key, value) in object where value is NSNull { faults.append("\(place).\(key) is null") }
    }

    private mutating func check(_ message: [String: Any], _ index: Int) {
        let place = "messages[\(index)]"
        let role = message["role"] as? String ?? "none"
        switch role {
        case "system":
            check(message, place, ["role", "content"])
            if index > 0 { faults.append("\(place): a system message that is not first") }
            if !(message["content"] is String) { faults.append("\(place): the content is no string") }
        case "user":
            check(message, place, ["role", "content"])
            checkUserContent(message["content"], place)
        case "assistant":
            check(message, place, ["role", "content", "tool_calls", "reasoning_content"])
            if !(message["content"] is String) { faults.append("\(place): the content is no string") }
            if message["content"] as? String == "", message["tool_calls"] == nil { faults.append("\(place): says nothing") }
            for call in message["tool_calls"] as? [[String: Any]] ?? [] { checkCall(call, place) }
            if (message["tool_calls"] as? [Any])?.isEmpty == true { faults.append("\(place): an empty list of calls") }
        case "tool":
            check(message, place, ["role", "content", "tool_call_id"])
            if (message["content"] as? String ?? "").isEmpty { faults.append("\(place): the content is empty or no string") }
        default:
            faults.append("\(place): the role \(role)")
        }
    }

    private mutating func checkUserContent(_ content: Any?, _ place: String) {
        if let text = content as? String {
            if text.isEmpty { faults.append("\(place): says nothing") }
            return
        }
        guard let parts = content as? [[String: Any]] else {
            faults.append("\(place): content of another kind")
            return
        }
        var images = 0
        var lastType = ""
        for part in parts {
            let type = part["type"] as? String ?? "none"
            switch type {
            case "text":
                check(part, place, ["type", "text"])
                if (part["text"] as? String ?? "").isEmpty { faults.append("\(place): an empty text part") }
                if lastType == "text" { faults.append("\(place): two text parts in a row") }
            case "image_url":
                images += 1
                check(part, place, ["type", "image_url"])
                let image = part["image_url"] as? [String: Any] ?? [:]
                check(image, place, ["url", "detail"])
                if !(image["url"] is String) { faults.append("\(place): an image without address") }
            default: faults.append("\(place): a part \(type)")
            }
            lastType = type
        }
        if images == 0 { faults.append("\(place): parts without an image") }
    }

    private mutating func checkCall(_ call: [String: Any], _ place: String) {
        check(call, place, ["id", "type", "function"])
        let function = call["function"] as? [String: Any] ?? [:]
        check(function, place, ["name", "arguments"])
        checkName(function["name"], place)
        if (call["id"] as? String ?? "").isEmpty { faults.append("\(place): a call without id") }
        let arguments = Data((function["arguments"] as? String ?? "").utf8)
        if !((try? JSONSerialization.jsonObject(with: arguments)) is [String: Any]) {
            faults.append("\(place): arguments that are no JSON object")
        }
    }

    private mutating func checkName(_ name: Any?, _ place: String) {
        let name = name as? String ?? ""
        if name.wholeMatch(of: #/[A-Za-z0-9_-]{1,64}/#) == nil { faults.append("\(place): the function's name \(name.debugDescription)") }
    }

    /// One message of each side in a row; calls answered at once, each exactly once.
    private mutating func checkOrder(_ messages: [[String: Any]]) {
        var open: [String] = []
        var last = ""
        for (index, message) in messages.enumerated() {
            let role = message["role"] as? String ?? "none"
            if role == "tool" {
                let id = message["tool_call_id"] as? String ?? ""
                if let place = open.firstIndex(of: id) {
                    open.remove(at: place)
                } else {
                    faults.append("messages[\(index)]: answers no open call")
                }
            } else {
                if !open.isEmpty { faults.append("messages[\(index)]: before all calls are answered") }
                if role == last { faults.append("messages[\(index)]: the \(role) again") }
                let ids = (message["tool_calls"] as? [[String: Any]] ?? []).map { $0["id"] as? String ?? "" }
                if Set(ids).count != ids.count { faults.append("messages[\(index)]: calls with equal ids") }
                open = ids
            }
            last = role
        }
        if !open.isEmpty { faults.append("calls at the end that are not answered") }
        if !messages.contains(where: { $0["role"] as? String != "system" }) { faults.append("nobody to answer") }
    }

    private mutating func checkTools(_ body: [String: Any]) -> Set<String> {
        guard let tools = body["tools"] else { return [] }
        let list = tools as? [[String: Any]] ?? []
        if list.isEmpty { faults.append("an empty list of tools") }
        var names: Set<String> = []
        for (index, tool) in list.enumerated() {
            let place = "tools[\(index)]"
            check(tool, place, ["type", "function"])
            if tool["type"] as? String != "function" { faults.append("\(place): the type") }
            let function = tool["function"] as? [String: Any] ?? [:]
            check(function, place, ["name", "description", "parameters", "strict"])
            checkName(function["name"], place)
            if !names.insert(function["name"] as? String ?? "").inserted { faults.append("\(place): a name used twice") }
            let schema = function["parameters"] as? [String: Any] ?? [:]
            if schema["type"] as? String != "object" || !(schema["properties"] is [String: Any]) {
                faults.append("\(place): the schema is no object's")
            }
            if schema["$schema"] != nil || schema["cache_control"] != nil { faults.append("\(place): members nobody knows") }
            if function["strict"] as? Bool == false { faults.append("\(place): strict is false") }
        }
        return names
    }

    private mutating func checkChoice(_ body: [String: Any], _ names: Set<String>) {
        if names.isEmpty, body["tool_choice"] != nil || body["parallel_tool_calls"] != nil { faults.append("a choice without tools") }
        if let word = body["tool_choice"] as? String {
            if !["auto", "none", "required"].contains(word) { faults.append("the choice \(word)") }
        } else if let choice = body["tool_choice"] as? [String: Any] {
            check(choice, "tool_choice", ["type", "function"])
            let name = (choice["function"] as? [String: Any])?["name"] as? String ?? ""
            if !names.contains(name) { faults.append("the choice of a function that is not there") }
        } else if body["tool_choice"] != nil {
            faults.append("the choice is of another kind")
        }
    }
}
