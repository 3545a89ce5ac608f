import Foundation

// Fault matrix 8.2: requests that ask wrongly, too much, or too often.
extension FaultRow {
    /// A request that is refused on its own, and never reaches the upstream.
    private struct Refusal {
        let fault: String
        let way: String
        let status: Int
        let code: String
        let request: Request

        init(_ fault: String, _ way: String, _ status: Int, _ code: String, _ change: (inout Request) -> Void) {
            (self.fault, self.way, self.status, self.code) = (fault, way, status, code)
            var request = Request.chat("fast", stream: true, question: "Which \(WallSecrets.prompt)-0- river?")
            change(&request)
            self.request = request
        }

        init(_ fault: String, _ way: String, _ code: String, body: String) {
            self.init(fault, way, 400, code) { $0.body = Array(body.utf8) }
        }

        var row: FaultRow {
            let limits = fault == "body too large" ? [:] : ["limits-body-bytes": "1MiB"]
            return FaultRow(.client, fault, way: way, expected: "\(status) \(code)", limits) { stage, run in
                let reply = try stage.house.send(request)
                stage.expectRefused(reply, status, code)
                run.expect(!reply.text.contains("canary"), "the value is echoed: \(reply.text)")
                run.expect(try stage.house.upstreamRequests() == 2, "the upstream was called")
                if status == 405 { run.expect(reply.header("allow") == "POST", "no Allow") }
            }
        }
    }

    private static let good = "\"messages\": [{\"role\": \"user\", \"content\": \"canary\"}]"

    private static let refusals: [Refusal] = [
        Refusal("invalid JSON", "cut", "invalid_json", body: "{\"model\": \"fast\", "),
        Refusal("invalid JSON", "trailing data", "invalid_json", body: "{\"model\": \"fast\", \(good)} x"),
        Refusal("invalid JSON", "invalid UTF-8", 400, "invalid_json") { $0.body[$0.body.count - 6] = 0xE9 },
        Refusal("100,000 nested brackets", "bare", "json_too_deep", body: String(repeating: "[", count: 100_000)),
        Refusal("100,000 nested brackets", "in a field", "json_too_deep", body: "{\"x\": " + String(repeating: "[", count: 100_000)),
        Refusal("wrong shapes or types", "model a number", "invalid_request", body: "{\"model\": 5, \(good)}"),
        Refusal("wrong shapes or types", "no messages", "invalid_request", body: "{\"model\": \"canary\", \"messages\": []}"),
        Refusal("wrong shapes or types", "a message a text", "invalid_request", body: "{\"model\": \"fast\", \"messages\": [\"canary\"]}"),
        Refusal("wrong path", "-", 404, "not_found") { $0.target = "/v1/completions" },
        Refusal("wrong method", "PUT", 405, "method_not_allowed") { $0.method = "PUT" },
        Refusal("wrong content type", "form", 415, "unsupported_media_type") {
            $0.headers = [("host", "x"), ("content-type", "application/x-www-form-urlencoded")]
        },
        Refusal("wrong content type", "compressed", 415, "unsupported_media_type") { $0.headers.append(("content-encoding", "gzip")) },
        Refusal("URI too large", "9 KiB", 414, "uri_too_long") { $0.target += "?x=" + String(repeating: "a", count: 9000) },
        Refusal("too many fields", "150", 431, "headers_too_large") { for index in 0..<150 { $0.headers.append(("x-\(index)", "1")) } },
        Refusal("head too large", "66 KB", 431, "headers_too_large") { $0.headers.append(("x-a", String(repeating: "a", count: 66_000))) },
        Refusal("head too large", "2 MB", 431, "headers_too_large") {
            $0.headers.append(("x-a", String(repeating: "a", count: 2_000_000)))
        },
        Refusal("body too large", "declared and sent", 413, "request_too_large") { $0.body = [UInt8](repeating: 0x20, count: 8 << 20) },
    ]

    static let refused: [FaultRow] =
        refusals.map(\.row) + [
            FaultRow(.client, "body too large", way: "chunked, without end", expected: "413 while it arrives, close") { stage, _ in
                let client = try stage.house.connect()
                try client.send("POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n")
                let chunk = Array("4000\r\n".utf8) + [UInt8](repeating: 0x20, count: 0x4000) + [13, 10]
                for _ in 0..<64 { try client.send(chunk) }
                stage.expectRefused(try client.reply(), 413, "request_too_large")
                try client.receiveToEnd()
            }
        ]
        + [
            ("slow head", "", "GET /livez HTTP/1.1\r\nhost: x\r\nx-a: "),
            ("slow body", "", "POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ncontent-length: 5000\r\n\r\n"),
        ].flatMap { fault, _, beginning in
            ["silent", "dripping"].map { way in
                FaultRow(.client, fault, way: way, expected: "408 at the absolute deadline, close") { stage, run in
                    let client = try stage.house.connect()
                    try client.send(beginning)
                    let time = try measured {
                        let end = Deadline(in: .seconds(3))
                        while way == "dripping", !client.isClosed, !end.hasPassed, client.received.isEmpty {
                            try client.send("a")
                            let step = Deadline(in: .milliseconds(20))
                            try? client.receive("an answer", within: .milliseconds(1)) { !$0.isEmpty }  // not yet, most of the times
                            try eventually("the next byte's time") { step.hasPassed }
                        }
                        try client.receiveToEnd(within: .seconds(3))
                    }
                    stage.expectRefused(Reply(client.received, isClosed: true), 408, "request_timeout")
                    run.expect(time > .milliseconds(250) && time < .seconds(2), "after \(time)")
                }
            }
        } + [
            FaultRow(
                .client, "ambiguous framing", way: "\(FramingShape.all.count) shapes", expected: "400 or nothing, close",
                ["client-timeouts-idle": "300ms", "client-timeouts-head": "1s"]
            ) { stage, run in
                let upstreamCalls = try stage.house.upstreamRequests()
                var executed = 0
                for shape in FramingShape.all {
                    let client = try stage.house.connect()
                    try client.send(shape.bytes)
                    try client.receiveToEnd(within: .seconds(5))
                    let status = Reply(client.received, isClosed: true)?.status
                    switch shape.verdict {
                    case .refused: run.expect(status == nil || status == 400, "\(shape.name): \(status ?? 0)")
                    case .firstAlone: run.expect(status != nil && status != 400, "\(shape.name): \(status ?? 0)")
                    case .both: executed += 1
                    }
                    run.expect(try stage.house.upstreamRequests() == upstreamCalls + executed, "\(shape.name): what the upstream was asked")
                }
                run.seen = "nothing hidden was executed"
            }
        ]

