/// Knows whether the text just read is inside a Markdown code span or a fenced block, where a marker is only quoted.
///
/// A span ends with its line at the latest, so an unbalanced backtick cannot lock a marker out for good; a run followed by white
/// space opens none (``5` tall``). Fences count only where the answer is guarded: reasoning often forgets to close one.
struct CodeGuard {
    /// Length of the run of backticks being read.
    private var run = 0
    private var runBeganLine = false
    /// Length of the run that opened the current span, 0 outside.
    private var span = 0
    /// Length of the run that opened the current fenced block, 0 outside.
    private var fence = 0
    /// Only white space since the last line feed.
    private(set) var isAtLineStart = true

    /// Whether text without a backtick and a line feed changes nothing.
    var isIndifferentToPlainText: Bool { run == 0 && !isAtLineStart }

    /// Whether `next`, the byte after everything read, stands inside a code span.
    mutating func isInSpan(before next: UInt8) -> Bool {
        settle(next)
        return span > 0
    }

    /// The same, or in a fenced block.
    mutating func isInCode(before next: UInt8) -> Bool {
        settle(next)
        return span > 0 || fence > 0
    }

    /// Reads text that was found to hold no marker.
    mutating func read(_ text: Span<UInt8>) {
        for index in text.indices { read(text[index]) }
    }

    /// Reads text that is known to hold neither a backtick nor a line feed.
    mutating func readPlain(_ text: Span<UInt8>) {
        guard text.count > 0 else { return }
        settle(text[0])
        if isAtLineStart, text.firstNonWhite(from: 0) < text.count { isAtLineStart = false }
    }

    /// Reads one byte.
    mutating func read(_ byte: UInt8) {
        if byte == UInt8(ascii: "`") {
            if run == 0 { runBeganLine = isAtLineStart }
            run += 1
            isAtLineStart = false
            return
        }
        settle(byte)
        if byte == UInt8(ascii: "\n") {
            span = 0
            isAtLineStart = true
        } else if !byte.isWhite {
            isAtLineStart = false
        }
    }

    /// A run of backticks has ended before `next`: what did it open or close?
    private mutating func settle(_ next: UInt8) {
        guard run > 0 else { return }
        if runBeganLine, run >= 3 {
            if fence == 0 { fence = run } else if run >= fence { fence = 0 }
        } else if fence == 0 {
            if span == run { span = 0 } else if span == 0, !next.isWhite { span = run }
        }
        run = 0
    }
}

extension UInt8 {
    /// Space, tab, line feed, carriage return: what may stand beside a marker.
    var isWhite: Bool { self == 0x20 || self == 0x0A || self == 0x0D || self == 0x09 }

    /// An object's or an array's first byte.
    var opensJSON: Bool { self == UInt8(ascii: "{") || self == UInt8(ascii: "[") }
}

extension Span<UInt8> {
    /// The index of the first byte at or after `start` that is not white space; `count` if there is none.
    func firstNonWhite(from start: Int) -> Int {
        var index = start
        while index < count, self[index].isWhite { index += 1 }
        return index
    }

    /// How many bytes at the end of `start ..< end` are white space.
    func trailingWhite(from start: Int, to end: Int) -> Int {
        var index = end
        while index > start, self[index - 1].isWhite { index -= 1 }
        return end - index
    }

    /// How many bytes at the end begin a code point without completing it: 0 to 3.
    func incompleteTail() -> Int {
        var length = 1
        while length <= 3, length <= count {
            let byte = self[count - length]
            if byte < 0x80 { return 0 }
            if byte >= 0xC0 {
                let needed = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : 2
                return length < needed ? length : 0
            }
            length += 1
        }
        return 0
    }
}
