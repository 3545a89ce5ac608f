/// What the user of an agent has asked last.
///
/// Agents put words of their own beside those of the user, each wrapped in a tag: reminders, the environment, instructions from files. They
/// are passed over as long as anything else is there.
enum Question {
    private static let longest = 64 << 10

    /// The text, at most 64 KiB, cut between characters.
    static func text(of events: [ConversationEvent]) -> [UInt8] {
        var wrapped: [UInt8]?
        for case .user(let pieces, isOwn: true) in events.reversed() {
            let texts = pieces.compactMap { (piece: ContentPiece) -> [UInt8]? in
                if case .text(let text) = piece.kind, !text.isEmpty { text } else { nil }
            }
            let own = texts.filter { !isWrapped($0) }
            if !own.isEmpty { return cut(Array(own.joined(separator: [UInt8(ascii: "\n")]))) }
            // An image alone is a question too; only what is wrapped is passed over.
            if pieces.contains(where: \.isImage) { return [] }
            if wrapped == nil, !texts.isEmpty { wrapped = cut(Array(texts.joined(separator: [UInt8(ascii: "\n")]))) }
        }
        return wrapped ?? []
    }

    /// Whether a text is one element from its first character to its last: `<name>…</name>`.
    static func isWrapped(_ text: [UInt8]) -> Bool {
        guard let first = text.firstIndex(where: { !isSpace($0) }), text[first] == UInt8(ascii: "<"),
            let last = text.lastIndex(where: { !isSpace($0) })
        else { return false }
        let name = text[(first + 1)...].prefix { $0 != UInt8(ascii: ">") && $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\n") }.prefix(128)
        let end = Array("</".utf8) + name + Array(">".utf8)
        return !name.isEmpty && last + 1 - first > name.count + end.count && text[...last].suffix(end.count).elementsEqual(end)
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 }

    private static func cut(_ text: [UInt8]) -> [UInt8] { Clipped.text(text, atMost: longest) }
}
