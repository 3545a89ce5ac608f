import Foundation

/// Reads any JSON; the keys of an object come out sorted.
extension JSONValue: Decodable {
    private struct AnyKey: CodingKey {
        var stringValue: String
        var intValue: Int? { nil }

        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    init(from decoder: any Decoder) throws {
        if let fields = try? decoder.container(keyedBy: AnyKey.self) {
            let members = try fields.allKeys.map { Member($0.stringValue, try fields.decode(JSONValue.self, forKey: $0)) }
            self = .object(members.sorted { $0.key < $1.key })
        } else if var elements = try? decoder.unkeyedContainer() {
            var values: [JSONValue] = []
            while !elements.isAtEnd { values.append(try elements.decode(JSONValue.self)) }
            self = .array(values)
        } else {
            self = try Self.scalar(decoder.singleValueContainer())
        }
    }

    private static func scalar(_ container: any SingleValueDecodingContainer) throws -> JSONValue {
        if container.decodeNil() { return .null }
        if let value = try? container.decode(Bool.self) { return .bool(value) }
        if let value = try? container.decode(Double.self) { return .number(value) }
        return .string(try container.decode(String.self))
    }

    /// Reads a whole document; nil when it is not JSON.
    init?(parsing bytes: [UInt8]) {
        // `try?`: the caller only needs to know that this is not JSON, and shows the text then.
        guard let value = try? JSONDecoder().decode(JSONValue.self, from: Data(bytes)) else { return nil }
        self = value
    }

    /// The value of an object's key; nil where there is none.
    subscript(key: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.key == key }?.value
    }

    /// A text for people: strings without quotes, lists with commas, nothing for null.
    var plain: String {
        switch self {
        case .null: "–"
        case .bool(let value): value ? "yes" : "no"
        case .string(let text): text.isEmpty ? "–" : text
        case .number: text
        case .array(let values): values.isEmpty ? "–" : values.map(\.plain).joined(separator: ", ")
        case .object(let members): members.isEmpty ? "–" : members.map { "\($0.key) \($0.value.plain)" }.joined(separator: ", ")
        }
    }
}
