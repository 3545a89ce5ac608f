import Testing

/// A request whose bytes two readers could take apart in two ways, with another request hidden behind or in it.
struct FramingShape: Sendable, CustomTestStringConvertible {
    enum Verdict: Sendable {
        /// 400 or nothing, and the connection closes.
        case refused
        /// The first request is answered, and what is hidden is its body or is never looked at.
        case firstAlone
        /// Two requests, one after the other, to every reader there is.
        case both
    }

    let name: String
    let bytes: [UInt8]
    let verdict: Verdict

    var testDescription: String { name }

    /// The hidden request; the upstream counts it if it is executed.
    static let hidden: String = {
        let body = "{\"model\": \"fast\", \"messages\": [{\"role\": \"user\", \"content\": \"x\"}]}"
        return
            "POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: \(body.utf8.count)\r\n\r\n\(body)"
    }()

    private init(_ name: String, _ verdict: Verdict, _ text: String) {
        (self.name, self.verdict) = (name, verdict)
        bytes = text.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }
    }

    /// A request to a path that answers at once, whatever the body holds, and keeps the connection: what is behind it would be executed.
    private static let head = "POST /livez HTTP/1.1\r\nhost: x\r\n"
    private static let chunks = "5\r\nhello\r\n0\r\n\r\n"

    private static func length(_ value: String, _ name: String = "content-length: ") -> String {
        head + name + value + "\r\n\r\nhello" + hidden
    }

    private static func coded(_ fields: String, _ body: String = chunks) -> String {
        head + fields + "\r\n\r\n" + body + hidden
    }

    private static func chunk(_ body: String) -> String { coded("transfer-encoding: chunked", body) }

    private static func line(_ line: String, _ fields: String = "host: x\r\n") -> String { line + "\r\n" + fields + "\r\n" + hidden }

    static let all: [FramingShape] = controls + lengths + codings + chunkShapes + heads

    /// What must work, so that the others' silence means something.
    private static let controls: [FramingShape] = [
        FramingShape("a body of known length", .both, length("5")),
        FramingShape("a body in chunks", .both, chunk(chunks)),
        FramingShape("a chunk with an extension", .both, chunk("5;name=value\r\nhello\r\n0\r\n\r\n")),
        FramingShape("spaces around a value", .both, length("  5  ")),
        FramingShape("a request without body", .both, line("GET /livez HTTP/1.1")),
        FramingShape("an empty line before the request", .both, line("\r\nGET /livez HTTP/1.1")),
        FramingShape(
            "a body that looks like a request", .firstAlone, head + "content-length: \(hidden.utf8.count)\r\n\r\n" + hidden),
        FramingShape(
            "another protocol offered", .firstAlone, line("GET /livez HTTP/1.1", "host: x\r\nconnection: upgrade\r\nupgrade: h2c\r\n")),
        FramingShape("the end of the connection announced", .firstAlone, line("GET /livez HTTP/1.1", "host: x\r\nconnection: close\r\n")),
    ]

    private static let lengths: [FramingShape] =
        [
            "+5", "-5", "0x5", "5_0", "5.0", "5e0", "5,5", "5, 5", "5 5", "", "5;", "\"5\"", "٥", "99999999999999999999999",
            "18446744073709551621",
            "5\0", "5\u{B}",
        ].map { FramingShape("length “\($0)”", .refused, length($0)) } + [
            FramingShape("two lengths", .refused, length("5\r\ncontent-length: 0")),
            FramingShape("the same length twice", .refused, length("5\r\ncontent-length: 5")),
            FramingShape("space before the colon", .refused, length("5", "content-length : ")),
            FramingShape("tab before the colon", .refused, length("5", "content-length\t: ")),
            FramingShape("a length under a folded line", .refused, length("5", "x-a: b\r\n content-length: ")),
            FramingShape("length and chunks", .refused, coded("content-length: 15\r\ntransfer-encoding: chunked")),
            FramingShape("chunks and length", .refused, coded("transfer-encoding: chunked\r\ncontent-length: 15")),
            FramingShape("chunks, and a length of none", .refused, coded("content-length: 0\r\ntransfer-encoding: chunked")),
        ]

    private static let codings: [FramingShape] =
        [
            ",chunked", "chunked,", "chunked, chunked", "chunked, identity", "identity", "gzip", "gzip, chunked", "xchunked", "chunked;q=1",
            "\"chunked\"", "\u{B}chunked", "chunked\0", "chun\r\n ked", "",
        ].map { FramingShape("coding “\($0)”", .refused, coded("transfer-encoding: \($0)")) } + [
            FramingShape("two codings", .refused, coded("transfer-encoding: chunked\r\ntransfer-encoding: chunked")),
            FramingShape("a coding and another", .refused, coded("transfer-encoding: identity\r\ntransfer-encoding: chunked")),
            FramingShape("space before the coding's colon", .refused, coded("transfer-encoding : chunked")),
            FramingShape(
                "chunks in HTTP/1.0", .refused,
                coded("transfer-encoding: chunked").replacing("HTTP/1.1\r\nhost: x\r\ntr", with: "HTTP/1.0\r\nhost: x\r\ntr")),
        ]

    private static let chunkShapes: [FramingShape] =
        ["+5", "-5", "0x5", "5 ", " 5", "5_", "FFFFFFFFFFFFFFFFF", "g", "", "5;a\n", "5;a\r", "5\0", "5 5"].map {
            FramingShape("chunk size “\($0)”", .refused, chunk("\($0)\r\nhello\r\n0\r\n\r\n"))
        } + [
            FramingShape("chunk lines that end in LF", .refused, chunk("5\nhello\n0\n\n")),
            FramingShape("a chunk without its line end", .refused, chunk("5\r\nhello0\r\n\r\n")),
            FramingShape("a chunk that is longer than it says", .refused, chunk("5\r\nhelloXX0\r\n\r\n")),
            FramingShape("a length in the trailer", .refused, chunk("5\r\nhello\r\n0\r\ncontent-length: 5\r\n\r\n")),
            FramingShape("a last chunk that ends in LF", .refused, chunk("5\r\nhello\r\n0\n\n")),
        ]

    private static let heads: [FramingShape] = [
        FramingShape("lines that end in LF", .refused, line("GET /livez HTTP/1.1").replacing("\r\n", with: "\n")),
        FramingShape("one line that ends in LF", .refused, line("GET /livez HTTP/1.1", "host: x\nx-a: b\r\n")),
        FramingShape("one line that ends in CR", .refused, line("GET /livez HTTP/1.1", "host: x\r\nx-a: b\rx-c: d\r\n")),
        FramingShape("NUL in a value", .refused, line("GET /livez HTTP/1.1", "host: x\r\nx-a: b\0c\r\n")),
        FramingShape("a control character in a value", .refused, line("GET /livez HTTP/1.1", "host: x\r\nx-a: b\u{1}c\r\n")),
        FramingShape("a folded line", .refused, line("GET /livez HTTP/1.1", "host: x\r\nx-a: b\r\n c\r\n")),
        FramingShape("space before the first field", .refused, line("GET /livez HTTP/1.1", " host: x\r\n")),
        FramingShape("a field without colon", .refused, line("GET /livez HTTP/1.1", "host: x\r\nx-a\r\n")),
        FramingShape("a field without name", .refused, line("GET /livez HTTP/1.1", "host: x\r\n: b\r\n")),
        FramingShape("a name with brackets", .refused, line("GET /livez HTTP/1.1", "host: x\r\nx(a): b\r\n")),
        FramingShape("a name beyond ASCII", .refused, line("GET /livez HTTP/1.1", "host: x\r\nx\u{E9}: b\r\n")),
        FramingShape("no host", .refused, line("GET /livez HTTP/1.1", "")),
        FramingShape("two hosts", .refused, line("GET /livez HTTP/1.1", "host: x\r\nhost: x\r\n")),
        FramingShape("hosts in one field", .refused, line("GET /livez HTTP/1.1", "host: x, y\r\n")),
        FramingShape("a host with a path", .refused, line("GET /livez HTTP/1.1", "host: x/y\r\n")),
        FramingShape("a host with a user", .refused, line("GET /livez HTTP/1.1", "host: x@y\r\n")),
        FramingShape("a proxy's form of target", .refused, line("GET http://y/livez HTTP/1.1")),
        FramingShape("a tunnel's form of target", .refused, line("CONNECT y:443 HTTP/1.1")),
        FramingShape("a star as target", .refused, line("OPTIONS * HTTP/1.1")),
        FramingShape("a target beyond ASCII", .refused, line("GET /livez\u{E9} HTTP/1.1")),
        FramingShape("tabs in the request line", .refused, line("GET\t/livez\tHTTP/1.1")),
        FramingShape("no version", .refused, line("GET /livez")),
        FramingShape("HTTP/1.2", .refused, line("GET /livez HTTP/1.2")),
        FramingShape("HTTP/01.1", .refused, line("GET /livez HTTP/01.1")),
        FramingShape("http/1.1", .refused, line("GET /livez http/1.1")),
        FramingShape("an unknown method", .refused, line("SMUGGLE /livez HTTP/1.1")),
        FramingShape("HTTP/2's preface", .refused, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + hidden),
        FramingShape("the beginning of TLS", .refused, "\u{16}\u{3}\u{1}\u{2}\0\u{1}\0\u{1}\u{FC}\u{3}\u{3}" + hidden),
        FramingShape("nothing of HTTP", .refused, "\u{1}\u{2}\u{3}\r\n\r\n" + hidden),
    ]
}

