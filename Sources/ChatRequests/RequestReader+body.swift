import JSONBytes

/// The top level of a body.
extension RequestReader {
    /// Reads the whole body.
    mutating func read() throws(ChatRequestError) -> ChatRequest {
        guard try kind() == .object else {
            try skip()
            try finish()
            throw .notAnObject
        }
        try enterObject()
        request.edits.firstMember = cursor.position
        try readMembers()
        try finish()
        guard request.model != nil || !limits.requiresModel else { throw .missing(field: "model") }
        guard hasMessages else { throw .missing(field: "messages") }
        return request
    }

    private var hasMessages: Bool { request.conversation.messages > 0 }

    private mutating func readMembers() throws(ChatRequestError) {
        var names: Set<String> = []
        var removal = MemberRemoval()
        var consumed = MemberRemoval()
        while let key = try nextKey() {
            let name = text(key)
            let start = key.quoted.lowerBound
            removal.memberBegan(at: start)
            consumed.memberBegan(at: start)
            guard names.insert(name).inserted else { throw .repeatedMember(Self.shown(name)) }
            guard names.count <= limits.members else { throw .tooManyMembers(limit: limits.members) }
            try readMember(name)
            let isOurs = name == "phases"
            removal.memberEnded(start..<cursor.position, isRemoved: isOurs)
            consumed.memberEnded(start..<cursor.position, isRemoved: isOurs || name == "reasoning" && holdsOnlySummary)
        }
        removal.objectEnded()
        consumed.objectEnded()
        request.edits.phases = removal.ranges
        request.edits.phasesAndSummary = consumed.ranges + request.edits.summary
    }

    private mutating func readMember(_ name: String) throws(ChatRequestError) {
        switch name {
        case "model": try readModel()
        case "messages": try readMessages()
        case "stream": request.stream = try booleanOrNull("stream") ?? false
        case "n": request.choices = try integerOrNull("n", in: 1...limits.choices) ?? 1
        case "stream_options": try readStreamOptions()
        case "phases": try readPhases()
        case "response_format": try readResponseFormat()
        case "tools", "functions": request.tools += try countOrNull(name)
        case "stop": try readStop()
        default: try readThinking(name)
        }
    }

    private mutating func readModel() throws(ChatRequestError) {
        _ = try kind()
        let start = cursor.position
        let name = try stringOrNull("model")
        request.edits.model = start..<cursor.position
        guard let name, !name.isEmpty else { return }
        let suffix = name.lastIndex(of: "#")
        let own = suffix.map { String(name[..<$0]) } ?? name
        request.modelSuffix = suffix.map { String(name[name.index(after: $0)...]) }
        request.model = own.isEmpty ? nil : own
    }

    private mutating func readStreamOptions() throws(ChatRequestError) {
        guard try enterObjectOrNull("stream_options") else { return }
        while let key = try nextKey() {
            if text(key) == "include_usage" {
                request.includesUsage = try booleanOrNull("stream_options.include_usage") ?? false
            } else {
                try skip()
            }
        }
    }

    private mutating func readPhases() throws(ChatRequestError) {
        switch try kind() {
        case .string:
            request.phases = PhasesField(style: text(try rawString()))
        case .null:
            try skip()
        case .object:
            try enterObject()
            var phases = PhasesField()
            while let key = try nextKey() { try readPhasesMember(text(key), into: &phases) }
            request.phases = phases
        case .array, .number, .boolean:
            throw .wrongType(field: "phases", expected: "a style's name, or an object with one")
        }
    }

    private mutating func readPhasesMember(_ name: String, into phases: inout PhasesField) throws(ChatRequestError) {
        switch name {
        case "style":
            phases.style = try stringOrNull("phases.style")
        case "summary":
            phases.summary = try summaryLevelOrNull("phases.summary")
        case "profile":
            phases.profile = try stringOrNull("phases.profile")
        case "whitespace":
            guard let word = try stringOrNull("phases.whitespace") else { return }
            phases.whitespace = PhasesField.MarkerWhitespace(rawValue: word)
            if phases.whitespace == nil { throw .outOfRange(field: "phases.whitespace", expected: "\"trim\" or \"exact\"") }
        default:
            try skip()
        }
    }

    private mutating func readResponseFormat() throws(ChatRequestError) {
        guard try enterObjectOrNull("response_format") else { return }
        while let key = try nextKey() {
            if text(key) == "type" {
                request.responseFormat = try stringOrNull("response_format.type")
            } else {
                try skip()
            }
        }
    }

    private mutating func readStop() throws(ChatRequestError) {
        if try kind() == .string {
            try skip()
            request.stops = 1
        } else {
            request.stops = try countOrNull("stop", expected: "a string or an array of strings")
        }
    }

    /// A member's name as far as it is fit for a message.
    private static func shown(_ name: String) -> String {
        String(name.prefix(64).filter { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_" || $0 == "-" || $0 == ".") })
    }
}
