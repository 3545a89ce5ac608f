import Testing

extension EndToEnd {
    /// Everything an upstream may do wrong, before and after the client has its head.
    @Suite struct UpstreamFailureTests {
        @Test func aStatusBeforeTheHeadKeepsItsMeaning() throws {
            let house = try House()
            let cases: [(model: String, status: Int, code: String, retryAfter: String?)] = [
                ("error-400", 400, "upstream_rejected", nil), ("error-401", 401, "upstream_rejected", nil),
                ("error-403", 403, "upstream_rejected", nil), ("error-404", 404, "upstream_rejected", nil),
                ("demo!status=422", 422, "upstream_rejected", nil), ("error-429", 429, "upstream_rate_limited", "2"),
                ("error-500", 502, "upstream_error", nil), ("error-502", 502, "upstream_error", nil),
                ("demo!status=503;retry_after=7", 503, "upstream_error", "7"), ("error-504", 504, "upstream_error", nil),
                ("error-529", 503, "upstream_error", nil), ("redirect", 502, "upstream_redirect", nil),
                ("html-page", 502, "upstream_not_sse", nil), ("no-content", 502, "upstream_empty", nil),
                ("reset-before-head", 502, "upstream_reset", nil), ("close-before-head", 502, "upstream_reset", nil),
                ("garbage-head", 502, "upstream_protocol", nil),
            ]
            for stream in [true, false] {
                for (model, status, code, retryAfter) in cases {
                    try house.renewProxy()
                    let name = "\(model), stream \(stream)"
                    let reply = try house.send(.chat(model, stream: stream))
                    #expect(reply.status == status, "\(name): \(reply.text)")
                    // The upstream's own code, where it gave one, helps the client more than ours.
                    let isRejection = code == "upstream_rejected"
                    #expect(isRejection ? reply.errorCode != nil : reply.errorCode == code, "\(name): \(reply.text)")
                    #expect(reply.header("retry-after") == retryAfter, "\(name)")
                    #expect(reply.header("content-type") == "application/json", "\(name)")
                    #expect(!reply.text.contains("<html") && !reply.text.contains("127.0.0.1"), "\(name): \(reply.text)")
                }
            }
            try house.renewProxy()
            #expect(try house.stream("gzip").errorCode == "upstream_encoding")
            // A connection that met an error serves the next request.
            let connection = try house.connect()
            #expect(try connection.exchange(.chat("error-500", stream: true)).status == 502)
            #expect(try connection.exchange(.chat("fast", stream: true)).status == 200)
        }

        @Test func anUnreachableUpstreamIsToldAtOnce() throws {
            let port = try House.freePort()
            let proxy = try House.startProxy(upstreamPort: port)
            let address = try House.port(of: proxy)
            let time = try measured {
                let reply = try RawConnection(port: address).exchange(.chat("any", stream: true))
                #expect(reply.status == 502)
                #expect(reply.errorCode == "upstream_unreachable")
                #expect(!reply.text.contains("\(port)"), "the upstream's address leaked: \(reply.text)")
            }
            #expect(time < .seconds(1))
        }

        @Test func anErrorStatusWhoseBodyDripsIsStillAStatus() throws {
            let upstream = try RawUpstream(
                answering: "HTTP/1.1 429 Too Many\r\nretry-after: 3\r\ncontent-length: 5000\r\n\r\n{\"error\"", staysOpen: true)
            for stream in [true, false] {
                let proxy = try House.startProxy(["stream-commit-delay": "50ms"], upstreamPort: upstream.port)
                let port = try House.port(of: proxy)
                let reply = try RawConnection(port: port).exchange(.chat("any", stream: stream), within: .seconds(5))
                #expect(reply.status == 429)
                #expect(reply.header("retry-after") == "3")
            }
        }

