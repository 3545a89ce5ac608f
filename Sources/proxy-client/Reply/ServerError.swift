/// An error object as servers send it, in a body or inside a stream.
///
/// Reads the OpenAI shape (`error` with `message`, `type`, `code`), a bare string under `error`, the flat shape with
/// `message` at the top, and a top-level `detail` text.
struct ServerError: Equatable, Sendable {
    var message: String
    var type: String?
    var code: String?
}

extension ServerError: Decodable {
    private enum Key: String, CodingKey { case error, message, type, code, detail }

    init(from decoder: any Decoder) throws {
        if let text = try? decoder.singleValueContainer().decode(String.self) {
            self.init(message: text, type: nil, code: nil)
            return
        }
        let fields = try decoder.container(keyedBy: Key.self)
        if fields.contains(.error), let nested = try fields.decodeIfPresent(ServerError.self, forKey: .error) {
            self = nested
            return
        }
        let text = try? fields.decode(String.self, forKey: .message)
        guard let message = try text ?? (try? fields.decode(String.self, forKey: .detail)) ?? Self.bareType(fields) else {
            throw DecodingError.dataCorrupted(.init(codingPath: decoder.codingPath, debugDescription: "no error message"))
        }
        self.init(message: message, type: try? fields.decode(String.self, forKey: .type), code: Self.code(fields))
    }

    /// Some servers send an error with a type or a code and no words.
    private static func bareType(_ fields: KeyedDecodingContainer<Key>) throws -> String? {
        let type = try? fields.decode(String.self, forKey: .type)
        return (type ?? code(fields)).map { "no message (\($0))" }
    }

    /// Codes are strings with some servers and numbers with others.
    private static func code(_ fields: KeyedDecodingContainer<Key>) -> String? {
        if let text = try? fields.decode(String.self, forKey: .code) { return text }
        return (try? fields.decode(Int.self, forKey: .code)).map(String.init)
    }
}
