/// The fillers a thought begins with: "Okay, so", "Wait,", "Hmm", "好的，". Taken off, the statement is the same.
enum Openers {
    /// Fillers in a row that are taken off.
    static let most = 5

    /// What a filler says about the sentence it introduces.
    struct Tone: OptionSet {
        let rawValue: UInt8
        /// "Wait,", "No,", "Hold on": what was said is questioned.
        static let doubt = Tone(rawValue: 1)
        /// "So", "donc", "итак": what follows is drawn from what was said.
        static let consequence = Tone(rawValue: 2)
    }

    /// The text after its fillers, and their tone.
    static func removed(from text: [UInt8]) -> (rest: ArraySlice<UInt8>, tone: Tone) {
        var rest = trimmed(text[...])
        var tone: Tone = []
        for _ in 0..<most {
            guard let opener = list(for: rest.first).first(where: { matches($0, rest) }) else { break }
            tone.formUnion(opener.tone)
            rest = trimmed(rest.dropFirst(opener.text.count))
        }
        return (rest, tone)
    }

    private struct Opener {
        var text: [UInt8]
        /// Taken off only before a comma, dash, colon, full stop or ellipsis.
        var needsMark: Bool
        var tone: Tone
    }

    private static func list(for first: UInt8?) -> [Opener] {
        guard let first else { return [] }
        return table[Int(UInt8(truncatingIfNeeded: Scalars.folded(UInt32(first))))]
    }

    private static func matches(_ opener: Opener, _ text: ArraySlice<UInt8>) -> Bool {
        guard text.count >= opener.text.count else { return false }
        for (wanted, byte) in zip(opener.text, text) where wanted != foldedByte(byte) { return false }
        let after = text.dropFirst(opener.text.count)
        guard let next = after.first else { return true }
        if isMark(after) { return true }
        if opener.needsMark { return false }
        return next == 0x20 && !(opener.text == Self.so && startsWithBoundSo(after.dropFirst()))
    }

    @inline(__always)
    private static func foldedByte(_ byte: UInt8) -> UInt8 { byte &- 0x41 < 26 ? byte | 0x20 : byte }

    /// True before punctuation that sets a filler off. "…-" inside a word does not.
    private static func isMark(_ text: ArraySlice<UInt8>) -> Bool {
        switch text.first {
        case 0x2C, 0x2E, 0x21, 0x3A, 0x3F: return true
        case 0x20: return dashes.contains { text.dropFirst().starts(with: $0) }
        default: return marks.contains { text.starts(with: $0) }
        }
    }

    /// "So far", "so that": here the word belongs to what follows.
    private static func startsWithBoundSo(_ text: ArraySlice<UInt8>) -> Bool {
        let word = text.prefix(while: { $0 != 0x20 && $0 != 0x2C })
        return boundSo.contains(String(decoding: word, as: UTF8.self).lowercased())  // WHY: valid UTF-8, once per sentence or prompt
    }

    private static func trimmed(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var rest = text
        while let first = rest.first {
            if first == 0x20 || first == 0x2C || first == 0x2E || first == 0x21 || first == 0x3A || first == 0x3F || first == 0x2D {
                // ".env", "-5" and "!important" are names and numbers.
                if first != 0x20, first != 0x2C, rest.startIndex == 0 { return rest }
                rest = rest.dropFirst()
            } else if let mark = marks.first(where: { rest.starts(with: $0) }) {
                rest = rest.dropFirst(mark.count)
            } else {
                return rest
            }
        }
        return rest
    }

    private static let so = Array("so".utf8)
    private static let boundSo: Set<String> = [
        "far", "that", "long", "many", "much", "few", "little", "on", "called", "as", "to", "often", "is", "das",
    ]
    private static let dashes = ["- ", "– ", "— "].map { Array($0.utf8) }
    private static let marks = ["…", "–", "—", "，", "。", "！", "？", "、", "：", "‥"].map { Array($0.utf8) }

    private static let table: [[Opener]] = {
        var table = [[Opener]](repeating: [], count: 256)
        func add(_ list: String, needsMark: Bool, tone: Tone) {
            for entry in list.split(separator: "|") {
                let text = Array(entry.utf8)
                table[Int(text[0])].append(Opener(text: text, needsMark: needsMark, tone: tone))
            }
        }
        add("okay|ok now|ok let|hmm|hm|mmm|oh|um|uh", needsMark: false, tone: [])
        add("so|ok so|alright so|and so", needsMark: false, tone: .consequence)
        add("wait wait|but wait|wait no|no wait", needsMark: false, tone: .doubt)
        add(
            """
            ok|alright|all right|well|now|yes|yeah|yep|yup|right|oh|ah|aha|mm|er|also|ok also|anyway|anyways|great|good|cool|nice|perfect|sure|\
            fine|let's see|let us see|let me see|let me think|let me think about it|let me think about this|\
            let me think step by step|let's think|let's think step by step|let me think again|you know|i mean|and|oh right|i see|\
            got it|interesting|again|to be sure|just to be sure|ja|gut|nun|nun gut|na ja|hm ja|mal sehen|schauen wir mal|alles klar|\
            bon|d'accord|voyons|voyons voir|eh bien|très bien|bueno|vale|a ver|bien|veamos|pues|claro|va bene|vediamo|bem|vejamos|\
            certo|ну|хорошо|ладно|ага|хм|嗯|好的|好|那么|那|哦|啊|对|是的|让我想想|我想想|我来想想|让我看看|好吧|えっと|うーん|ええと|さて|では|じゃあ|よし|まあ|はい|なるほど|음|자|좋아|그럼|네|\
            흠
            """, needsMark: true, tone: [])
        add(
            """
            so yeah|so yes|so now|alors|donc|entonces|allora|dunque|então|так|итак
            """, needsMark: true, tone: .consequence)
        add(
            """
            wait|wait a minute|wait a second|wait a moment|wait no|no wait|oh wait|but wait|wait but|hold on|but hold on|hang on|no|\
            nope|actually wait|oops|ugh|hmm wait|but hmm|actually no|moment|moment mal|warte|warte mal|halt|nein|attends|attendez|\
            non|espera|un momento|no espera|aspetta|espere|подожди|стоп|нет|等等|等一下|等下|不对|不|哎呀|待って|いや|ちょっと待って|잠깐|잠깐만|아니
            """, needsMark: true, tone: .doubt)
        return table.map { $0.sorted { $0.text.count > $1.text.count } }
    }()
}
