/// Decides whether a full stop, question or exclamation mark really ends a sentence, from the text before it and the next scalar.
enum SentenceEnd {
    /// True when `next`, the first visible scalar after white space, may begin a sentence after `text`, which ends in a terminator.
    static func allows(next: UInt32, after text: [UInt8]) -> Bool {
        // A quotation inside an ideographic sentence, which goes on: 「"Hello." が自然だ。」
        if Scalars.isHanOrKana(next), hasCloser(text) { return false }
        let isStop = endsInFullStop(text)
        // "Is it sorted? no." and "6! is 720": joined rather than cut.
        if Scalars.isLowercase(next) { return false }
        guard Scalars.isLetter(next) || Scalars.isDigit(next) || isOpener(next) else { return false }
        return !isStop || isWhole(text, beforeDigit: Scalars.isDigit(next))
    }

    /// False when the full stop belongs to an abbreviation, an initial, an ordinal or a list marker.
    static func isWhole(_ text: [UInt8], beforeDigit: Bool = false) -> Bool {
        guard endsInFullStop(text), !hasCloser(text) else { return true }
        let last = LastWord(of: text, from: max(0, text.count - LastWord.reach), to: text.count)
        let word = text[last.range]
        if word.isEmpty { return true }
        if last.isFirst && (word.count == 1 || word.allSatisfy(isASCIIDigit)) { return false }
        if word.count == 1, let letter = word.first, Scalars.isASCIILetter(UInt32(letter)) {
            return Abbreviations.announces(letter: letter, text[last.before(in: text).range])
        }
        if word.count <= 2, word.allSatisfy(isASCIIDigit) { return !Abbreviations.announcesOrdinal(text[last.before(in: text).range]) }
        return !Abbreviations.contains(word, beforeDigit: beforeDigit)
    }

    /// True when the text ends in a Japanese quotation and the sentence goes on behind it: 「はい。」と言った。
    static func isQuoted(_ text: [UInt8], continuedBy next: UInt32) -> Bool {
        Scalars.isHiragana(next) && (text.suffix(3).elementsEqual("」".utf8) || text.suffix(3).elementsEqual("』".utf8))
    }

    /// True when a Japanese quotation is open: 「髙橋は?橋」.
    static func isInsideQuotation(_ text: [UInt8]) -> Bool {
        var index = text.count - 3
        while index >= 0 {
            if text[index] == 0xE3, text[index + 1] == 0x80 {
                if text[index + 2] == 0x8D || text[index + 2] == 0x8F { return false }
                if text[index + 2] == 0x8C || text[index + 2] == 0x8E { return true }
            }
            index -= 1
        }
        return false
    }

    /// True for text that ends in a question or exclamation mark.
    static func isQuestionOrCall(_ text: [UInt8]) -> Bool { text.last == 0x3F || text.last == 0x21 }

    private static func endsInFullStop(_ text: [UInt8]) -> Bool {
        text.last(where: { !isCloserByte($0) }) == 0x2E && !text.suffix(3).elementsEqual([0x2E, 0x2E, 0x2E])
    }

    private static func hasCloser(_ text: [UInt8]) -> Bool {
        guard let last = text.last else { return false }
        return isCloserByte(last) || last >= 0x80
    }

    private static func isCloserByte(_ byte: UInt8) -> Bool { byte < 0x80 && Scalars.isCloser(UInt32(byte)) }

    fileprivate static func isASCIIDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }

    /// What may begin a sentence besides letters and digits: quotation marks, brackets, emphasis, code, formulas.
    private static func isOpener(_ scalar: UInt32) -> Bool {
        switch scalar {
        case 0x22, 0x24, 0x27, 0x28, 0x2A, 0x3C, 0x5B, 0x5C, 0x5F, 0x60, 0xA1, 0xAB, 0xBF: true
        case 0x2018, 0x201C, 0x201E, 0x3008...0x3010, 0xFF08: true
        case 0x1F000...0x1FFFF, 0x2600...0x27BF: true
        default: false
        }
    }
}

