import JSONBytes

/// Which member of a choice holds its text.
enum ChoiceBody: Sendable {
    case delta, message
}

extension DeltaReader {
    static func readChoices(_ cursor: inout JSONCursor, preferring body: ChoiceBody, into delta: inout Delta) throws(JSONError) {
        // Of two lists the last one counts.
        delta.choices.removeAll(keepingCapacity: true)
        delta.texts.removeAll(keepingCapacity: true)
        delta.form = .bare
        guard try cursor.peek() == .array else {
            _ = try cursor.skipValue()
            return
        }
        try cursor.enterArray()
        while try cursor.nextElement() {
            guard try cursor.peek() == .object else {
                _ = try cursor.skipValue()
                delta.everyChoiceIsComplete = false
                continue
            }
            try readChoice(&cursor, preferring: body, into: &delta)
        }
    }

    private static func readChoice(
        _ cursor: inout JSONCursor, preferring preferred: ChoiceBody, into delta: inout Delta
    ) throws(JSONError) {
        var choice = Delta.Choice()
        choice.texts = delta.texts.count..<delta.texts.count
        var hasIndex = false
        var hasFinishReason = false
        var found: ChoiceBody?
        try cursor.enterObject()
        while let key = try cursor.nextKey() {
            switch cursor.byteCount(key) {
            case 5 where cursor.matches(key, ChunkName.index):
                let index = try integerIfAny(&cursor)
                hasIndex = index != nil
                choice.index = index ?? 0
            case 5 where cursor.matches(key, ChunkName.delta):
                try readBody(.delta, preferring: preferred, &found, &cursor, into: &choice, of: &delta)
            case 5 where cursor.matches(key, ChunkName.error):
                delta.hasError = true
                delta.fault = try readError(&cursor) ?? delta.fault
            case 7 where cursor.matches(key, ChunkName.message):
                try readBody(.message, preferring: preferred, &found, &cursor, into: &choice, of: &delta)
            case 13 where cursor.matches(key, ChunkName.finishReason):
                let isNull = try cursor.peek() == .null
                choice.finishReason = try finishReason(&cursor)
                hasFinishReason = isNull || choice.finishReason != nil
            default:
                if try ThoughtCopy.value(of: key, &cursor) == nil { delta.quotesThoughts = true }
            }
        }
        if !hasIndex || !hasFinishReason || found == nil { delta.everyChoiceIsComplete = false }
        if found == .message { delta.form = .completion } else if delta.form == .bare { delta.form = .chunk }
        delta.choices.append(choice)
    }

    /// Reads `delta` or `message`; the preferred one counts if there are both, the last one if there are two of a kind.
    private static func readBody(
        _ body: ChoiceBody, preferring preferred: ChoiceBody, _ found: inout ChoiceBody?, _ cursor: inout JSONCursor,
        into choice: inout Delta.Choice, of delta: inout Delta
    ) throws(JSONError) {
        guard try cursor.peek() == .object else {
            _ = try cursor.skipValue()
            return
        }
        if let earlier = found {
            delta.saysThingsTwice = true
            if earlier == preferred, body != preferred {
                _ = try cursor.skipValue()
                return
            }
            delta.texts.removeSubrange(choice.texts.lowerBound...)
            choice.payload = []
        }
        found = body
        try readMembers(&cursor, into: &choice, of: &delta)
    }

    private static func readMembers(
        _ cursor: inout JSONCursor, into choice: inout Delta.Choice, of delta: inout Delta
    ) throws(JSONError) {
        var texts = DeltaTexts(start: delta.texts.count)
        try cursor.enterObject()
        while let key = try cursor.nextKey() {
            if let field = ReasoningField(key, cursor) {
                try texts.readReasoning(field, &cursor, into: &choice, &delta)
                continue
            }
            switch cursor.byteCount(key) {
            case 4 where cursor.matches(key, ChunkName.role):
                if try cursor.peek() != .null { choice.payload.insert(.role) }
                _ = try cursor.skipValue()
            case 7 where cursor.matches(key, ChunkName.content):
                try texts.readContent(&cursor, into: &choice, &delta)
            default:
                try readOther(key, &cursor, into: &choice, of: &delta)
            }
        }
        texts.settle(&delta.texts)
        choice.texts = choice.texts.lowerBound..<delta.texts.count
    }

    private static func readOther(
        _ key: JSONString, _ cursor: inout JSONCursor, into choice: inout Delta.Choice, of delta: inout Delta
    ) throws(JSONError) {
        let kind = try cursor.peek()
        if let copy = ThoughtCopy(key, cursor) {
            let passed = try copy.skip(&cursor)
            if passed.quotes { delta.quotesThoughts = true } else if !passed.isEmpty { choice.payload.insert(.other) }
            return
        }
        guard try skipValueWithMeaning(&cursor) else { return }
        switch cursor.byteCount(key) {
        case 10 where cursor.matches(key, ChunkName.toolCalls), 13 where cursor.matches(key, ChunkName.functionCall):
            choice.payload.insert(.toolCalls)
        case 7 where cursor.matches(key, ChunkName.refusal): choice.payload.insert(.refusal)
        default: choice.payload.insert(kind == .object || kind == .array ? .other : .remark)
        }
    }

    /// Passes a value; false for null, "", [] and {}, which say nothing.
    static func skipValueWithMeaning(_ cursor: inout JSONCursor) throws(JSONError) -> Bool {
        switch try cursor.peek() {
        case .null:
            _ = try cursor.skipValue()
            return false
        case .number, .boolean:
            _ = try cursor.skipValue()
            return true
        case .string:
            return try !cursor.string().content.isEmpty
        case .array:
            var isEmpty = true
            try cursor.enterArray()
            while try cursor.nextElement() {
                isEmpty = false
                _ = try cursor.skipValue()
            }
            return !isEmpty
        case .object:
            var isEmpty = true
            try cursor.enterObject()
            while try cursor.nextKey() != nil {
                isEmpty = false
                _ = try cursor.skipValue()
            }
            return !isEmpty
        }
    }

    private static func integerIfAny(_ cursor: inout JSONCursor) throws(JSONError) -> Int? {
        guard try cursor.peek() == .number else {
            _ = try cursor.skipValue()
            return nil
        }
        return try cursor.integer()
    }

    /// SGLang, Ollama and others have sent "" in every chunk, KoboldCpp "null": neither is an end.
    static func finishReason(_ cursor: inout JSONCursor) throws(JSONError) -> JSONString? {
        guard let reason = try stringIfAny(&cursor), !reason.content.isEmpty, !cursor.matches(reason, ChunkName.null) else { return nil }
        return reason
    }
}
