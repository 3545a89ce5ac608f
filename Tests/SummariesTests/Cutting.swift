import Summaries

/// A small seeded generator (SplitMix64): the same cuts on every run.
struct SeededNumbers: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

/// Ways to cut the same bytes.
enum Cutting {
    /// Whole, byte by byte, and `rounds` seeded random cuttings.
    static func all(_ bytes: [UInt8], rounds: Int = 6) -> [[ArraySlice<UInt8>]] {
        var ways = [[bytes[...]], bytes.indices.map { bytes[$0...$0] }]
        for seed in 0..<rounds { ways.append(random(bytes, seed: UInt64(seed), most: 1 + seed * seed * 3)) }
        return ways
    }

    /// Every cut in two.
    static func twoWay(_ bytes: [UInt8]) -> [[ArraySlice<UInt8>]] { bytes.indices.map { [bytes[..<$0], bytes[$0...]] } }

    static func random(_ bytes: [UInt8], seed: UInt64, most: Int) -> [ArraySlice<UInt8>] {
        var numbers = SeededNumbers(state: seed)
        var pieces: [ArraySlice<UInt8>] = []
        var start = 0
        while start < bytes.count {
            let end = min(bytes.count, start + Int.random(in: 1...most, using: &numbers))
            pieces.append(bytes[start..<end])
            start = end
        }
        return pieces
    }
}
