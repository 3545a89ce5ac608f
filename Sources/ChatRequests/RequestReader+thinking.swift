import JSONBytes

/// What providers let clients say about thinking. Nothing here is refused but a summary level nobody knows: a value of another unknown kind
/// says nothing.
extension RequestReader {
    mutating func readThinking(_ name: String) throws(ChatRequestError) {
        switch name {
        case "enable_thinking": merge(try booleanOrNothing(), into: \.enableThinking)
        case "thinking": merge(try switchOrNothing(), into: \.thinking)
        case "reasoning_effort": merge(try stringOrNothing(), into: \.effort)
        case "reasoning": try readReasoning()
        case "chat_template_kwargs": try readTemplateArguments()
        default: try skip()
        }
    }

    private mutating func readReasoning() throws(ChatRequestError) {
        guard try enterObjectOrSkip() else { return }
        var removal = MemberRemoval()
        var members = 0
        while let key = try nextKey() {
            let name = text(key)
            let start = key.quoted.lowerBound
            removal.memberBegan(at: start)
            try readReasoningMember(name)
            removal.memberEnded(start..<cursor.position, isRemoved: name == "summary")
            if name != "summary" { members += 1 }
        }
        removal.objectEnded()
        request.edits.summary = removal.ranges
        holdsOnlySummary = members == 0 && !removal.ranges.isEmpty
    }

    private mutating func readReasoningMember(_ name: String) throws(ChatRequestError) {
        switch name {
        case "effort": merge(try stringOrNothing(), into: \.effort)
        case "enabled": request.thinking.enabled = try booleanOrNothing()
        case "exclude": request.thinking.excluded = try booleanOrNothing()
        case "summary": request.reasoningSummary = try summaryLevelOrNull("reasoning.summary")
        default: try skip()
        }
    }

    /// The arguments of the chat template are the last word, wherever they stand in the body.
    private mutating func readTemplateArguments() throws(ChatRequestError) {
        guard try enterObjectOrSkip() else { return }
        while let key = try nextKey() {
            switch text(key) {
            case "enable_thinking": override(try booleanOrNothing(), \.enableThinking)
            case "thinking": override(try switchOrNothing(), \.thinking)
            case "reasoning_effort": override(try stringOrNothing(), \.effort)
            default: try skip()
            }
        }
    }
}

extension RequestReader {
    private mutating func merge<Value>(_ value: Value?, into place: WritableKeyPath<ThinkingFields, Value?>) {
        if request.thinking[keyPath: place] == nil { request.thinking[keyPath: place] = value }
    }

    private mutating func override<Value>(_ value: Value?, _ place: WritableKeyPath<ThinkingFields, Value?>) {
        if let value { request.thinking[keyPath: place] = value }
    }

    private mutating func enterObjectOrSkip() throws(ChatRequestError) -> Bool {
        guard try kind() == .object else {
            try skip()
            return false
        }
        try enterObject()
        return true
    }

    private mutating func booleanOrNothing() throws(ChatRequestError) -> Bool? {
        guard try kind() == .boolean else {
            try skip()
            return nil
        }
        return try booleanOrNull("")
    }

    private mutating func stringOrNothing() throws(ChatRequestError) -> String? {
        guard try kind() == .string else {
            try skip()
            return nil
        }
        return text(try rawString())
    }

    /// A truth value, or an object whose `type` is `disabled` or anything else.
    private mutating func switchOrNothing() throws(ChatRequestError) -> Bool? {
        guard try kind() == .object else { return try booleanOrNothing() }
        try enterObject()
        var isOn: Bool?
        while let key = try nextKey() {
            if text(key) == "type" { isOn = try stringOrNothing().map { $0 != "disabled" } } else { try skip() }
        }
        return isOn
    }
}
