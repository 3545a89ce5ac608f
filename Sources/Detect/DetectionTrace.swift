/// What a detector did with each byte of a text, for people who want to see it: a proxy's `detect` command, a failing test.
///
/// Recorded only if ``Detector/isTraced`` was set; costs a test of one flag where a marker acts or text is given out otherwise.
public struct DetectionTrace: Sendable, Equatable {
    /// An empty trace.
    public init() {}

    /// One piece of the text, or a decision about it.
    public enum Entry: Sendable, Equatable {
        /// Text given out.
        case text(SegmentKind, [UInt8])
        /// A marker that was taken out.
        case marker(MarkerRole, [UInt8])
        /// A marker that stays: it is the beginning of the text that follows.
        case kept(MarkerRole, [UInt8])
        /// White space beside a marker, dropped.
        case white([UInt8])
        /// A channel header, taken out, and what it announces.
        case header(ChannelGrammar.Body, [UInt8])
        /// Text of a tool call written as a channel message.
        case toolCall([UInt8])
        /// A header that never ended, dropped at the end of the text.
        case unfinishedHeader([UInt8])
        /// Reasoning given out again as the answer, because no marker ever ended it.
        case promoted([UInt8])
    }

    /// In the order of the text. A stray token stands before white space that was held when it came.
    public private(set) var entries: [Entry] = []

    /// The bytes of the text, put together again from the entries: every byte received is in exactly one of them.
    public var received: [UInt8] {
        entries.flatMap { entry -> [UInt8] in
            switch entry {
            case .text(_, let bytes), .marker(_, let bytes), .white(let bytes), .header(_, let bytes), .toolCall(let bytes),
                .unfinishedHeader(let bytes):
                bytes
            case .kept, .promoted: []
            }
        }
    }

    /// Adds an entry; text goes on where the last entry is of its kind.
    mutating func add(_ entry: Entry) {
        switch (entries.last, entry) {
        case (.text(let kind, let before), .text(let next, let bytes)) where kind == next:
            entries[entries.count - 1] = .text(kind, before + bytes)
        case (.toolCall(let before), .toolCall(let bytes)): entries[entries.count - 1] = .toolCall(before + bytes)
        case (.white(let before), .white(let bytes)): entries[entries.count - 1] = .white(before + bytes)
        default: entries.append(entry)
        }
    }
}

extension Detector {
    /// Whether the detector keeps a trace; set it before the first text. The trace grows with the text.
    public var isTraced: Bool {
        get { trace != nil }
        set { trace = newValue ? (trace ?? DetectionTrace()) : nil }
    }

    /// Records a piece of the buffer, unless it is empty.
    mutating func record(_ range: Range<Int>, _ entry: ([UInt8]) -> DetectionTrace.Entry) {
        guard trace != nil, !range.isEmpty else { return }
        trace?.add(entry(Array(buffer[range])))
    }

    /// Records a piece of text that is given out.
    mutating func record(_ text: Span<UInt8>, _ entry: ([UInt8]) -> DetectionTrace.Entry) {
        guard trace != nil, text.count > 0 else { return }
        trace?.add(entry(text.indices.map { text[$0] }))
    }
}
