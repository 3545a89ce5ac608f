import Testing

extension EndToEnd {
    /// The model engine, with real programs: whatever the small model does, good steps come in time, and the answer waits for nothing.
    @Suite struct SummariserTests {
        struct Situation: Sendable, CustomTestStringConvertible {
            var plays: String
            /// What becomes of the calls that give nothing; nil when the model's step is said.
            var fallback: String?
            var settings: [String: String] = [:]
            var testDescription: String { plays }
        }

        static let good = "The model tests small primes as divisors of 1001."
        static let question = "Is 1001 a prime number, and what are its factors?"

        static let situations = [
            Situation(plays: "summariser"), Situation(plays: "summariser-thinks-aloud"), Situation(plays: "summariser-markdown"),
            Situation(plays: "summariser-slow", fallback: "late"), Situation(plays: "summariser-fails", fallback: "failed"),
            Situation(plays: "summariser-resets", fallback: "failed"), Situation(plays: "summariser-garbage", fallback: "failed"),
            Situation(plays: "summariser-html", fallback: "failed"), Situation(plays: "summariser-thinks", fallback: "empty"),
            Situation(plays: "summariser-invents-number", fallback: "unfaithful"),
            Situation(plays: "summariser-invents-name", fallback: "unfaithful"), Situation(plays: "summariser-long", fallback: "unclean"),
            Situation(plays: "summariser-german", fallback: "language"), Situation(plays: "summariser-injected", fallback: "unclean"),
        ]

        @Test(arguments: situations)
        func goodStepsComeInTimeAndTheFallbackIsCounted(situation: Situation) throws {
            let duo = try Duo(situation.plays, settings: situation.settings)
            let connection = try duo.house.connect()
            let start = ContinuousClock.now
            try connection.send(Request.chat("factors", stream: true, question: Self.question).bytes)
            try connection.receive(text: "[Reasoning Summary]")
            let first = ContinuousClock.now - start
            // Three seconds from the first thought, and what busy machines need.
            #expect(first < .seconds(4), "the first step took \(first)")
            let reply = try connection.reply(within: .seconds(30))
            #expect(reply.stream.answer == "No. 1001 = 7 × 11 × 13.")
            #expect(reply.stream.endsWithDone && reply.stream.finishReason == "stop")
            #expect(reply.stream.markers == ["prompt_summary", "reasoning_summary", "final_output"])
            let told = reply.stream.text(phase: "reasoning_summary")
            #expect(told.contains("13"), "the conclusion: \(told)")
            for canary in ["CANARY", "4711", "Ramanujan", "http", "<", "**", "###", "prüft", "Sure", "on and on"] {
                #expect(!told.contains(canary), "\(canary) in \(told)")
            }
            if let fallback = situation.fallback {
                #expect(!told.contains(Self.good), "\(told)")
                try eventually("\(fallback) to be counted") { try duo.metric("summary_fallbacks_total", "reason=\"\(fallback)\"") >= 1 }
            } else {
                #expect(told.contains("The model tests small primes as divisors of 1001."), "\(told)")
                try eventually("the step to be counted") { try duo.metric("summary_calls_total", "result=\"used\"") == 1 }
                #expect(try duo.metric("summary_tokens_total", "kind=\"prompt\"") >= 310)
            }
            // Each step once, and none joined with another.
            let steps = told.split(separator: "[Reasoning Summary] ").map(String.init)
            #expect(steps.count >= 2 && Set(steps).count == steps.count, "\(steps)")
            #expect(steps.allSatisfy { $0.hasSuffix("\n\n") && !$0.dropLast(2).contains("\n") }, "\(steps)")
            try eventually("no call left") { try duo.house.send(Request("GET", "/health")).json["summariser"]["in_flight"].int == 0 }
            try eventually("the access log") { duo.house.proxy.errors.text.contains("summary_calls=") }
        }

        @Test func theSummariserGetsTheNewThoughtsAndIsToldNotToThink() throws {
            let duo = try Duo(
                "summariser", settings: ["summaries-model-thinking": "enable_thinking", "summaries-model-language": "French"],
                environment: ["SUMMARY_API_KEY": "summary-key-4711", "UPSTREAM_API_KEY": "upstream-key-4712"])
            var request = Request.chat("factors", stream: true, question: Self.question)
            request.headers.append(("authorization", "Bearer client-key-4713"))
            _ = try duo.house.send(request, within: .seconds(30))
            let sent = try duo.lastSummariserRequest()
            #expect(sent.replacing(" ", with: "").contains("\"enable_thinking\":false") && sent.contains("in French"), "\(sent)")
            #expect(sent.contains("<<<reasoning>>>") && sent.contains("<<<end of reasoning>>>") && sent.contains(Self.question), "\(sent)")
            #expect(sent.contains("summary-key-4711") && !sent.contains("4712") && !sent.contains("4713"), "\(sent)")
            let upstream = try RawConnection(port: duo.house.mockPort).exchange(Request("GET", "/mock/requests?last=1")).text
            #expect(upstream.contains("upstream-key-4712") && !upstream.contains("summary-key"))
            #expect(!duo.house.proxy.errors.text.contains("4711"))
        }

