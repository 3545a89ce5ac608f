/// What one line of an event stream says: which field, and where in the line its value lies.
///
/// The name ends at the first colon; one space after the colon is dropped; a line without a colon is a field
/// with an empty value (WHATWG HTML, section 9.2.6, "Interpreting an event stream").
struct FieldLine {
    /// The fields the standard knows. Names are matched exactly, byte by byte.
    enum Name {
        case comment, data, event, id, retry, unknown
    }

    let name: Name
    let value: Range<Int>

    /// Reads a line that is not blank.
    init(_ line: Span<UInt8>) {
        if Self.startsWithData(line) {
            // The only line of nearly every event.
            name = .data
            value = Self.valueStart(in: line, afterColonAt: 4)..<line.count
            return
        }
        var colon = 0
        while colon < line.count, line[colon] != Byte.colon { colon += 1 }
        name = Self.name(line.extracting(0..<colon))
        value = Self.valueStart(in: line, afterColonAt: colon)..<line.count
    }

    /// Where the data begins in an unfinished line of which `line` is known; nothing if it is not, or not yet, a data line.
    static func dataStart(in line: Span<UInt8>) -> Int? {
        startsWithData(line) ? valueStart(in: line, afterColonAt: 4) : nil
    }

    private static func startsWithData(_ line: Span<UInt8>) -> Bool {
        line.count >= 5 && line[0] == UInt8(ascii: "d") && line[1] == UInt8(ascii: "a") && line[2] == UInt8(ascii: "t")
            && line[3] == UInt8(ascii: "a") && line[4] == Byte.colon
    }

    private static func valueStart(in line: Span<UInt8>, afterColonAt colon: Int) -> Int {
        let next = colon + 1
        guard next < line.count else { return line.count }
        return line[next] == Byte.space ? next + 1 : next
    }

    private static func name(_ bytes: Span<UInt8>) -> Name {
        switch bytes.count {
        case 0: .comment
        case 2 where matches(bytes, "id"): .id
        case 4 where matches(bytes, "data"): .data
        case 5 where matches(bytes, "event"): .event
        case 5 where matches(bytes, "retry"): .retry
        default: .unknown
        }
    }

    private static func matches(_ bytes: Span<UInt8>, _ name: String) -> Bool {
        var index = 0
        for byte in name.utf8 {
            guard bytes[index] == byte else { return false }
            index += 1
        }
        return true
    }
}
