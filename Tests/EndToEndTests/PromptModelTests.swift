import Support
import Testing

extension EndToEnd {
    /// A small model that is asked what was asked: it is told if it says it in time, and nothing ever waits for it.
    @Suite struct PromptModelTests {
        private static let extractive = "[Prompt Summary] \(PromptStage.question)"
        private static let model = "[Prompt Summary] \(PromptStage.told)"

        @Test func whatTheModelSaysBeforeTheUpstreamSpeaksIsTold() throws {
            let stage = try PromptStage()
            let client = try stage.client()
            let upstream = try stage.upstream.acceptRequest()
            let (summariser, request) = try stage.call()
            #expect(request.contains(PromptStage.question) && request.contains("<<<end of message>>>"), "\(request)")
            try summariser.send(PromptStage.completion(PromptStage.told))
            try eventually("the call to end") { try stage.noticedAnAnswer() }
            #expect(client.received.isEmpty, "the model's answer sends nothing")
            try upstream.send(RawUpstream.stream)
            upstream.close()
            let reply = try client.reply()
            #expect(reply.stream.text(phase: "prompt_summary") == Self.model + "\n\n", "\(reply.text)")
            #expect(reply.stream.answer == "Yes." && reply.stream.endsWithDone)
            try eventually("the metric") { try stage.promptMetric("used") }
            let metrics = try stage.get("/metrics")
            #expect(metrics.contains("reasoning_proxy_summary_tokens_total{kind=\"prompt\"} 210\n"), "\(metrics)")
            try eventually("the access log") { stage.proxy.errors.text.contains("prompt_summary=used") }
            #expect(stage.proxy.errors.text.contains("summary_tokens=228"))
        }

        /// Order, not time: the summariser has been asked and is silent all the while.
        @Test func theUpstreamsFirstEventLeavesWhileTheModelIsSilent() throws {
            let stage = try PromptStage()
            let client = try stage.client()
            let upstream = try stage.upstream.acceptRequest()
            let (summariser, _) = try stage.call()
            let (first, rest) = Self.halves
            try upstream.send(first)
            try client.receive(text: "\"content\": \"Yes.\"")
            #expect(String(decoding: client.received, as: UTF8.self).contains(Self.extractive))
            // Nobody waits for it any more: its connection ends while the stream goes on.
            try summariser.receiveToEnd()
            try upstream.send(rest)
            upstream.close()
            let reply = try client.reply()
            #expect(reply.stream.endsWithDone && !reply.text.contains(PromptStage.told))
            try eventually("the metric") { try stage.promptMetric("late") }
            #expect(try stage.get("/health").contains("\"in_flight\": 0"))
        }

        @Test func theHeadLeavesWithTheCommitDelayWhileEverybodyIsSilent() throws {
            let stage = try PromptStage(["stream-commit-delay": "300ms"])
            let client = try stage.client()
            let upstream = try stage.upstream.acceptRequest()
            let (summariser, _) = try stage.call()
            try client.receive(text: Self.extractive)
            try summariser.receiveToEnd()
            try upstream.send(RawUpstream.stream)
            upstream.close()
            #expect(try client.reply().stream.endsWithDone)
        }

        @Test func theTimeLimitEndsTheCallThoughNothingHasToLeaveYet() throws {
            let stage = try PromptStage(["summaries-model-prompt-deadline": "100ms"])
            let client = try stage.client()
            let upstream = try stage.upstream.acceptRequest()
            let (summariser, _) = try stage.call()
            try summariser.receiveToEnd()
            #expect(client.received.isEmpty)
            try upstream.send(RawUpstream.stream)
            upstream.close()
            #expect(try client.reply().stream.text(phase: "prompt_summary").hasPrefix(Self.extractive))
            try eventually("the metric") { try stage.promptMetric("late") }
        }

        @Test func anErrorsStatusAndALeavingClientLetGoOfTheCall() throws {
            for leaves in [false, true] {
                let stage = try PromptStage()
                let client = try stage.client()
                let upstream = try stage.upstream.acceptRequest()
                let (summariser, _) = try stage.call()
                if leaves {
                    client.close()
                } else {
                    try upstream.send("HTTP/1.1 404 Not Found\r\ncontent-length: 2\r\n\r\n{}")
                    #expect(try client.reply().status == 404)
                }
                try summariser.receiveToEnd()
                try eventually("the metric") { try stage.promptMetric("dropped") }
            }
        }

        struct Situation: Sendable, CustomTestStringConvertible {
            var plays: String
            var result: String
            var testDescription: String { plays }
        }

