import JSONBytes

/// Style `off`: the upstream's bytes pass as they are. Knows where in its lines the stream stands, so that whatever is put in
/// between or behind it neither breaks a line nor an event.
struct Bypass {
    /// The last bytes that passed, at most four: enough for a blank line in CRLF.
    private var tail = Tail()

    /// Whether anything has passed.
    private(set) var hasPassed = false

    /// A whole body has been sent as one event.
    mutating func passedWhole() {
        hasPassed = true
    }

    mutating func pass(_ bytes: Span<UInt8>, to output: inout [UInt8]) {
        output.append(bytes)
        if bytes.count > 0 { hasPassed = true }
        tail.add(bytes)
    }

    /// Whether a comment can be put in here. Not after a lone CR: its LF may be on the way, and would count as a blank line.
    var isAtLineStart: Bool { tail.count == 0 || tail[0] == 0x0A }

    /// What has to stand before an event of our own.
    var separator: String {
        if endsWithBlankLine { return "" }
        return tail[0] == 0x0A || tail[0] == 0x0D ? "\n" : "\n\n"
    }

    /// The second half of the last line end: an event is complete with the CR of a CRLF, and nothing passes after the end mark.
    var missingLineFeed: String { tail[0] == 0x0D && tail[1] == 0x0A ? "\n" : "" }

    private var endsWithBlankLine: Bool {
        var lineEnds = 0
        var back = 0
        while back < tail.count, lineEnds < 2, tail[back] == 0x0A || tail[back] == 0x0D {
            back += tail[back] == 0x0A && tail[back + 1] == 0x0D ? 2 : 1
            lineEnds += 1
        }
        return lineEnds == 2 || tail.count == 0
    }
}

/// The last four bytes of what has passed, without memory of its own.
private struct Tail {
    /// The last byte lowest.
    private var word: UInt32 = 0
    private(set) var count = 0

    mutating func add(_ bytes: Span<UInt8>) {
        for index in max(0, bytes.count - 4)..<bytes.count { word = word << 8 | UInt32(bytes[index]) }
        count = min(4, count + bytes.count)
    }

    /// The byte so far before the last one; 0 where there is none.
    subscript(back: Int) -> UInt8 { back < count ? UInt8(truncatingIfNeeded: word >> UInt32(back * 8)) : 0 }
}
