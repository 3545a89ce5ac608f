/// Assembles Unicode scalars from UTF-8 that arrives cut anywhere.
///
/// Ill-formed bytes become U+FFFD, one for each maximal subpart (Unicode core specification, section 3.9), so broken input never
/// leaves as broken output. Holds at most one unfinished scalar.
struct ScalarAssembler {
    private var value: UInt32 = 0
    private var missing = 0
    private var lowest: UInt8 = 0x80
    private var highest: UInt8 = 0xBF

    enum Outcome {
        /// The scalar needs more bytes.
        case more
        case scalar(UInt32)
        /// The bytes held are no scalar; this byte was not one of them and is to be taken again.
        case broken
    }

    /// True between scalars: the next byte starts one.
    var isBetween: Bool { missing == 0 }

    /// Forgets an unfinished scalar and says whether there was one.
    mutating func reset() -> Bool {
        defer { missing = 0 }
        return missing > 0
    }

    mutating func take(_ byte: UInt8) -> Outcome {
        guard missing == 0 else { return continued(by: byte) }
        lowest = 0x80
        highest = 0xBF
        switch byte {
        case ..<0x80: return .scalar(UInt32(byte))
        case 0xC2...0xDF: expect(1, UInt32(byte & 0x1F))
        case 0xE0...0xEF:
            if byte == 0xE0 { lowest = 0xA0 }
            if byte == 0xED { highest = 0x9F }
            expect(2, UInt32(byte & 0x0F))
        case 0xF0...0xF4:
            if byte == 0xF0 { lowest = 0x90 }
            if byte == 0xF4 { highest = 0x8F }
            expect(3, UInt32(byte & 0x07))
        default: return .scalar(Scalars.replacement)
        }
        return .more
    }

    private mutating func expect(_ count: Int, _ start: UInt32) {
        missing = count
        value = start
    }

    private mutating func continued(by byte: UInt8) -> Outcome {
        guard byte >= lowest, byte <= highest else {
            missing = 0
            return .broken
        }
        lowest = 0x80
        highest = 0xBF
        value = value << 6 | UInt32(byte & 0x3F)
        missing -= 1
        return missing == 0 ? .scalar(value) : .more
    }
}

/// Reads the scalars of complete text, one after the other.
struct ScalarCursor {
    private(set) var position: Int
    let end: Int

    init(from start: Int = 0, to end: Int) {
        position = start
        self.end = end
    }

    /// The next scalar, or nil at the end. Ill-formed bytes read as U+FFFD.
    @inline(__always)
    mutating func next(in text: Span<UInt8>) -> UInt32? {
        guard position < end else { return nil }
        let first = text[position]
        if first < 0x80 {
            position += 1
            return UInt32(first)
        }
        return longScalar(in: text)
    }

    private mutating func longScalar(in text: Span<UInt8>) -> UInt32 {
        var assembler = ScalarAssembler()
        while position < end {
            switch assembler.take(text[position]) {
            case .more: position += 1
            case .broken: return Scalars.replacement
            case .scalar(let scalar):
                position += 1
                return scalar
            }
        }
        return Scalars.replacement
    }
}
