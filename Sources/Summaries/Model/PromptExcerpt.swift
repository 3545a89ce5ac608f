/// What a small model is shown of a conversation: the last message and, in front of a short one, the message before, which it refers to.
/// At most the limit; of a longer message both ends, for requests stand there.
struct PromptExcerpt: Equatable {
    /// Bytes of a message up to which it may refer to the one before it.
    static let longestFollowUp = 200
    /// What stands where something was left out.
    static let gap = Array("\n…\n".utf8)

    /// The message before; empty where the last one stands for itself.
    let before: [UInt8]
    let message: [UInt8]

    /// - Parameters:
    ///   - facts: what the request says.
    ///   - limit: bytes of both parts together.
    init(_ facts: PromptFacts, limit: Int) {
        message = Self.ends(of: facts.lastUserText, limit: limit)
        let refers = facts.earlierUserTurns > 0 && facts.lastUserText.count <= Self.longestFollowUp
        // The message itself matters more than what it refers to.
        before = refers ? Self.ends(of: facts.previousUserText, limit: min(limit - message.count, limit / 4)) : []
    }

    /// Everything that is shown: what a summary may be made of.
    var shown: [UInt8] { before + [0x0A] + message }

    /// The text if it fits, else its beginning and its end, cut between words where there are any.
    static func ends(of text: [UInt8], limit: Int) -> [UInt8] {
        guard text.count > limit else { return text }
        let room = limit - gap.count
        guard room > 0 else { return [] }
        let head = text[..<wordEnd(in: text, before: room / 2)]
        let tail = text[wordStart(in: text, after: text.count - (room - room / 2))...]
        return head + gap + tail
    }

    /// The last place not behind `end` where nothing is cut in two: behind a word if one ends in the second half, else behind a character.
    private static func wordEnd(in text: [UInt8], before end: Int) -> Int {
        var place = end
        while place > end / 2 {
            if text[place] <= 0x20 { return place }
            place -= 1
        }
        place = end
        while place > 0, text[place] & 0xC0 == 0x80 { place -= 1 }
        return place
    }

    /// The first place not before `start` where nothing is cut in two.
    private static func wordStart(in text: [UInt8], after start: Int) -> Int {
        var place = start
        while place < start + (text.count - start) / 2 {
            if text[place - 1] <= 0x20 { return place }
            place += 1
        }
        place = start
        while place < text.count, text[place] & 0xC0 == 0x80 { place += 1 }
        return place
    }
}