    static let tooMuch: [FaultRow] = [
        FaultRow(.client, "missing or wrong token", way: "-", expected: "401, always the same") { wall, run in
            let proxy = try FaultStage.startProxy("upstreams: [{url: \"http://127.0.0.1:9\", auth: none}]\nlogging: {format: json}\n")
            let port = try House.port(of: proxy)
            var texts: Set<String> = []
            for header in [nil, "", "Bearer", "Bearer wrong", "Basic \(WallSecrets.clientToken)", "Bearer \(WallSecrets.adminToken)"] {
                var request = Request.chat("fast", stream: true)
                if let header { request.headers.append(("authorization", header)) }
                let reply = try RawConnection(port: port).exchange(request)
                run.expect(reply.status == 401, "\(header ?? "none"): \(reply.status)")
                run.seen = "\(reply.status) \(reply.errorCode ?? "-")"
                texts.insert(reply.text)
            }
            run.expect(texts.count == 1 && texts.first?.contains("invalid_api_key") == true, "\(texts)")
            proxy.signal(SIGTERM)
            run.expect(try proxy.waitForExit() == .code(0), "the exit")
            wall.secrets.operatorWasTold("the log of a proxy with tokens", proxy.errors.text)
        },
        FaultRow(
            .client, "over its rate", way: "requests a minute", expected: "429 rate_limited + Retry-After",
            ["limits-requests-per-minute": "60"]
        ) { stage, run in
            var reply = try stage.ask(stage.chat("fast"))
            for _ in 0..<100 where reply.status == 200 { reply = try stage.ask(stage.chat("fast")) }
            stage.expectRefused(reply, 429, "rate_limited")
            run.expect(reply.header("retry-after") == "1", "Retry-After: \(reply.header("retry-after") ?? "none")")
            // One token a second: two for what is looked at afterwards.
            let end = Deadline(in: .seconds(2))
            try eventually("the next tokens") { end.hasPassed }
        },
        FaultRow(
            .client, "over its rate", way: "parallel streams", expected: "429 rate_limited + Retry-After",
            ["limits-streams-per-client": "1"]
        ) { stage, run in
            let held = try stage.client("hold-in-answer", sign: "\"content\":\"The\"")
            let reply = try stage.ask(stage.chat("fast"))
            stage.expectRefused(reply, 429, "rate_limited")
            run.expect(reply.header("retry-after") == "1", "no Retry-After")
            held.close()
        },
        FaultRow(
            .client, "more requests than places", way: "a line of one", expected: "one waits, the next 503 overloaded",
            ["limits-concurrent-streams": "1", "limits-queue-length": "1"]
        ) { stage, run in
            let held = try stage.client("hold-in-answer", sign: "\"content\":\"The\"")
            let waiter = try stage.house.connect()
            try waiter.send(stage.chat("fast").bytes)
            try eventually("one to wait") { try stage.house.send(Request("GET", "/health")).json["streams_waiting"].int == 1 }
            let reply = try stage.ask(stage.chat("fast"))
            stage.expectRefused(reply, 503, "overloaded")
            run.expect(reply.header("retry-after") == "1", "no Retry-After")
            let seen = run.seen
            held.close()
            stage.expectWhole(try waiter.reply())
            run.seen = seen
        },
        FaultRow(
            .client, "thousands of idle clients", way: "3000 for a cap of 500", expected: "the next one is served",
            ["limits-connections": "500"]
        ) { stage, run in
            let before = try stage.house.proxy.residentBytes
            var idle = try (0..<3000).map { _ in try stage.house.connect() }
            stage.expectWhole(try stage.ask(stage.chat("fast")))
            var open = 0
            try eventually("idle ones to have made room") {
                open = try stage.house.proxy.descriptorCount
                return open < 700
            }
            let grown = try stage.house.proxy.residentBytes - before
            run.expect(grown / 500 < 20 << 10, "\(grown / 500) bytes a connection")
            run.seen = "served; \(grown / 500 / 1024) KiB each, \(open) fds"
            for connection in idle { connection.close() }
            idle = []
        },
    ]
}
