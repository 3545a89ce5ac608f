/// Questions about single Unicode scalars, answered from ranges so that the common case costs a comparison or two.
enum Scalars {
    static let replacement: UInt32 = 0xFFFD

    /// White space that stays within a line.
    @inline(__always)
    static func isSpace(_ scalar: UInt32) -> Bool {
        switch scalar {
        case 0x20, 0x09, 0xA0, 0x1680, 0x2000...0x200A, 0x202F, 0x205F, 0x3000, 0xFEFF: true
        default: false
        }
    }

    @inline(__always)
    static func isNewline(_ scalar: UInt32) -> Bool {
        switch scalar {
        case 0x0A...0x0D, 0x85, 0x2028, 0x2029: true
        default: false
        }
    }

    /// Scalars that must not reach a reader: controls, and the invisible ones that reorder or hide text. The joiners and variation
    /// selectors stay, because emoji, Persian and Indic scripts need them.
    @inline(__always)
    static func isHidden(_ scalar: UInt32) -> Bool {
        switch scalar {
        case 0x00...0x1F, 0x7F...0x9F, 0xAD, 0x200B, 0x200E, 0x200F, 0x202A...0x202E, 0x2060...0x206F, 0xFEFF, 0xFFF9...0xFFFB: true
        case 0xE0000...0xE007F: true
        default: false
        }
    }

    /// Scripts written without spaces between words (and Hangul, whose particles stick to the word): their terms are pairs of scalars.
    @inline(__always)
    static func isIdeographic(_ scalar: UInt32) -> Bool {
        guard scalar >= 0x0E00 else { return false }
        switch scalar {
        case 0x0E00...0x0EFF, 0x1000...0x109F, 0x1100...0x11FF, 0x1780...0x17FF: return true
        case 0x3005...0x3007, 0x3040...0x30FF, 0x3130...0x318F, 0x31F0...0x31FF: return true
        case 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xAC00...0xD7AF, 0xF900...0xFAFF, 0xFF66...0xFF9D, 0x20000...0x3FFFF: return true
        default: return false
        }
    }

    /// Chinese or Japanese text, which takes no space between sentences and ends them with an ideographic full stop.
    @inline(__always)
    static func isHanOrKana(_ scalar: UInt32) -> Bool {
        isIdeographic(scalar) && !(0xAC00...0xD7AF).contains(scalar) && !(0x1000...0x31FF).contains(scalar) && scalar >= 0x3005
            || (0x3040...0x30FF).contains(scalar)
    }

    @inline(__always)
    static func isHiragana(_ scalar: UInt32) -> Bool { (0x3040...0x309F).contains(scalar) }

    @inline(__always)
    static func isASCIILetter(_ scalar: UInt32) -> Bool { (scalar | 0x20) &- 0x61 < 26 }

    @inline(__always)
    static func isDigit(_ scalar: UInt32) -> Bool {
        switch scalar {
        case 0x30...0x39, 0x0660...0x0669, 0x06F0...0x06F9, 0x0966...0x096F, 0xFF10...0xFF19: true
        default: false
        }
    }

    @inline(__always)
    static func isLetter(_ scalar: UInt32) -> Bool {
        if scalar < 0x80 { return isASCIILetter(scalar) }
        if isIdeographic(scalar) { return true }
        // Punctuation blocks first: they are frequent, and the property lookup is not free.
        if (0x2010...0x2BFF).contains(scalar) || (0x3000...0x3004).contains(scalar) || (0xFF00...0xFF0F).contains(scalar) { return false }
        guard let properties = Unicode.Scalar(scalar)?.properties else { return false }
        return properties.isAlphabetic || properties.canonicalCombiningClass != .notReordered
    }

    static func isLowercase(_ scalar: UInt32) -> Bool {
        if scalar < 0x80 { return scalar &- 0x61 < 26 }
        return Unicode.Scalar(scalar)?.properties.isLowercase ?? false
    }

    static func isUppercase(_ scalar: UInt32) -> Bool {
        if scalar < 0x80 { return scalar &- 0x41 < 26 }
        return Unicode.Scalar(scalar)?.properties.isUppercase ?? false
    }

    /// Simple lower case for hashing: ASCII, Latin-1, Latin Extended-A, Greek, Cyrillic. Other scalars stay as they are.
    @inline(__always)
    static func folded(_ scalar: UInt32) -> UInt32 {
        switch scalar {
        case 0x41...0x5A: scalar | 0x20
        case ..<0xC0: scalar
        case 0xC0...0xD6, 0xD8...0xDE, 0x391...0x3A9, 0x410...0x42F: scalar + 0x20
        case 0x100...0x137, 0x14A...0x177: scalar | 1
        case 0x400...0x40F: scalar + 0x50
        default: scalar
        }
    }

    /// Marks that end a sentence only when white space follows (the Latin full stop is also a decimal point).
    @inline(__always)
    static func isSpacedTerminator(_ scalar: UInt32) -> Bool {
        switch scalar {
        case 0x2E, 0x21, 0x3F, 0x2026, 0x203D, 0x203C, 0x2047...0x2049, 0x061F, 0x06D4, 0x0589, 0x1362: true
        default: false
        }
    }

    /// Marks that end a sentence by themselves: ideographic and full-width ones, danda, Khmer, Burmese.
    @inline(__always)
    static func isDirectTerminator(_ scalar: UInt32) -> Bool {
        switch scalar {
        case 0x3002, 0xFF01, 0xFF1F, 0xFF61, 0x0964, 0x0965, 0x104B, 0x17D4: true
        default: false
        }
    }

    /// Quotation marks, brackets and emphasis that may stand between the full stop and the white space.
    @inline(__always)
    static func isCloser(_ scalar: UInt32) -> Bool {
        switch scalar {
        case 0x22, 0x27, 0x29, 0x2A, 0x5D, 0x5F, 0x60, 0x7D, 0xBB, 0x2019, 0x201D, 0x3009, 0x300B, 0x300D, 0x300F, 0x3011, 0xFF09: true
        default: false
        }
    }
}

extension [UInt8] {
    /// Appends the UTF-8 form of `scalar`; what is no scalar value becomes U+FFFD.
    @inline(__always)
    mutating func append(scalar: UInt32) {
        switch scalar {
        case ..<0x80:
            append(UInt8(truncatingIfNeeded: scalar))
        case ..<0x800:
            append(UInt8(truncatingIfNeeded: 0xC0 | scalar >> 6))
            append(UInt8(truncatingIfNeeded: 0x80 | scalar & 0x3F))
        case 0xD800...0xDFFF, 0x11_0000...:
            append(scalar: Scalars.replacement)
        case ..<0x1_0000:
            append(UInt8(truncatingIfNeeded: 0xE0 | scalar >> 12))
            append(UInt8(truncatingIfNeeded: 0x80 | scalar >> 6 & 0x3F))
            append(UInt8(truncatingIfNeeded: 0x80 | scalar & 0x3F))
        default:
            append(UInt8(truncatingIfNeeded: 0xF0 | scalar >> 18))
            append(UInt8(truncatingIfNeeded: 0x80 | scalar >> 12 & 0x3F))
            append(UInt8(truncatingIfNeeded: 0x80 | scalar >> 6 & 0x3F))
            append(UInt8(truncatingIfNeeded: 0x80 | scalar & 0x3F))
        }
    }
}
