/// Finds what a prompt asks: the question or instruction among its sentences, wherever it stands.
struct PromptQuestion {
    /// Sentences looked at from each end of the prose.
    static let mostSentences = 400
    /// In a long text the request stands at the beginning or the end; sentences farther inside are its material.
    static let edge = 2
    /// Points from which a second sentence is worth quoting.
    static let worthQuoting = 30

    /// Bytes of it.
    static let longestBeginning = 2_048

    struct Entry {
        var text: [UInt8]
        var points = 0
        var isQuestion = false
        var isGreeting = false
        var asks = false
    }

    private var entries: [Entry] = []

    /// Whether there is a question, an instruction or a request; else the text's beginning stands for it.
    private var asks: Bool { entries.contains { $0.asks } }

    /// Sentences that ask.
    var questionCount: Int { entries.count { $0.isQuestion } }

    init(_ scan: PromptScan) {
        for stretch in scan.prose {
            var splitter = SentenceSplitter()
            var passages: [Passage] = []
            let text = Array(stretch.text)
            splitter.take(text.span, into: &passages)
            splitter.finish(into: &passages)
            entries += passages.map { Entry(text: Array($0.startsLine ? LineMarkers.removed(from: $0.text) : $0.text[...])) }
        }
        if entries.isEmpty, let first = scan.prose.first { entries = Self.beginning(of: first) }
        weigh(isLong: scan.isLong)
        if entries.contains(where: { !$0.isGreeting }) { entries.removeAll(where: \.isGreeting) }
    }

    /// Text without a sentence of bearable length: its beginning stands for it.
    private static func beginning(of prose: PromptScan.Prose) -> [Entry] {
        var end = min(prose.text.endIndex, prose.text.startIndex + longestBeginning)
        while end < prose.text.endIndex, end > prose.text.startIndex, prose.text[end] & 0xC0 == 0x80 { end -= 1 }
        let text = Array(Clip.collapsed(prose.text[..<end]).utf8)
        return text.isEmpty ? [] : [Entry(text: text)]
    }

    /// The best sentence, and the second best if it fits, in their order; nil when there is none or no word of it fits.
    func quote(limit: Int) -> String? {
        guard let first = asks ? best(except: nil) : entries.indices.first else { return nil }
        let text = String(decoding: entries[first].text, as: UTF8.self)  // WHY: valid UTF-8, once per sentence or prompt
        let frame = (first > 0 ? 2 : 0) + (first < entries.count - 1 ? 2 : 0)
        if let second = best(except: first), entries[second].points >= Self.worthQuoting {
            let other = String(decoding: entries[second].text, as: UTF8.self)  // WHY: valid UTF-8, once per sentence or prompt
            if text.count + other.count + frame + 3 <= limit { return both(min(first, second), max(first, second)) }
        }
        let before = first > 0 && text.count + 2 < limit ? "… " : ""
        let after = first < entries.count - 1 && text.count + before.count + 2 <= limit ? " …" : ""
        guard let clipped = Clip.clipped(text, to: limit - before.count - after.count) else { return nil }
        return before + clipped + (clipped.hasSuffix("…") ? "" : after)
    }

    private func both(_ first: Int, _ second: Int) -> String {
        var text = first > 0 ? "… " : ""
        text += String(decoding: entries[first].text, as: UTF8.self)  // WHY: valid UTF-8, once per sentence or prompt
        text += second == first + 1 ? " " : " … "
        text += String(decoding: entries[second].text, as: UTF8.self)  // WHY: valid UTF-8, once per sentence or prompt
        return second < entries.count - 1 ? text + " …" : text
    }

    private func best(except taken: Int?) -> Int? {
        entries.indices.filter { $0 != taken }.max { entries[$0].points < entries[$1].points }
    }

    private mutating func weigh(isLong: Bool) {
        var terms: [Term] = []
        for index in entries.indices {
            let fromEdge = min(index, entries.count - 1 - index)
            guard fromEdge < (isLong ? Self.edge : Self.mostSentences) else { continue }
            let text = entries[index].text
            TermReader.read(text.span, into: &terms)
            weigh(index, terms, isLast: index == entries.count - 1)
            if fromEdge > Self.edge { entries[index].points -= 8 }
        }
    }

    private mutating func weigh(_ index: Int, _ terms: [Term], isLast: Bool) {
        guard let opening = terms.first else { return }
        if PromptWords.greetings.contains(opening.exact), terms.count <= 5 {
            entries[index].isGreeting = true
            return
        }
        var points = min(terms.count, 12)
        let last = LastScalar(of: entries[index].text).scalar
        let isQuestion = last == 0x3F || last == 0xFF1F || last == 0x061F
        if isQuestion { points += 30 }
        if PromptWords.commands.contains(opening.exact) { points += 30 }
        if PromptWords.questions.contains(opening.exact) { points += isQuestion ? 6 : 18 }
        if terms.contains(where: { PromptWords.requests.contains($0.exact) }) { points += 18 }
        entries[index].asks = points > min(terms.count, 12)
        if isLast { points += 14 }
        if index == 0 { points += 12 }
        entries[index].points = points
        entries[index].isQuestion = isQuestion
    }
}

/// Words by which people ask, in the languages they mostly ask in.
enum PromptWords {
    static let commands = words(
        """
        write explain fix summarize summarise translate find compare create make list give show tell describe implement refactor add remove change
        update convert generate analyze analyse solve calculate compute prove check review improve debug design draft rewrite suggest help
        implement run build optimize identify extract classify draw plan answer count name define read use correct outline rename test
        schreibe schreib erkläre erklär übersetze finde vergleiche erstelle nenne zeige gib beschreibe fasse korrigiere berechne löse prüfe verbessere
        écris écrivez explique expliquez traduis traduisez trouve compare crée liste donne montre décris résume corrige calcule résous
        escribe explica traduce encuentra compara crea enumera da muestra describe resume corrige calcula resuelve
        scrivi spiega traduci trova confronta riassumi escreva explique traduza resuma напиши объясни переведи найди сравни исправь реши
        解释 总结 翻译 写一 比较 分析 修复 列出 计算 证明 帮我 生成 優化 优化
        """)

    static let questions = words(
        """
        what why how who whom whose which when where is are can could would should does do did will was were has have
        was warum wie wer wen wann wo woher wohin welche welcher welches wieviel kann kannst ist sind gibt
        que quoi pourquoi comment qui quand où quel quelle quels est combien qué por cómo quién cuándo dónde cuál cuánto
        что почему как кто когда где какой сколько 为什 什么 怎么 如何 谁是 哪个 哪些 是否 なぜ どう 何が 어떻 무엇
        """)

    static let requests = words(
        """
        please want need help bitte möchte brauche hilfe hilf plaît voudrais favor quiero necesito ayuda ayúdame пожалуйста нужно помоги
        请帮 帮我 请问 请将 请把 请写 请解 请给 请用 请你 ください 教えて 해주 주세
        """)

    static let greetings = words(
        """
        hi hello hey greetings thanks thank cheers good dear regards hallo moin servus danke guten liebe grüße bonjour salut merci hola gracias
        saludos ciao grazie olá obrigado привет спасибо 你好 您好 谢谢 こん 안녕
        """)

    private static func words(_ list: String) -> HashedWords {
        var terms: [Term] = []
        TermReader.read(Array(list.utf8).span, into: &terms)
        return HashedWords(terms.map(\.exact))
    }
}
