import Foundation
import Testing

extension EndToEnd {
    /// Faults in the middle of a stream that the test plays itself, so that it knows when they struck: what the client sees, and how
    /// long the replacement takes.
    @Suite struct FaultFigureTests {
        private static let gap = 1000
        private static let faults = ["stall", "reset", "truncation", "end", "garbage", "error"]
        private static let thought = "So the longest river in Europe is the Volga, which is 3530 kilometres long. "
        private static let clocks = "timeouts: {gap_reasoning: \(gap)ms, gap_answer: \(gap)ms}"

        @Test func inTheReasoningAReplacementComesUnseen() throws {
            let upstream = try RawListener()
            let street = try Street(
                ["@\(upstream.port)", ""], settings: Street.patient + "\nsummaries: {interval: 100ms}", each: Self.clocks)
            var rows: [(String, Double)] = []
            for fault in Self.faults {
                var times: [Double] = []
                for _ in 0..<5 { times.append(try Self.replacement(fault, upstream, street).inMilliseconds) }
                rows.append((fault, times.sorted()[2]))
            }
            print("fault in the reasoning   to the replacement's first frame (median of 5)")
            for (fault, time) in rows {
                let isStall = fault == "stall"
                let since = isStall ? "the gap clock's end (\(Self.gap) ms after the last byte)" : "the fault"
                print(
                    "\(fault.padding(toLength: 24, withPad: " ", startingAt: 0)) \((isStall ? time - Double(Self.gap) : time).rounded(toTenths: ())) ms after \(since)"
                )
                #expect(time < (isStall ? Double(Self.gap) : 0) + 1000, "\(fault)")
                if isStall { #expect(time >= Double(Self.gap) - 5) }
            }
            try street.expectNothingInFlight()
        }

        /// One request whose first upstream fails; returns the time from the fault to the first frame of the second one's.
        private static func replacement(_ fault: String, _ upstream: RawListener, _ street: Street) throws -> Duration {
            let client = try RawConnection(port: street.proxyPort)
            try client.send(Request.chat("prime", stream: true).bytes)
            let first = try upstream.acceptRequest()
            // A step is told, and the replacement has the same thought again.
            try first.send(Played.head + Played.reasoning(thought + "Let me look at the others too. "))
            // The step may take its time; comments keep the upstream's silence from counting.
            try eventually("the step to be told", within: .seconds(10)) {
                try first.send(Played.chunk(": still here\n\n"))
                return (try? client.receive(text: "3530 kilometres", within: .milliseconds(200))) != nil
            }
            try street.orderReplacement()
            try first.send(Played.reasoning("Then the zebra"))
            let start = ContinuousClock.now
            try Played.fail(first, fault)
            try client.receive(text: "quokka")
            let time = ContinuousClock.now - start
            let reply = try client.reply()
            let stream = reply.stream
            #expect(
                reply.status == 200 && stream.errorCode == nil && stream.finishReason == "stop" && stream.endsWithDone,
                "\(fault): \(reply.text)")
            #expect(stream.markers == ["prompt_summary", "reasoning_summary", "final_output"], "\(fault): \(stream.markers)")
            #expect(stream.answer == "The quokka says: the Volga.", "\(fault): \(reply.text)")
            let steps = stream.events.filter { $0.json["phase"].string != "final_output" && $0.name.isEmpty }.compactMap {
                $0.json["choices"][0]["delta"]["content"].string
            }
            #expect(steps.filter { $0.contains("3530 kilometres") }.count == 1, "\(fault): a step was told twice, or never: \(steps)")
            #expect(Set(steps).count == steps.count, "\(fault): \(steps)")
            #expect(stream.events.dropLast().last?.json["upstream_attempts"].int == 2, "\(fault): \(reply.text)")
            return time
        }

        @Test func inTheAnswerExactlyOneErrorIsTold() throws {
            let upstream = try RawListener()
            let street = try Street(["@\(upstream.port)", ""], settings: Street.patient, each: Self.clocks)
            let codes = [
                "stall": "upstream_idle_timeout", "reset": "upstream_reset", "truncation": "upstream_truncated",
                "end": "upstream_truncated",
                "garbage": "upstream_protocol", "error": "upstream_error",
            ]
            for fault in Self.faults {
                let client = try RawConnection(port: street.proxyPort)
                try client.send(Request.chat("prime", stream: true).bytes)
                let first = try upstream.acceptRequest()
                try first.send(Played.head + Played.reasoning("Hm. ") + Played.answer("The zebra says"))
                try client.receive(text: "The zebra says")
                try Played.fail(first, fault)
                let reply = try client.reply()
                let stream = reply.stream
                #expect(stream.failedProperly && stream.errorCode == codes[fault], "\(fault): \(reply.text)")
                #expect(stream.events.filter { $0.json["error"].exists }.count == 1, "\(fault)")
                #expect(stream.answer == "The zebra says" && stream.finishReason == nil, "\(fault): \(reply.text)")
                #expect(stream.markers == ["prompt_summary", "reasoning_summary", "final_output"], "\(fault)")
            }
            #expect(try street.requests(1) == 0)
            try street.expectNothingInFlight()
        }
    }
}

extension Street {
    /// What the second upstream says when the request has moved to it.
    fileprivate func orderReplacement() throws {
        let words =
            #"{"name": "found", "description": "a stream that answers", "reasoning": "So the longest river in Europe is the Volga, which is 3530 kilometres long.","#
            + #" "answer": "The quokka says: the Volga.", "pacing": {"tokens_per_second": 0, "first_token_delay_ms": 0}}"#
        let reply = try RawConnection(port: ports[1]).exchange(
            Request("POST", "/mock/next", body: "{\"scenario\": \(words), \"times\": 1}"))
        guard reply.status == 200 else { throw SpawnFailure(what: "the mock refused the order: \(reply.text)") }
    }
}

extension Double {
    fileprivate func rounded(toTenths: Void) -> Double { (self * 10).rounded() / 10 }
}
