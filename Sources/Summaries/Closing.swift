/// The last passages of a text: when it ends, its conclusion is most likely one of them.
struct Closing {
    /// Passages kept.
    static let most = 8

    private var ring: [Passage] = []
    private var next = 0

    var heldBytes: Int { ring.reduce(0) { $0 + $1.text.count } }

    /// Returns the text that had to make room, for its memory.
    mutating func add(_ passage: Passage) -> [UInt8] {
        var displaced: [UInt8] = []
        if ring.count < Self.most {
            ring.append(passage)
        } else {
            swap(&displaced, &ring[next].text)
            ring[next] = passage
        }
        next = (next + 1) % Self.most
        return displaced
    }

    mutating func removeAll() {
        ring.removeAll(keepingCapacity: true)
        next = 0
    }

    /// The passages, the last one first.
    var latestFirst: [Passage] { ring.sorted { $0.ordinal > $1.ordinal } }
}

/// Cuts a long sentence to the statements at its beginning.
enum Clauses {
    /// Characters that the beginning must have.
    static let least = 40

    /// The statements before the last semicolon within `limit` characters, closed with a full stop; nil when there is none that stands by itself.
    static func leading(_ text: String, within limit: Int) -> String? {
        var (depth, count) = (0, 0)
        var end: String.Index?
        for index in text.indices {
            guard count < limit else { break }
            switch text[index] {
            case "(", "（", "[": depth += 1
            case ")", "）", "]": depth -= 1
            case ";" where depth == 0 && count >= least, "；" where depth == 0 && count >= least / 3: end = index
            default: break
            }
            count += 1
        }
        return end.map { text[..<$0] + (text[$0] == ";" ? "." : "。") }
    }
}
