import ByteScan

/// Writes an event stream in the narrow form that every known client reads.
///
/// One event is an optional `event: name` line, exactly one `data: ` line with one space, and a blank line; line ends are LF.
/// There is no way to write an `id`, a `retry`, or an event without data: deployed SDKs fail on each of them.
///
/// Every function appends to the caller's buffer and copies the payload once.
public enum EventWriter {
    private static let dataField: [6 of UInt8] = [0x64, 0x61, 0x74, 0x61, Byte.colon, Byte.space]

    /// Appends one event.
    ///
    /// A line break inside the payload is written as a space, so a payload can never create a line. For JSON that keeps the
    /// meaning: a raw line break may only stand where white space may (RFC 8259, sections 2 and 7).
    ///
    /// - Parameters:
    ///   - name: The event's name; without one, clients see the default, `message`.
    ///   - data: The payload, usually one JSON value.
    ///   - output: The buffer to append to.
    public static func append(event name: EventName? = nil, data: Span<UInt8>, to output: inout [UInt8]) {
        if let name { output.append(contentsOf: name.line) }
        output.append(addingCapacity: data.count + 8) { room in
            for index in dataField.indices { room.append(dataField[index]) }
            for index in data.indices { room.append(withoutLineBreak(data[index])) }
            room.append(Byte.lineFeed)
            room.append(Byte.lineFeed)
        }
    }

    /// Appends one event whose payload, on one line, comes in two parts: its beginning and its end.
    public static func append(line beginning: Span<UInt8>, _ end: Span<UInt8>, to output: inout [UInt8]) {
        output.append(addingCapacity: beginning.count + end.count + 8) { room in
            for index in dataField.indices { room.append(dataField[index]) }
            room.append(copying: beginning)
            room.append(copying: end)
            room.append(Byte.lineFeed)
            room.append(Byte.lineFeed)
        }
    }

    /// Appends the beginning of an event up to its payload, for a writer that puts the payload straight into the buffer.
    ///
    /// What the caller appends between this and `endEvent` must be on one line; the writers of JSON chunks promise that.
    ///
    /// - Parameters:
    ///   - name: The event's name; without one, clients see the default, `message`.
    ///   - output: The buffer to append to.
    public static func beginEvent(_ name: EventName? = nil, to output: inout [UInt8]) {
        if let name { output.append(contentsOf: name.line) }
        output.append(contentsOf: "data: ".utf8)
    }

    /// Appends the end of an event that `beginEvent` began.
    public static func endEvent(to output: inout [UInt8]) {
        output.append(contentsOf: "\n\n".utf8)
    }

    /// Appends `data: [DONE]`, the end of a chat completion stream.
    public static func appendDone(to output: inout [UInt8]) {
        output.append(contentsOf: "data: [DONE]\n\n".utf8)
    }

    /// Appends a comment, which keeps a silent connection alive and is skipped by every reader.
    ///
    /// It ends with one line feed, not two: some SDKs take the blank line after a comment for an empty event, and fail.
    /// Must stand between events.
    ///
    /// - Parameters:
    ///   - text: The comment; a line break in it becomes a space. Up to 15 bytes cost no allocation.
    ///   - output: The buffer to append to.
    public static func appendComment(_ text: StaticString = "ping", to output: inout [UInt8]) {
        output.append(contentsOf: ": ".utf8)
        for byte in text.description.utf8 { output.append(withoutLineBreak(byte)) }
        output.append(Byte.lineFeed)
    }

    /// The byte itself, or a space in place of a line break.
    static func withoutLineBreak(_ byte: UInt8) -> UInt8 {
        byte == Byte.lineFeed || byte == Byte.carriageReturn ? Byte.space : byte
    }
}
