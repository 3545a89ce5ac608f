/// Puts an entry together from typed lines.
///
/// A line that ends in `\` goes on with the next one. Between two lines of `"""` everything is one entry, backslashes included.
struct EntryAssembler {
    private enum State: Equatable { case fresh, continuing, inBlock }

    private static let fence = "\"\"\""

    private var state = State.fresh
    private var lines: [String] = []

    /// True while an entry has begun and is not complete.
    var isUnderway: Bool { state != .fresh }

    /// Takes a line; returns the entry that it completes.
    mutating func receive(_ line: String) -> String? {
        let isFence = line.trimmedOfBlanks == Self.fence
        switch state {
        case .fresh, .continuing:
            if isFence, state == .fresh {
                state = .inBlock
                return nil
            }
            if line.hasSuffix("\\"), !line.hasSuffix("\\\\") {
                lines.append(String(line.dropLast()))
                state = .continuing
                return nil
            }
            lines.append(line)
        case .inBlock:
            guard isFence else {
                lines.append(line)
                return nil
            }
        }
        defer { reset() }
        return lines.joined(separator: "\n")
    }

    /// Forgets a half-typed entry.
    mutating func reset() { self = EntryAssembler() }
}

extension String {
    /// Without white space at either end.
    var trimmedOfBlanks: String {
        let start = drop(while: \.isWhitespace)
        return String(start.prefix(start.lastIndex { !$0.isWhitespace }.map { start.distance(from: start.startIndex, to: $0) + 1 } ?? 0))
    }
}