extension EndToEnd {
    /// What is hidden in ambiguous bytes is never executed.
    @Suite struct SmugglingTests {
        @Test func noHiddenRequestIsEverExecuted() throws {
            let house = try House(["client-timeouts-idle": "300ms", "client-timeouts-body": "500ms", "client-timeouts-head": "1s"])
            for shape in FramingShape.all {
                let before = try house.upstreamRequests()
                let connection = try house.connect()
                try connection.send(shape.bytes)
                do { try connection.receiveToEnd(within: .seconds(5)) } catch { Issue.record("\(shape.name): \(error)") }
                let replies = Self.replies(connection.received)
                let executed = try house.upstreamRequests() - before
                switch shape.verdict {
                case .refused:
                    #expect(executed == 0, "\(shape.name): the hidden request was executed")
                    #expect(replies.count <= 1, "\(shape.name): \(replies.map(\.status))")
                    let isRefused = replies.first.map { $0.status == 400 && $0.errorCode == "bad_request" } ?? true
                    #expect(isRefused, "\(shape.name): \(replies.first?.status ?? 0)")
                case .firstAlone:
                    #expect(executed == 0, "\(shape.name): the hidden request was executed")
                    #expect(replies.count == 1 && replies[0].status != 400, "\(shape.name): \(replies.map(\.status))")
                case .both:
                    #expect(executed == 1, "\(shape.name): the second request was not executed")
                    #expect(replies.count == 2 && replies[0].status != 400, "\(shape.name): \(replies.map(\.status))")
                }
            }
            #expect(try house.stream("fast").stream.endsWithDone)
            print("\(FramingShape.all.count) shapes of framing")
        }

