/// A forward-only walk over one JSON text: it converts what is asked for, checks the grammar of everything it passes
/// (RFC 8259; UTF-8 is the caller's to check), and allocates nothing.
///
/// The caller descends with `enterObject` / `nextKey` and `enterArray` / `nextElement`, reads or skips each value, and
/// ends with `finish`. Positions and ranges are byte offsets into the span given to `init`.
///
/// Cost: each byte is looked at once. Depth: `maximumDepth` levels, whoever descends, the caller or `skipValue`;
/// skipping does not recurse, so a text of brackets only cannot exhaust the stack.
public struct JSONCursor: ~Escapable {
    let bytes: Span<UInt8>
    /// The next byte to look at.
    public private(set) var position = 0
    private var depth = 0
    private var awaitsFirst = false
    private let maximumDepth: Int
    /// Whether a raw line feed or carriage return was passed; the grammar allows them only as white space between tokens.
    public private(set) var hasPassedLineBreak = false

    /// The depth a cursor can track at most: one bit each in the stack of `skipValue`.
    public static var depthCeiling: Int { 256 }

    /// Starts before the first byte of `bytes`; `maximumDepth` is cut to `depthCeiling`.
    @_lifetime(copy bytes)
    public init(_ bytes: Span<UInt8>, maximumDepth: Int = 128) {
        self.bytes = bytes
        self.maximumDepth = min(maximumDepth, JSONCursor.depthCeiling)
    }

    /// Skips white space and says what kind of value begins here, judged by its first byte.
    public mutating func peek() throws(JSONError) -> JSONKind {
        skipWhitespace()
        guard position < bytes.count else { throw .unexpectedEnd }
        guard let kind = JSONKind(firstByte: bytes[position]) else { throw .unexpectedByte(offset: position) }
        return kind
    }

    /// Enters the object that begins here.
    public mutating func enterObject() throws(JSONError) {
        try enter(UInt8(ascii: "{"))
    }

    /// Enters the array that begins here.
    public mutating func enterArray() throws(JSONError) {
        try enter(UInt8(ascii: "["))
    }

    /// The next member's name, with the cursor before its value; nil when the object has ended and was left.
    public mutating func nextKey() throws(JSONError) -> JSONString? {
        guard try advance(closing: UInt8(ascii: "}")) else { return nil }
        guard position < bytes.count else { throw .unexpectedEnd }
        guard bytes[position] == UInt8(ascii: "\"") else { throw .unexpectedByte(offset: position) }
        let key = try scanString()
        skipWhitespace()
        try expect(UInt8(ascii: ":"))
        return key
    }

    /// Whether another element follows, with the cursor before it; false when the array has ended and was left.
    public mutating func nextElement() throws(JSONError) -> Bool {
        try advance(closing: UInt8(ascii: "]"))
    }

    /// Reads a string and leaves it undecoded.
    public mutating func string() throws(JSONError) -> JSONString {
        skipWhitespace()
        try require(UInt8(ascii: "\""))
        awaitsFirst = false
        return try scanString()
    }

    /// Reads a whole number; nil when the number has a fraction or an exponent, or does not fit 64 bits.
    public mutating func integer() throws(JSONError) -> Int? {
        guard try peek() == .number else { throw .wrongKind(offset: position) }
        let range = try skipValue()
        var value = 0
        var index = range.lowerBound
        let negative = bytes[index] == UInt8(ascii: "-")
        if negative { index += 1 }
        while index < range.upperBound {
            let digit = bytes[index]
            guard digit >= UInt8(ascii: "0"), digit <= UInt8(ascii: "9") else { return nil }
            let (scaled, overflow) = value.multipliedReportingOverflow(by: 10)
            // Below zero, because the lowest number has no positive counterpart.
            let (difference, borrow) = scaled.subtractingReportingOverflow(Int(digit - UInt8(ascii: "0")))
            if overflow || borrow { return nil }
            value = difference
            index += 1
        }
        if negative { return value }
        return value == .min ? nil : -value
    }

    /// Reads `true` or `false`.
    public mutating func boolean() throws(JSONError) -> Bool {
        guard try peek() == .boolean else { throw .wrongKind(offset: position) }
        return bytes[try skipValue().lowerBound] == UInt8(ascii: "t")
    }

    /// Passes `null` if it stands here, and says so.
    public mutating func skipNull() throws(JSONError) -> Bool {
        guard try peek() == .null else { return false }
        _ = try skipValue()
        return true
    }

    /// Passes one value of any kind; returns the bytes it covers, without the white space around it.
    public mutating func skipValue() throws(JSONError) -> Range<Int> {
        let kind = try peek()
        let start = position
        awaitsFirst = false
        switch kind {
        case .object, .array: try skipContainer()
        default: try skipScalar(kind)
        }
        return start..<position
    }

    /// The end: only white space may follow.
    public mutating func finish() throws(JSONError) {
        skipWhitespace()
        guard position == bytes.count else { throw .trailingData(offset: position) }
    }
}

// MARK: - Steps

