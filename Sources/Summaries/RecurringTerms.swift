/// Which terms the reasoning has used in several sentences lately: what it keeps coming back to is what it is about.
///
/// Counts by hash in a table of fixed size, so two terms may share a count; that shifts a few points and nothing else. Every
/// `halvingInterval` sentences the counts are halved: a long text would otherwise fill the table, and what it was about an hour ago says little.
struct RecurringTerms {
    /// Counts held, a byte each; a power of two.
    static let slots = 4_096
    /// Sentences between two halvings.
    static let halvingInterval = 512

    private var counts: [UInt8] = []
    private var sentenceCount = 0

    var heldBytes: Int { counts.count }

    /// Takes the terms of the next sentence, each once.
    mutating func add(_ terms: [UInt32]) {
        if counts.isEmpty { counts = [UInt8](repeating: 0, count: Self.slots) }
        for term in terms {
            let slot = Self.slot(of: term)
            if counts[slot] < .max { counts[slot] += 1 }
        }
        sentenceCount += 1
        guard sentenceCount % Self.halvingInterval == 0 else { return }
        for slot in counts.indices { counts[slot] /= 2 }
    }

    /// True for a term of at least two sentences.
    @inline(__always)
    func contains(_ term: UInt32) -> Bool { !counts.isEmpty && counts[Self.slot(of: term)] > 1 }

    mutating func removeAll() {
        counts.removeAll()
        sentenceCount = 0
    }

    // The high bits of a hash made by multiplying are the well mixed ones.
    @inline(__always)
    private static func slot(of term: UInt32) -> Int { Int((term ^ term >> 16) & UInt32(slots - 1)) }
}

/// What a sentence has to do with what the reasoning is about and the reader does not know yet.
enum Topicality {
    /// Points for a term that the reasoning keeps coming back to and no step has said, and for how many of them.
    static let topicPoints = 8
    static let mostTopics = 8
    /// What is taken from a sentence of which all terms were said.
    static let saidPoints = 40

    /// The points of a sentence with these terms.
    static func points(of terms: [UInt32], _ recurring: RecurringTerms, _ said: SaidTerms) -> Int {
        var (unsaid, known) = (0, 0)
        for term in terms {
            if said.contains(term) { known += 1 } else if recurring.contains(term) { unsaid += 1 }
        }
        return min(unsaid, mostTopics) * topicPoints - saidPoints * known / max(1, terms.count)
    }
}