        @Test func aStreamThatGoesWrongEndsWithOneErrorObjectAndNoFinish() throws {
            let house = try House([
                "stream-commit-delay": "0s", "upstream-timeouts-gap-answer": "400ms", "upstream-timeouts-gap-reasoning": "400ms",
                "upstream-timeouts-first-event": "600ms", "upstream-timeouts-head": "600ms",
            ])
            let cases: [(model: String, code: String, saysAnswer: Bool)] = [
                ("no-answer", "upstream_first_byte_timeout", false),
                ("no-first-event", "upstream_first_token_timeout", false), ("comments-for-ever", "upstream_first_token_timeout", false),
                ("empty-body", "upstream_empty", false), ("html-stream", "upstream_empty", false),
                ("error-event-first", "upstream_error", false), ("error-event-429", "upstream_rate_limited", false),
                ("error-event-in-reasoning", "upstream_error", false), ("error-event-in-answer", "upstream_error", true),
                ("string-error", "upstream_error", false), ("flat-error", "upstream_error", false),
                ("end-in-reasoning", "upstream_truncated", false), ("end-in-answer", "upstream_truncated", true),
                ("close-in-reasoning", "upstream_truncated", false), ("close-in-answer", "upstream_truncated", true),
                ("cut-chunk", "upstream_truncated", true), ("truncated-json", "upstream_truncated", true),
                ("reset-in-reasoning", "upstream_reset", false), ("reset-in-answer", "upstream_reset", true),
                ("garbage-event", "upstream_protocol", true), ("bad-chunk-size", "upstream_protocol", true),
                ("stall-in-reasoning", "upstream_idle_timeout", false), ("stall-in-answer", "upstream_idle_timeout", true),
            ]
            for (model, code, saysAnswer) in cases {
                try house.renewProxy()
                let reply = try house.stream(model)
                guard reply.status == 200 else {
                    Issue.record("\(model): status \(reply.status) \(reply.text)")
                    continue
                }
                let stream = reply.stream
                #expect(stream.errorCode == code, "\(model): \(reply.text.suffix(400))")
                #expect(stream.failedProperly, "\(model): \(reply.text.suffix(400))")
                #expect(stream.answer.isEmpty == !saysAnswer, "\(model): \(stream.answer)")
                #expect(stream.text(phase: "prompt_summary").contains("[Prompt Summary]"), "\(model)")
                #expect(reply.isComplete, "\(model)")
            }
        }

        @Test(arguments: [
            ("500 Broken", "upstream_error"), ("429 Too Many", "upstream_rate_limited"), ("401 No", "upstream_rejected"),
            ("302 Elsewhere", "upstream_redirect"),
        ])
        func aStatusBehindTheCommitDelayIsToldInsideTheStream(status: String, code: String) throws {
            let upstream = try RawUpstream(answering: "HTTP/1.1 \(status)\r\ncontent-length: 2\r\n\r\n{}", when: .released)
            let proxy = try House.startProxy(["stream-commit-delay": "30ms"], upstreamPort: upstream.port)
            let connection = try RawConnection(port: try House.port(of: proxy))
            try connection.send(Request.chat("any", stream: true).bytes)
            try connection.receive(text: "[Prompt Summary]")
            upstream.release()
            let reply = try connection.reply()
            #expect(reply.status == 200)
            #expect(reply.stream.errorCode == code)
            #expect(reply.stream.failedProperly)
        }

        @Test func anErrorBehindTheCommitDelayIsToldInsideTheStream() throws {
            let house = try House(["stream-commit-delay": "30ms", "upstream-timeouts-head": "400ms"])
            let reply = try house.stream("no-answer")
            #expect(reply.status == 200)
            #expect(reply.stream.errorCode == "upstream_first_byte_timeout")
            #expect(reply.stream.failedProperly)
            // With a longer delay than the deadline the same is a status.
            let patient = try House(["stream-commit-delay": "5s", "upstream-timeouts-head": "200ms"])
            let status = try patient.stream("no-answer")
            #expect(status.status == 504)
            #expect(status.errorCode == "upstream_first_byte_timeout")
        }

        @Test func anOddButWholeAnswerIsASuccess() throws {
            let house = try House()
            for model in [
                "json-instead", "framing-no-done", "duplicate-done", "data-after-done", "open-after-done", "wrong-type", "http-1.0",
                "interim-responses", "framing-everything", "byte-by-byte", "nul",
            ] {
                let reply = try house.stream(model)
                let stream = reply.stream
                #expect(reply.status == 200, "\(model): \(reply.text)")
                #expect(stream.errorCode == nil, "\(model): \(reply.text.suffix(400))")
                #expect(stream.finishReason == "stop", "\(model)")
                #expect(stream.endsWithDone, "\(model)")
                #expect(!stream.answer.isEmpty, "\(model)")
                #expect(stream.markers.count == 3, "\(model)")
            }
        }

        @Test func aWholeAnswerThatIsCutIsAnError() throws {
            let house = try House(["upstream-timeouts-total": "700ms"])
            let cases = [
                ("cut-chunk", 502, "upstream_truncated"), ("close-in-answer", 502, "upstream_truncated"),
                ("reset-in-answer", 502, "upstream_reset"), ("stall-in-answer", 504, "stream_too_long"),
            ]
            for (model, status, code) in cases {
                try house.renewProxy()
                let reply = try house.send(.chat(model, stream: false))
                #expect(reply.status == status, "\(model): \(reply.text)")
                #expect(reply.errorCode == code, "\(model): \(reply.text)")
            }
        }

        @Test func oneFailureNeverTouchesAnotherStream() throws {
            let house = try House(["server-threads": "1"])
            let good = try house.heldStream()
            // Fewer than open the circuit breaker.
            for model in ["reset-in-answer", "garbage-head", "cut-chunk", "header-flood"] {
                _ = try house.stream(model)
            }
            try house.release()
            let stream = try good.reply().stream
            #expect(
                stream.answer == "The first part is simple. The second part follows from the first. The third part is left to the reader.")
            #expect(stream.endsWithDone && stream.finishReason == "stop")
        }
    }
}
