/// What a client makes of the bytes of a response; written independently of the code that made them.
struct WireReader {
    var statusLine = ""
    var headers: [(name: String, value: String)] = []
    var body: [UInt8] = []
    /// Whether the body ended as its framing says.
    var isComplete = false

    /// Splits head and body and undoes chunks. Interim responses are skipped.
    init(_ bytes: [UInt8]) {
        var rest = bytes[...]
        repeat {
            guard let end = rest.firstRange(of: Array("\r\n\r\n".utf8)) else { return }
            let lines = String(decoding: rest[..<end.lowerBound], as: UTF8.self).split(separator: "\r\n")
            statusLine = lines.first.map(String.init) ?? ""
            headers = lines.dropFirst().map { line in
                let sides = line.split(separator: ":", maxSplits: 1)
                return (sides[0].lowercased(), sides.count == 2 ? String(sides[1].drop { $0 == " " }) : "")
            }
            rest = rest[end.upperBound...]
        } while statusLine.contains(" 1")
        if header("transfer-encoding") == "chunked" {
            (body, isComplete) = Self.dechunked(rest)
        } else {
            body = Array(rest)
            isComplete = header("content-length").flatMap { Int($0) } == body.count
        }
    }

    var status: Int { Int(statusLine.split(separator: " ").dropFirst().first ?? "") ?? 0 }
    var text: String { String(decoding: body, as: UTF8.self) }
    func header(_ name: String) -> String? { headers.first { $0.name == name }?.value }

    private static func dechunked(_ bytes: ArraySlice<UInt8>) -> ([UInt8], Bool) {
        var rest = bytes
        var body: [UInt8] = []
        while let end = rest.firstRange(of: [0x0D, 0x0A]) {
            guard let size = Int(String(decoding: rest[..<end.lowerBound], as: UTF8.self), radix: 16) else { return (body, false) }
            rest = rest[end.upperBound...]
            if size == 0 { return (body, rest.starts(with: [0x0D, 0x0A])) }
            body += rest.prefix(size)
            guard rest.count >= size + 2 else { return (body, false) }
            rest = rest.dropFirst(size + 2)
        }
        return (body, false)
    }
}

/// Reads server-sent events as WHATWG HTML, section 9.2.6 says, from a whole body.
struct EventReader {
    struct Event: Equatable {
        var name = ""
        var data = ""
    }

    var events: [Event] = []
    var comments: [String] = []
    var lastID = ""

    /// With `closesLastEvent`, an event without its blank line counts too, as lenient clients see it.
    init(_ body: [UInt8], closesLastEvent: Bool = true) {
        var bytes = body[...]
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes = bytes.dropFirst(3) }
        var event = Event()
        var data: [String] = []
        for line in Self.lines(bytes) {
            if line.isEmpty {
                if !data.isEmpty { events.append(Event(name: event.name, data: data.joined(separator: "\n"))) }
                event = Event()
                data = []
                continue
            }
            if line.hasPrefix(":") {
                comments.append(line)
                continue
            }
            let sides = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            let value = sides.count < 2 ? "" : sides[1].hasPrefix(" ") ? String(sides[1].dropFirst()) : sides[1]
            switch sides[0] {
            case "data": data.append(value)
            case "event": event.name = value
            case "id": lastID = value
            default: break
            }
        }
        if closesLastEvent, !data.isEmpty { events.append(Event(name: event.name, data: data.joined(separator: "\n"))) }
    }

    /// Lines end with LF, CRLF or CR. (Not with `Character`: Swift sees CRLF as one.)
    private static func lines(_ bytes: ArraySlice<UInt8>) -> [String] {
        var lines: [String] = []
        var line: [UInt8] = []
        var previous: UInt8 = 0
        for byte in bytes {
            if byte == 0x0A, previous == 0x0D {
                previous = byte
                continue
            }
            if byte == 0x0A || byte == 0x0D {
                lines.append(String(decoding: line, as: UTF8.self))
                line = []
            } else {
                line.append(byte)
            }
            previous = byte
        }
        if !line.isEmpty { lines.append(String(decoding: line, as: UTF8.self)) }
        return lines
    }
}
