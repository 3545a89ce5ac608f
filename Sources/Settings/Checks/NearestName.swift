/// Finds the name somebody meant.
enum NearestName {
    /// The candidate closest to a name, if it is close enough to be a slip: a third of the name's letters, at least one
    /// and at most three, or one of the two begins with the other.
    static func of(_ name: String, among candidates: [String]) -> String? {
        let wanted = Array(name.lowercased().utf8.prefix(64))
        let measured = candidates.map { (distance: distance(wanted, Array($0.lowercased().utf8.prefix(64))), name: $0) }
        guard let best = measured.min(by: { ($0.distance, $0.name) < ($1.distance, $1.name) }) else { return nil }
        if best.distance <= min(3, max(1, wanted.count / 3)) { return best.name }
        return candidates.sorted().first { isCut(name, of: $0) || isCut($0, of: name) }
    }

    private static func isCut(_ short: String, of long: String) -> Bool {
        short.utf8.count >= 3 && long.lowercased().hasPrefix(short.lowercased())
    }

    /// How many letters to add, drop, change or swap with their neighbour (optimal string alignment).
    static func distance(_ from: [UInt8], _ to: [UInt8]) -> Int {
        var beforeLast: [Int] = []
        var last = Array(0...to.count)
        for (row, letter) in from.enumerated() {
            var current = [row + 1]
            for (column, other) in to.enumerated() {
                let change = last[column] + (letter == other ? 0 : 1)
                var least = min(change, last[column + 1] + 1, current[column] + 1)
                if row > 0, column > 0, letter == to[column - 1], from[row - 1] == other {
                    least = min(least, beforeLast[column - 1] + 1)
                }
                current.append(least)
            }
            beforeLast = last
            last = current
        }
        return last[to.count]
    }
}
