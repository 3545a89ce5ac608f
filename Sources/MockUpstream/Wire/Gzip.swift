/// A gzip member (RFC 1952) made of stored blocks (RFC 1951, section 3.2.4): valid for every decoder, and needs no compressor.
struct GzipWriter: Sendable {
    private var checksum: UInt32 = 0xFFFF_FFFF
    private var byteCount: UInt32 = 0

    static let header: [UInt8] = [0x1F, 0x8B, 0x08, 0, 0, 0, 0, 0, 0, 0xFF]

    /// One stored block per 65,535 bytes.
    mutating func blocks(_ bytes: [UInt8]) -> [UInt8] {
        var output: [UInt8] = []
        var start = 0
        while start < bytes.count {
            let end = min(start + 0xFFFF, bytes.count)
            output += Self.storedHeader(UInt16(end - start), isLast: false)
            output += bytes[start..<end]
            start = end
        }
        for byte in bytes { checksum = Self.table[Int((checksum ^ UInt32(byte)) & 0xFF)] ^ (checksum >> 8) }
        byteCount &+= UInt32(truncatingIfNeeded: bytes.count)
        return output
    }

    /// The last block, which is empty, and the trailer.
    func finish() -> [UInt8] {
        Self.storedHeader(0, isLast: true) + Self.littleEndian(checksum ^ 0xFFFF_FFFF) + Self.littleEndian(byteCount)
    }

    private static func storedHeader(_ length: UInt16, isLast: Bool) -> [UInt8] {
        let complement = ~length
        return [
            isLast ? 1 : 0, UInt8(length & 0xFF), UInt8(length >> 8), UInt8(complement & 0xFF), UInt8(complement >> 8),
        ]
    }

    private static func littleEndian(_ value: UInt32) -> [UInt8] {
        [0, 8, 16, 24].map { UInt8((value >> UInt32($0)) & 0xFF) }
    }

    private static let table: [UInt32] = (0..<256).map { index in
        (0..<8).reduce(UInt32(index)) { value, _ in value & 1 == 1 ? 0xEDB8_8320 ^ (value >> 1) : value >> 1 }
    }
}
