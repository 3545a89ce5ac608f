/// The name of a member that is looked for, ready to be compared with eight bytes at once.
///
/// At most 32 bytes, which is enough for every name of chat streams. Keep it in a `static let`.
public struct JSONName: Sendable {
    /// The name's length in bytes.
    public let count: Int
    /// The first eight bytes, the next and the next, and the last eight, as far as there are so many; of a shorter name all of it.
    private let first: UInt64
    private let second: UInt64
    private let third: UInt64
    private let last: UInt64
    private let text: StaticString

    /// The name `text`; one that is longer than 32 bytes matches nothing.
    public init(_ text: StaticString) {
        let bytes = Array(text.description.utf8)
        func word(at start: Int) -> UInt64 {
            bytes.dropFirst(max(0, start)).prefix(8).reversed().reduce(0) { $0 << 8 | UInt64($1) }
        }
        self.text = text
        count = bytes.count <= 32 ? bytes.count : -1
        first = word(at: 0)
        second = word(at: 8)
        third = word(at: 16)
        last = word(at: bytes.count - 8)
    }

    /// Whether `range` of `bytes` is the name.
    @inline(__always)
    func stands(at range: Range<Int>, in bytes: Span<UInt8>) -> Bool {
        guard range.count == count else { return false }
        let start = range.lowerBound
        if count >= 8 {
            guard bytes.word(at: start) == first, bytes.word(at: range.upperBound - 8) == last else { return false }
            return count <= 16 || bytes.word(at: start + 8) == second && (count <= 24 || bytes.word(at: start + 16) == third)
        }
        // Behind a name there is nearly always more of the chunk than eight bytes.
        if start + 8 <= bytes.count { return bytes.word(at: start) & (1 << UInt64(count * 8) - 1) == first }
        var word: UInt64 = 0
        for index in range.reversed() { word = word << 8 | UInt64(bytes[index]) }
        return word == first
    }

    /// Whether `text`, decoded, is the name.
    func equals(_ text: [UInt8]) -> Bool {
        text.count == count && text.elementsEqual(self.text.description.utf8)
    }
}

extension JSONCursor {
    /// Whether the text of `string` is `name`, however it is escaped.
    public func matches(_ string: JSONString, _ name: JSONName) -> Bool {
        string.hasEscapes ? name.equals(text(of: string)) : name.stands(at: string.content, in: bytes)
    }
}
