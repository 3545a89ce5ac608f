/// A few words on what a step is about.
///
/// A heading the model wrote is the best title. Else an English sentence that says what is done gives one ("We need to count the letters" is
/// "Counting the letters"). Other sentences give none: cut-out key words read worse than nothing.
enum StepTitle {
    /// Characters and words of a title.
    static let longest = 60
    static let mostWords = 6

    /// The title of a step that begins with `sentence`; nil when there is no good one.
    static func title(of sentence: [UInt8], heading: [UInt8]?) -> String? {
        if let heading { return shortened(heading) }
        guard mayAnnounce(sentence) else { return nil }
        let words = String(decoding: sentence, as: UTF8.self).split(separator: " ", maxSplits: 20)  // WHY: once per step
        guard let action = actionStart(of: words) else { return nil }
        let kept = clause(words[action...])
        guard kept.count >= 2, let verb = gerund(kept[0]) else { return nil }
        let title = ([verb] + kept.dropFirst().map(String.init)).joined(separator: " ")
        return title.count <= longest && isBalanced(title) ? title : nil
    }

    private static func isBalanced(_ title: String) -> Bool {
        title.count { $0 == "(" } == title.count { $0 == ")" } && title.count { $0 == "\"" } % 2 == 0
    }

    private static func shortened(_ heading: [UInt8]) -> String? {
        var text = heading
        while let last = text.last, last == 0x2E || last == 0x3A || last == 0x20 { text.removeLast() }
        let title = String(decoding: text, as: UTF8.self)  // WHY: valid UTF-8, once per sentence or prompt
        return title.isEmpty ? nil : Clip.clipped(title, to: longest)
    }

    /// Cheaper than words: the first letter of all openings is one of five.
    private static func mayAnnounce(_ sentence: [UInt8]) -> Bool {
        switch (sentence.first ?? 0) | 0x20 {
        case 0x66, 0x69, 0x6C, 0x6E, 0x77: true
        default: false
        }
    }

    /// Where the verb stands after "We need to", "Let me", "I should", "I'll".
    private static func actionStart(of words: [Substring]) -> Int? {
        let lowered = words.prefix(6).map { $0.lowercased() }
        guard let first = lowered.first, firstWords.contains(first) else { return nil }
        for opening in openings where lowered.count > opening.count + 1 && lowered.starts(with: opening) { return opening.count }
        return nil
    }

    /// Up to the first mark or joining word, so that the title is one phrase.
    private static func clause(_ words: ArraySlice<Substring>) -> [Substring] {
        var kept: [Substring] = []
        for word in words {
            if kept.count >= 2, joiners.contains(word.lowercased()) { break }
            let bare = word.prefix { $0 != "," && $0 != ":" && $0 != ";" && $0 != "?" }
            let isLast = bare.count < word.count || kept.count + 1 == mostWords
            kept.append(bare)
            if isLast { break }
        }
        if kept.count == mostWords, let tail = kept.lastIndex(where: { prepositions.contains($0.lowercased()) }), tail >= 3 {
            kept.removeSubrange(tail...)
        }
        while let last = kept.last, kept.count > 1, dangling.contains(last.lowercased()) { kept.removeLast() }
        if let last = kept.last, last.hasSuffix(".") { kept[kept.count - 1] = last.dropLast() }
        return kept
    }

    /// "count" → "Counting". Nil for what is no plain verb.
    private static func gerund(_ verb: Substring) -> String? {
        let letters = Array(verb.utf8)
        guard letters.count >= 2, letters.allSatisfy({ $0 &- 0x61 < 26 }), !notVerbs.contains(String(verb)) else { return nil }
        var stem = String(verb)
        if stem.hasSuffix("ie") {
            stem = String(stem.dropLast(2)) + "y"
        } else if stem.hasSuffix("e"), !stem.hasSuffix("ee"), !stem.hasSuffix("ye"), !stem.hasSuffix("oe"), stem.count > 2 {
            stem.removeLast()
        } else if doubled.contains(stem), let last = stem.last {
            stem.append(last)
        }
        return (stem.first.map { $0.uppercased() } ?? "") + stem.dropFirst() + "ing"
    }

    private static let openings: [[String]] = """
        first we need to|first i need to|first, we need to|first, i need to|now we need to|we need to|i need to|we have to|i have to|let me try to|\
        let me|let's try to|let's|let us|i should|we should|i'll|i will|we'll|i must|we must|i can|we can|i want to
        """
        .split(separator: "|").map { $0.split(separator: " ").map(String.init) }.sorted { $0.count > $1.count }

    private static let firstWords = Set(openings.compactMap(\.first))

    private static let joiners = words(
        "and or but because since so if when that which while where before after by to as then how what whether why")
    private static let prepositions = words("of in on for with at from into between")
    private static let dangling = words("the a an of in on for with at from to into each this all my out up down through")
    private static let notVerbs = words("be not also just probably now first only see say have then either always still at re")
    private static let doubled = words(
        """
        get put set cut run plan stop begin split plot map drop swap skip refer submit fit hit let scan spot step sum trim win dig grab log pin
        pop sit strip wrap zip
        """)

    private static func words(_ list: String) -> Set<String> {
        Set(list.split(whereSeparator: \.isWhitespace).map(String.init))
    }
}
