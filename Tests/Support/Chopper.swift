/// Cuts an input into pieces in all the ways that show a parser's mistakes.
///
/// A parser of a stream must give the same result however its input is cut. Write the test as: compute the
/// result for each cutting, and compare it with the expected one.
///
/// ```swift
/// for cutting in Chopper(seed: 7).cuttings(of: bytes) {
///     var parser = Parser()
///     for piece in cutting.pieces { parser.receive(piece.span) }
///     #expect(parser.result == expected, "\(cutting)")
/// }
/// ```
///
/// The cuttings come in this order: whole, byte by byte, in two at every place (or, beyond `mostSplits` places, at that many
/// places picked by the seed, the first and the last among them), and in random pieces, some of them empty.
public struct Chopper: Sendable {
    /// What the random choices follow from.
    public var seed: UInt64

    /// At how many places an input is cut in two at most.
    public var mostSplits: Int

    /// How many times an input is cut into random pieces.
    public var randomCuttings: Int

    /// A chopper with 512 splits and 20 random cuttings at most, unless told otherwise.
    public init(seed: UInt64 = 1, mostSplits: Int = 512, randomCuttings: Int = 20) {
        self.seed = seed
        self.mostSplits = mostSplits
        self.randomCuttings = randomCuttings
    }

    /// All cuttings, made one at a time.
    public func cuttings(of bytes: [UInt8]) -> some Sequence<Cutting> {
        var random = SeededRandom(seed: seed)
        let splits = splitPlaces(count: bytes.count, &random)
        let seeds = (0..<randomCuttings).map { _ in random.next() }
        let plans: [Plan] = [.whole, .perByte] + splits.map(Plan.split) + seeds.map(Plan.random)
        return plans.lazy.map { $0.cut(bytes) }
    }

    private func splitPlaces(count: Int, _ random: inout SeededRandom) -> [Int] {
        guard count > 1 else { return [] }
        guard count - 1 > mostSplits else { return Array(1..<count) }
        var places: Set<Int> = [1, count - 1]
        while places.count < mostSplits { places.insert(Int.random(in: 1..<count, using: &random)) }
        return places.sorted()
    }
}

/// An input in pieces; joined, they are the input.
public struct Cutting: Sendable, CustomStringConvertible {
    /// How the input was cut, for the message of a failing test.
    public let description: String

    /// The pieces in order; some may be empty.
    public let pieces: [[UInt8]]
}

private enum Plan {
    case whole
    case perByte
    case split(at: Int)
    case random(seed: UInt64)

    func cut(_ bytes: [UInt8]) -> Cutting {
        switch self {
        case .whole:
            Cutting(description: "whole", pieces: [bytes])
        case .perByte:
            Cutting(description: "byte by byte", pieces: bytes.map { [$0] })
        case .split(let place):
            Cutting(description: "cut at \(place)", pieces: [Array(bytes[..<place]), Array(bytes[place...])])
        case .random(let seed):
            Cutting(description: "random pieces, seed \(seed)", pieces: randomPieces(of: bytes, seed: seed))
        }
    }

    /// Pieces of 0 to `longest` bytes; `longest` is drawn too, so that there are cuttings with tiny and with large pieces.
    private func randomPieces(of bytes: [UInt8], seed: UInt64) -> [[UInt8]] {
        var random = SeededRandom(seed: seed)
        let longest = 1 << Int.random(in: 1...max(2, bytes.count.bitWidth - bytes.count.leadingZeroBitCount), using: &random)
        var pieces: [[UInt8]] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = Int.random(in: 0...longest, using: &random)
            pieces.append(Array(rest.prefix(count)))
            rest = rest.dropFirst(count)
        }
        return pieces
    }
}
