/// Finds the lines of an event stream in bytes that arrive in pieces of any size.
///
/// A line ends with LF, CR or CRLF (WHATWG HTML, section 9.2.5, "Parsing an event stream"); each may be
/// cut anywhere, and a CR ends its line at once instead of waiting for an LF. One byte order mark
/// at the very start of the stream is skipped, also when it is cut.
///
/// A line that lies inside one piece of input is only pointed at. Of an unfinished line the bytes so far are
/// held, each copied once: appending to an array grows it geometrically, so a line of a megabyte in
/// small pieces costs linear time.
struct LineSplitter {
    /// What the next stretch of the input is, as a range of positions in that input.
    enum Stretch {
        /// A whole line.
        case line(Range<Int>)
        /// The rest of the line whose beginning is held.
        case rest(Range<Int>)
        /// The beginning, or a further part, of a line whose end has not arrived.
        case part(Range<Int>)
    }

    private static let byteOrderMark: [3 of UInt8] = [0xEF, 0xBB, 0xBF]

    /// The beginning of the line whose end has not arrived.
    private(set) var held: [UInt8] = []

    /// How many bytes of the byte order mark have been seen; 3 once that question is settled.
    private var byteOrderMarkCount = 0

    /// The last line ended with a CR, so an LF that comes next belongs to the same line end.
    private var swallowsLineFeed = false

    /// The next stretch of `bytes` from `position` on, which moves past it and its line end; nothing at the end of the input.
    ///
    /// `ends` belongs to these bytes: new for each piece of input, the same for all stretches of it.
    mutating func next(in bytes: Span<UInt8>, from position: inout Int, _ ends: inout LineEnds) -> Stretch? {
        if byteOrderMarkCount < 3 { skipByteOrderMark(in: bytes, from: &position) }
        if swallowsLineFeed, position < bytes.count {
            swallowsLineFeed = false
            if bytes[position] == Byte.lineFeed { position += 1 }
        }
        guard position < bytes.count else { return nil }

        let start = position
        let end = ends.next(in: bytes, from: start)
        guard end < bytes.count else {
            position = end
            return .part(start..<end)
        }
        position = end + 1
        swallowsLineFeed = bytes[end] == Byte.carriageReturn
        return held.isEmpty ? .line(start..<end) : .rest(start..<end)
    }

    /// Keeps bytes of the unfinished line until the others arrive.
    mutating func hold(_ bytes: Span<UInt8>) {
        held.append(contentsOf: bytes)
    }

    /// Trades the held line for the memory of `buffer`, whose bytes are forgotten.
    ///
    /// A trade, because a buffer that is passed and returned may be copied on the way: that cost one allocation
    /// per cut line.
    mutating func tradeHeld(for buffer: inout [UInt8]) {
        buffer.removeAll(keepingCapacity: true)
        swap(&held, &buffer)
    }

    /// Skips the byte order mark as far as the input goes. Bytes that only looked like one belong to the first line.
    private mutating func skipByteOrderMark(in bytes: Span<UInt8>, from position: inout Int) {
        while byteOrderMarkCount < 3, position < bytes.count {
            guard bytes[position] == Self.byteOrderMark[byteOrderMarkCount] else {
                for index in 0..<byteOrderMarkCount { held.append(Self.byteOrderMark[index]) }
                byteOrderMarkCount = 3
                return
            }
            byteOrderMarkCount += 1
            position += 1
        }
    }
}
