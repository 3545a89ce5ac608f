/// Makes a step of what a model wrote: one or two whole sentences of plain text on one line, or nothing.
///
/// Markup, list signs, code blocks, quotation marks around everything and introductions ("Here is the next step:") go. A sentence is taken
/// whole or not at all. Cost: linear, of a long answer the first `longest` bytes.
enum StepCleaner {
    /// Bytes of an answer that are looked at.
    static let longest = 4_096
    /// Sentences of one step.
    static let mostSentences = 2
    /// Characters before the colon of an introduction.
    static let longestIntroduction = 90

    /// Makes the step.
    ///
    /// - Parameters:
    ///   - answer: what the model wrote, UTF-8.
    ///   - isCut: whether it ended in the middle.
    ///   - limit: characters the step may have.
    ///   - takesQuestions: whether a question can be said, as what was asked can.
    /// - Returns: the step, UTF-8; nil when nothing of the answer can be said.
    static func step(from answer: [UInt8], isCut: Bool, limit: Int, takesQuestions: Bool = false) -> [UInt8]? {
        let isLong = answer.count > longest
        let text = withoutQuotes(withoutIntroduction(Array(answer.prefix(longest))))
        guard !refuses(text) else { return nil }
        var splitter = SentenceSplitter()
        var passages: [Passage] = []
        splitter.take(text.span, into: &passages)
        splitter.finish(into: &passages)
        if isCut || isLong { passages.removeAll { $0.ending == .textEnd } }
        return joined(passages, limit: limit, takesQuestions)
    }

    private static func joined(_ passages: [Passage], limit: Int, _ takesQuestions: Bool) -> [UInt8]? {
        var step: [UInt8] = []
        var characters = 0
        var sentences = 0
        for passage in passages {
            guard sentences < mostSentences else { break }
            guard let sentence = Sentence(passage), sentence.kind == .statement || takesQuestions && sentence.kind == .question,
                !sentence.isAnnouncement, !isIntroduction(sentence.text)
            else {
                if sentences > 0 { break }
                continue
            }
            // A link is nothing a step has to say.
            guard !holdsAddress(sentence.text) else { return nil }
            let length = String(decoding: sentence.text, as: UTF8.self).count + 1  // WHY: characters, once for each sentence
            guard characters + length <= limit + 1 else { break }
            if !step.isEmpty, !Scalars.isDirectTerminator(LastScalar(of: step).scalar) { step.append(0x20) }
            step += sentence.text
            characters += length
            sentences += 1
        }
        return step.isEmpty ? nil : step
    }

    // MARK: Introductions

    /// "Sure! Here is a summary: …", "Step 3: …", "Zusammenfassung: …".
    private static func withoutIntroduction(_ text: [UInt8]) -> [UInt8] {
        var rest = text
        // Once for "Sure:", once for "Summary:".
        for _ in 0..<2 {
            guard let (head, tail) = splitAtColon(rest), isIntroduction(head) else { break }
            rest = tail
        }
        return rest
    }

    private static func splitAtColon(_ text: [UInt8]) -> (head: [UInt8], tail: [UInt8])? {
        var index = 0
        while index < min(text.count, longestIntroduction * 3) {
            if text[index] == 0x3A { return (Array(text[..<index]), trimmed(text[(index + 1)...])) }
            if text[index] == 0xEF, index + 2 < text.count, text[index + 1] == 0xBC, text[index + 2] == 0x9A {
                return (Array(text[..<index]), trimmed(text[(index + 3)...]))
            }
            index += 1
        }
        return nil
    }

    private static func isIntroduction(_ text: [UInt8]) -> Bool {
        let lowered = String(decoding: text, as: UTF8.self).lowercased()  // WHY: once for each answer, its first words
        guard lowered.count <= longestIntroduction else { return false }
        if ideographicIntroductions.contains(where: { lowered.contains($0) }) { return lowered.count <= 24 }
        let words = lowered.split(whereSeparator: { !$0.isLetter }).map(String.init)
        guard let first = words.first else { return false }
        if words.count <= 3, words.allSatisfy({ courtesies.contains($0) }) { return true }
        guard words.contains(where: { announced.contains($0) }) else { return false }
        return introductory.contains(first) || announced.contains(first) && words.count <= 4
    }

    private static func refuses(_ text: [UInt8]) -> Bool {
        let start = String(decoding: text.prefix(160), as: UTF8.self).lowercased()  // WHY: once for each answer, its first words
        return refusals.contains { start.contains($0) }
    }

    private static func holdsAddress(_ text: [UInt8]) -> Bool {
        let lowered = String(decoding: text, as: UTF8.self).lowercased()  // WHY: once for each sentence
        return addresses.contains { lowered.contains($0) }
    }

    // MARK: Quotation marks

    /// Quotation marks around the whole answer, and bold or code marks beside them.
    private static func withoutQuotes(_ text: [UInt8]) -> [UInt8] {
        var rest = trimmed(text[...])
        for (open, close) in quotes where rest.count > open.count + close.count {
            guard rest.starts(with: open), rest.suffix(close.count).elementsEqual(close) else { continue }
            let inside = rest.dropFirst(open.count).dropLast(close.count)
            // Two quotations beside each other are not one around everything.
            guard inside.firstRange(of: close) == nil else { continue }
            rest = trimmed(inside)
        }
        return rest
    }

    private static func trimmed(_ text: ArraySlice<UInt8>) -> [UInt8] {
        var rest = text
        while let first = rest.first, first <= 0x20 { rest = rest.dropFirst() }
        while let last = rest.last, last <= 0x20 { rest = rest.dropLast() }
        return Array(rest)
    }

    private static let quotes: [(open: [UInt8], close: [UInt8])] = [
        ("**", "**"), ("\"", "\""), ("“", "”"), ("„", "“"), ("'", "'"), ("‘", "’"), ("«", "»"), ("「", "」"), ("『", "』"), ("`", "`"),
    ].map { (Array($0.0.utf8), Array($0.1.utf8)) }

    private static func words(_ list: String) -> Set<String> { Set(list.split(separator: " ").map(String.init)) }

    private static let courtesies = words("sure certainly okay ok yes of course absolutely gerne natürlich klar bien sûr claro gern")
    private static let introductory = words(
        "sure certainly okay ok here here's below the this my in to next hier voici aquí der die das le la el")
    private static let announced = words(
        "summary step update output response zusammenfassung schritt résumé étape resumen paso sintesi riassunto passo sentence")
    private static let ideographicIntroductions = ["总结", "摘要", "總結", "要約", "まとめ", "下一步", "次のステップ", "요약"]
    private static let refusals = [
        "i'm sorry", "i am sorry", "i’m sorry", "i cannot", "i can't", "i can’t", "as an ai", "i'm unable", "i am unable", "i do not have",
        "es tut mir leid", "je suis désolé", "lo siento", "抱歉", "申し訳",
    ]
    private static let addresses = ["://", "www.", "mailto:", "<<<", ">>>"]
}
