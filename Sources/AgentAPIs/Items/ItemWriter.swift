/// Writes the items of an answer in one API's events. Whoever calls it keeps the order: one item is open at a time, reasoning comes first,
/// every item that is opened is closed unless the stream fails.
protocol ItemWriter {
    /// The title of the prompt summary, where parts have titles.
    static var promptTitle: String? { get }

    /// The response begins.
    mutating func began(to output: inout [UInt8])

    mutating func reasoningOpened(to output: inout [UInt8])
    /// One part of the summary.
    mutating func summaryPart(title: String?, text: String, to output: inout [UInt8])
    mutating func rawReasoning(_ text: Span<UInt8>, to output: inout [UInt8])
    mutating func rawReasoningEnded(to output: inout [UInt8])
    /// The reasoning is over; `sealed` is what carries it, if anything does.
    mutating func reasoningClosed(sealed: String?, to output: inout [UInt8])

    mutating func messageOpened(to output: inout [UInt8])
    mutating func text(_ text: Span<UInt8>, _ kind: TextKind, to output: inout [UInt8])
    /// The message is over; `isCut` when a limit ended it.
    mutating func messageClosed(isCut: Bool, to output: inout [UInt8])

    mutating func callOpened(_ call: CallHead, to output: inout [UInt8])
    mutating func callArguments(_ text: Span<UInt8>, to output: inout [UInt8])
    /// The call is over; `arguments` are all of them, `isCut` when a limit ended it in the middle.
    mutating func callClosed(arguments: [UInt8], isCut: Bool, to output: inout [UInt8])

    mutating func ended(_ end: AnswerEnd, hasCalls: Bool, usage: TokenUsage?, to output: inout [UInt8])
    mutating func failed(_ failure: AgentFailure, to output: inout [UInt8])
    mutating func silent(to output: inout [UInt8])
}

/// What a stretch of a message's text is.
enum TextKind {
    case answer, refusal
}

/// What is known of a call when it is opened.
struct CallHead {
    var id: String
    var route: ToolRoute
}

/// Text in pieces that no line reader chokes on: some read lines of at most 32 KiB, and escaping may double the text.
enum TextPieces {
    static let maximumBytes = 12 * 1024

    /// Calls `body` with each piece of `text`, cut between characters; not at all for empty text.
    static func forEach(_ text: Span<UInt8>, _ body: (Span<UInt8>) -> Void) {
        var start = 0
        while start < text.count {
            var end = text.count
            if end - start > maximumBytes {
                end = start + maximumBytes
                while end > start + 1, text[end] & 0xC0 == 0x80 { end -= 1 }
            }
            body(text.extracting(start..<end))
            start = end
        }
    }
}
