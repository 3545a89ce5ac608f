/// Reads an event stream: bytes in pieces of any size go in, complete events come out.
///
/// States: *open* (events may come), and *over* (after a limit error or `finish`; everything that comes later is ignored).
///
/// It follows the whole grammar of WHATWG HTML, section 9.2, with these deviations, each on purpose:
/// - Bytes are handed on as they came; whether they are valid UTF-8 is for the reader of the payload to say.
/// - An event that the end of the stream leaves without its blank line is handed out by `finish`; the standard
///   drops it, but real servers do end that way.
/// - A reconnection time larger than `Int32.max` milliseconds counts as that.
///
/// How the bytes are cut never changes the events or the error. An event whose only data line lies inside one
/// piece of input is handed out as a window into that input, neither copied nor allocated for. Everything else
/// lands in buffers that are reused, so a stream in its steady state allocates nothing; they keep the size of the
/// largest event until the framer goes away.
public struct EventFramer: ~Copyable, Sendable {
    private let limits: EventStreamLimits
    private var splitter = LineSplitter()
    private var isOver = false

    /// The name of the event underway, from its last `event` line.
    private var name: [UInt8] = []

    /// The data of the event underway from `dataStart` on, unless it lies in the input.
    private var data: [UInt8] = []
    private var dataStart = 0

    /// The only data line of the event underway, while it lies in the input being received.
    private var dataInInput: Range<Int>?

    private var dataLineCount = 0
    private var dataByteCount = 0

    /// The id of the event underway, which counts once the event is complete.
    private var idUnderway: [UInt8] = []
    private var hasIDUnderway = false

    /// The id of the last complete event that had one; empty at first and after an empty `id` line.
    public private(set) var lastEventID: [UInt8] = []

    /// The reconnection time that the server asked for last, in milliseconds, at most `Int32.max`.
    public private(set) var reconnectionMilliseconds: Int?

    /// How many comment lines have come; servers send them as heartbeats.
    public private(set) var commentCount = 0

    /// How many events were handed out with data lines but no data; some servers send `data:` as a heartbeat.
    public private(set) var emptyDataCount = 0

    /// How many bytes of an unfinished line and an unfinished event are held at the moment.
    public var heldByteCount: Int {
        splitter.held.count + name.count + (hasIDUnderway ? idUnderway.count : 0) + max(0, data.count - dataStart)
    }

    /// A framer at the start of a stream.
    public init(limits: EventStreamLimits = EventStreamLimits()) {
        self.limits = EventStreamLimits(lineBytes: max(0, limits.lineBytes), eventBytes: max(0, limits.eventBytes))
    }

    /// Takes the next bytes of the stream and hands out every event that they complete.
    ///
    /// Events without a data line are not handed out, as the standard says; an event with an empty data line is.
    ///
    /// - Parameters:
    ///   - bytes: Any number of bytes, cut anywhere.
    ///   - onEvent: Called once for each event with its name (empty if it has none) and its data lines joined by LF.
    ///     Both spans are valid during the call only.
    /// - Throws: `EventStreamError` as soon as the bytes so far go over a limit. The framer is over then.
    public mutating func receive(
        _ bytes: Span<UInt8>,
        onEvent: (_ name: Span<UInt8>, _ data: Span<UInt8>) -> Void
    ) throws(EventStreamError) {
        guard !isOver else { return }
        var position = 0
        var ends = LineEnds()
        while let stretch = splitter.next(in: bytes, from: &position, &ends) {
            switch stretch {
            case .line(let range) where range.isEmpty:
                blankLineCame(in: bytes, onEvent)
            case .line(let range):
                try admit(bytes.extracting(range))
                lineCame(at: range, in: bytes)
            case .rest(let range):
                try hold(bytes.extracting(range), isWhole: true)
                heldLineEnded()
            case .part(let range):
                try hold(bytes.extracting(range), isWhole: false)
            }
        }
        keepDataInInput(of: bytes)
    }

    /// Takes note of the end of the stream, and hands out an event with data that it left without a blank line.
    ///
    /// The standard drops such an event because it may be cut; so may this one be, in the middle of a line. The caller
    /// decides whether the payload is whole. The framer is over afterwards.
    ///
    /// - Parameter onEvent: Called at most once, as in `receive`.
    /// - Throws: `EventStreamError` if the last line, a bare `data`, is one too many for the event.
    public mutating func finish(
        onEvent: (_ name: Span<UInt8>, _ data: Span<UInt8>) -> Void
    ) throws(EventStreamError) {
        guard !isOver else { return }
        if !splitter.held.isEmpty {
            try admitHeldLine()
            heldLineEnded()
        }
        if dataLineCount > 0 { blankLineCame(in: Span(), onEvent) }
        end()
    }
}

// MARK: Lines

extension EventFramer {
    /// A blank line ends the event underway.
    private mutating func blankLineCame(in bytes: Span<UInt8>, _ onEvent: (Span<UInt8>, Span<UInt8>) -> Void) {
        if hasIDUnderway {
            swap(&lastEventID, &idUnderway)
            hasIDUnderway = false
        }
        if dataLineCount > 0 {
            if dataByteCount == 0 { emptyDataCount += 1 }
            if let range = dataInInput {
                onEvent(name.span, bytes.extracting(range))
            } else {
                onEvent(name.span, data.span.extracting(dataStart..<data.count))
            }
        }
        forgetEvent()
    }

