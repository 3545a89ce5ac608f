import JSONBytes

/// Finds summaries that this proxy wrote where a client sends them back, in the undecoded content of a JSON string.
///
/// Their shape: a prompt summary begins with `[Prompt Summary] `, a reasoning step with `[Reasoning Summary] `, and each
/// ends with a blank line. A text that ends before the blank line was cut while the summary still ran. All of it is ASCII
/// as far as it matters, so the search steps over escapes without decoding the text, and ends where the answer begins:
/// its cost is that of the summaries.
///
/// Limit: raw reasoning (`full`) in `content` has blank lines of its own and is taken out up to the first of them only.
enum OwnSummaries {
    private static let labels: [StaticString] = ["[Prompt Summary] ", "[Reasoning Summary] "]

    /// The summaries at the beginning of an assistant's text; nil if there are none.
    static func leading(in content: Range<Int>, of bytes: Span<UInt8>) -> Range<Int>? {
        let end = thinkBlock(content, bytes) ?? segments(content, bytes)
        return end > content.lowerBound ? content.lowerBound..<end : nil
    }

    /// Whether a reasoning text is ours: it begins with one of our labels. There a label stands once for all steps behind
    /// it, and nothing of the upstream's is ever mixed in.
    static func fills(_ content: Range<Int>, of bytes: Span<UInt8>) -> Bool {
        afterLabel(content.lowerBound, content.upperBound, bytes) != nil
    }

    /// The end of the labelled paragraphs at the beginning.
    private static func segments(_ content: Range<Int>, _ bytes: Span<UInt8>) -> Int {
        var end = content.lowerBound
        while let text = afterLabel(end, content.upperBound, bytes) { end = afterBlankLine(text, content.upperBound, bytes) }
        return end
    }

    /// The end of a think block that begins with one of our labels, and of the blank line behind it; nil if there is none.
    private static func thinkBlock(_ content: Range<Int>, _ bytes: Span<UInt8>) -> Int? {
        guard let opened = after("<think>", content.lowerBound, content.upperBound, bytes) else { return nil }
        let inside = afterLineEnds(opened, content.upperBound, bytes)
        guard var position = afterLabel(inside, content.upperBound, bytes) else { return nil }
        while position < content.upperBound {
            if let closed = after("</think>", position, content.upperBound, bytes) {
                return afterLineEnds(closed, content.upperBound, bytes)
            }
            position = EscapedByte(at: position, content.upperBound, bytes).end
        }
        return content.upperBound
    }

    private static func afterLabel(_ start: Int, _ end: Int, _ bytes: Span<UInt8>) -> Int? {
        for label in labels {
            if let text = after(label, start, end, bytes) { return text }
        }
        return nil
    }

    /// The place behind a literal that stands at `start`, however it is escaped.
    private static func after(_ literal: StaticString, _ start: Int, _ end: Int, _ bytes: Span<UInt8>) -> Int? {
        var position = start
        for expected in literal.description.utf8 {
            guard position < end else { return nil }
            let next = EscapedByte(at: position, end, bytes)
            guard next.value == expected else { return nil }
            position = next.end
        }
        return position
    }

    /// The place behind the first blank line, or the end. CRLF counts as a line end.
    private static func afterBlankLine(_ start: Int, _ end: Int, _ bytes: Span<UInt8>) -> Int {
        var position = start
        var isAtLineStart = false
        while position < end {
            let next = EscapedByte(at: position, end, bytes)
            position = next.end
            if next.value == 0x0D { continue }
            if next.value == 0x0A, isAtLineStart { return position }
            isAtLineStart = next.value == 0x0A
        }
        return end
    }

    /// The place behind at most two line ends.
    private static func afterLineEnds(_ start: Int, _ end: Int, _ bytes: Span<UInt8>) -> Int {
        var position = start
        for _ in 0..<2 {
            guard let next = after("\n", position, end, bytes) ?? after("\r\n", position, end, bytes) else { break }
            position = next
        }
        return position
    }
}

/// One step through the undecoded content of a JSON string: a byte, or an escape.
private struct EscapedByte {
    /// What it stands for; nil for an escape of anything but ASCII.
    let value: UInt8?
    /// The place behind it.
    let end: Int

    /// Reads the step at `start`, before `limit`. The content was checked, so every escape is whole.
    init(at start: Int, _ limit: Int, _ bytes: Span<UInt8>) {
        guard bytes[start] == UInt8(ascii: "\\"), start + 1 < limit else {
            value = bytes[start]
            end = start + 1
            return
        }
        switch bytes[start + 1] {
        case UInt8(ascii: "n"): value = 0x0A
        case UInt8(ascii: "r"): value = 0x0D
        case UInt8(ascii: "t"): value = 0x09
        case UInt8(ascii: "b"): value = 0x08
        case UInt8(ascii: "f"): value = 0x0C
        case UInt8(ascii: "u"):
            let unit = (2..<6).reduce(UInt16(0)) { $0 << 4 | (start + $1 < limit ? JSONText.hexDigit(bytes[start + $1]) ?? 0 : 0) }
            value = unit < 0x80 ? UInt8(unit) : nil
            end = min(start + 6, limit)
            return
        case let letter: value = letter
        }
        end = start + 2
    }
}
