import JSONBytes

/// The conversation.
extension RequestReader {
    /// What one message says, until its end shows what to make of it.
    private struct Message {
        var role: String?
        /// Its texts, undecoded.
        var texts: [JSONString] = []
        var parts = Conversation.Parts()
        /// Summaries of ours in it, if it turns out to be the assistant's.
        var summaries: [Range<Int>] = []
        /// Whether the next text may begin with summaries of ours: nothing stands before it but such.
        var mayBeginWithSummary = true
        var removal = MemberRemoval()

        /// Content begins, perhaps once more: of repeated members the last counts.
        mutating func forgetContent() {
            texts.removeAll(keepingCapacity: true)
            parts = Conversation.Parts()
            mayBeginWithSummary = true
        }
    }

    mutating func readMessages() throws(ChatRequestError) {
        guard try kind() == .array else { throw .wrongType(field: "messages", expected: "an array") }
        try enterArray()
        var lastUser = Message()
        var previousUser = Message()
        var last = Message()
        var count = 0
        while try nextElement() {
            guard count < limits.messages else { throw .tooManyMessages(limit: limits.messages) }
            last = try readMessage(count)
            if last.role == "user" { (previousUser, lastUser) = (lastUser, last) }
            count += 1
        }
        guard count > 0 else { throw .noMessages }
        keepUserText(lastUser)
        request.conversation.previousUserText = Self.prefix(of: joined(previousUser.texts), atMost: 2 << 10)
        if last.role == "assistant" { keepPrefill(last) }
    }

    private mutating func readMessage(_ index: Int) throws(ChatRequestError) -> Message {
        guard try kind() == .object else { throw .wrongType(field: "messages[\(index)]", expected: "an object") }
        try enterObject()
        var message = Message()
        while let key = try nextKey() {
            let name = text(key)
            let start = key.quoted.lowerBound
            message.removal.memberBegan(at: start)
            let isOurs = try readMember(name, of: &message, index)
            message.removal.memberEnded(start..<cursor.position, isRemoved: isOurs)
        }
        message.removal.objectEnded()
        guard let role = message.role else { throw .missing(field: "messages[\(index)].role") }
        count(message, role)
        return message
    }

    /// Reads a member; true if it is a reasoning text of our making.
    private mutating func readMember(_ name: String, of message: inout Message, _ index: Int) throws(ChatRequestError) -> Bool {
        switch name {
        case "role":
            guard let role = try stringOrNull("messages[\(index)].role") else { throw .missing(field: "messages[\(index)].role") }
            message.role = role
        case "content":
            try readContent(of: &message, index)
        case "reasoning_content", "reasoning":
            guard try kind() == .string else { fallthrough }
            return OwnSummaries.fills(try rawString().content, of: bytes)
        default:
            try skip()
        }
        return false
    }

    private mutating func count(_ message: Message, _ role: String) {
        switch role {
        case "system", "developer": request.conversation.roles.system += 1
        case "user":
            request.conversation.roles.user += 1
            request.conversation.toolResultsSinceUser = 0
        case "assistant":
            request.conversation.roles.assistant += 1
            request.edits.history += message.summaries + message.removal.ranges
        case "tool", "function":
            request.conversation.roles.tool += 1
            request.conversation.toolResultsSinceUser += 1
        default: request.conversation.roles.other += 1
        }
        request.conversation.parts.add(message.parts)
    }

    private mutating func keepUserText(_ message: Message) {
        let text = joined(message.texts)
        request.conversation.lastUserTextBytes = text.count
        request.conversation.lastUserText = Self.prefix(of: text, atMost: limits.promptBytes)
        request.conversation.lastUserParts = message.parts
    }

    private mutating func keepPrefill(_ message: Message) {
        request.conversation.prefill = Self.suffix(of: joined(message.texts), atMost: 4 << 10)
    }
}

// MARK: - Content

extension RequestReader {
    private mutating func readContent(of message: inout Message, _ index: Int) throws(ChatRequestError) {
        message.forgetContent()
        switch try kind() {
        case .string: take(try rawString(), into: &message)
        case .null: try skip()
        case .array:
            try enterArray()
            var part = 0
            while try nextElement() {
                guard part < limits.parts else {
                    throw .outOfRange(field: "messages[\(index)].content", expected: "an array of at most \(limits.parts) parts")
                }
                try readPart(of: &message, index, part)
                part += 1
            }
        case .object, .number, .boolean:
            throw .wrongType(field: "messages[\(index)].content", expected: "a string, an array of parts, or null")
        }
    }

    private mutating func readPart(of message: inout Message, _ index: Int, _ part: Int) throws(ChatRequestError) {
        switch try kind() {
        case .string: take(try rawString(), into: &message)
        case .object: try readPartObject(of: &message, index, part)
        default: throw .wrongType(field: "messages[\(index)].content[\(part)]", expected: "an object")
        }
    }

    private mutating func readPartObject(of message: inout Message, _ index: Int, _ part: Int) throws(ChatRequestError) {
        try enterObject()
        var type: String?
        var text: JSONString?
        while let key = try nextKey() {
            switch self.text(key) {
            case "type": type = try stringOrNull("messages[\(index)].content[\(part)].type")
            case "text":
                guard try kind() == .string else { fallthrough }
                text = try rawString()
            default: try skip()
            }
        }
        switch type {
        case nil: throw .missing(field: "messages[\(index)].content[\(part)].type")
        case "text", "input_text", "output_text":
            guard let text else { throw .wrongType(field: "messages[\(index)].content[\(part)].text", expected: "a string") }
            take(text, into: &message)
        case let type?:
            message.parts.count(type)
            message.mayBeginWithSummary = false
        }
    }

    /// Takes a text down, and the summaries of ours it begins with.
    private func take(_ string: JSONString, into message: inout Message) {
        message.texts.append(string)
        guard message.mayBeginWithSummary else { return }
        let summary = OwnSummaries.leading(in: string.content, of: bytes)
        if let summary { message.summaries.append(summary) }
        message.mayBeginWithSummary = summary == string.content
    }

    private func joined(_ texts: [JSONString]) -> [UInt8] {
        var output: [UInt8] = []
        for (index, text) in texts.enumerated() {
            if index > 0 { output.append(UInt8(ascii: "\n")) }
            output += decoded(text)
        }
        return output
    }

    private static func prefix(of text: [UInt8], atMost count: Int) -> [UInt8] {
        guard text.count > count else { return text }
        var end = count
        while end > 0, text[end] & 0xC0 == 0x80 { end -= 1 }
        return Array(text[..<end])
    }

    private static func suffix(of text: [UInt8], atMost count: Int) -> [UInt8] {
        guard text.count > count else { return text }
        var start = text.count - count
        while start < text.count, text[start] & 0xC0 == 0x80 { start += 1 }
        return Array(text[start...])
    }
}

extension Conversation.Parts {
    /// Counts a part by its type.
    mutating func count(_ type: String) {
        switch type {
        case "image_url", "input_image", "image": images += 1
        case "file", "input_file", "document": files += 1
        case "input_audio", "audio_url", "audio": audio += 1
        default: other += 1
        }
    }

    mutating func add(_ parts: Conversation.Parts) {
        images += parts.images
        files += parts.files
        audio += parts.audio
        other += parts.other
    }
}