        /// The same bytes, one at a time: where TCP cuts them changes nothing.
        @Test func theVerdictDoesNotDependOnTheCutting() throws {
            let house = try House(["client-timeouts-idle": "300ms", "client-timeouts-body": "500ms", "client-timeouts-head": "1s"])
            for shape in FramingShape.all where shape.verdict == .refused {
                let connection = try house.connect()
                for byte in shape.bytes.prefix(220) { try connection.send([byte]) }
                try connection.send(Array(shape.bytes.dropFirst(220)))
                try connection.receiveToEnd(within: .seconds(5))
                #expect(Self.replies(connection.received).count <= 1, "\(shape.name)")
            }
            #expect(try house.upstreamRequests() == 0)
        }

        private static func replies(_ bytes: [UInt8]) -> [Reply] {
            var rest = bytes
            var replies: [Reply] = []
            while let reply = Reply(rest, isClosed: true) {
                replies.append(reply)
                rest.removeFirst(reply.byteCount)
            }
            return replies
        }

        @Test func anExpectationThatCannotBeMetIsRefusedBeforeTheBody() throws {
            let house = try House(["limits-body-bytes": "64KiB"])
            let head = "POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n"
            for (fields, status, code) in [
                ("content-length: 10\r\nexpect: the-moon\r\n", 417, "expectation_failed"),
                ("content-length: 100000\r\nexpect: 100-continue\r\n", 413, "request_too_large"),
            ] {
                let connection = try house.connect()
                try connection.send(head + fields + "\r\n")
                let reply = try connection.reply(within: .seconds(2))
                #expect(reply.status == status && reply.errorCode == code, "\(reply.text)")
                try connection.receiveToEnd()
            }
        }

        /// A client that sends the next request too early loses that one, but no byte of the answer to the first.
        @Test func aPipelinedRequestCostsNoByteOfTheAnswerBeforeIt() throws {
            let house = try House()
            for _ in 0..<20 {
                let connection = try house.connect()
                let request = Request.chat("prime", stream: true).bytes
                try connection.send(request + request + [UInt8](repeating: 0x20, count: 200_000))
                try connection.receiveToEnd()
                let replies = Self.replies(connection.received)
                #expect(replies.count == 1 && replies[0].isComplete && replies[0].stream.endsWithDone)
                #expect(!connection.wasReset || replies[0].stream.endsWithDone)
            }
            #expect(try house.upstreamRequests() == 20)
        }
    }
}
