import Testing

extension EndToEnd {
    @Suite struct BadRequestTests {
        /// A POST to the chat endpoint with this body.
        private static func chat(_ body: String) -> Request {
            Request("POST", "/v1/chat/completions", body: body)
        }

        private static func changed(_ change: (inout Request) -> Void) -> Request {
            var request = Request.chat("fast", stream: true)
            change(&request)
            return request
        }

        @Test func aBodyThatIsNoChatRequestIsRefusedWithItsReason() throws {
            let house = try House(["limits-body-bytes": "1MiB"])
            let good = "\"messages\": [{\"role\": \"user\", \"content\": \"x\"}]"
            let cases: [(String, Request, String)] = [
                ("no JSON", Self.chat("{\"model\": "), "invalid_json"),
                ("a word", Self.chat("hello"), "invalid_json"),
                ("trailing data", Self.chat("{\"model\": \"fast\", \(good)} x"), "invalid_json"),
                ("two values", Self.chat("{\"model\": \"fast\", \(good)}{}"), "invalid_json"),
                ("empty", Self.chat(""), "invalid_json"),
                ("100,000 brackets", Self.chat(String(repeating: "[", count: 100_000)), "json_too_deep"),
                ("brackets in a field", Self.chat("{\"x\": " + String(repeating: "[", count: 100_000)), "json_too_deep"),
                ("an array", Self.chat("[1, 2]"), "invalid_request"),
                ("model is a number", Self.chat("{\"model\": 5, \(good)}"), "invalid_request"),
                ("stream is a word", Self.chat("{\"model\": \"fast\", \"stream\": \"yes\", \(good)}"), "invalid_request"),
                ("messages is an object", Self.chat("{\"model\": \"fast\", \"messages\": {}}"), "invalid_request"),
                ("a message is a text", Self.chat("{\"model\": \"fast\", \"messages\": [\"x\"]}"), "invalid_request"),
                ("no messages", Self.chat("{\"model\": \"fast\", \"messages\": []}"), "invalid_request"),
                ("messages missing", Self.chat("{\"model\": \"fast\"}"), "invalid_request"),
                ("model missing", Self.chat("{\(good)}"), "invalid_request"),
                ("n is negative", Self.chat("{\"model\": \"fast\", \"n\": -1, \(good)}"), "invalid_request"),
                ("model twice", Self.chat("{\"model\": \"fast\", \"model\": \"slow\", \(good)}"), "invalid_request"),
            ]
            for (name, request, code) in cases {
                let reply = try house.send(request)
                #expect(reply.status == 400, "\(name)")
                #expect(reply.errorCode == code, "\(name): \(reply.text)")
                #expect(reply.json["error"]["type"].string == "invalid_request_error", "\(name)")
                #expect(reply.header("content-type") == "application/json", "\(name)")
                #expect(reply.header("x-request-id") != nil, "\(name)")
            }
            var latin = Self.chat("{\"model\": \"fast\", \(good)}")
            latin.body[latin.body.count - 5] = 0xE9
            #expect(try house.send(latin).errorCode == "invalid_json")
            try Self.expectUntouchedAndServing(house)
        }

        @Test func aHeadThatAsksForTheWrongThingIsRefused() throws {
            let house = try House()
            let cases: [(String, Request, Int, String)] = [
                ("path", Self.changed { $0.target = "/v1/completions" }, 404, "not_found"),
                ("path without version", Self.changed { $0.target = "/chat/completions" }, 404, "not_found"),
                ("unknown prefix", Self.changed { $0.target = "/loud/v1/chat/completions" }, 404, "not_found"),
                ("path that climbs", Self.changed { $0.target = "/v1/../v1/chat/completions" }, 404, "not_found"),
                ("method", Self.changed { $0.method = "PUT" }, 405, "method_not_allowed"),
                ("GET", Request("GET", "/v1/chat/completions"), 405, "method_not_allowed"),
                (
                    "content type",
                    Self.changed { $0.headers = [("host", "x"), ("content-type", "application/x-www-form-urlencoded")] }, 415,
                    "unsupported_media_type"
                ),
                ("content encoding", Self.changed { $0.headers.append(("content-encoding", "gzip")) }, 415, "unsupported_media_type"),
                ("long URI", Self.changed { $0.target += "?x=" + String(repeating: "a", count: 9000) }, 414, "uri_too_long"),
                (
                    "many headers", Self.changed { for index in 0..<150 { $0.headers.append(("x-\(index)", "1")) } }, 431,
                    "headers_too_large"
                ),
                (
                    "large header", Self.changed { $0.headers.append(("x-long", String(repeating: "a", count: 66_000))) }, 431,
                    "headers_too_large"
                ),
                (
                    "huge head", Self.changed { $0.headers.append(("x-long", String(repeating: "a", count: 2_000_000))) }, 431,
                    "headers_too_large"
                ),
            ]
            for (name, request, status, code) in cases {
                let reply = try house.send(request)
                #expect(reply.status == status, "\(name): \(reply.text)")
                #expect(reply.errorCode == code, "\(name): \(reply.text)")
                #expect(status != 405 || reply.header("allow") == "POST", "\(name)")
            }
            try Self.expectUntouchedAndServing(house)
        }

