import JSONBytes

/// The members of one object that a reader asked for. A null counts as absent.
struct BodyFields: Sendable {
    /// Where the object stands.
    let path: FieldPath
    /// The first member that came twice.
    var repeated: String?
    private var values: [(name: String, value: BodyValue)] = []

    init(path: FieldPath) {
        self.path = path
    }

    /// Whether the object has the member, be it null.
    func contains(_ name: String) -> Bool { values.contains { $0.name == name } }

    /// Adds a member in place of an earlier one of the same name.
    mutating func add(_ name: String, _ value: BodyValue) {
        values.removeAll { $0.name == name }
        values.append((name, value))
    }

    /// A member's value; nil if there is none, or null.
    subscript(_ name: String) -> BodyValue? {
        for entry in values where entry.name == name { return entry.value.kind == .null ? nil : entry.value }
        return nil
    }

    /// A member that must be there.
    func required(_ name: String) throws(AgentRequestError) -> BodyValue {
        guard let value = self[name] else { throw .missing(field: FieldPath.member(of: path, name).text) }
        return value
    }

    /// A string's text; nil if there is none.
    func text(_ name: String) throws(AgentRequestError) -> [UInt8]? { try self[name]?.text() }

    /// A string as a word; nil if there is none.
    func word(_ name: String) throws(AgentRequestError) -> String? { try self[name]?.word() }

    /// A truth value; nil if there is none.
    func boolean(_ name: String) throws(AgentRequestError) -> Bool? { try self[name]?.boolean() }

    /// The bytes of a number; nil if there is none.
    func number(_ name: String) throws(AgentRequestError) -> [UInt8]? {
        guard let value = self[name] else { return nil }
        guard value.kind == .number else { throw value.wrong("a number") }
        return value.raw
    }

    /// A string that is only looked at if it is one.
    func wordIfAny(_ name: String) -> String? {
        guard let value = self[name], value.kind == .string else { return nil }
        return try? value.word()  // a string has a text
    }
}
