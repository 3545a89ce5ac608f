import Testing

extension EndToEnd {
    /// Nothing that anybody said, and no key, stands in a log, a metric or a health report.
    @Suite struct SecrecyTests {
        private static let prompt = "CANARY-PROMPT-4711"
        private static let reasoning = "CANARY-REASONING-4712"
        private static let answer = "CANARY-ANSWER-4713"
        private static let operatorKey = "CANARY-OPERATOR-KEY-4714"
        private static let clientKey = "CANARY-CLIENT-KEY-4715"
        private static let foreign = "CANARY-FOREIGN-4716"

        @Test(arguments: ["text", "json"])
        func logsMetricsAndHealthHoldNoWordOfAnybody(format: String) throws {
            let house = try House(
                ["log-level": "trace", "log-format": format, "upstream-timeouts-gap-answer": "300ms"],
                environment: ["UPSTREAM_API_KEY": Self.operatorKey])
            let faults = [
                "", "error-event-in=answer;body=\(Self.foreign)", "garbage-event-in=answer;body=\(Self.foreign)", "reset-in=answer",
                "status=400;body=\(Self.foreign)", "status=500;body=\(Self.foreign)", "stall-in=answer", "html;body=\(Self.foreign)",
                "redirect=http://\(Self.foreign)/",
            ]
            var log = ""
            for fault in faults {
                // What five failures in a row do to the circuit breaker is not the question here.
                log += house.proxy.errors.text
                try house.renewProxy()
                for stream in [true, false] where !fault.hasPrefix("stall") || stream {
                    try house.order(
                        """
                        {"scenario": {"name": "canary", "description": "c", "reasoning": "I think \(Self.reasoning) is it. So it is so.",
                         "answer": "It is \(Self.answer) here.", "pacing": {"tokens_per_second": 0, "first_token_delay_ms": 0}}\(fault.isEmpty ? "" : ", \"fault\": \"\(fault)\"")}
                        """)
                    var request = Request.chat("canary", stream: stream, question: "What is \(Self.prompt) about?")
                    request.headers += [("authorization", "Bearer \(Self.clientKey)"), ("cookie", Self.clientKey)]
                    request.target += "?key=\(Self.clientKey)"
                    let reply = try house.send(request)
                    #expect(!reply.text.contains(Self.operatorKey) && !reply.text.contains(Self.clientKey), "\(fault)")
                    #expect(
                        !reply.text.contains(Self.reasoning) || reply.stream.text(phase: "reasoning_summary").contains(Self.reasoning)
                            || reply.json["phases"][1]["content"].string?.contains(Self.reasoning) == true, "\(fault): \(reply.text)")
                }
            }
            var wrong = Request("POST", "/v1/chat/completions", body: "{\"messages\": \"\(Self.prompt)")
            wrong.headers.append(("authorization", Self.clientKey))
            #expect(try !house.send(wrong).text.contains(Self.prompt))
            _ = try house.send(Request("GET", "/\(Self.prompt)/chat/completions?\(Self.clientKey)"))
            let left = try house.connect()
            try left.send(Request.chat("hold-in-answer", stream: true, question: Self.prompt).bytes)
            try left.receive(text: "\"content\":\"The\"")
            left.close()
            try eventually("the line about the client that left") { house.proxy.errors.text.contains("client_left") }

            let told = try ["/metrics", "/health", "/v1/models"].map { try house.send(Request("GET", $0)).text }.joined()
            house.proxy.signal(15)
            _ = try house.proxy.waitForExit()
            log += house.proxy.errors.text + house.proxy.output.text
            #expect(log.contains("stream_ends") || log.contains("chat"), "nothing was logged")
            for canary in [Self.prompt, Self.reasoning, Self.answer, Self.operatorKey, Self.clientKey, Self.foreign] {
                #expect(!log.contains(canary), "\(canary) stands in the log")
                #expect(!told.contains(canary), "\(canary) is told")
            }
        }

        @Test func logLinesAreWholeBoundedAndCannotBeForged() throws {
            let house = try House(["log-format": "json"])
            let forged = "m\\n2026 notice forged=1 \\\"x\\\" \\u001b[31m" + String(repeating: "long", count: 3000)
            try house.order("\"fast\"")
            _ = try house.send(.chat(forged, stream: true))
            _ = try house.stream("fast") { $0.headers.append(("x-request-id", "id forged=1")) }
            house.proxy.signal(15)
            _ = try house.proxy.waitForExit()
            let lines = house.proxy.errors.lines
            #expect(lines.count == 5, "\(lines.count) lines")
            for line in lines {
                let value = Value(Array(line.utf8))
                #expect(value["level"].string != nil && value["message"].string != nil, "\(line.prefix(300))")
                #expect(value["time"].string?.hasPrefix("20") == true, "\(line.prefix(300))")
                #expect(line.utf8.count < 4096)
                #expect(!line.utf8.contains(0x1B))
            }
        }
    }
}
