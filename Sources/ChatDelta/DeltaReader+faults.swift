import JSONBytes

extension DeltaReader {
    /// `{"message", "type", "code"}`, a bare string, or anything else that a client would take for true.
    ///
    /// null, false, 0, "", [] and {} are no error: some servers carry the member in every chunk.
    static func readError(_ cursor: inout JSONCursor) throws(JSONError) -> Delta.Fault? {
        var fault = Delta.Fault()
        switch try cursor.peek() {
        case .null:
            _ = try cursor.skipValue()
            return nil
        case .boolean:
            return try cursor.boolean() ? fault : nil
        case .number:
            fault.status = try cursor.integer()
            return fault.status == 0 ? nil : fault
        case .string:
            let text = try cursor.string()
            fault.message = text
            return text.content.isEmpty ? nil : fault
        case .array:
            return try skipValueWithMeaning(&cursor) ? fault : nil
        case .object:
            return try readMembers(of: &fault, &cursor) ? fault : nil
        }
    }

    /// Returns whether the object has any.
    private static func readMembers(of fault: inout Delta.Fault, _ cursor: inout JSONCursor) throws(JSONError) -> Bool {
        var isEmpty = true
        try cursor.enterObject()
        while let key = try cursor.nextKey() {
            isEmpty = false
            try fault.readMember(key, &cursor)
        }
        return !isEmpty
    }
}

extension Delta.Fault {
    mutating func readMember(_ key: JSONString, _ cursor: inout JSONCursor) throws(JSONError) {
        switch cursor.byteCount(key) {
        case 4 where cursor.matches(key, ChunkName.type): type = try DeltaReader.stringIfAny(&cursor)
        case 4 where cursor.matches(key, ChunkName.code): try readCode(&cursor, isStatus: false)
        case 6 where cursor.matches(key, ChunkName.status): try readCode(&cursor, isStatus: true)
        case 7 where cursor.matches(key, ChunkName.message): message = try DeltaReader.stringIfAny(&cursor) ?? message
        default: _ = try cursor.skipValue()
        }
    }

    /// `code` and `status` are used for each other: numbers in strings (Azure), names in `status` (Google).
    private mutating func readCode(_ cursor: inout JSONCursor, isStatus: Bool) throws(JSONError) {
        switch try cursor.peek() {
        case .string:
            let string = try cursor.string()
            if let number = cursor.decimal(string) { status = number }
            if !isStatus || code == nil { code = string }
        case .number:
            status = try cursor.integer() ?? status
        default:
            _ = try cursor.skipValue()
        }
    }

    fileprivate mutating func fill(from other: Delta.Fault) {
        message = message ?? other.message
        type = type ?? other.type
        code = code ?? other.code
        status = status ?? other.status
    }
}

/// An error whose members stand at the top: vLLM's `{"object": "error", "message": …}`, FastAPI's `{"detail": …}`, and plain
/// `{"message": …, "code": …}`.
struct FlatFault {
    private var fault = Delta.Fault()
    /// `"object": "error"`
    var isDeclared = false

    mutating func readMember(_ key: JSONString, _ cursor: inout JSONCursor) throws(JSONError) {
        if cursor.byteCount(key) == 6, cursor.matches(key, ChunkName.detail) {
            fault.message = try FlatFault.readDetail(&cursor) ?? fault.message
        } else {
            try fault.readMember(key, &cursor)
        }
    }

    /// The chunk's fault, now that all of it was read: a text at the top is an error only where nothing makes it a chunk.
    func settle(_ delta: inout Delta) {
        if delta.fault != nil {
            delta.fault?.fill(from: fault)
        } else if isDeclared || (fault.message != nil && !delta.hasChoices && !delta.objectIsChunk) {
            delta.fault = fault
        }
    }

    /// A text, an object with one (`message`, `msg` or `error`), or a list of such objects, of which the first one counts.
    private static func readDetail(_ cursor: inout JSONCursor) throws(JSONError) -> JSONString? {
        switch try cursor.peek() {
        case .array:
            var first: JSONString?
            try cursor.enterArray()
            while try cursor.nextElement() {
                // Recursion ends: the cursor limits the depth.
                let text = try readDetail(&cursor)
                first = first ?? text
            }
            return first
        case .object:
            var text: JSONString?
            try cursor.enterObject()
            while let key = try cursor.nextKey() {
                let isText =
                    cursor.matches(key, ChunkName.message) || cursor.matches(key, ChunkName.msg) || cursor.matches(key, ChunkName.error)
                if isText { text = try DeltaReader.stringIfAny(&cursor) ?? text } else { _ = try cursor.skipValue() }
            }
            return text
        default:
            return try DeltaReader.stringIfAny(&cursor)
        }
    }
}
