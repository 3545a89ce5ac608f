/// Numbers that are written in ideographs or in words.
enum Numerals {
    static func isNumeral(_ scalar: UInt32) -> Bool { digit(scalar) != nil || unit(scalar) != nil }

    /// Zeros that an ideograph behind figures stands for: 3万 is 30000.
    static func magnitude(_ scalar: UInt32) -> Int? {
        switch scalar {
        case 0x5341: 1
        case 0x767E: 2
        case 0x5343: 3
        case 0x4E07, 0x842C: 4
        case 0x5104, 0x4EBF: 8
        case 0x5146: 12
        default: nil
        }
    }

    /// Runs that are words and no numbers: 万一 is "in case", 一一 "one by one".
    static func isWord(_ run: [UInt32]) -> Bool { idioms.contains(run) }

    private static let idioms: Set<[UInt32]> = Set(
        ["万一", "一一", "千万", "百万", "三三", "二三", "两三", "三四", "五六", "七八", "十分"].map { $0.unicodeScalars.map(\.value) })

    private static func digit(_ scalar: UInt32) -> Int? {
        switch scalar {
        case 0x3007, 0x96F6: 0
        case 0x4E00: 1
        case 0x4E8C, 0x4E24, 0x5169: 2
        case 0x4E09: 3
        case 0x56DB: 4
        case 0x4E94: 5
        case 0x516D: 6
        case 0x4E03: 7
        case 0x516B: 8
        case 0x4E5D: 9
        default: nil
        }
    }

    private static func unit(_ scalar: UInt32) -> Int? {
        switch scalar {
        case 0x5341: 10
        case 0x767E: 100
        case 0x5343: 1_000
        case 0x4E07, 0x842C: 10_000
        case 0x5104, 0x4EBF: 100_000_000
        default: nil
        }
    }

    /// 二〇二四 is 2024, 三十五 is 35, 两万五千 is 25000.
    static func value(of run: [UInt32]) -> Int {
        guard run.contains(where: { unit($0) != nil }) else {
            return run.prefix(15).reduce(0) { $0 * 10 + (digit($1) ?? 0) }
        }
        var total = 0
        var section = 0
        var pending: Int?
        for scalar in run.prefix(24) {
            if let digit = digit(scalar) {
                pending = digit
            } else if let unit = unit(scalar), unit < 10_000 {
                section += (pending ?? 1) * unit
                pending = nil
            } else if let unit = unit(scalar) {
                let (product, overflows) = max(1, section + (pending ?? 0)).multipliedReportingOverflow(by: unit)
                total = overflows ? total : total &+ product
                (section, pending) = (0, nil)
            }
        }
        return total &+ section + (pending ?? 0)
    }

    /// Zeros of the words behind figures.
    static let magnitudeWords: [String: Int] = [
        "thousand": 3, "million": 6, "millions": 6, "billion": 9, "billions": 9, "trillion": 12, "tausend": 3, "millionen": 6,
        "milliarde": 9,
        "milliarden": 9, "mille": 3, "milliard": 9, "milliards": 9, "mil": 3, "millón": 6, "millones": 6, "миллион": 6, "миллиона": 6,
        "миллионов": 6, "тысяч": 3, "тысячи": 3,
    ]

    /// The value of a number word in a language; nil for another word. One and two are left out: "the two sides" counts nothing.
    static func value(of word: String, in language: LanguageGuess.Language) -> Int? { words[language]?[word] }

    /// The value of a word below ten that may stand behind a ten.
    static func unit(_ word: String, in language: LanguageGuess.Language) -> Int? {
        if let small = smallest[word] { return small }
        return value(of: word, in: language).flatMap { $0 < 10 ? $0 : nil }
    }

    /// The values of a number word in any language.
    static func values(of word: String) -> [Int] { (smallest[word].map { [$0] } ?? []) + words.values.compactMap { $0[word] } }

    private static let smallest = ["one": 1, "two": 2, "zwei": 2, "deux": 2, "dos": 2]

    private static let words: [LanguageGuess.Language: [String: Int]] = [
        .english: numbered(
            "three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen",
            tens: "twenty thirty forty fifty sixty seventy eighty ninety"),
        .german: numbered(
            "drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn siebzehn achtzehn neunzehn",
            tens: "zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig"),
        .french: numbered(
            "trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize", tens: "vingt trente quarante"),
        .spanish: numbered("tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince", tens: "veinte treinta cuarenta"),
    ]

    private static func numbered(_ units: String, tens: String) -> [String: Int] {
        var values: [String: Int] = [:]
        for (offset, word) in units.split(separator: " ").enumerated() { values[String(word)] = offset + 3 }
        for (offset, word) in tens.split(separator: " ").enumerated() { values[String(word)] = (offset + 2) * 10 }
        return values
    }

    /// The number of a month by its name in several languages; nil for another word.
    static func month(_ word: String) -> Int? { months[word] }

    private static let months: [String: Int] = {
        let lists = [
            "january february march april may june july august september october november december",
            "januar februar märz april mai juni juli august september oktober november dezember",
            "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
            "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
        ]
        var months: [String: Int] = [:]
        for list in lists {
            for (offset, name) in list.split(separator: " ").enumerated() { months[String(name)] = offset + 1 }
        }
        return months
    }()
}
