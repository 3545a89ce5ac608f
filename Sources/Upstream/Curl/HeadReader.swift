/// Reads response heads line by line, as libcurl hands them over, up to the final one.
///
/// - `expectsStatus`: the next line begins a head: the first, or the one after an interim (1xx) head.
/// - `inFields`: the lines are fields of the head that has begun.
/// - `isComplete`: the final head is there; further lines are trailers and are ignored.
struct HeadReader {
    enum Outcome {
        /// More lines are needed, or the line does not matter.
        case incomplete
        case complete(ResponseHead)
        case refused(UpstreamError)
    }

    private enum State { case expectsStatus, inFields, isComplete }

    let maximumBytes: Int
    let maximumFields: Int
    private var state = State.expectsStatus
    private var status = 0
    private var fields: [(name: String, value: String)] = []
    private var byteCount = 0

    init(maximumBytes: Int, maximumFields: Int) {
        self.maximumBytes = maximumBytes
        self.maximumFields = maximumFields
    }

    /// Takes one line with its line end.
    mutating func append(_ bytes: Span<UInt8>) -> Outcome {
        let line = bytes.extracting(0..<bytes.contentEnd)
        switch state {
        case .isComplete:
            return .incomplete
        case .expectsStatus:
            // 101 answers an upgrade, which this client never asks for.
            guard let status = statusCode(in: line), status != 101 else { return .refused(.malformed) }
            self.status = status
            fields.removeAll(keepingCapacity: true)
            state = .inFields
            return count(bytes.count)
        case .inFields:
            return line.isEmpty ? endOfHead() : appendField(line, byteCount: bytes.count)
        }
    }

    // Interim heads count as well: an endless row of them must not be free.
    private mutating func count(_ bytes: Int) -> Outcome {
        byteCount += bytes
        return byteCount > maximumBytes ? .refused(.headTooLarge(maximumBytes: maximumBytes)) : .incomplete
    }

    private mutating func endOfHead() -> Outcome {
        guard status >= 200 else {
            state = .expectsStatus
            return count(2)
        }
        state = .isComplete
        defer { fields = [] }
        return .complete(ResponseHead(status: status, headers: fields))
    }

    private mutating func appendField(_ line: Span<UInt8>, byteCount: Int) -> Outcome {
        if case .refused(let error) = count(byteCount) { return .refused(error) }
        guard !line.hasControlCharacter else { return .refused(.malformed) }
        if line[0].isBlank { return continueField(line) }
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")), colon > 0 else { return .refused(.malformed) }
        guard fields.count < maximumFields else { return .refused(.headTooLarge(maximumBytes: maximumBytes)) }
        let name = line.extracting(0..<colon).string.lowercased()
        fields.append((name, line.extracting(colon + 1..<line.count).trimmedString))
        return .incomplete
    }

    /// A folded line, which RFC 9112 (section 5.2) lets a client join with a space.
    private mutating func continueField(_ line: Span<UInt8>) -> Outcome {
        guard let last = fields.indices.last else { return .refused(.malformed) }
        fields[last].value += " " + line.trimmedString
        return .incomplete
    }

    /// `HTTP/1.1 200 OK` or `HTTP/2 200`: three digits after the first space.
    private func statusCode(in line: Span<UInt8>) -> Int? {
        guard line.count >= 5, line[0] == UInt8(ascii: "H"), let space = line.firstIndex(of: UInt8(ascii: " ")) else { return nil }
        var status = 0
        guard space + 3 < line.count else { return nil }
        for index in space + 1...space + 3 {
            guard case UInt8(ascii: "0")...UInt8(ascii: "9") = line[index] else { return nil }
            status = status * 10 + Int(line[index] - UInt8(ascii: "0"))
        }
        return status >= 100 ? status : nil
    }
}

extension UInt8 {
    fileprivate var isBlank: Bool { self == UInt8(ascii: " ") || self == UInt8(ascii: "\t") }
}

extension Span where Element == UInt8 {
    /// The number of bytes before the line end (LF or CRLF).
    fileprivate var contentEnd: Int {
        guard count > 0, self[count - 1] == UInt8(ascii: "\n") else { return count }
        return count > 1 && self[count - 2] == UInt8(ascii: "\r") ? count - 2 : count - 1
    }

    fileprivate var hasControlCharacter: Bool {
        for index in indices where (self[index] < 0x20 && self[index] != UInt8(ascii: "\t")) || self[index] == 0x7F { return true }
        return false
    }

    fileprivate func firstIndex(of byte: UInt8) -> Int? {
        for index in indices where self[index] == byte { return index }
        return nil
    }

    fileprivate var string: String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count)
        for index in indices { bytes.append(self[index]) }
        return String(decoding: bytes, as: UTF8.self)  // WHY: a header field, some per response
    }

    fileprivate var trimmedString: String {
        var start = 0
        var end = count
        while start < end, self[start].isBlank { start += 1 }
        while end > start, self[end - 1].isBlank { end -= 1 }
        return extracting(start..<end).string
    }
}
