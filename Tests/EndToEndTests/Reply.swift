import Foundation

/// One HTTP response as it stood on the wire.
struct Reply {
    let version: String
    let status: Int
    /// Names in lowercase, in the order received.
    let headers: [(name: String, value: String)]
    let body: [UInt8]
    /// How many bytes it took; what follows belongs to the next response.
    let byteCount: Int
    /// Whether the body came to its end.
    let isComplete: Bool
    let isChunked: Bool

    /// Reads the response at the beginning of `bytes`; nil while its head is not complete. The end of the connection (`isClosed`)
    /// ends a body without length.
    init?(_ bytes: [UInt8], isClosed: Bool, toHead: Bool = false) {
        guard let headEnd = Reply.position(of: Array("\r\n\r\n".utf8), in: bytes, from: 0) else { return nil }
        let lines = String(decoding: bytes[..<headEnd], as: UTF8.self).components(separatedBy: "\r\n")
        let words = lines[0].split(separator: " ", maxSplits: 2)
        guard words.count >= 2, words[0].hasPrefix("HTTP/"), let status = Int(words[1]) else { return nil }
        version = String(words[0])
        self.status = status
        headers = lines.dropFirst().map { line in
            let name = line.prefix { $0 != ":" }
            return (name.lowercased(), line.dropFirst(name.count + 1).trimmingCharacters(in: .whitespaces))
        }
        let fields = Dictionary(headers.map { ($0.name, $0.value) }) { first, _ in first }
        isChunked = fields["transfer-encoding"]?.lowercased() == "chunked"
        let start = headEnd + 4
        if toHead || status == 204 || status / 100 == 1 {
            (body, byteCount, isComplete) = ([], start, true)
        } else if isChunked {
            (body, byteCount, isComplete) = Reply.unchunked(bytes, from: start)
        } else if let length = fields["content-length"].flatMap({ Int($0) }) {
            body = Array(bytes[start..<min(bytes.count, start + length)])
            byteCount = start + body.count
            isComplete = body.count == length
        } else {
            (body, byteCount, isComplete) = (Array(bytes[start...]), bytes.count, isClosed)
        }
    }

    private static func unchunked(_ bytes: [UInt8], from start: Int) -> ([UInt8], Int, Bool) {
        var body: [UInt8] = []
        var position = start
        while let lineEnd = Reply.position(of: [13, 10], in: bytes, from: position) {
            guard let size = Int(String(decoding: bytes[position..<lineEnd], as: UTF8.self), radix: 16) else { break }
            let data = lineEnd + 2
            guard data + size + 2 <= bytes.count else {
                body += bytes[min(data, bytes.count)..<min(bytes.count, data + size)]
                return (body, bytes.count, false)
            }
            body += bytes[data..<data + size]
            position = data + size + 2
            if size == 0 { return (body, position, true) }
        }
        return (body, bytes.count, false)
    }

    private static func position(of needle: [UInt8], in bytes: [UInt8], from start: Int) -> Int? {
        bytes.withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress else { return nil }
            var index = start
            // By `memchr`, because bodies of megabytes are searched in debug builds.
            while index + needle.count <= bytes.count, let found = memchr(base + index, Int32(needle[0]), bytes.count - index) {
                index = UnsafeRawPointer(found) - base
                if bytes[index...].prefix(needle.count).elementsEqual(needle) { return index }
                index += 1
            }
            return nil
        }
    }

    func header(_ name: String) -> String? { headers.first { $0.name == name }?.value }

    var text: String { String(decoding: body, as: UTF8.self) }
    var json: Value { Value(body) }
    var stream: ChatStream { ChatStream(body) }
    /// The code of an OpenAI error body; nil if the body is none.
    var errorCode: String? { json["error"]["message"].string == nil ? nil : json["error"]["code"].string }
}

/// A JSON value, looked into without ceremony: what is not there is a value without content.
struct Value: CustomStringConvertible {
    let raw: Any?

    init(_ bytes: [UInt8]) {
        raw = try? JSONSerialization.jsonObject(with: Data(bytes), options: .fragmentsAllowed)  // no JSON is no value
    }

    private init(raw: Any?) {
        self.raw = raw
    }

    subscript(key: String) -> Value { Value(raw: (raw as? [String: Any])?[key]) }
    subscript(index: Int) -> Value { array.indices.contains(index) ? array[index] : Value(raw: nil) }
    var array: [Value] { (raw as? [Any])?.map { Value(raw: $0) } ?? [] }
    var keys: [String] { (raw as? [String: Any])?.keys.sorted() ?? [] }
    var string: String? { raw as? String }
    var int: Int? { raw as? Int }
    var bool: Bool? { raw as? Bool }
    var isNull: Bool { raw is NSNull }
    var exists: Bool { raw != nil }
    var description: String { raw.map { "\($0)" } ?? "nothing" }
}

/// A chat stream in any style, read as a client would.
struct ChatStream {
    struct Event {
        let name: String
        let data: String
        let json: Value

        init(name: String, data: String) {
            self.name = name
            self.data = data
            json = Value(Array(data.utf8))
        }
    }

    private(set) var events: [Event] = []
    private(set) var comments: [String] = []

    init(_ body: [UInt8]) {
        var name = ""
        var data: [String] = []
        for line in String(decoding: body, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false) {
            if line.isEmpty {
                if !data.isEmpty { events.append(Event(name: name, data: data.joined(separator: "\n"))) }
                (name, data) = ("", [])
            } else if line.hasPrefix(":") {
                comments.append(String(line.dropFirst()))
            } else if line.hasPrefix("event: ") {
                name = String(line.dropFirst(7))
            } else if line.hasPrefix("data: ") {
                data.append(String(line.dropFirst(6)))
            }
        }
    }

    /// The phases of the marker events, in order.
    var markers: [String] { events.filter { $0.name == "phase" }.map { $0.json["phase"].string ?? "?" } }
    /// The phases the chunks are tagged with, each once, in order of appearance.
    var taggedPhases: [String] {
        var phases: [String] = []
        for event in events {
            if let phase = event.json["phase"].string, !phases.contains(phase) { phases.append(phase) }
        }
        return phases
    }

    /// The text of choice 0 in one field of the delta, of chunks with a phase, or of all.
    func text(_ field: String = "content", phase: String? = nil) -> String {
        events.compactMap { event in
            let json = event.json
            if let phase, json["phase"].string != phase { return nil }
            return json["choices"].array.first { $0["index"].int == 0 }?["delta"][field].string
        }.joined()
    }

    var answer: String { text(phase: "final_output") }
    var finishReason: String? { events.compactMap { $0.json["choices"][0]["finish_reason"].string }.last }
    var errorCode: String? { events.compactMap { $0.json["error"]["code"].string }.last }
    var errorMessage: String? { events.compactMap { $0.json["error"]["message"].string }.last }
    var doneCount: Int { events.filter { $0.data == "[DONE]" }.count }
    var endsWithDone: Bool { events.last?.data == "[DONE]" && doneCount == 1 }
    /// Whether it ended as a failure must: an error object, then `[DONE]`, and no finish reason.
    var failedProperly: Bool {
        errorCode != nil && finishReason == nil && endsWithDone && events.dropLast().last?.json["error"].exists == true
    }
}
