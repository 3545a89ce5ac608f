/// The words the scoring knows, by hash: words without content, number words, cue phrases. Built once, at the first use.
struct Lexicon {
    static let shared = Lexicon()

    private let empty: HashedWords
    private let numbers: [UInt32: UInt32]
    private let phrases: [CuePhrase]
    /// The phrases that begin with a term.
    private let openings: [UInt32: [Int]]
    private let openingWords: HashedWords

    private init() {
        empty = HashedWords(Self.hashes(of: EmptyWords.list))
        numbers = Self.numberWords()
        var collected: [CuePhrase] = []
        var index: [UInt32: [Int]] = [:]
        for (cue, list) in CueList.phrases {
            for entry in list.split(separator: "|") {
                let isOpening = entry.first == "^"
                var terms: [Term] = []
                TermReader.read(Array(entry.utf8).span, into: &terms)
                guard let first = terms.first else { continue }
                index[first.exact, default: []].append(collected.count)
                collected.append(CuePhrase(cue: cue, terms: terms.map(\.exact), isOpening: isOpening))
            }
        }
        (phrases, openings) = (collected, index)
        openingWords = HashedWords(Array(index.keys))
    }

    /// True for a term without content of its own: "the", "und", "的".
    func isEmpty(_ term: Term) -> Bool { empty.contains(term.exact) }

    /// The term's identity: number words and figures are one.
    func identity(of term: Term) -> UInt32 {
        term.kind == .word && term.length <= 7 ? numbers[term.exact] ?? term.stem : term.stem
    }

    /// True when the term stands for a number, in figures or in a word.
    func isNumber(_ term: Term) -> Bool {
        term.kind == .number || term.kind == .word && term.length <= 7 && numbers[term.exact] != nil
    }

    /// Calls `found` with the cues of a sentence, as often as they occur.
    func forEachCue(in terms: [Term], _ found: (Cue) -> Void) {
        for start in terms.indices where openingWords.contains(terms[start].exact) {
            for candidate in openings[terms[start].exact] ?? [] where matches(phrases[candidate], terms, at: start) {
                found(phrases[candidate].cue)
            }
        }
    }

    private func matches(_ phrase: CuePhrase, _ terms: [Term], at start: Int) -> Bool {
        guard start + phrase.terms.count <= terms.count, start == 0 || !phrase.isOpening else { return false }
        for offset in phrase.terms.indices where terms[start + offset].exact != phrase.terms[offset] { return false }
        return true
    }

    private static func hashes(of list: String) -> [UInt32] {
        var terms: [Term] = []
        TermReader.read(Array(list.utf8).span, into: &terms)
        return terms.map(\.exact)
    }

    private static func numberWords() -> [UInt32: UInt32] {
        var words: [UInt32: UInt32] = [:]
        for list in EmptyWords.numbers {
            for (offset, word) in list.split(separator: " ").enumerated() {
                words[TermReader.hash(of: String(word))] = TermReader.hash(of: String(offset + 2))
            }
        }
        return words
    }
}

/// A set of hashes in one array: asked for every term, so faster than `Set`, which hashes the hash again.
struct HashedWords {
    private var slots: [UInt32]
    private let mask: UInt32

    init(_ hashes: [UInt32]) {
        var size = 16
        while size < hashes.count * 3 { size *= 2 }
        slots = [UInt32](repeating: 0, count: size)
        mask = UInt32(size - 1)
        for hash in hashes { insert(hash) }
    }

    private mutating func insert(_ hash: UInt32) {
        var position = hash & mask
        while slots[Int(position)] != 0, slots[Int(position)] != hash { position = (position + 1) & mask }
        slots[Int(position)] = hash
    }

    @inline(__always)
    func contains(_ hash: UInt32) -> Bool {
        var position = hash & mask
        while true {
            let slot = slots[Int(position)]
            if slot == hash { return hash != 0 }
            if slot == 0 { return false }
            position = (position + 1) & mask
        }
    }
}

/// Words that carry no content of their own.
enum EmptyWords {
    static let list = """
        a an the and or but nor so if then else of to in on at by for from with without within into onto over under as is are was were be been being am
        do does did done doing have has had having will would shall should can could may might must ought not no yes i me my mine we us our you your
        he him his she her it its they them their this that these those there here who whom whose which what when where why how all any both each
        few more most other some such only own same than too very just also again once about up down out off between after before during while
        because since until though although however therefore thus hence let s t d ll m re ve don't doesn't didn't isn't aren't wasn't won't can't
        like get got go going need needs see look make sure think know want say says said one okay ok well now still even much many maybe perhaps
        actually right wait first next finally really simply another way thing things something anything etc use using used user users asks asking
        der die das den dem des ein eine einen einem einer eines und oder aber wenn dann als auch auf aus bei bis für mit nach noch nicht nur ob
        ohne sehr sich sie er es wir ihr ich du ist sind war waren wird werden wurde worden hat haben hatte kann können muss müssen soll sollte zu
        zum zur von vom im am um an in wie was wer wo so da dass hier man mehr durch über unter vor also jetzt noch schon ja nein denn doch mal
        le la les un une des du de et ou mais si que qui quoi dont où je tu il elle nous vous ils elles ce cet cette ces est sont était être avoir
        a ont pas ne plus pour par sur dans avec sans sous au aux en se sa son ses leur leurs on y comme donc alors aussi très tout tous faire fait
        el los las unos unas del al y o pero si que quien como cuando donde yo tú él ella nosotros ellos este esta esto estos ese esa eso es son
        era ser estar está están no más para por con sin sobre entre en se su sus lo le les muy todo todos hay ya también entonces
        il lo gli uno una di da nel nella che chi non più per con su tra fra ma se è sono sia del della dei delle anche questo questa o os as um uma
        do da dos das em no na não mais para com sem sobre e ou mas é são foi ser este esta isso também
        и в во не что он на я с со как а то все она так его но да ты к у же вы за бы по только ее мне было вот от меня еще нет о из ему теперь когда
        даже ну вдруг ли если уже или ни быть был него до вас нибудь опять уж вам ведь там потом себя ничего ей может они тут где есть надо ней для
        мы тебя их чем была сам чтоб без будто чего раз тоже себе под будет это этот эта эти
        我们 这个 那个 这样 那样 可以 一个 一些 什么 怎么 如果 但是 因为 所以 然后 就是 还是 不是 没有 已经 现在 需要 应该 可能 或者 以及 而且 这里 那里 的话 们需 们可 我需 也就
        है हैं का की के को में से और पर यह वह था थे थी हो कि तो भी नहीं एक ने इस उस लिए
        في من على إلى عن أن هذا هذه التي الذي هو هي كان ما لا مع أو ثم قد كل
        """

    /// Two to twelve.
    static let numbers = [
        "two three four five six seven eight nine ten eleven twelve",
        "zwei drei vier fünf sechs sieben acht neun zehn elf zwölf",
        "deux trois quatre cinq six sept huit neuf dix onze douze",
        "dos tres cuatro cinco seis siete ocho nueve diez once doce",
    ]
}
