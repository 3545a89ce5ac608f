/// The reasoning since the last call: at most the limit, of more the end.
///
/// What it holds depends on the text alone, not on how it was cut. Memory: twice the limit.
struct ReasoningWindow {
    private let limit: Int
    private var bytes: [UInt8] = []
    /// Bytes since the window was taken, also those that were let go.
    private(set) var byteCount = 0

    init(limit: Int) {
        self.limit = max(64, limit)
    }

    mutating func append(_ text: Span<UInt8>) {
        byteCount += text.count
        let start = max(0, text.count - limit)
        for index in start..<text.count { bytes.append(text[index]) }
        if bytes.count > limit * 2 { bytes.removeFirst(bytes.count - limit) }
    }

    mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        byteCount = 0
    }

    /// Takes everything up to the last sentence's end; what follows it is the next window's beginning.
    mutating func take() -> (text: [UInt8], isShortened: Bool) {
        let isShortened = byteCount > limit
        var kept = isShortened ? Array(bytes.suffix(limit)) : bytes
        if isShortened { kept.removeFirst(Self.firstBreak(in: kept)) }
        let end = Self.lastBreak(in: kept)
        let rest = Array(kept[end...])
        bytes = rest
        byteCount = rest.count
        return (Array(kept[..<end]), isShortened)
    }

    /// Behind the first white space in the first half: a cut word is no word.
    private static func firstBreak(in text: [UInt8]) -> Int {
        if let space = text[..<(text.count / 2)].firstIndex(where: { $0 == 0x20 || $0 == 0x0A }) { return space + 1 }
        return text.firstIndex { $0 & 0xC0 != 0x80 } ?? text.count
    }

    /// Behind the last sentence's end in the second half, else behind its last white space, else behind the last whole character.
    private static func lastBreak(in text: [UInt8]) -> Int {
        var space: Int?
        var index = text.count - 1
        while index > text.count / 2 {
            if text[index] == 0x0A || endsSentence(text, at: index) { return index + 1 }
            if space == nil, text[index] == 0x20 { space = index + 1 }
            index -= 1
        }
        return space ?? lastCharacterEnd(in: text)
    }

    private static func endsSentence(_ text: [UInt8], at index: Int) -> Bool {
        switch text[index] {
        case 0x2E, 0x21, 0x3F: index + 1 < text.count && text[index + 1] <= 0x20
        // The last byte of 。！？ in UTF-8.
        case 0x82: index >= 2 && text[index - 2] == 0xE3 && text[index - 1] == 0x80
        case 0x81, 0x9F: index >= 2 && text[index - 2] == 0xEF && text[index - 1] == 0xBC
        default: false
        }
    }

    private static func lastCharacterEnd(in text: [UInt8]) -> Int {
        var start = text.count
        while start > 0, text.count - start < 4, text[start - 1] & 0xC0 == 0x80 { start -= 1 }
        guard start > 0, text[start - 1] >= 0xC0 else { return text.count }
        let length = text[start - 1] >= 0xF0 ? 4 : text[start - 1] >= 0xE0 ? 3 : 2
        return text.count - (start - 1) < length ? start - 1 : text.count
    }
}
