import JSONBytes

/// Style `off`: the upstream's bytes pass as they are. Knows where in its lines the stream stands, so that whatever is put in
/// between or behind it neither breaks a line nor an event.
struct Bypass {
    /// The last bytes that passed, at most four: enough for a blank line in CRLF.
    private var tail: [UInt8] = []

    /// Whether anything has passed.
    private(set) var hasPassed = false

    /// A whole body has been sent as one event.
    mutating func passedWhole() {
        hasPassed = true
    }

    mutating func pass(_ bytes: Span<UInt8>, to output: inout [UInt8]) {
        output.append(bytes)
        if bytes.count > 0 { hasPassed = true }
        let kept = min(4, bytes.count)
        if kept == 4 { tail.removeAll(keepingCapacity: true) }
        tail.append(bytes.extracting(bytes.count - kept..<bytes.count))
        if tail.count > 4 { tail.removeFirst(tail.count - 4) }
    }

    /// Whether a comment can be put in here. Not after a lone CR: its LF may be on the way, and would count as a blank line.
    var isAtLineStart: Bool { tail.isEmpty || tail.last == 0x0A }

    /// What has to stand before an event of our own.
    var separator: String {
        if endsWithBlankLine { return "" }
        return tail.last == 0x0A || tail.last == 0x0D ? "\n" : "\n\n"
    }

    /// The second half of the last line end: an event is complete with the CR of a CRLF, and nothing passes after the end mark.
    var missingLineFeed: String { tail.suffix(2) == [0x0A, 0x0D] ? "\n" : "" }

    private var endsWithBlankLine: Bool {
        var lineEnds = 0
        var index = tail.count
        while index > 0, lineEnds < 2, tail[index - 1] == 0x0A || tail[index - 1] == 0x0D {
            index -= tail[index - 1] == 0x0A && index > 1 && tail[index - 2] == 0x0D ? 2 : 1
            lineEnds += 1
        }
        return lineEnds == 2 || tail.isEmpty
    }
}
