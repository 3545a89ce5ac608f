import NIOHTTP1

/// One request of a client, whole.
struct HTTPRequest {
    var method: HTTPMethod
    /// The path without the query, percent-encoding untouched.
    var path: String
    /// The query's parameters, undecoded but for `+`-free plain names; the first of a name counts.
    var query: [String: String]
    var headers: HTTPHeaders
    var version: HTTPVersion
    var body: [UInt8] = []
    /// The client's own id if it is fit for a header and a log, else one of ours.
    let id: String
    /// Where it comes from.
    var network = ClientKey.network("")

    init(_ head: HTTPRequestHead) {
        method = head.method
        headers = head.headers
        version = head.version
        let parts = head.uri.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        path = String(parts[0])
        query = [:]
        if parts.count == 2 {
            for pair in parts[1].split(separator: "&") {
                let halves = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                let name = String(halves[0])
                if query[name] == nil { query[name] = halves.count == 2 ? String(halves[1]) : "" }
            }
        }
        id = RequestID.from(head.headers.first(name: "x-request-id"))
    }

    /// The client's key as `Authorization` has it; where that header is missing, the one of the Messages API stands for it. Nil if there
    /// is none, or more than one: which of them counts must not depend on the reader.
    var authorization: String? {
        let shown = headers["authorization"]
        guard shown.isEmpty else { return shown.count == 1 ? shown[0] : nil }
        let keys = headers["x-api-key"]
        return keys.count == 1 ? "Bearer \(keys[0])" : nil
    }
}

/// Request ids: the client's own when it is harmless, else random.
enum RequestID {
    static let maximumLength = 128

    static func from(_ given: String?) -> String {
        guard let given, !given.isEmpty, given.utf8.count <= maximumLength, given.utf8.allSatisfy(isPlain) else { return fresh() }
        return given
    }

    static func fresh() -> String {
        var generator = QuickRandom()
        let value = generator.next()
        let digits = String(value, radix: 16)
        return "req_" + String(repeating: "0", count: 16 - digits.count) + digits
    }

    /// Letters, digits and `-_.:`: nothing that a header, a log line or a shell takes for its own.
    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
            UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: ":"):
            true
        default: false
        }
    }
}

extension HTTPRequestHead {
    /// Stands for a head that could not be read.
    static let unreadable = HTTPRequestHead(version: .http1_1, method: .GET, uri: "-")
}
