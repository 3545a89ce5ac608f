/// A passage made readable: without markup and filler, with a capital at the beginning and punctuation at the end.
struct Sentence: Equatable {
    /// Headings announce what comes; they give titles and are not quoted.
    enum Kind: Equatable { case statement, question, heading }

    var text: [UInt8]
    var kind: Kind
    var ordinal: Int
    /// Written without punctuation of its own: a list item or a bare line.
    var isFragment = false
    /// Ended in a colon, which announces something that is not quoted with it.
    var isAnnouncement = false
    /// Trails off in an ellipsis.
    var isTrailing = false
    /// A short line that gives a result, drawn from what was said: "So 1440 - 240 = 1200."
    var isResult = false
    /// The tone of the fillers that were taken off.
    var tone: Openers.Tone = []

    /// The passage as a sentence; nil when it is code, a table, a formula or too little to read.
    ///
    /// - Parameters:
    ///   - passage: what the splitter found.
    ///   - isClosing: it may be the conclusion: asides stay, and a few words are enough.
    init?(_ passage: Passage, isClosing: Bool = false) {
        var nothing: [UInt8] = []
        self.init(passage, isClosing: isClosing, in: &nothing)
    }

    /// The same, with the memory of `spare` for its text; it is left there when there is no sentence.
    init?(_ passage: Passage, isClosing: Bool = false, in spare: inout [UInt8]) {
        guard passage.ending != .interrupted || passage.text.last == 0x3A else { return nil }
        var body = passage.startsLine ? LineMarkers.removed(from: passage.text) : passage.text[...]
        let isHeading =
            passage.startsLine && LineMarkers.isHeading(passage.text)
            && !(isClosing && LineMarkers.isBoldStatement(passage.text))
        while body.last == 0x20 { body.removeLast() }
        // Most passages are whole: then nothing is copied before the end.
        let source = body.count == passage.text.count ? passage.text : Array(body)
        guard let plain = PlainText.text(of: source), let whole = Brackets.tidied(plain, keepsAsides: isClosing) else { return nil }
        let (stripped, tone) = Openers.removed(from: whole)
        spare.removeAll(keepingCapacity: true)
        // Room for nearly every sentence, with its full stop: memory that goes from one to the next must not be too small for it.
        spare.reserveCapacity(max(stripped.count + 4, 240))
        spare.append(contentsOf: stripped)
        let isResult = tone.contains(.consequence) && Prose.isResult(spare)
        guard !spare.isEmpty, Prose.reads(spare, isClosing: isClosing) || isResult,
            !CodeLine.looksLike(CodeSpans.removed(from: passage.text) ?? spare)
        else { return nil }
        text = []
        swap(&text, &spare)
        kind = isHeading ? .heading : .statement
        ordinal = passage.ordinal
        self.tone = tone
        self.isResult = isResult
        closeWithPunctuation()
        Capital.apply(to: &text)
    }

    private mutating func closeWithPunctuation() {
        let last = LastScalar(of: text)
        switch last.scalar {
        case 0x3F, 0xFF1F, 0x061F: if kind == .statement { kind = .question }
        case 0x3002 where kind == .statement && JapaneseQuestion.ends(text): kind = .question
        case 0x2026: isTrailing = true
        case 0x2E where text.count > 2 && text[text.count - 2] == 0x2E: isTrailing = true
        case let scalar where Scalars.isSpacedTerminator(scalar) || Scalars.isDirectTerminator(scalar): break
        default: addStop(after: last)
        }
    }

    private mutating func addStop(after last: LastScalar) {
        switch last.scalar {
        case 0x3A, 0xFF1A: isAnnouncement = true
        default: isFragment = true
        }
        // A colon, comma or dash makes place for the full stop; a quotation mark or bracket stays before it.
        if let length = last.danglingLength { text.removeLast(length) }
        while text.last == 0x20 { text.removeLast() }
        let script = LastScalar(of: text).scalar
        if Scalars.isHanOrKana(script) {
            text.append(scalar: 0x3002)
        } else if (0x0900...0x097F).contains(script) {
            text.append(scalar: 0x0964)
        } else {
            text.append(0x2E)
        }
    }
}

/// A question that has a full stop: 「どうでしょうか。」
private enum JapaneseQuestion {
    /// か and the full stop.
    private static let end: [UInt8] = Array("か。".utf8)
    /// What stands before it in a question; nouns such as 静か have none of these.
    private static let before = ["す", "う", "の", "い", "た"].map { Array($0.utf8) }

    static func ends(_ text: [UInt8]) -> Bool {
        text.suffix(end.count) == end[...] && before.contains { text.dropLast(end.count).suffix($0.count) == $0[...] }
    }
}

/// The last scalar of a text that is no closing quotation mark or bracket.
struct LastScalar {
    private(set) var scalar: UInt32 = 0
    /// Bytes of the last scalar when it is one that cannot stand before a full stop.
    private(set) var danglingLength: Int?

    init(of text: [UInt8]) {
        var end = text.count
        while end > 0 {
            var start = end - 1
            while start > 0, text[start] & 0xC0 == 0x80, end - start < 4 { start -= 1 }
            var cursor = ScalarCursor(from: start, to: end)
            scalar = cursor.next(in: text.span) ?? 0
            guard Scalars.isCloser(scalar) else {
                if end == text.count, Self.isDangling(scalar) { danglingLength = end - start }
                return
            }
            end = start
        }
    }

    private static func isDangling(_ scalar: UInt32) -> Bool {
        switch scalar {
        case 0x2C, 0x3A, 0x3B, 0x2D, 0x2013, 0x2014, 0xFF0C, 0xFF1A, 0xFF1B, 0x3001: true
        default: false
        }
    }
}
