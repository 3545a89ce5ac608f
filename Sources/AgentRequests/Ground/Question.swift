import ChatRequests

/// What the user of an agent has asked last.
///
/// Agents put words of their own beside those of the user, each text wrapped in a tag: reminders, the environment, instructions from files.
/// They are no question as long as anything else is there.
struct Question {
    /// The text, at most 64 KiB, cut between characters.
    private(set) var text: [UInt8] = []
    /// What else the message holds.
    private(set) var parts = Conversation.Parts()

    private static let longest = 64 << 10

    /// The question of a conversation.
    init(_ events: [ConversationEvent]) {
        var wrapped: [ContentPiece]?
        for case .user(let pieces) in events.reversed() {
            if Question.isAsked(in: pieces) {
                take(pieces) { !Question.isWrapped($0) }
                return
            }
            if wrapped == nil, pieces.contains(where: { !$0.isEmpty }) { wrapped = pieces }
        }
        take(wrapped ?? []) { _ in true }
    }

    private mutating func take(_ pieces: [ContentPiece], _ isWanted: ([UInt8]) -> Bool) {
        for piece in pieces where !piece.isEmpty {
            if let type = piece.standsFor {
                count(type)
                continue
            }
            switch piece.kind {
            case .image: parts.images += 1
            case .text(let piece) where isWanted(piece) && text.count < Question.longest:
                if !text.isEmpty { text.append(UInt8(ascii: "\n")) }
                text += piece
            case .text: continue
            }
        }
        text = Clipped.text(text, atMost: Question.longest)
    }

    private mutating func count(_ type: String) {
        switch type {
        case "input_image", "image", "image_url": parts.images += 1
        case "input_file", "file", "document": parts.files += 1
        case "input_audio", "audio": parts.audio += 1
        default: parts.other += 1
        }
    }

    /// Whether a message of the user holds anything that an agent would not have put there.
    static func isAsked(in pieces: [ContentPiece]) -> Bool {
        pieces.contains { piece in
            if case .text(let text) = piece.kind { !text.isEmpty && !isWrapped(text) } else { true }
        }
    }

    /// Whether a text is one element from its first character to its last: `<name>…</name>`.
    static func isWrapped(_ text: [UInt8]) -> Bool {
        guard let first = text.firstIndex(where: { !isSpace($0) }), text[first] == UInt8(ascii: "<"),
            let last = text.lastIndex(where: { !isSpace($0) })
        else { return false }
        let name = text[(first + 1)...].prefix(128).prefix { !isSpace($0) && $0 != UInt8(ascii: ">") }
        let end = Array("</".utf8) + name + Array(">".utf8)
        return !name.isEmpty && last - first > name.count + end.count && text[...last].suffix(end.count).elementsEqual(end)
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 }
}
