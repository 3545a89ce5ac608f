import Synchronization

/// Random numbers that need not be secret: ids for logs, jitter. The system's generator is a system call for each number, two for each
/// request; this one (SplitMix64, Steele et al. 2014) asks it once for the process.
struct QuickRandom: RandomNumberGenerator {
    private static let state = Atomic<UInt64>(.random(in: .min ... .max))

    mutating func next() -> UInt64 {
        var value = QuickRandom.state.wrappingAdd(0x9E37_79B9_7F4A_7C15, ordering: .relaxed).newValue
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}
