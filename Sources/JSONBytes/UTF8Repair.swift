/// Valid UTF-8 in, valid UTF-8 out; anything else is mended.
public enum UTF8Repair {
    /// Whether `bytes` are valid UTF-8 (Unicode, table 3-7).
    public static func isValid(_ bytes: Span<UInt8>) -> Bool {
        (try? UTF8Span(validating: bytes)) != nil  // the reason is not needed: whoever asks mends or refuses
    }

    /// A copy of `bytes` in which every maximal ill-formed part is one U+FFFD (Unicode, section 3.9, "U+FFFD Substitution of
    /// Maximal Subparts").
    public static func repaired(_ bytes: Span<UInt8>) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(bytes.count + 16)
        var index = 0
        while index < bytes.count {
            let length = sequenceLength(bytes, at: index)
            if length > 0 {
                output.append(bytes.extracting(index..<index + length))
                index += length
            } else {
                output.append(contentsOf: [0xEF, 0xBF, 0xBD])
                index += max(1, -length)
            }
        }
        return output
    }

    /// The length of the valid sequence at `index`; if there is none, minus the length of the ill-formed part.
    private static func sequenceLength(_ bytes: Span<UInt8>, at index: Int) -> Int {
        let first = bytes[index]
        let (length, second): (Int, ClosedRange<UInt8>)
        switch first {
        case 0x00...0x7F: return 1
        case 0xC2...0xDF: (length, second) = (2, 0x80...0xBF)
        case 0xE0: (length, second) = (3, 0xA0...0xBF)
        case 0xE1...0xEC, 0xEE...0xEF: (length, second) = (3, 0x80...0xBF)
        case 0xED: (length, second) = (3, 0x80...0x9F)
        case 0xF0: (length, second) = (4, 0x90...0xBF)
        case 0xF1...0xF3: (length, second) = (4, 0x80...0xBF)
        case 0xF4: (length, second) = (4, 0x80...0x8F)
        default: return -1
        }
        for offset in 1..<length {
            guard index + offset < bytes.count else { return -offset }
            let allowed = offset == 1 ? second : 0x80...0xBF
            if !allowed.contains(bytes[index + offset]) { return -offset }
        }
        return length
    }
}
