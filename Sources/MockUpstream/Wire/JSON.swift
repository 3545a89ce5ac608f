/// A JSON value that keeps the order of object members and the spelling of numbers.
///
/// Providers differ in key order and clients have been caught depending on it, so a mock has to say it exactly.
enum JSON: Sendable, Equatable {
    case null
    case bool(Bool)
    /// The number as it was written, for example `1763692800` or `-0.25`.
    case number(String)
    case string(String)
    case array([JSON])
    case object([Member])

    /// One `"key": value` of an object. Duplicate keys are kept; `subscript` finds the first.
    struct Member: Sendable, Equatable {
        var key: String
        var value: JSON
    }
}

extension JSON {
    subscript(key: String) -> JSON? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.key == key }?.value
    }

    var members: [Member]? {
        guard case .object(let members) = self else { return nil }
        return members
    }

    var elements: [JSON]? {
        guard case .array(let elements) = self else { return nil }
        return elements
    }

    var text: String? {
        guard case .string(let text) = self else { return nil }
        return text
    }

    var truth: Bool? {
        guard case .bool(let truth) = self else { return nil }
        return truth
    }

    var integer: Int? {
        guard case .number(let digits) = self else { return nil }
        return Int(digits)
    }

    var double: Double? {
        guard case .number(let digits) = self else { return nil }
        return Double(digits)
    }

    static func integer(_ value: some BinaryInteger) -> JSON { .number(String(value)) }

    /// A string, or `null` when there is none.
    static func optional(_ text: String?) -> JSON { text.map(JSON.string) ?? .null }
}

extension JSON: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral,
    ExpressibleByDictionaryLiteral, ExpressibleByNilLiteral
{
    init(stringLiteral value: String) { self = .string(value) }
    init(integerLiteral value: Int) { self = .number(String(value)) }
    init(booleanLiteral value: Bool) { self = .bool(value) }
    init(arrayLiteral elements: JSON...) { self = .array(elements) }
    init(dictionaryLiteral elements: (String, JSON)...) { self = .object(elements.map { Member(key: $0.0, value: $0.1) }) }
    init(nilLiteral: ()) { self = .null }
}
