extension Span<UInt8> {
    /// The offset of the first byte at or behind `start` that ends a run of plain characters in a JSON string: a quote, a backslash or
    /// a control character; `count` if there is none.
    ///
    /// Eight bytes at a time: 2 instructions for each byte of a long string, against 6 in a loop over bytes.
    @inline(__always)
    func plainEnd(from start: Int) -> Int {
        var index = start
        while index <= count - 8 {
            let found = Word.special(word(at: index))
            if found != 0 { return index + found.trailingZeroBitCount / 8 }
            index += 8
        }
        while index < count {
            let byte = self[index]
            if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") || byte < 0x20 { return index }
            index += 1
        }
        return index
    }

    /// Eight bytes, the first one lowest. The compiler makes one load of it.
    @inline(__always)
    func word(at start: Int) -> UInt64 {
        let bytes = extracting(start..<start + 8)
        return UInt64(bytes[0]) | UInt64(bytes[1]) << 8 | UInt64(bytes[2]) << 16 | UInt64(bytes[3]) << 24 | UInt64(bytes[4]) << 32
            | UInt64(bytes[5]) << 40 | UInt64(bytes[6]) << 48 | UInt64(bytes[7]) << 56
    }
}

/// Questions to eight bytes at once.
enum Word {
    private static let low: UInt64 = 0x0101_0101_0101_0101
    private static let high: UInt64 = 0x8080_8080_8080_8080

    /// The high bit of each byte that is a quote, a backslash or below 0x20. Bits above the lowest one that is set may be wrong: a
    /// subtraction borrows from the next byte only where the answer was yes.
    @inline(__always)
    static func special(_ word: UInt64) -> UInt64 {
        let quote = word ^ (low &* 0x22)
        let backslash = word ^ (low &* 0x5C)
        return ((quote &- low) & ~quote | (backslash &- low) & ~backslash | (word &- low &* 0x20) & ~word) & high
    }
}
