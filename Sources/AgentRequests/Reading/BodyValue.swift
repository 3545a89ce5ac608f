import JSONBytes

/// One value of a body whose grammar was checked. Holds a reference to the body and a range; nothing is copied or decoded until asked for.
///
/// Walking down costs one pass over the value's bytes for each level that is looked into: the shapes of requests have five or six.
struct BodyValue: Sendable {
    /// The whole body.
    let body: [UInt8]
    /// Where the value stands in it.
    let range: Range<Int>
    let kind: JSONKind
    let path: FieldPath

    /// Its name in messages.
    var field: String { path.text }

    /// The value's own bytes.
    var raw: [UInt8] { Array(body[range]) }

    /// The error that it is not of the kind it should be.
    func wrong(_ expected: String) -> AgentRequestError { .wrongType(field: field, expected: expected) }
}

extension BodyValue {
    /// Checks a whole body: UTF-8, grammar, depth, an object with no more members than the limit.
    static func checked(_ body: [UInt8], _ limits: AgentRequestLimits) throws(AgentRequestError) -> BodyValue {
        let bytes = body.span
        guard UTF8Repair.isValid(bytes) else { throw .notUTF8 }
        let value: BodyValue
        do throws(JSONError) {
            var cursor = JSONCursor(bytes, maximumDepth: limits.depth)
            let kind = try cursor.peek()
            value = BodyValue(body: body, range: try cursor.skipValue(), kind: kind, path: .body)
            try cursor.finish()
        } catch {
            if case .tooDeep(let limit) = error { throw .tooDeep(limit: limit) }
            throw .notJSON(error)
        }
        guard value.kind == .object else { throw .notAnObject }
        return value
    }

    /// The members of an object that are called `wanted`. Of repeated ones the last counts, or none may be repeated.
    func fields(
        _ wanted: [String], atMost limit: Int = .max, refusesRepeated: Bool = false
    ) throws(AgentRequestError) -> BodyFields {
        guard kind == .object else { throw wrong("an object") }
        var fields = BodyFields(path: path)
        let bytes = body.span.extracting(range)
        var count = 0
        do throws(JSONError) {
            var cursor = JSONCursor(bytes, maximumDepth: JSONCursor.depthCeiling)
            try cursor.enterObject()
            while let key = try cursor.nextKey(), count <= limit {
                count += 1
                var name: String?
                for candidate in wanted where name == nil && cursor.matches(key, candidate) { name = candidate }
                let kind = try cursor.peek()
                let place = try cursor.skipValue()
                guard let name else { continue }
                if fields.repeated == nil, fields.contains(name) { fields.repeated = name }
                fields.add(name, value(at: place, kind, .member(of: path, name)))
            }
        } catch { throw .notJSON(error) }
        guard count <= limit else { throw .tooManyMembers(limit: limit) }
        if refusesRepeated, let name = fields.repeated { throw .repeatedMember(field: name) }
        return fields
    }

    /// The elements of an array.
    func elements(atMost limit: Int, expected: String = "an array") throws(AgentRequestError) -> [BodyValue] {
        guard kind == .array else { throw wrong(expected) }
        var elements: [BodyValue] = []
        let bytes = body.span.extracting(range)
        do throws(JSONError) {
            var cursor = JSONCursor(bytes, maximumDepth: JSONCursor.depthCeiling)
            try cursor.enterArray()
            while elements.count <= limit, try cursor.nextElement() {
                let kind = try cursor.peek()
                let place = try cursor.skipValue()
                elements.append(value(at: place, kind, .element(of: path, elements.count)))
            }
        } catch { throw .notJSON(error) }
        guard elements.count <= limit else { throw .tooMany(field: field, limit: limit) }
        return elements
    }

    private func value(at place: Range<Int>, _ kind: JSONKind, _ path: FieldPath) -> BodyValue {
        let offset = range.lowerBound
        return BodyValue(body: body, range: offset + place.lowerBound..<offset + place.upperBound, kind: kind, path: path)
    }
}

// MARK: - Scalars

extension BodyValue {
    /// The text of a string, its escapes resolved.
    func text(_ expected: String = "a string") throws(AgentRequestError) -> [UInt8] {
        guard kind == .string else { throw wrong(expected) }
        var output: [UInt8] = []
        let bytes = body.span.extracting(range)
        do throws(JSONError) {
            var cursor = JSONCursor(bytes)
            let string = try cursor.string()
            var decoder = JSONTextDecoder()
            decoder.decode(string, in: bytes, to: &output)
            decoder.finish(to: &output)
        } catch { throw .notJSON(error) }
        return output
    }

    /// A string as a word to compare with.
    func word(_ expected: String = "a string") throws(AgentRequestError) -> String {
        String(decoding: try text(expected), as: UTF8.self)  // WHY: names and types; texts of messages stay bytes.
    }

    /// A truth value.
    func boolean() throws(AgentRequestError) -> Bool {
        guard kind == .boolean else { throw wrong("true or false") }
        return body[range.lowerBound] == UInt8(ascii: "t")
    }

    /// A whole number from `lowest` up.
    func integer(from lowest: Int) throws(AgentRequestError) -> Int {
        let expected = "a whole number from \(lowest)"
        guard kind == .number else { throw wrong(expected) }
        let bytes = body.span.extracting(range)
        let number: Int?
        do throws(JSONError) {
            var cursor = JSONCursor(bytes)
            number = try cursor.integer()
        } catch { throw .notJSON(error) }
        guard let number, number >= lowest else { throw .outOfRange(field: field, expected: expected) }
        return number
    }

    /// The bytes of an object.
    func object() throws(AgentRequestError) -> [UInt8] {
        guard kind == .object else { throw wrong("an object") }
        return raw
    }

    /// One stop sequence or a list of them; empty ones would stop everything, and are left out.
    func stopSequences(atMost limit: Int) throws(AgentRequestError) -> [[UInt8]] {
        let expected = "a string or an array of strings"
        if kind == .string { return try [text()].filter { !$0.isEmpty } }
        var sequences: [[UInt8]] = []
        for element in try elements(atMost: limit, expected: expected) { sequences.append(try element.text()) }
        return sequences.filter { !$0.isEmpty }
    }
}
