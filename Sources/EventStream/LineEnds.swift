import ByteScan

/// Where the next LF and the next CR stand in one piece of input.
///
/// Each is searched for by itself, with the C library's vectors, and remembered: a stream has CRs or it has none, so the second
/// search is one per piece, and no byte is looked at twice for the same thing however many lines end with the other.
public struct LineEnds: Sendable {
    private var lineFeed = -1
    private var carriageReturn = -1

    /// Nothing is known yet.
    public init() {}

    /// The first of both at or behind `start`; the count if there is none. Must not go back.
    public mutating func next(in bytes: Span<UInt8>, from start: Int) -> Int {
        if lineFeed < start {
            // Blank lines are half of all lines.
            lineFeed = start < bytes.count && bytes[start] == Byte.lineFeed ? start : bytes.offset(of: Byte.lineFeed, from: start)
        }
        if carriageReturn < start { carriageReturn = bytes.offset(of: Byte.carriageReturn, from: start) }
        return min(lineFeed, carriageReturn)
    }
}
