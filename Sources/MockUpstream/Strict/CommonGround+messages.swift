extension CommonGround {
    /// Checks the messages one by one, and then their order.
    mutating func checkMessages(_ messages: [JSON]) {
        for (index, message) in messages.enumerated() { checkMessage(message, index) }
        checkOrder(messages)
    }

    private mutating func checkMessage(_ message: JSON, _ index: Int) {
        let place = "messages[\(index)]"
        switch message["role"]?.text {
        case "system":
            checkMembers(message, place, ["role", "content"])
            if index > 0 { found(.systemNotFirst, "\(place).role", "the system message must be the first, and the only one") }
            checkText(message, place)
        case "user":
            checkMembers(message, place, ["role", "content"])
            checkUserContent(message["content"], "\(place).content")
        case "assistant":
            checkMembers(message, place, ["role", "content", "tool_calls", "reasoning_content"])
            checkText(message, place, mayBeEmpty: message["tool_calls"] != nil)
            checkCalls(message["tool_calls"], "\(place).tool_calls")
        case "tool":
            checkMembers(message, place, ["role", "content", "tool_call_id"])
            checkText(message, place)
        case let role:
            found(.role, "\(place).role", "must be system, user, assistant or tool, not \(role ?? "missing")")
        }
    }

    private mutating func checkText(_ message: JSON, _ place: String, mayBeEmpty: Bool = false) {
        guard let text = message["content"]?.text else {
            let holdsImage = message["content"]?.elements?.contains { $0["type"]?.text == "image_url" } ?? false
            if holdsImage { return found(.image, "\(place).content", "images are for messages of the user only") }
            return found(.content, "\(place).content", "must be a string")
        }
        if text.isEmpty, !mayBeEmpty { found(.content, "\(place).content", "is empty") }
    }

    private mutating func checkUserContent(_ content: JSON?, _ field: String) {
        if let text = content?.text {
            if text.isEmpty { found(.content, field, "is empty") }
            return
        }
        guard let parts = content?.elements else { return found(.content, field, "must be a string, or parts if there is an image") }
        var holdsImage = false
        for (index, part) in parts.enumerated() {
            switch part["type"]?.text {
            case "text":
                checkMembers(part, "\(field)[\(index)]", ["type", "text"])
                if (part["text"]?.text ?? "").isEmpty { found(.content, "\(field)[\(index)].text", "is empty or no string") }
            case "image_url":
                holdsImage = true
                checkImage(part, "\(field)[\(index)]")
            case let type:
                found(.content, "\(field)[\(index)].type", "must be text or image_url, not \(type ?? "missing")")
            }
        }
        if !holdsImage { found(.content, field, "must be a string: there is no image") }
    }

    private mutating func checkImage(_ part: JSON, _ place: String) {
        checkMembers(part, place, ["type", "image_url"])
        checkMembers(part["image_url"] ?? .null, "\(place).image_url", ["url", "detail"])
        let url = part["image_url"]?["url"]?.text ?? ""
        if !["data:", "http://", "https://"].contains(where: url.hasPrefix) {
            found(.image, "\(place).image_url.url", "must be an address: http, https or data")
        }
    }

    private mutating func checkCalls(_ calls: JSON?, _ field: String) {
        guard let calls else { return }
        guard let list = calls.elements, !list.isEmpty else { return found(.callForm, field, "must be a list with at least one call") }
        var ids: Set<String> = []
        for (index, call) in list.enumerated() {
            let place = "\(field)[\(index)]"
            checkMembers(call, place, ["id", "type", "function"])
            checkMembers(call["function"] ?? .null, "\(place).function", ["name", "arguments"])
            let id = call["id"]?.text ?? ""
            if id.isEmpty { found(.callForm, "\(place).id", "is missing or empty") }
            if !ids.insert(id).inserted { found(.callForm, "\(place).id", "another call has the same id") }
            if call["type"]?.text != "function" { found(.callForm, "\(place).type", "must be function") }
            checkName(call["function"]?["name"], "\(place).function.name")
            // Why a text is no JSON does not matter here.
            let arguments = call["function"]?["arguments"]?.text.flatMap { try? JSON(parsing: $0) }
            if arguments?.members == nil { found(.callForm, "\(place).function.arguments", "must be the text of a JSON object") }
        }
    }

    /// One message of each side in a row; calls answered at once, each exactly once.
    private mutating func checkOrder(_ messages: [JSON]) {
        var open: [String] = []
        var last = ""
        for (index, message) in messages.enumerated() {
            let role = message["role"]?.text ?? ""
            defer { last = role }
            if role == "tool" {
                let id = message["tool_call_id"]?.text ?? ""
                if let place = open.firstIndex(of: id) {
                    open.remove(at: place)
                } else {
                    found(.strayResult, "messages[\(index)].tool_call_id", "\"\(id)\" answers no call that is open here")
                }
                continue
            }
            if !open.isEmpty {
                found(.unansweredCall, "messages[\(index)]", "comes before the calls \(open.joined(separator: ", ")) are answered")
            }
            if role == last, role != "system" { found(.repeatedRole, "messages[\(index)].role", "two \(role) messages in a row") }
            open = (message["tool_calls"]?.elements ?? []).map { $0["id"]?.text ?? "" }
        }
        if !open.isEmpty { found(.unansweredCall, "messages", "end before the calls \(open.joined(separator: ", ")) are answered") }
        if messages.allSatisfy({ $0["role"]?.text == "system" }) { found(.content, "messages", "hold nothing but a system message") }
    }
}
