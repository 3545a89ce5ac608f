/// A piece of what the user, or a tool, shows the model.
struct ContentPiece: Sendable {
    enum Kind: Sendable {
        case text([UInt8])
        /// An address, of any scheme, and how closely to look.
        case image(url: [UInt8], detail: [UInt8]?)
    }

    var kind: Kind
    /// The type of the part that this text only says was left out; nil for everything else.
    var standsFor: String?
    /// Whether it begins a paragraph of its own: it comes from another message than the piece before it.
    var beginsParagraph = false

    static func text(_ text: [UInt8]) -> ContentPiece { ContentPiece(kind: .text(text)) }

    static func image(_ url: [UInt8], detail: [UInt8]? = nil) -> ContentPiece { ContentPiece(kind: .image(url: url, detail: detail)) }

    /// A note in place of a part that cannot be passed on.
    static func note(for type: String) -> ContentPiece {
        ContentPiece(kind: .text(Notes.leftOut(Notes.kind(of: type))), standsFor: type)
    }

    /// Whether it says nothing.
    var isEmpty: Bool {
        if case .text(let text) = kind { text.isEmpty } else { false }
    }

    var isImage: Bool {
        if case .image = kind { true } else { false }
    }
}

/// A call of a tool in the conversation.
struct ToolCall: Sendable {
    /// As the client spells it.
    var id: [UInt8]
    var tool: ToolKey
    /// Text that should be a JSON object, or the free text of a custom tool.
    var arguments: [UInt8]
}

/// What a tool has answered.
struct ToolResult: Sendable {
    /// The call's id.
    var id: [UInt8]
    var pieces: [ContentPiece]
    var isError = false
}

/// What both APIs' conversations are made of, in the client's order; which message it ends up in is ``ConversationBuilder``'s business.
enum ConversationEvent: Sendable {
    /// Words of whoever runs the model.
    case system([UInt8])
    /// Words and images of the user.
    case user([ContentPiece])
    /// Words of the model.
    case assistant([UInt8])
    /// An opaque value that may carry the reasoning of what follows.
    case reasoning([UInt8])
    case call(ToolCall)
    case result(ToolResult)
}
