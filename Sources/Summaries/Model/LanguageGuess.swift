/// Which language a text is in, as far as its script and its small words tell.
struct LanguageGuess: Equatable {
    /// Words of a kind in which nearly every text of the language has some, and few texts of others.
    enum Language: String, CaseIterable {
        case english = "English"
        case german = "German"
        case french = "French"
        case spanish = "Spanish"
        case italian = "Italian"
        case portuguese = "Portuguese"
        case dutch = "Dutch"
        case russian = "Russian"
        case chinese = "Chinese"
        case japanese = "Japanese"
        case korean = "Korean"
        case arabic = "Arabic"
        case hindi = "Hindi"
        case greek = "Greek"
        case hebrew = "Hebrew"
        case thai = "Thai"
    }

    private enum Script: Int, CaseIterable { case latin, cyrillic, greek, arabic, hebrew, devanagari, thai, hangul, kana, han }

    /// Bytes looked at.
    static let window = 8_192

    /// The language; nil when it is not clear.
    private(set) var language: Language?
    private var script: Script?

    init(_ text: [UInt8]) {
        var counts = [Int](repeating: 0, count: Script.allCases.count)
        var cursor = ScalarCursor(to: min(text.count, Self.window))
        while let scalar = cursor.next(in: text.span) {
            if let script = Self.script(of: scalar) { counts[script.rawValue] += 1 }
        }
        script = Self.prevailing(counts)
        switch script {
        case .latin: language = Self.latinLanguage(of: text)
        case .cyrillic: language = .russian
        case .greek: language = .greek
        case .arabic: language = .arabic
        case .hebrew: language = .hebrew
        case .devanagari: language = .hindi
        case .thai: language = .thai
        case .hangul: language = .korean
        case .kana: language = .japanese
        case .han: language = .chinese
        case nil: language = nil
        }
    }

    /// A language by its English name.
    init?(named name: String) {
        guard let found = Language.allCases.first(where: { $0.rawValue.lowercased() == name.lowercased() }) else { return nil }
        language = found
        script = Self.script(of: found)
    }

    /// Whether the two cannot be the same language.
    func contradicts(_ other: LanguageGuess) -> Bool {
        guard let script, let otherScript = other.script else { return false }
        guard script == otherScript else { return true }
        guard let language, let otherLanguage = other.language else { return false }
        return language != otherLanguage
    }

    private static func script(of language: Language) -> Script {
        switch language {
        case .english, .german, .french, .spanish, .italian, .portuguese, .dutch: .latin
        case .russian: .cyrillic
        case .chinese: .han
        case .japanese: .kana
        case .korean: .hangul
        case .arabic: .arabic
        case .hindi: .devanagari
        case .greek: .greek
        case .hebrew: .hebrew
        case .thai: .thai
        }
    }

    private static func script(of scalar: UInt32) -> Script? {
        switch scalar {
        case 0x41...0x5A, 0x61...0x7A, 0xC0...0x24F, 0x1E00...0x1EFF: .latin
        case 0x370...0x3FF: .greek
        case 0x400...0x52F: .cyrillic
        case 0x590...0x5FF: .hebrew
        case 0x600...0x6FF, 0x750...0x77F: .arabic
        case 0x900...0x97F: .devanagari
        case 0xE00...0xE7F: .thai
        case 0x3040...0x30FF: .kana
        case 0x3400...0x4DBF, 0x4E00...0x9FFF: .han
        case 0x1100...0x11FF, 0xAC00...0xD7AF: .hangul
        default: nil
        }
    }

    /// An ideograph says about as much as three letters; a text with kana among its ideographs is Japanese.
    private static func prevailing(_ counts: [Int]) -> Script? {
        func count(_ script: Script) -> Int { counts[script.rawValue] }
        let asian = (count(.kana) + count(.han) + count(.hangul)) * 3
        let alphabets: [Script] = [.latin, .cyrillic, .greek, .arabic, .hebrew, .devanagari, .thai]
        let best = alphabets.max { count($0) < count($1) } ?? .latin
        if asian > count(best) {
            if count(.hangul) > count(.kana) + count(.han) { return .hangul }
            return count(.kana) * 8 >= count(.han) + count(.kana) ? .kana : .han
        }
        // Greek letters stand in formulas of any language.
        return count(best) < 3 ? nil : best
    }

    private static func latinLanguage(of text: [UInt8]) -> Language? {
        var hits: [Language: Int] = [:]
        for word in WordReader.words(of: Array(text.prefix(window))) {
            for language in languagesOfWord[word.folded] ?? [] { hits[language, default: 0] += 1 }
        }
        let ranked = hits.sorted { $0.value > $1.value }
        guard let first = ranked.first, first.value >= 2 else { return nil }
        guard ranked.count > 1 else { return first.key }
        return first.value >= ranked[1].value + 2 || first.value >= ranked[1].value * 2 ? first.key : nil
    }

    /// One look for a word instead of one for each language: a text has hundreds of them.
    private static let languagesOfWord: [String: [Language]] = smallWords.reduce(into: [:]) { table, entry in
        for word in entry.1 { table[word, default: []].append(entry.0) }
    }

    private static let smallWords: [(Language, Set<String>)] = [
        (.english, words("the and of is are that with this its was for from which be it by has not to then so we")),
        (.german, words("der die das und ist nicht ein eine mit den dem auf wird sind für auch des zu von werden dass wie")),
        (.french, words("le les des est une dans que pour pas sur avec qui ce du et sont aux cette")),
        (.spanish, words("el los las una que es por con para del como y se son esta cuál")),
        (.italian, words("il che di è non per una sono con del della gli dei quale questo")),
        (.portuguese, words("que não uma para com é os do da em são dos qual esta")),
        (.dutch, words("het een en van dat niet op te zijn voor met wordt welke deze")),
    ]

    private static func words(_ list: String) -> Set<String> {
        Set(list.split(separator: " ").map(String.init))
    }
}
