import Synchronization

/// Words that were logged once and need no second line. Words come from clients, so their number is bounded: later ones are not logged.
final class OnceLog: Sendable {
    static let mostWords = 64

    private let seen = Mutex<Set<String>>([])

    /// Those of `words` that are met for the first time.
    func firsts(of words: [String]) -> [String] {
        guard !words.isEmpty else { return [] }
        return seen.withLock { seen in words.filter { seen.count < OnceLog.mostWords && seen.insert($0).inserted } }
    }
}