        /// The model answers before the upstream does: what is told of it depends on what it said alone.
        @Test(arguments: [
            Situation(plays: "summariser-prompt", result: "used"), Situation(plays: "summariser-fails", result: "failed"),
            Situation(plays: "summariser-resets", result: "failed"), Situation(plays: "summariser-garbage", result: "failed"),
            Situation(plays: "summariser-html", result: "failed"), Situation(plays: "summariser-thinks", result: "empty"),
            Situation(plays: "summariser-invents-number", result: "unfaithful"),
            Situation(plays: "summariser-invents-name", result: "unfaithful"), Situation(plays: "summariser-long", result: "unclean"),
            Situation(plays: "summariser-german", result: "language"), Situation(plays: "summariser-injected", result: "unclean"),
        ])
        func whatTheModelSaysIsCheckedAndElseTheExtractiveWordsAreTold(situation: Situation) throws {
            let duo = try Duo(situation.plays, engine: "extractive")
            let upstream = try RawListener()
            let proxy = try House.startProxy(
                [
                    "summaries-prompt-engine": "model", "summaries-model-url": "http://127.0.0.1:\(duo.summariserPort)",
                    "summaries-model-name": situation.plays, "summaries-model-prompt-deadline": "20s", "stream-commit-delay": "20s",
                ], upstreamPort: upstream.port)
            let port = try House.port(of: proxy)
            let client = try RawConnection(port: port)
            try client.send(Request.chat("any", stream: true, question: PromptStage.question).bytes)
            let connection = try upstream.acceptRequest()
            try eventually("the call to end", within: .seconds(10)) {
                guard try duo.summariserRequests() >= 1 else { return false }
                return try RawConnection(port: port).exchange(Request("GET", "/health")).json["summariser"]["in_flight"].int == 0
            }
            try connection.send(RawUpstream.stream)
            connection.close()
            let reply = try client.reply()
            let expected = situation.result == "used" ? Self.model : Self.extractive
            #expect(reply.stream.text(phase: "prompt_summary") == expected + "\n\n", "\(reply.text)")
            let metric = "reasoning_proxy_prompt_summary_calls_total{result=\"\(situation.result)\"} 1\n"
            try eventually(metric) { try RawConnection(port: port).exchange(Request("GET", "/metrics")).text.contains(metric) }
        }

        @Test func nobodyIsAskedWhereNothingIsSaidOrNobodyWants() throws {
            let silent: [([String: String], String)] = [
                (["summaries-prompt": "off"], ""), (["summaries-level": "off"], ""), (["stream-commit-delay": "0s"], ""),
                ([:], ", \"phases\": {\"summary\": \"off\"}"), ([:], ", \"phases\": \"off\""),
                (["summaries-prompt-engine": "extractive"], ""),
            ]
            for (settings, members) in silent {
                let stage = try PromptStage(settings)
                for stream in [true, false] {
                    let client = try stage.client(members, stream: stream)
                    let upstream = try stage.upstream.acceptRequest()
                    try upstream.send(stream ? RawUpstream.stream : PromptStage.completion("Yes."))
                    upstream.close()
                    #expect(try client.reply().isComplete)
                }
                #expect(stage.nobodyCalled(), "\(settings) \(members)")
            }
            // A whole answer's prompt summary is the extractive one, whatever the engine.
            let stage = try PromptStage()
            let client = try stage.client(stream: false)
            let upstream = try stage.upstream.acceptRequest()
            try upstream.send(PromptStage.completion("Yes."))
            #expect(try client.reply().json["phases"][0]["content"].string == PromptStage.question)
            #expect(stage.nobodyCalled())
        }

        @Test func theSummariserSeesABoundedPartOfTheLastMessageAndNothingElse() throws {
            let stage = try PromptStage(["summaries-model-prompt-window": "512"])
            let long = "What is this about? " + String(repeating: "MIDDLE lorem ipsum dolor. ", count: 500) + "Please keep it short."
            var request = Request(
                "POST", "/v1/chat/completions",
                body: "{\"model\": \"any\", \"stream\": true, \"messages\": [{\"role\": \"system\", \"content\": \"SYSTEM-CANARY\"}, "
                    + "{\"role\": \"user\", \"content\": \"OLD-CANARY\"}, {\"role\": \"assistant\", \"content\": \"ANSWER-CANARY\"}, "
                    + "{\"role\": \"user\", \"content\": \"\(long)\"}]}")
            request.headers.append(("authorization", "Bearer KEY-CANARY"))
            let client = try RawConnection(port: stage.proxyPort)
            try client.send(request.bytes)
            let (_, sent) = try stage.call()
            #expect(sent.contains("What is this about?") && sent.contains("Please keep it short."))
            #expect(!sent.contains("CANARY") && sent.utf8.count < 512 + 2_000, "\(sent.utf8.count) bytes: \(sent)")
            client.close()
        }

        /// The minimal good stream, cut behind its first event.
        private static var halves: (String, String) {
            guard let cut = RawUpstream.stream.range(of: "}]}\n\n") else { return (RawUpstream.stream, "") }
            return (String(RawUpstream.stream[..<cut.upperBound]), String(RawUpstream.stream[cut.upperBound...]))
        }
    }
}