/// The word before a terminator, without brackets before it. Looks back at `reach` bytes and no further, and copies none.
private struct LastWord {
    static let reach = 48

    let range: Range<Int>
    private let floor: Int
    private let start: Int

    /// The last word of the bytes from `floor` to `end`.
    init(of text: [UInt8], from floor: Int, to end: Int) {
        var end = end
        while end > floor, text[end - 1] == 0x2E || text[end - 1] == 0x20 { end -= 1 }
        var start = end
        while start > floor, text[start - 1] != 0x20 { start -= 1 }
        (self.floor, self.start) = (floor, start)
        while start < end, !(text[start] >= 0x80 || Scalars.isLetter(UInt32(text[start])) || SentenceEnd.isASCIIDigit(text[start])) {
            start += 1
        }
        range = start..<end
    }

    /// Whether nothing stands before it, brackets aside.
    var isFirst: Bool { start == floor }

    /// The word before it.
    func before(in text: [UInt8]) -> LastWord { LastWord(of: text, from: floor, to: start) }
}

/// Words whose full stop does not end a sentence, and words after which a letter or a number does.
enum Abbreviations {
    static func contains(_ word: ArraySlice<UInt8>, beforeDigit: Bool) -> Bool {
        // Inner full stops: "e.g", "z.B", "U.S"; but not "3.14", "v1.2" or "example.com".
        if word.count <= 7, word.contains(0x2E), isInitialism(word) { return true }
        let lowercased = String(decoding: word, as: UTF8.self).lowercased()  // WHY: valid UTF-8, once per sentence or prompt
        return always.contains(lowercased) || beforeDigit && beforeNumbers.contains(lowercased)
    }

    /// True when a single letter ends a sentence after `word`: "the third letter is R. So …". Not after "the answer is A. Line": the first
    /// letters name choices, which are spelled out behind the full stop.
    static func announces(letter: UInt8, _ word: ArraySlice<UInt8>) -> Bool {
        guard !word.isEmpty else { return true }
        let lowercased = String(decoding: word, as: UTF8.self).lowercased()  // WHY: valid UTF-8, once per sentence or prompt
        return namedByLetter.contains(lowercased) || letter | 0x20 > 0x65 && letterContexts.contains(lowercased)
    }

    /// After these (German) a number with a full stop is an ordinal: "am 3. Oktober".
    static func announcesOrdinal(_ word: ArraySlice<UInt8>) -> Bool {
        ordinalContexts.contains(String(decoding: word, as: UTF8.self).lowercased())  // WHY: valid UTF-8, once per sentence or prompt
    }

    private static func isInitialism(_ word: ArraySlice<UInt8>) -> Bool {
        let parts = word.split(separator: 0x2E, omittingEmptySubsequences: false)
        return parts.allSatisfy { $0.count == 1 && Scalars.isASCIILetter(UInt32($0[$0.startIndex])) }
    }

    private static let always = words(
        """
        eg ie vs cf etc usw env ej г гг mr mrs ms dr prof st sr jr eds approx ca dept ltd incl resp viz sgt bzw evtl ggf sog vgl inkl bspw zzgl mme mlle sra dra
        aprox dott рис стр напр
        """)

    /// Ordinary words, too, unless a number follows: "no. 5", "max. 10", "Art. 3".
    private static let beforeNumbers = words(
        """
        no nos nr fig figs eq eqs sec ch vol pp ed art abs bd max min mind jan feb mar apr jun jul aug sep sept oct nov dec núm pág págs см гл
        """)

    /// Things called by a letter.
    private static let namedByLetter = words(
        "letter letters point points set variable type plan case node step part column row class grade vertex event line = + - buchstabe punkt lettre letra"
    )

    private static let letterContexts = words(
        """
        is are was be holds has have reaches equals option choice group answer than and or to of all any every each by with from for integer number value ist sind est es
        """)

    private static let ordinalContexts = words(
        "am der die das dem den des im vom zum zur beim bis ab seit jeder jeden jedes und ein eine einen")

    private static func words(_ list: String) -> Set<String> {
        Set(list.split(whereSeparator: \.isWhitespace).map(String.init))
    }
}
