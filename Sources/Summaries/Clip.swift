/// Shortens text without cutting words or characters.
enum Clip {
    /// Bytes looked at for each character allowed: a grapheme cluster can be long, but need not be endless.
    static let bytesPerCharacter = 32

    /// The text if it has at most `limit` characters, else its beginning up to a word's end with "…". Nil when not even one word fits.
    static func clipped(_ text: String, to limit: Int) -> String? {
        guard limit > 0 else { return nil }
        var isShortened = text.utf8.count > limit * bytesPerCharacter
        let bounded = isShortened ? String(text.unicodeScalars.prefix(limit * bytesPerCharacter / 4)) : text
        if !isShortened, bounded.count <= limit { return bounded }
        isShortened = true
        return beginning(of: bounded, limit: limit - 1).map { $0 + "…" }
    }

    private static func beginning(of text: String, limit: Int) -> String? {
        var end: String.Index?
        var count = 0
        var index = text.startIndex
        var previous: Character = " "
        while index < text.endIndex, count <= limit {
            let character = text[index]
            if count > 0, previous != " ", character == " " || isFree(previous) || isFree(character) { end = index }
            previous = character
            count += 1
            index = text.index(after: index)
        }
        guard let end else { return nil }
        var kept = text[..<end]
        while let last = kept.last, last == " " || last == "," || last == "…" || last == "，" || last == "、" { kept.removeLast() }
        return kept.isEmpty ? nil : String(kept)
    }

    /// Scripts without spaces may be cut between any two characters.
    private static func isFree(_ character: Character) -> Bool {
        character.unicodeScalars.first.map { Scalars.isIdeographic($0.value) || (0x3001...0x3002).contains($0.value) } ?? false
    }

    /// Runs of white space and line breaks become one space; controls and invisible marks go.
    static func collapsed(_ text: some Sequence<UInt8>) -> String {
        var kept: [UInt8] = []
        let source = Array(text)
        var cursor = ScalarCursor(to: source.count)
        var gap = false
        while let scalar = cursor.next(in: source.span) {
            if Scalars.isSpace(scalar) || Scalars.isNewline(scalar) {
                gap = true
            } else if !Scalars.isHidden(scalar) {
                if gap, !kept.isEmpty { kept.append(0x20) }
                gap = false
                kept.append(scalar: scalar)
            }
        }
        return String(decoding: kept, as: UTF8.self)  // WHY: valid UTF-8, once per sentence or prompt
    }
}
