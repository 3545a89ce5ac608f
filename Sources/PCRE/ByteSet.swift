/// A set of byte values: the guard that spares most chunks a call of the matcher.
@frozen public struct ByteSet: Sendable, Equatable {
    @usableFromInline var low: (UInt64, UInt64) = (0, 0)
    @usableFromInline var high: (UInt64, UInt64) = (0, 0)

    /// The empty set.
    @inlinable public init() {}

    /// Every byte value: the guard of a pattern whose first byte is not known.
    public static var all: ByteSet {
        var set = ByteSet()
        set.low = (.max, .max)
        set.high = (.max, .max)
        return set
    }

    /// Whether `byte` is a member.
    @inlinable public func contains(_ byte: UInt8) -> Bool {
        let word =
            byte < 128
            ? (byte < 64 ? low.0 : low.1)
            : (byte < 192 ? high.0 : high.1)
        return (word >> UInt64(byte & 63)) & 1 == 1
    }

    /// Adds `byte`.
    @inlinable public mutating func insert(_ byte: UInt8) {
        let bit: UInt64 = 1 << UInt64(byte & 63)
        switch byte {
        case ..<64: low.0 |= bit
        case ..<128: low.1 |= bit
        case ..<192: high.0 |= bit
        default: high.1 |= bit
        }
    }

    /// Adds every member of `other`.
    @inlinable public mutating func formUnion(_ other: ByteSet) {
        low = (low.0 | other.low.0, low.1 | other.low.1)
        high = (high.0 | other.high.0, high.1 | other.high.1)
    }

    /// The index of the first member in `bytes` at or after `start`, nil if there is none.
    @inlinable public func firstIndex(in bytes: Span<UInt8>, from start: Int) -> Int? {
        var index = start
        let end = bytes.count
        while index < end {
            if contains(bytes[index]) { return index }
            index += 1
        }
        return nil
    }

    /// Whether both have the same members.
    @inlinable public static func == (one: ByteSet, other: ByteSet) -> Bool {
        one.low == other.low && one.high == other.high
    }
}
