import JSONBytes

/// Walks over one request body and takes down what ``ChatRequest`` holds.
///
/// This file has the steps every field is read with; the fields themselves are in the extensions.
struct RequestReader: ~Escapable {
    /// The body.
    let bytes: Span<UInt8>
    let limits: ChatRequestLimits
    var cursor: JSONCursor
    /// What has been read.
    var request = ChatRequest()
    /// Whether the object `reasoning` says nothing but how much of the reasoning is wanted.
    var holdsOnlySummary = false

    @_lifetime(copy bytes)
    init(_ bytes: Span<UInt8>, limits: ChatRequestLimits) {
        self.bytes = bytes
        self.limits = limits
        cursor = JSONCursor(bytes, maximumDepth: limits.depth)
        request.edits.bodyCount = bytes.count
    }
}

// MARK: - Steps of the cursor, with the errors of a request

extension RequestReader {
    mutating func kind() throws(ChatRequestError) -> JSONKind {
        do { return try cursor.peek() } catch { throw Self.fault(error) }
    }

    @discardableResult
    mutating func skip() throws(ChatRequestError) -> Range<Int> {
        do { return try cursor.skipValue() } catch { throw Self.fault(error) }
    }

    mutating func enterObject() throws(ChatRequestError) {
        do { try cursor.enterObject() } catch { throw Self.fault(error) }
    }

    mutating func enterArray() throws(ChatRequestError) {
        do { try cursor.enterArray() } catch { throw Self.fault(error) }
    }

    mutating func nextKey() throws(ChatRequestError) -> JSONString? {
        do { return try cursor.nextKey() } catch { throw Self.fault(error) }
    }

    mutating func nextElement() throws(ChatRequestError) -> Bool {
        do { return try cursor.nextElement() } catch { throw Self.fault(error) }
    }

    mutating func rawString() throws(ChatRequestError) -> JSONString {
        do { return try cursor.string() } catch { throw Self.fault(error) }
    }

    mutating func finish() throws(ChatRequestError) {
        do { try cursor.finish() } catch { throw Self.fault(error) }
    }

    private static func fault(_ error: JSONError) -> ChatRequestError {
        switch error {
        case .tooDeep(let limit): .tooDeep(limit: limit)
        // The kinds of values are looked at before they are read, so only a name that is no string comes here.
        case .wrongKind(let offset): .notJSON(.unexpectedByte(offset: offset))
        default: .notJSON(error)
        }
    }
}

// MARK: - Values of one kind

extension RequestReader {
    /// The decoded text of a string, or of a member's name, however it is escaped.
    func text(_ string: JSONString) -> String {
        // WHY: names and short words only, once per request; texts of messages stay bytes.
        String(decoding: decoded(string), as: UTF8.self)
    }

    func decoded(_ string: JSONString) -> [UInt8] {
        var output: [UInt8] = []
        var decoder = JSONTextDecoder()
        decoder.decode(string, in: bytes, to: &output)
        decoder.finish(to: &output)
        return output
    }

    /// The text of a string; nil for null.
    mutating func stringOrNull(_ field: @autoclosure () -> String) throws(ChatRequestError) -> String? {
        switch try kind() {
        case .string: return text(try rawString())
        case .null: try skip()
        default: throw .wrongType(field: field(), expected: "a string")
        }
        return nil
    }

    /// A truth value; nil for null.
    mutating func booleanOrNull(_ field: @autoclosure () -> String) throws(ChatRequestError) -> Bool? {
        switch try kind() {
        case .boolean:
            let start = try skip().lowerBound
            return bytes[start] == UInt8(ascii: "t")
        case .null: try skip()
        default: throw .wrongType(field: field(), expected: "true or false")
        }
        return nil
    }

    /// A whole number; nil for null.
    mutating func integerOrNull(_ field: String, in range: ClosedRange<Int>) throws(ChatRequestError) -> Int? {
        let expected = "a whole number from \(range.lowerBound) to \(range.upperBound)"
        switch try kind() {
        case .null:
            try skip()
            return nil
        case .number:
            let value: Int?
            do { value = try cursor.integer() } catch { throw Self.fault(error) }
            guard let value, range.contains(value) else { throw .outOfRange(field: field, expected: expected) }
            return value
        default:
            throw .wrongType(field: field, expected: expected)
        }
    }

    /// Enters an object; false for null, which is passed.
    mutating func enterObjectOrNull(_ field: @autoclosure () -> String) throws(ChatRequestError) -> Bool {
        switch try kind() {
        case .object: try enterObject()
        case .null:
            try skip()
            return false
        default: throw .wrongType(field: field(), expected: "an object")
        }
        return true
    }

    /// How many elements an array has; 0 for null.
    mutating func countOrNull(_ field: String, expected: String = "an array") throws(ChatRequestError) -> Int {
        switch try kind() {
        case .array: try enterArray()
        case .null:
            try skip()
            return 0
        default: throw .wrongType(field: field, expected: expected)
        }
        var count = 0
        while try nextElement() {
            try skip()
            count += 1
        }
        return count
    }
}
