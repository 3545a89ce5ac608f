import Support
import Testing

extension EndToEnd {
    /// What a model thinks leaves the proxy as steps of a summary alone, with either engine and whatever happens in the middle of it.
    @Suite struct ReasoningSecrecyTests {
        /// Thoughts of which every sentence has a word of its own, and code, which is never said.
        private static let sentenceCount = 48
        private static let code = "CODECANARY"
        private static func canary(_ number: Int) -> String { "qzx\(number)kvw" }

        private static let thoughts: String = (0..<sentenceCount).map { number in
            let sentence = "The measured value of sensor \(canary(number)) is compared with the limit of this station. "
            return number % 12 == 5 ? sentence + "\\n```\\nlet \(code) = \(canary(number))\\n```\\n" : sentence
        }.joined()

        private static let faults = [
            "", "reset-in=reasoning", "close-in=reasoning", "end-in=reasoning", "stall-in=reasoning", "garbage-event-in=reasoning",
            "error-event-in=reasoning", "truncated-json-in=reasoning",
        ]

        /// A client's way to ask, and how much of the thoughts it may be told.
        private struct Wish {
            var request: Request
            var most: Int
            var streams = true

            static func chat(style: String = "events", summary: String, stream: Bool = true, most: Int) -> Wish {
                let members = ", \"phases\": {\"style\": \"\(style)\", \"summary\": \"\(summary)\"}"
                return Wish(request: .chat("canary", stream: stream, members: members, question: question), most: most, streams: stream)
            }

            static func agent(_ api: AgentAPI) -> Wish {
                let members = api == .responses ? ", \"reasoning\": {\"summary\": \"detailed\"}" : ""
                return Wish(request: api.request("canary", members: members, question: question), most: share)
            }
        }

        private static let question = "Is the station fine?"
        /// Of so many sentences a share that grows with the level is said.
        private static let share = sentenceCount * 3 / 10

        /// What plays the summariser: a good one, and one that says back every thought it is shown.
        @Test(arguments: ["extractive", "summariser", "echo"])
        func noThoughtIsToldButAsAStep(plays: String) throws {
            let isExtractive = plays == "extractive"
            let duo = try Duo(
                isExtractive ? "summariser" : plays, engine: isExtractive ? "extractive" : "model",
                settings: [
                    "log-level": "trace", "upstream-timeouts-gap-reasoning": "400ms", "breaker-failures": "1000",
                    "breaker-minimum-calls": "100000", "summaries-allow-full": "on", "agents-prompt-summary": "on",
                    "summaries-titles": "on",
                    "summaries-prompt-engine": isExtractive ? "extractive" : "model",
                ])
            let wishes: [Wish] = [
                .chat(summary: "auto", most: Self.share), .chat(style: "think", summary: "detailed", most: Self.share),
                .chat(summary: "off", most: 0), .agent(.responses), .agent(.messages),
                .chat(summary: "auto", stream: false, most: Self.share),
            ]
            for fault in Self.faults {
                // A whole answer that stalls is waited for: no clock but the longest runs.
                let asked = wishes.filter { $0.streams || !fault.hasPrefix("stall") }
                for (wish, reply) in zip(asked, try Self.replies(of: duo.house, fault, asked)) {
                    let told = (0..<Self.sentenceCount).count { reply.text.contains(Self.canary($0)) }
                    #expect(told <= wish.most, "\(fault) \(wish): \(told) sentences in \(reply.text)")
                    #expect(!reply.text.contains(Self.code), "\(fault) \(wish): \(reply.text)")
                    guard wish.request.target.hasSuffix("/chat/completions") else { continue }
                    let outside = reply.stream.events.filter { $0.json["phase"].string != "reasoning_summary" }.map(\.data).joined()
                    #expect(!outside.contains("qzx"), "\(fault) \(wish): \(outside)")
                }
            }
            // The words are there to be found where they may be told.
            for full in try Self.replies(of: duo.house, "", [.chat(summary: "full", most: Self.sentenceCount)]) {
                #expect(full.text.contains(Self.code) && (0..<Self.sentenceCount).allSatisfy { full.text.contains(Self.canary($0)) })
            }
            try Self.expectSilence(duo)
        }

        /// The same thoughts for several clients at once.
        private static func replies(of house: House, _ fault: String, _ wishes: [Wish]) throws -> [Reply] {
            let connections = try wishes.map { wish in
                try house.order(
                    """
                    {"scenario": {"name": "canary", "description": "c", "reasoning": "\(thoughts)", "answer": "It is fine.",
                     "pacing": {"tokens_per_second": 700, "first_token_delay_ms": 0}}\(fault.isEmpty ? "" : ", \"fault\": \"\(fault)\"")}
                    """)
                let connection = try house.connect()
                try connection.send(wish.request.bytes)
                return connection
            }
            return try connections.map { try $0.reply(within: .seconds(30)) }
        }

        /// Logs at their most talkative, metrics and reports.
        private static func expectSilence(_ duo: Duo) throws {
            let told = try ["/metrics", "/health", "/v1/models"].map { try duo.house.send(Request("GET", $0)).text }.joined()
            duo.house.proxy.signal(15)
            _ = try duo.house.proxy.waitForExit()
            let log = duo.house.proxy.errors.text + duo.house.proxy.output.text
            #expect(log.contains("reasoning_bytes=") && log.contains("upstream_truncated"), "nothing was logged: \(log)")
            for word in ["qzx", code, "sensor", "station"] {
                #expect(!log.contains(word), "\(word) stands in the log")
                #expect(!told.contains(word), "\(word) is told")
            }
        }

        /// Although an address is configured, and named by the environment and by the upstream: without the engine nobody connects to it.
        @Test func withTheEnginesOffNobodyConnectsToAnybodyButTheUpstream() throws {
            let listener = try RawListener()
            let address = "http://127.0.0.1:\(listener.port)"
            let house = try House(
                ["summaries-model-url": address, "summaries-model-name": "small", "summaries-interval": "300ms"],
                environment: ["http_proxy": address, "HTTP_PROXY": address, "ALL_PROXY": address])
            for model in ["factors", "fast", "reset-in-reasoning", "error-429"] {
                _ = try house.send(.chat(model, stream: true), within: .seconds(30))
            }
            _ = try house.send(.chat("prime", stream: false), within: .seconds(30))
            for stream in [true, false] {
                try house.order("{\"scenario\": \"fast\", \"fault\": \"redirect=\(address)/v1/chat/completions\"}")
                #expect(try house.send(.chat("fast", stream: stream)).text.contains("error"))
            }
            for path in ["/health", "/readyz", "/v1/models", "/metrics"] { _ = try house.send(Request("GET", path)) }
            house.proxy.signal(15)
            _ = try house.proxy.waitForExit()
            #expect(throws: Overdue.self) { try listener.accept(within: .milliseconds(20)) }
        }
    }
}