        @Test func aBodyOverTheLimitIsRefusedWhileItArrives() throws {
            let house = try House(["limits-body-bytes": "64KiB"])
            let large = [UInt8](repeating: 0x20, count: 8 << 20)
            // Declared: the answer comes before the body was sent.
            let declared = try house.connect()
            try declared.send("POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ncontent-length: \(large.count)\r\n\r\n")
            let early = try declared.reply()
            #expect(early.status == 413)
            #expect(early.errorCode == "request_too_large")
            #expect(early.header("connection") == "close")
            // Declared and sent all the same: the answer is still readable.
            var whole = Self.chat("")
            whole.body = large
            let sent = try house.send(whole)
            #expect(sent.status == 413 && sent.errorCode == "request_too_large" && sent.isComplete)
            // Chunked without end.
            let chunked = try house.connect()
            try chunked.send("POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n")
            for _ in 0..<64 { try chunked.send(Array("4000\r\n".utf8) + large[..<0x4000] + [13, 10]) }
            let reply = try chunked.reply()
            #expect(reply.status == 413 && reply.errorCode == "request_too_large" && reply.isComplete)
            try chunked.receiveToEnd()
            try Self.expectUntouchedAndServing(house)
        }

        @Test func ambiguousAndMalformedBytesAreRefusedAndTheConnectionCloses() throws {
            let house = try House()
            let body = String(decoding: Request.chat("fast", stream: true).body, as: UTF8.self)
            let head = "POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n"
            let smuggled = "GET /smuggled HTTP/1.1\r\nhost: x\r\n\r\n"
            let chunks = "\(String(body.utf8.count, radix: 16))\r\n\(body)\r\n0\r\n\r\n"
            let cases: [(String, String)] = [
                ("two lengths", head + "content-length: \(body.utf8.count)\r\ncontent-length: 0\r\n\r\n\(body)" + smuggled),
                ("the same length twice", head + "content-length: \(body.utf8.count)\r\ncontent-length: \(body.utf8.count)\r\n\r\n\(body)"),
                ("length and chunks", head + "content-length: 4\r\ntransfer-encoding: chunked\r\n\r\n" + chunks + smuggled),
                ("chunks and length", head + "transfer-encoding: chunked\r\ncontent-length: 4\r\n\r\n" + chunks + smuggled),
                ("unknown coding", head + "transfer-encoding: gzip, chunked\r\n\r\n" + chunks),
                ("odd chunk size", head + "transfer-encoding: chunked\r\n\r\nxyz\r\n" + body),
                ("negative length", head + "content-length: -1\r\n\r\n" + body),
                ("length beyond numbers", head + "content-length: 99999999999999999999999\r\n\r\n" + body),
                ("two hosts", head + "host: y\r\ncontent-length: \(body.utf8.count)\r\n\r\n\(body)"),
                ("garbage", "\u{1}\u{2}\u{3}\u{4} nothing of this is HTTP\r\n\r\n"),
                ("header without colon", "GET /livez HTTP/1.1\r\nhost x\r\n\r\n"),
                ("space before the colon", "GET /livez HTTP/1.1\r\nhost : x\r\n\r\n"),
                ("unknown version", "GET /livez HTTP/3.7\r\nhost: x\r\n\r\n"),
                ("HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
            ]
            for (name, text) in cases {
                let connection = try house.connect()
                try connection.send(text)
                try connection.receiveToEnd(within: .seconds(5))
                let reply = try #require(Reply(connection.received, isClosed: true), "\(name): no answer")
                #expect(reply.status == 400, "\(name): \(reply.text)")
                #expect(reply.errorCode == "bad_request", "\(name): \(reply.text)")
                #expect(reply.byteCount == connection.received.count, "\(name): something was answered behind it")
            }
            let hello: [UInt8] = [0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xFC, 0x03, 0x03] + [UInt8](repeating: 0x5A, count: 500)
            let secure = try house.connect()
            try secure.send(hello)
            try secure.receiveToEnd(within: .seconds(5))
            #expect(Reply(secure.received, isClosed: true)?.status == 400)
            try Self.expectUntouchedAndServing(house)
        }

        @Test func expectContinueGetsItAndThenTheAnswer() throws {
            let house = try House()
            var request = Request.chat("fast", stream: true)
            request.headers.append(("expect", "100-continue"))
            let body = request.body
            request.headers.append(("content-length", "\(body.count)"))
            request.body = []
            let connection = try house.connect()
            try connection.send(request.bytes)
            let interim = try connection.reply()
            #expect(interim.status == 100)
            #expect(interim.headers.isEmpty, "\(interim.headers)")
            try connection.send(body)
            #expect(try connection.reply().stream.endsWithDone)
            // A request that would be refused is refused before its body is sent.
            request.target = "/nothing"
            try connection.send(request.bytes)
            #expect(try connection.reply().status == 404)
            #expect(try house.upstreamRequests() == 1)
        }

        @Test func aRequestThatDripsIsCutAtItsDeadline() throws {
            let house = try House(["client-timeouts-head": "200ms", "client-timeouts-body": "200ms", "client-timeouts-idle": "300ms"])
            for beginning in ["POST /v1/chat/comp", "POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ncontent-length: 50\r\n\r\n{"] {
                let connection = try house.connect()
                try connection.send(beginning)
                try connection.receiveToEnd(within: .seconds(3))
                let reply = try #require(Reply(connection.received, isClosed: true))
                #expect(reply.status == 408 && reply.errorCode == "request_timeout", "\(beginning)")
            }
            let silent = try house.connect()
            try silent.receiveToEnd(within: .seconds(3))
            #expect(silent.received.isEmpty)
            try Self.expectUntouchedAndServing(house)
        }

        /// Nothing of all that reached the upstream, and the proxy still works.
        private static func expectUntouchedAndServing(_ house: House) throws {
            #expect(try house.upstreamRequests() == 0)
            #expect(try house.stream("fast").stream.answer == "Done at once.")
            try eventually("closed connections to be forgotten") {
                try house.send(Request("GET", "/metrics")).text.contains("reasoning_proxy_streams_open 0\n")
            }
        }
    }
}
