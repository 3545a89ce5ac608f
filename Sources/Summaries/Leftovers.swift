/// The best sentences of the whole text that no step has said: the summary may end with them when there is room left.
struct Leftovers {
    /// Sentences kept. The worst goes when another comes.
    static let most = 16

    private(set) var list: [Candidate] = []

    var heldBytes: Int { list.reduce(0) { $0 + $1.text.count + $1.judgement.terms.count * 4 } }

    /// Returns the one that does not stay, for its memory.
    mutating func add(_ candidate: Candidate) -> Candidate? {
        list.append(candidate)
        guard list.count > Self.most, let worst = list.indices.min(by: { list[$0].score < list[$1].score }) else { return nil }
        return list.remove(at: worst)
    }

    mutating func removeAll() { list.removeAll(keepingCapacity: true) }
}
