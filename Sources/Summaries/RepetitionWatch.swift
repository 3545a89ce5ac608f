/// Notices when reasoning goes round in circles: the same words in the same order, again and again.
///
/// States:
/// - fresh: most of what comes has not been there before;
/// - looping: `loopWords` more words were repeated than were new, and what came since has not used up the surplus.
///
/// A word counts as repeated when it and the `phraseLength - 1` words before it stood in this order before. Words are told by hash, letter case
/// and punctuation aside; figures count, so that a list with other numbers is something new. Every character of the scripts without spaces
/// is a word. Remembers most of the last `slotCount / 2` phrases: a circle may be as long as that.
///
/// Has no clock. Linear in the bytes and independent of how they are cut; holds `heldByteCount` bytes at most, and fewer as long as there were
/// few phrases.
public struct RepetitionWatch: Sendable {
    /// Words in a row that must have been there before.
    static let phraseLength = 6
    /// Phrases remembered at most, 2 bytes each, and at first; powers of two.
    static let slotCount = 2_048
    static let firstSlotCount = 256
    /// New phrases for each of which the table has so many slots, until it is full-grown: of few phrases hardly one takes another's place.
    static let slotsPerPhrase = 8
    /// Repeated words, less the new ones, that make a loop.
    static let loopWords = 150
    /// The surplus is not counted beyond this, and of so many new words in a row each further one counts eightfold: a loop ends soon after
    /// something new begins. Fewer are what a changed word or a forgotten phrase makes.
    static let mostSurplus = 200
    static let newRow = 12
    /// Up to this surplus nothing is taken for the beginning of a loop.
    static let noise = 20
    /// A longer word is several; a shorter row of signs is none.
    static let longestWord = 24
    static let signRow = 8
    /// The most bytes held.
    public static let heldByteCount = slotCount * 2 + phraseLength * 4

    private static let basis: UInt32 = 0x811C_9DC5
    private static let prime: UInt32 = 0x0100_0193
    private static let shift: UInt32 = 0x2C1B_3C6D
    private static let shiftOut = (0..<phraseLength).reduce(UInt32(1)) { power, _ in power &* shift }

    /// Loops that have begun.
    public private(set) var count = 0
    /// Since when the loop at hand runs; nil outside of one.
    public private(set) var loopBegan: Duration?

    /// What tells a phrase from the others that share its slot: the 16 bits of its hash behind the ones that name a slot of the smallest table.
    /// The first of them say where it stands in a larger one, so that the table grows without forgetting.
    private var phrases: [UInt16] = []
    private var phraseCount = 0
    private var recent: [UInt32] = []
    private var wordCount = 0
    private var rolling: UInt32 = 0
    private var hash = basis
    private var length = 0
    private var signs = 0
    private var surplus = 0
    private var news = 0
    /// When the surplus last was noise.
    private var quiet = Duration.zero

    /// Bytes held now.
    var heldBytes: Int { phrases.count * 2 + recent.count * 4 }

    /// A watch that has seen nothing.
    public init() {}

    /// Takes reasoning text, UTF-8, cut anywhere, that arrived at `now`.
    public mutating func received(_ text: Span<UInt8>, at now: Duration) {
        for index in text.indices {
            let byte = text[index]
            let folded = byte | 0x20
            if folded &- 0x61 < 26 || byte &- 0x30 < 10 {
                hash = (hash ^ UInt32(folded)) &* Self.prime
                length += 1
                if length == Self.longestWord { endWord(at: now) }
            } else if byte >= 0x80 {
                // The first byte of a scalar above U+07FF begins a word: most of these scripts have no spaces.
                if byte >= 0xE0, length > 0 { endWord(at: now) }
                hash = (hash ^ UInt32(byte)) &* Self.prime
                length += 1
            } else {
                if length > 0 { endWord(at: now) }
                if byte > 0x20 { sign(byte, at: now) }
            }
        }
    }

    /// Another text begins: what it has in common with the first one is no repetition.
    public mutating func restarted() {
        let counted = count
        self = RepetitionWatch()
        count = counted
    }

    /// Signs in a row are a word from some length on: "!!!!!!!!" over and over is a loop, too.
    private mutating func sign(_ byte: UInt8, at now: Duration) {
        signs += 1
        guard signs == Self.signRow else { return }
        hash = (hash ^ UInt32(byte)) &* Self.prime
        endWord(at: now)
    }

    private mutating func endWord(at now: Duration) {
        if phrases.isEmpty {
            phrases = [UInt16](repeating: 0, count: Self.firstSlotCount)
            recent = [UInt32](repeating: 0, count: Self.phraseLength)
        }
        let place = wordCount % Self.phraseLength
        rolling = rolling &* Self.shift &+ hash &- recent[place] &* Self.shiftOut
        recent[place] = hash
        wordCount += 1
        (hash, length, signs) = (Self.basis, 0, 0)
        if wordCount >= Self.phraseLength { weigh(at: now) }
    }

    private mutating func weigh(at now: Duration) {
        let isRepeated = remember()
        news = isRepeated ? 0 : news + 1
        surplus = isRepeated ? min(surplus + 1, Self.mostSurplus) : max(surplus - (news > Self.newRow ? 8 : 1), 0)
        if surplus <= Self.noise { quiet = now }
        if surplus == 0 {
            loopBegan = nil
        } else if surplus >= Self.loopWords, loopBegan == nil {
            loopBegan = quiet
            count += 1
        }
    }
}

// The phrases.
extension RepetitionWatch {
    /// Puts the phrase at hand into the table.
    ///
    /// - Returns: whether it stood there.
    private mutating func remember() -> Bool {
        let mixed = rolling &* 0x9E37_79B1
        // As many of the highest bits as the table's size has.
        let place = Int((UInt64(mixed) * UInt64(phrases.count)) >> 32)
        let name = UInt16(truncatingIfNeeded: mixed >> 8)
        let isKnown = phrases[place] == name
        phrases[place] = name
        if !isKnown, phrases.count < Self.slotCount {
            phraseCount += 1
            if phraseCount * Self.slotsPerPhrase > phrases.count { grow() }
        }
        return isKnown
    }

    /// Twice the slots: each phrase goes to the left or to the right of the two that its own becomes.
    private mutating func grow() {
        let shift = Self.nameShift - phrases.count.trailingZeroBitCount
        var larger = [UInt16](repeating: 0, count: phrases.count * 2)
        for (place, name) in phrases.enumerated() where name != 0 { larger[place * 2 + Int(name >> shift & 1)] = name }
        phrases = larger
    }

    /// The place, in a name, of the first bit that is no part of its slot's number, and the bits of that number, together.
    private static var nameShift: Int { 15 + firstSlotCount.trailingZeroBitCount }
}
