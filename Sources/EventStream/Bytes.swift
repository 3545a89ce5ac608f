import ByteScan

/// The bytes that have a meaning in the grammar of event streams.
enum Byte {
    static let lineFeed: UInt8 = 0x0A
    static let carriageReturn: UInt8 = 0x0D
    static let space: UInt8 = 0x20
    static let colon: UInt8 = 0x3A
    static let zero: UInt8 = 0x30
    static let nine: UInt8 = 0x39
}

extension [UInt8] {
    /// Appends all bytes of the span, growing geometrically.
    mutating func append(contentsOf bytes: Span<UInt8>) {
        append(copying: bytes)
    }

    /// Becomes a copy of the span, in the memory it already has if that is large enough.
    mutating func replaceAll(with bytes: Span<UInt8>) {
        removeAll(keepingCapacity: true)
        append(contentsOf: bytes)
    }
}