extension JSONCursor {
    @inline(__always)
    private mutating func enter(_ bracket: UInt8) throws(JSONError) {
        skipWhitespace()
        try require(bracket)
        guard depth < maximumDepth else { throw .tooDeep(limit: maximumDepth) }
        position += 1
        depth += 1
        awaitsFirst = true
    }

    /// Refuses a value that does not begin with `byte`.
    @inline(__always)
    private func require(_ byte: UInt8) throws(JSONError) {
        guard position < bytes.count else { throw .unexpectedEnd }
        guard bytes[position] != byte else { return }
        throw JSONKind(firstByte: bytes[position]) == nil ? .unexpectedByte(offset: position) : .wrongKind(offset: position)
    }

    /// Passes the comma before the next member or element, or the closing bracket.
    @inline(__always)
    private mutating func advance(closing bracket: UInt8) throws(JSONError) -> Bool {
        skipWhitespace()
        guard position < bytes.count else { throw .unexpectedEnd }
        if bytes[position] == bracket {
            position += 1
            depth -= 1
            awaitsFirst = false
            return false
        }
        if awaitsFirst {
            awaitsFirst = false
            return true
        }
        try expect(UInt8(ascii: ","))
        skipWhitespace()
        // A bracket right after the comma is refused by whoever reads the value.
        return true
    }

    @inline(__always)
    private mutating func expect(_ byte: UInt8) throws(JSONError) {
        guard position < bytes.count else { throw .unexpectedEnd }
        guard bytes[position] == byte else { throw .unexpectedByte(offset: position) }
        position += 1
    }

    @inline(__always)
    private mutating func skipWhitespace() {
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x09: position += 1
            case 0x0A, 0x0D:
                hasPassedLineBreak = true
                position += 1
            default: return
            }
        }
    }

    private mutating func skipScalar(_ kind: JSONKind) throws(JSONError) {
        switch kind {
        case .string: _ = try scanString()
        case .number: try skipNumber()
        case .null: try skipLiteral(JSONCursor.null)
        case .boolean: try bytes[position] == UInt8(ascii: "t") ? skipLiteral(JSONCursor.true) : skipLiteral(JSONCursor.false)
        case .object, .array: throw .wrongKind(offset: position)
        }
    }

    /// From the opening quote to behind the closing one.
    private mutating func scanString() throws(JSONError) -> JSONString {
        let string = try JSONString(in: bytes, contentFrom: position + 1)
        position = string.content.upperBound + 1
        return string
    }

    private static let null: [4 of UInt8] = [0x6E, 0x75, 0x6C, 0x6C]
    private static let `true`: [4 of UInt8] = [0x74, 0x72, 0x75, 0x65]
    private static let `false`: [5 of UInt8] = [0x66, 0x61, 0x6C, 0x73, 0x65]

    private mutating func skipLiteral<let count: Int>(_ expected: [count of UInt8]) throws(JSONError) {
        let start = position
        for offset in expected.indices {
            guard position < bytes.count else { throw .unexpectedEnd }
            guard bytes[position] == expected[offset] else { throw .malformed(offset: start) }
            position += 1
        }
    }

    private mutating func skipNumber() throws(JSONError) {
        let start = position
        if bytes[position] == UInt8(ascii: "-") { position += 1 }
        let whole = skipDigits()
        guard whole > 0 else { throw position == bytes.count ? .unexpectedEnd : .malformed(offset: start) }
        if whole > 1, bytes[position - whole] == UInt8(ascii: "0") { throw .malformed(offset: start) }
        if position < bytes.count, bytes[position] == UInt8(ascii: ".") {
            position += 1
            guard skipDigits() > 0 else { throw position == bytes.count ? .unexpectedEnd : .malformed(offset: start) }
        }
        if position < bytes.count, bytes[position] | 0x20 == UInt8(ascii: "e") {
            position += 1
            if position < bytes.count, bytes[position] == UInt8(ascii: "+") || bytes[position] == UInt8(ascii: "-") { position += 1 }
            guard skipDigits() > 0 else { throw position == bytes.count ? .unexpectedEnd : .malformed(offset: start) }
        }
    }

    private mutating func skipDigits() -> Int {
        let start = position
        while position < bytes.count, bytes[position] >= UInt8(ascii: "0"), bytes[position] <= UInt8(ascii: "9") { position += 1 }
        return position - start
    }

    /// Walks a whole object or array with a stack of one bit per level (1 = object) instead of recursion.
    private mutating func skipContainer() throws(JSONError) {
        var levels = BitStack()
        let outerDepth = depth
        repeat {
            // Here the cursor stands before a value.
            let kind = try peek()
            if kind == .object || kind == .array {
                guard depth < maximumDepth else { throw .tooDeep(limit: maximumDepth) }
                position += 1
                depth += 1
                levels.push(kind == .object)
                awaitsFirst = true
            } else {
                try skipScalar(kind)
            }
            // Leave what ends here, and stop before the next value.
            while depth > outerDepth {
                if levels.top ? try nextKey() != nil : try nextElement() { break }
                levels.pop()
            }
        } while depth > outerDepth
    }
}
