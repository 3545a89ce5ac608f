/// How events are written as server-sent events (WHATWG HTML, section 9.2). Every deviation is one a client must bear.
struct Framing: Sendable, Equatable {
    enum LineEnd: String, Sendable, CaseIterable {
        case lf, crlf, cr
        /// LF, CR and CRLF in turn, line by line. (Not CR before LF: an empty line between the two would be lost.)
        case mixed
    }

    var lineEnd: LineEnd = .lf
    /// The one space after the colon, which a reader has to remove if it is there.
    var spaceAfterColon = true
    /// A byte order mark before the first line.
    var byteOrderMark = false
    /// `id: 1`, `id: 2`, … before the data.
    var ids = false
    /// A `retry: 3000` line on the first event.
    var retry = false
    /// An `event:` line on every event.
    var eventName: String?
    /// The JSON is spread over several `data:` lines.
    var multiLineData = false
    /// A comment line before every so many events; 0 for none.
    var commentEvery = 0
    var comment = ": keep-alive"
    /// An event with empty data before every so many events; 0 for none.
    var emptyDataEvery = 0
    /// The odd `data: : keepalive` that some gateways send before every so many events; 0 for none.
    var keepAliveDataEvery = 0
    /// Whether `data: [DONE]` comes at the end.
    var done = true
    /// Whether the last event is closed by its blank line.
    var finalBlankLine = true
}

/// Writes the events of one stream.
struct FramingWriter: Sendable {
    private let framing: Framing
    private var lineCount = 0
    private var eventCount = 0

    init(_ framing: Framing) { self.framing = framing }

    /// One event with its extras. `name` is the event's own name and wins over the framing's.
    mutating func event(_ payload: [UInt8], name: String? = nil, isLast: Bool = false) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(payload.count + 64)
        if eventCount == 0, framing.byteOrderMark { output += [0xEF, 0xBB, 0xBF] }
        appendInterludes(to: &output)
        if eventCount == 0, framing.retry { append("retry", Array("3000".utf8), to: &output) }
        eventCount += 1
        if framing.ids { append("id", Array(String(eventCount).utf8), to: &output) }
        if let name = name ?? framing.eventName { append("event", Array(name.utf8), to: &output) }
        for line in dataLines(payload) { append("data", line, to: &output) }
        if !isLast || framing.finalBlankLine { endLine(&output) }
        return output
    }

    /// A comment line of its own, ended by one line end.
    mutating func comment(_ text: String) -> [UInt8] {
        var output = Array(text.utf8)
        endLine(&output)
        return output
    }

    private mutating func appendInterludes(to output: inout [UInt8]) {
        func isDue(_ every: Int) -> Bool { every > 0 && eventCount % every == 0 }
        if isDue(framing.commentEvery) {
            output += Array(framing.comment.utf8)
            endLine(&output)
        }
        if isDue(framing.emptyDataEvery) {
            append("data", [], to: &output)
            endLine(&output)
        }
        if isDue(framing.keepAliveDataEvery) {
            append("data", Array(": keepalive".utf8), to: &output)
            endLine(&output)
        }
    }

    private mutating func append(_ field: String, _ value: [UInt8], to output: inout [UInt8]) {
        output += Array(field.utf8)
        output.append(UInt8(ascii: ":"))
        if framing.spaceAfterColon { output.append(UInt8(ascii: " ")) }
        output += value
        endLine(&output)
    }

    private mutating func endLine(_ output: inout [UInt8]) {
        switch framing.lineEnd {
        case .lf: output.append(0x0A)
        case .crlf: output += [0x0D, 0x0A]
        case .cr: output.append(0x0D)
        case .mixed: output += [[0x0A], [0x0D], [0x0D, 0x0A]][lineCount % 3]
        }
        lineCount += 1
    }

    /// Line breaks go where JSON allows white space: after the first brace and before the last one.
    private func dataLines(_ payload: [UInt8]) -> [[UInt8]] {
        guard framing.multiLineData, payload.count > 2, payload.first == UInt8(ascii: "{"), payload.last == UInt8(ascii: "}") else {
            return payload.split(separator: 0x0A, omittingEmptySubsequences: false).map(Array.init)
        }
        return [[UInt8(ascii: "{")], Array(payload[1..<(payload.count - 1)]), [UInt8(ascii: "}")]]
    }
}