        @Test func withTheEngineOffNobodyButTheUpstreamIsCalled() throws {
            let duo = try Duo("summariser", engine: "extractive")
            let reply = try duo.house.stream("factors", within: .seconds(30))
            #expect(reply.stream.text(phase: "reasoning_summary").contains("13"))
            #expect(try duo.summariserRequests() == 0)
            #expect(try duo.summariserState()["connections"]["accepted"].int ?? 0 <= 3, "only the test's own")
        }

        @Test func aWholeAnswerAndAStreamWithoutSummariesAskNobody() throws {
            let duo = try Duo("summariser", mock: ["--tokens-per-second", "200"])
            _ = try duo.house.send(.chat("factors", stream: false), within: .seconds(30))
            for style in ["off"] {
                _ = try duo.house.send(.chat("factors", stream: true, members: ", \"phases\": \"\(style)\""), within: .seconds(30))
            }
            _ = try duo.house.send(.chat("factors", stream: true, members: ", \"phases\": {\"summary\": \"off\"}"), within: .seconds(30))
            #expect(try duo.summariserRequests() == 0)
        }

        @Test func aLeavingClientEndsItsCall() throws {
            let duo = try Duo("summariser-slow", settings: ["summaries-model-deadline": "30s"])
            let connection = try duo.house.connect()
            try connection.send(Request.chat("factors!hold-in=reasoning", stream: true, question: Self.question).bytes)
            try eventually("the call") { try duo.summariserRequests() == 1 }
            connection.close()
            try eventually("the call's end", within: .seconds(2)) { try duo.summariserConnections() <= 1 }
            try eventually("the line") { duo.house.proxy.errors.text.contains("end=client_left") }
            #expect(try duo.metric("summary_calls_total", "result=\"dropped\"") == 1)
            #expect(try duo.house.send(Request("GET", "/health")).json["summariser"]["in_flight"].int == 0)
        }

        @Test func theAnswerEndsTheCallAndDoesNotWaitForIt() throws {
            let duo = try Duo("summariser-slow", settings: ["summaries-model-deadline": "30s"])
            let start = ContinuousClock.now
            let reply = try duo.house.stream("factors", within: .seconds(20))
            let time = ContinuousClock.now - start
            #expect(reply.stream.endsWithDone && !reply.stream.answer.isEmpty)
            #expect(time < .seconds(15), "the summariser takes 20 s: \(time)")
            #expect(try duo.metric("summary_calls_total", "result=\"dropped\"") == 1)
            #expect(try duo.house.send(Request("GET", "/health")).json["summariser"]["in_flight"].int == 0)
        }

        @Test func callsAtTheSameTimeAreLimited() throws {
            let duo = try Duo("summariser-slow", settings: ["summaries-model-concurrency": "1", "server-threads": "1"])
            let connections = try (0..<3).map { _ in try duo.house.connect() }
            for connection in connections { try connection.send(Request.chat("factors", stream: true, question: Self.question).bytes) }
            for connection in connections { #expect(try connection.reply(within: .seconds(30)).stream.endsWithDone) }
            #expect(try duo.metric("summary_fallbacks_total", "reason=\"busy\"") >= 1)
        }

        @Test func aFailingSummariserIsLeftAloneAndNoUpstreamSuffers() throws {
            let duo = try Duo("summariser-fails", settings: ["breaker-failures": "2", "breaker-open-time": "60s"])
            _ = try duo.house.stream("factors", within: .seconds(30))
            _ = try duo.house.stream("factors", within: .seconds(30))
            #expect(try duo.metric("summary_fallbacks_total", "reason=\"left_alone\"") >= 1)
            #expect(try duo.summariserRequests() == 2)
            let health = try duo.house.send(Request("GET", "/health")).json
            #expect(health["status"].string == "ok")
            #expect(health["summariser"]["breaker"].string == "open")
            #expect(health["upstreams"][0]["breaker"].string == "closed")
            #expect(try duo.house.send(Request("GET", "/readyz")).status == 200)
        }

        @Test func noWordOfThoughtsOrStepsIsLogged() throws {
            let duo = try Duo("summariser-thinks-aloud", settings: ["log-level": "trace"])
            _ = try duo.house.stream(
                "factors", { $0 = Request.chat("factors", stream: true, question: Self.question) }, within: .seconds(30))
            let told = try ["/metrics", "/health"].map { try duo.house.send(Request("GET", $0)).text }.joined()
            let log = duo.house.proxy.errors.text + duo.house.proxy.output.text
            for word in ["CANARY", "divisors", "composite", "factorisation", "Okay", "prime number"] {
                #expect(!log.contains(word), "\(word) stands in the log")
                #expect(!told.contains(word), "\(word) is told")
            }
            #expect(log.contains("summary_steps=1"))
        }
    }
}
