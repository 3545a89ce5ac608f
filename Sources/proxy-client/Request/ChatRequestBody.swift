import Foundation

/// The body of a chat completion request.
struct ChatRequestBody: Encodable, Equatable, Sendable {
    /// Asks for the token counts at the end of a stream.
    struct StreamOptions: Encodable, Equatable, Sendable {
        var includeUsage = true

        private enum CodingKeys: String, CodingKey { case includeUsage = "include_usage" }
    }

    var model: String
    var messages: [ChatMessage]
    var stream: Bool
    var streamOptions: StreamOptions?
    var maxTokens: Int?
    var temperature: Double?
    var reasoningEffort: String?

    private enum CodingKeys: String, CodingKey {
        case model, messages, stream, temperature
        case streamOptions = "stream_options"
        case maxTokens = "max_tokens"
        case reasoningEffort = "reasoning_effort"
    }

    /// The bytes to send. Numbers, strings and lists only: encoding cannot fail, since the options refuse numbers that are not finite.
    var json: [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // `try?`: see above; an empty body would be refused by the server with a clear message.
        return (try? encoder.encode(self)).map(Array.init) ?? []
    }
}

/// One message of a conversation.
struct ChatMessage: Encodable, Equatable, Sendable {
    var role: String
    var content: MessageContent
}

/// The content of a message: a text, or parts with images among them.
enum MessageContent: Encodable, Equatable, Sendable {
    case text(String)
    case parts([ContentPart])

    func encode(to encoder: any Encoder) throws {
        var value = encoder.singleValueContainer()
        switch self {
        case .text(let text): try value.encode(text)
        case .parts(let parts): try value.encode(parts)
        }
    }

    /// The text alone; an image is a word in brackets.
    var plainText: String {
        switch self {
        case .text(let text): text
        case .parts(let parts): parts.map(\.plainText).joined(separator: "\n\n")
        }
    }
}

/// A text or an image inside a message.
enum ContentPart: Encodable, Equatable, Sendable {
    case text(String)
    /// An image as a data URL.
    case image(url: String)

    private enum Key: String, CodingKey {
        case type, text, url
        case imageURL = "image_url"
    }

    func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: Key.self)
        switch self {
        case .text(let text):
            try fields.encode("text", forKey: .type)
            try fields.encode(text, forKey: .text)
        case .image(let url):
            try fields.encode("image_url", forKey: .type)
            var image = fields.nestedContainer(keyedBy: Key.self, forKey: .imageURL)
            try image.encode(url, forKey: .url)
        }
    }

    fileprivate var plainText: String {
        switch self {
        case .text(let text): text
        case .image: "[image]"
        }
    }
}
