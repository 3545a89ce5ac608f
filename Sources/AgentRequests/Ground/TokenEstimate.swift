/// How many tokens a text is likely to be, without any model's vocabulary: for `count_tokens`, and to clamp lengths.
///
/// An estimate, and to be shown as one. Bytes are weighed by script, in quarters of a token: ASCII letters and spaces a quarter each (English
/// has about four to a token), other ASCII, as in code and numbers, a half, characters of two bytes (Latin with accents, Greek, Cyrillic,
/// Hebrew, Arabic) a half, of three (Chinese, Japanese, Korean, Indic) one, of four (emoji) two. On top: four tokens for each message and call,
/// eight for each tool, a thousand for each image whatever its size, because its address says nothing about it. Typical error: a fifth
/// either way; more for text in few letters repeated, or in scripts that the model was not trained on.
public struct TokenEstimate: Sendable {
    private var quarters = 0

    /// Nothing yet.
    public init() {}

    /// Tokens, rounded up.
    public var tokens: Int { (quarters + 3) / 4 }

    /// Tokens of one image.
    public static let image = 1000

    /// Adds a text, UTF-8.
    public mutating func add(_ text: [UInt8]) {
        for byte in text { quarters += Int(TokenEstimate.weights[Int(byte)]) }
    }

    /// Adds whole tokens.
    public mutating func add(tokens: Int) {
        quarters += 4 * tokens
    }

    /// The quarters that each byte adds: a character's first byte counts for all of it.
    private static let weights: [UInt8] = (0...255).map { (byte: Int) -> UInt8 in
        switch byte {
        case 0x41...0x5A, 0x61...0x7A, 0x20, 0x0A, 0x0D, 0x09: 1
        case 0x80...0xBF: 0
        case 0..<0x80, 0xC0...0xDF: 2
        case 0xE0...0xEF: 4
        default: 8
        }
    }
}

extension TokenEstimate {
    /// The estimate of a whole prompt.
    init(_ messages: [ChatMessage], tools: [AgentTool], format: AnswerFormat?) {
        for message in messages { add(message) }
        for tool in tools {
            add(tokens: 8)
            add(Array(tool.key.name.utf8))
            add(tool.description)
            add(tool.parameters ?? [])
        }
        if case .schema(let schema, _, _) = format { add(schema) }
    }

    private mutating func add(_ message: ChatMessage) {
        add(tokens: 4)
        switch message {
        case .system(let text), .tool(_, let text): add(text)
        case .user(let pieces):
            for piece in pieces {
                if case .text(let text) = piece.kind { add(text) } else { add(tokens: TokenEstimate.image) }
            }
        case .assistant(let message):
            for text in message.texts + message.reasoning { add(text) }
            for call in message.calls {
                add(tokens: 4)
                add(Array(call.name.utf8))
                add(call.arguments)
            }
        }
    }
}