    /// A line ended that lies in the input as a whole.
    private mutating func lineCame(at range: Range<Int>, in bytes: Span<UInt8>) {
        let line = bytes.extracting(range)
        let field = FieldLine(line)
        guard field.name == .data else { return take(field, of: line) }
        let value = (range.lowerBound + field.value.lowerBound)..<range.upperBound
        if dataLineCount == 0 {
            dataInInput = value
        } else {
            keepDataInInput(of: bytes)
            data.append(Byte.lineFeed)
            data.append(contentsOf: bytes.extracting(value))
        }
        countData(value.count)
    }

    /// The held line is complete.
    ///
    /// If it is the first data line of its event, its buffer becomes the event's: a large line is not copied again.
    private mutating func heldLineEnded() {
        var line: [UInt8] = []
        splitter.tradeHeld(for: &line)
        let field = FieldLine(line.span)
        if field.name != .data {
            take(field, of: line.span)
        } else if dataLineCount == 0 {
            swap(&data, &line)
            dataStart = field.value.lowerBound
            countData(field.value.count)
        } else {
            data.append(Byte.lineFeed)
            data.append(contentsOf: line.span.extracting(field.value))
            countData(field.value.count)
        }
        splitter.tradeHeld(for: &line)
    }

    /// Takes a field other than data.
    private mutating func take(_ field: FieldLine, of line: Span<UInt8>) {
        let value = line.extracting(field.value)
        switch field.name {
        case .comment:
            commentCount += 1
        case .event:
            name.replaceAll(with: value)
        case .id:
            // An id with a NUL could not be sent back in a header; the standard ignores it.
            if value.indices.allSatisfy({ value[$0] != 0 }) {
                idUnderway.replaceAll(with: value)
                hasIDUnderway = true
            }
        case .retry:
            if let milliseconds = Self.milliseconds(value) { reconnectionMilliseconds = milliseconds }
        case .data, .unknown:
            break
        }
    }

    private mutating func countData(_ byteCount: Int) {
        dataByteCount += byteCount + (dataLineCount == 0 ? 0 : 1)
        dataLineCount += 1
    }

    /// Copies the data line that lies in the input, before the input goes away or another line joins it.
    private mutating func keepDataInInput(of bytes: Span<UInt8>) {
        guard let range = dataInInput else { return }
        data.replaceAll(with: bytes.extracting(range))
        dataInInput = nil
    }

    /// Decimal digits and nothing else, or nothing; never overflows.
    private static func milliseconds(_ digits: Span<UInt8>) -> Int? {
        guard !digits.isEmpty else { return nil }
        var value = 0
        for index in digits.indices {
            guard (Byte.zero...Byte.nine).contains(digits[index]) else { return nil }
            value = min(value * 10 + Int(digits[index] - Byte.zero), Int(Int32.max))
        }
        return value
    }

    private mutating func forgetEvent() {
        // Nearly always both are empty: the event had no name, and its data lay in the input.
        if !name.isEmpty { name.removeAll(keepingCapacity: true) }
        if !data.isEmpty { data.removeAll(keepingCapacity: true) }
        dataStart = 0
        dataInInput = nil
        dataLineCount = 0
        dataByteCount = 0
    }

    /// Ends the stream and gives the memory back.
    private mutating func end() {
        isOver = true
        splitter = LineSplitter()
        forgetEvent()
        name = []
        data = []
        idUnderway = []
        hasIDUnderway = false
    }
}

// MARK: Limits

extension EventFramer {
    /// Checks a line that lies in the input as a whole.
    private mutating func admit(_ line: Span<UInt8>) throws(EventStreamError) {
        guard let error = refusal(of: line, isWhole: true) else { return }
        end()
        throw error
    }

    /// Checks the held line, which nothing will be added to.
    private mutating func admitHeldLine() throws(EventStreamError) {
        guard let error = refusal(of: splitter.held.span, isWhole: true) else { return }
        end()
        throw error
    }

    /// Adds to the held line and checks it. Copies at most one byte more than a line may have.
    private mutating func hold(_ bytes: Span<UInt8>, isWhole: Bool) throws(EventStreamError) {
        let room = max(0, limits.lineBytes - splitter.held.count)
        splitter.hold(bytes.count <= room ? bytes : bytes.extracting(0..<(room + 1)))
        guard let error = refusal(of: splitter.held.span, isWhole: isWhole) else { return }
        end()
        throw error
    }

    /// Why the line, or the part of it that is known, goes over a limit.
    ///
    /// If both limits are passed, the one passed at the earlier byte is told, as if the bytes had come one by one: the
    /// error must not depend on how they were cut.
    private func refusal(of line: Span<UInt8>, isWhole: Bool) -> EventStreamError? {
        let isTooLong = line.count > limits.lineBytes
        // The data in a line never counts for more than the line: this settles nearly every line.
        if !isTooLong, line.count <= limits.eventBytes - dataByteCount { return nil }

        if let excess = firstExcessData(in: line, isWhole: isWhole), !isTooLong || excess < limits.lineBytes {
            return .eventTooLarge(limit: limits.eventBytes)
        }
        return isTooLong ? .lineTooLong(limit: limits.lineBytes) : nil
    }

    /// The position in the line of the byte with which the event's data goes over its limit.
    private func firstExcessData(in line: Span<UInt8>, isWhole: Bool) -> Int? {
        let room = limits.eventBytes - dataByteCount - (dataLineCount == 0 ? 0 : 1)
        guard let start = FieldLine.dataStart(in: line) else {
            // A bare `data` adds a line feed; that it is one is known at its end.
            return room < 0 && isWhole && FieldLine(line).name == .data ? line.count : nil
        }
        if room < 0 { return 4 }
        return line.count - start > room ? start + room : nil
    }
}
