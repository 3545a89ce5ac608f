import JSONBytes

/// The fields in which upstreams send reasoning, the most specific first.
enum ReasoningField: UInt8 {
    case reasoningContent, reasoning, reasoningText, thinking, reasoningDetails, thinkingBlocks

    @inline(__always)
    init?(_ key: JSONString, _ cursor: borrowing JSONCursor) {
        switch cursor.byteCount(key) {
        case 17 where cursor.matches(key, ChunkName.reasoningContent): self = .reasoningContent
        case 9 where cursor.matches(key, ChunkName.reasoning): self = .reasoning
        case 14 where cursor.matches(key, ChunkName.reasoningText): self = .reasoningText
        case 8 where cursor.matches(key, ChunkName.thinking): self = .thinking
        case 17 where cursor.matches(key, ChunkName.reasoningDetails): self = .reasoningDetails
        case 15 where cursor.matches(key, ChunkName.thinkingBlocks): self = .thinkingBlocks
        default: return nil
        }
    }
}

/// Where a text came from: of several fields with the same thought the lowest rank counts.
struct TextRank: Comparable {
    private let value: UInt8

    static let content = TextRank(value: 255)
    /// A member that came again: its first value does not count.
    static let repeated = TextRank(value: 254)
    /// A reasoning part of `content`.
    static let contentPart = TextRank(value: 253)

    private init(value: UInt8) {
        self.value = value
    }

    init(_ field: ReasoningField) {
        self.init(value: field.rawValue)
    }

    static func < (left: TextRank, right: TextRank) -> Bool { left.value < right.value }
}

/// The texts of one delta while its members are read in whatever order they come.
struct DeltaTexts {
    private let start: Int
    private var seenFields: UInt8 = 0
    private var hasContent = false

    /// `start` is where the delta's texts begin.
    init(start: Int) {
        self.start = start
    }

    mutating func readReasoning(
        _ field: ReasoningField, _ cursor: inout JSONCursor, into choice: inout Delta.Choice, _ delta: inout Delta
    ) throws(JSONError) {
        let rank = TextRank(field)
        if seenFields & 1 << field.rawValue != 0 { passOver(&delta) { $0 == rank } }
        seenFields |= 1 << field.rawValue
        if try TypedParts.readReasoning(&cursor, rank, to: &delta) { choice.payload.insert(.reasoningField) }
    }

    mutating func readContent(_ cursor: inout JSONCursor, into choice: inout Delta.Choice, _ delta: inout Delta) throws(JSONError) {
        if hasContent { passOver(&delta) { $0 == .content || $0 == .contentPart } }
        hasContent = true
        if try cursor.peek() == .array {
            choice.payload.insert(.typedParts)
            try TypedParts.readContent(&cursor, to: &delta)
        } else if let string = try DeltaReader.stringIfAny(&cursor), !string.content.isEmpty {
            delta.append(Delta.Text(kind: .content, string: string))
        }
    }

    private func passOver(_ delta: inout Delta, _ isMeant: (TextRank) -> Bool) {
        delta.saysThingsTwice = true
        for position in start..<delta.texts.count where isMeant(delta.texts[position].rank) { delta.texts[position].rank = .repeated }
    }

    /// All members were read: leaves the reasoning of one field, then the content.
    func settle(_ texts: inout [Delta.Text]) {
        let end = texts.count
        guard end > start else { return }
        var best = TextRank.repeated
        for position in start..<end where texts[position].kind == .reasoning { best = min(best, texts[position].rank) }
        if isSettled(texts, best) { return }
        // Written behind the old ones, which then go: no array of its own, and linear however many parts there are.
        for position in start..<end where texts[position].rank == best && best != .repeated { texts.append(texts[position]) }
        for position in start..<end where texts[position].rank == .content { texts.append(texts[position]) }
        texts.removeSubrange(start..<end)
    }

    private func isSettled(_ texts: [Delta.Text], _ best: TextRank) -> Bool {
        var last = best
        for position in start..<texts.count {
            let rank = texts[position].rank
            guard rank != .repeated, rank == best || rank == .content, rank >= last else { return false }
            last = rank
        }
        return true
    }
}
