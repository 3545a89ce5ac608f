/// Base64 with the alphabet for addresses and without padding (RFC 4648, 5). Decoding takes exactly what encoding gives: a spelling with
/// padding, line ends or set bits behind the last byte is refused, so that no two texts mean the same bytes.
enum Base64URL {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
    private static let none: UInt8 = 0xFF
    private static let values: [UInt8] = {
        var values = [UInt8](repeating: none, count: 256)
        for (value, character) in alphabet.enumerated() { values[Int(character)] = UInt8(value) }
        return values
    }()

    static func encodedByteCount(of count: Int) -> Int { (count * 4 + 2) / 3 }

    static func encoded(_ bytes: [UInt8]) -> [UInt8] {
        // A local: reading a static for each character would look it up each time.
        let alphabet = alphabet
        var text: [UInt8] = []
        text.reserveCapacity(encodedByteCount(of: bytes.count))
        var held: UInt32 = 0
        var bitCount = 0
        for byte in bytes {
            held = held << 8 | UInt32(byte)
            bitCount += 8
            while bitCount >= 6 {
                bitCount -= 6
                text.append(alphabet[Int(held >> UInt32(bitCount) & 0x3F)])
            }
        }
        if bitCount > 0 { text.append(alphabet[Int(held << UInt32(6 - bitCount) & 0x3F)]) }
        return text
    }

    /// The bytes; nil if the text is not one that ``encoded(_:)`` writes.
    static func decoded(_ text: ArraySlice<UInt8>) -> [UInt8]? {
        let values = values
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count * 3 / 4)
        var held: UInt32 = 0
        var bitCount = 0
        for character in text {
            let value = values[Int(character)]
            guard value != none else { return nil }
            held = held << 6 | UInt32(value)
            bitCount += 6
            guard bitCount >= 8 else { continue }
            bitCount -= 8
            bytes.append(UInt8(truncatingIfNeeded: held >> UInt32(bitCount)))
        }
        // What is left are fewer than six bits, all clear.
        let rest = held & (1 << UInt32(bitCount) - 1)
        return bitCount < 6 && rest == 0 ? bytes : nil
    }
}
