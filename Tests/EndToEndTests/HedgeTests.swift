import Foundation
import Testing

extension EndToEnd {
    /// A slow upstream gets a rival: the first answer wins, and nobody sees that there were two.
    @Suite struct HedgeTests {
        /// Clocks that never run out here, and a rival after a tenth of a second.
        private static let hedged = "hedge_after: 100ms, hedge_whole_after: 100ms"
        private static let patient = Street.patient + "\nlogging: {level: debug}"

        @Test(arguments: ["events", "inline", "reasoning", "think", "off"])
        func theRivalAnswersForASilentUpstream(style: String) throws {
            let street = try Street(["=no-answer", "=prime"], settings: Self.patient, each: Self.hedged)
            let time = try measured {
                let reply = try street.stream("prime#\(style)")
                if style == "off" {
                    #expect(reply.status == 200 && reply.text.contains("[DONE]") && reply.text.contains("13"), "\(reply.text)")
                } else {
                    expectPrime(reply, style, attempts: 2)
                }
            }
            print("hedge, \(style): the whole answer after \(Int(time.inMilliseconds)) ms; the slow upstream was never heard")
            #expect(time < .seconds(5))
            try Self.expectLeft(street, 0)
            try Self.expectHedges(street, ["won": 1])
            #expect(try street.upstream(0)["last_failure"].string == nil, "the loser gives no verdict")
        }

        @Test func aWholeAnswerIsHedgedToo() throws {
            let street = try Street(["=no-answer", "=prime"], settings: Self.patient, each: Self.hedged)
            let reply = try street.send(.chat("prime", stream: false))
            #expect(reply.status == 200 && reply.header("x-upstream-attempts") == "2", "\(reply.text)")
            #expect(reply.json["choices"][0]["message"]["content"].string == MovingTests.answer)
            #expect(reply.json["upstream_attempts"].int == 2)
            try Self.expectLeft(street, 0)
            try Self.expectHedges(street, ["won": 1])
        }

        @Test func theFirstMayStillWin() throws {
            let street = try Street(["", ""], settings: Self.patient, each: Self.hedged)
            for stream in [true, false] {
                try street.order(0, fault: "slow-head=400")
                try street.order(1, fault: "no-answer")
                let reply = try street.send(.chat("prime", stream: stream))
                let answer = stream ? reply.stream.answer : reply.json["choices"][0]["message"]["content"].string
                #expect(answer == "zebrafish one, zebrafish two, zebrafish three", "\(reply.text)")
                try Self.expectLeft(street, 1, times: stream ? 1 : 2)
            }
            try Self.expectHedges(street, ["lost": 2])
            #expect(try street.upstream(1)["last_failure"].string == nil)
        }

        /// The slow one begins to think while the rival does; the rival answers first.
        @Test func theSlowOnesThoughtsAreToldUntilTheRivalAnswers() throws {
            let slow = try RawListener()
            let rival = try RawListener()
            let street = try Street(["@\(slow.port)", "@\(rival.port)"], settings: Self.patient, each: Self.hedged)
            let client = try RawConnection(port: street.proxyPort)
            try client.send(Request.chat("prime", stream: true).bytes)
            let first = try slow.acceptRequest()
            let second = try rival.acceptRequest()
            try second.send(Played.head + Played.reasoning("The quokka is asked second and thinks of it. "))
            try client.receive(text: "\"phase\": \"reasoning_summary\"")
            try first.send(Played.head + Played.reasoning("The zebra thinks so slowly that nobody hears it. "))
            try first.send(Played.reasoning("Then the zebra thinks more. "))
            try second.send(Played.answer("Quokka."))
            try client.receive(text: "Quokka.")
            try first.receiveToEnd()
            try second.send(Played.end)
            let stream = try client.reply().stream
            #expect(stream.markers == ["prompt_summary", "reasoning_summary", "final_output"])
            #expect(stream.answer == "Quokka." && stream.finishReason == "stop" && stream.endsWithDone)
            #expect(!stream.events.contains { $0.data.contains("zebra") }, "of the second thinker nothing is told")
            try street.expectNothingInFlight()
        }

        @Test func aRivalThatFailsChangesNothing() throws {
            let street = try Street(["", "", "=prime"], settings: Self.patient, each: Self.hedged)
            for fault in ["status=500", "reset-before-head", "status=404", "html", "reset-in=reasoning"] {
                try street.order(0, fault: "slow-head=400")
                try street.order(1, fault: fault)
                let reply = try street.stream("prime")
                #expect(reply.stream.answer.hasPrefix("zebrafish one") && reply.stream.endsWithDone, "\(fault): \(reply.text)")
                #expect(reply.stream.errorCode == nil && reply.stream.markers.count == 3, "\(fault)")
                try street.expectNothingInFlight()
            }
            try Self.expectHedges(street, ["failed": 5])
            #expect(try street.requests(2) == 0)
            #expect(try street.upstream(1)["last_failure"].string != nil, "a failure of its own counts")
        }

        @Test(arguments: ["reset", "garbage", "error", "end", "stall"])
        func ifTheFirstFailsInTheRaceTheRivalGoesOn(fault: String) throws {
            let slow = try RawListener()
            let rival = try RawListener()
            let street = try Street(
                ["@\(slow.port)", "@\(rival.port)"], settings: Self.patient, each: Self.hedged + ", timeouts: {gap_reasoning: 300ms}")
            let client = try RawConnection(port: street.proxyPort)
            try client.send(Request.chat("prime", stream: true).bytes)
            let first = try slow.acceptRequest()
            let second = try rival.acceptRequest()
            try first.send(Played.head + Played.reasoning("The zebra thinks. "))
            try client.receive(text: "\"phase\": \"reasoning_summary\"")
            try Played.fail(first, fault)
            try eventually("the first to be dropped") { street.proxy.errors.text.contains("one of two upstreams failed") }
            try second.send(Played.head + Played.reasoning("The quokka thinks. ") + Played.answer("Quokka.") + Played.end)
            let stream = try client.reply().stream
            #expect(stream.answer == "Quokka." && stream.errorCode == nil && stream.endsWithDone, "\(fault)")
            #expect(stream.markers == ["prompt_summary", "reasoning_summary", "final_output"])
            try Self.expectHedges(street, ["won": 1])
            try street.expectNothingInFlight()
        }

        @Test func ifBothFailTheRequestMovesOn() throws {
            let street = try Street(
                ["=no-answer", "=stall-in-reasoning", "=prime"], settings: Self.patient, each: Self.hedged + ", " + Street.clocks)
            for stream in [true, false] {
                let street =
                    stream
                    ? street
                    : try Street(
                        ["=no-answer", "=error-500", "=prime"], settings: Self.patient, each: Self.hedged + ", timeouts: {whole: 400ms}")
                let reply = try street.send(.chat("prime", stream: stream))
                if stream {
                    expectPrime(reply, "events", attempts: 3)
                } else {
                    #expect(reply.json["upstream_attempts"].int == 3, "\(reply.text)")
                }
                try street.expectNothingInFlight()
            }
            // And if nobody is left, one error is told.
            let poor = try Street(["=no-answer", "=stall-in-reasoning"], settings: Self.patient, each: Self.hedged + ", " + Street.clocks)
            let stream = try poor.stream("prime").stream
            #expect(stream.failedProperly && stream.events.filter { $0.json["error"].exists }.count == 1)
            try poor.expectNothingInFlight()
        }

        @Test func aClientThatLeavesEndsBoth() throws {
            let street = try Street(["=no-answer", "=hold-in-reasoning"], settings: Self.patient, each: Self.hedged)
            for stream in [true, false] {
                let before = try street.cancelled(0)
                let client = try RawConnection(port: street.proxyPort)
                try client.send(Request.chat("prime", stream: stream).bytes)
                try eventually("the rival to be held") { try street.mockState(1)["streams"]["held"].int == 1 }
                client.close()
                for position in [0, 1] {
                    try eventually("upstream \(position) to be left", within: .seconds(2)) { try street.cancelled(position) == before + 1 }
                }
                try street.expectNothingInFlight()
            }
            try Self.expectHedges(street, ["cancelled": 2])
            for position in [0, 1] { #expect(try street.upstream(position)["last_failure"].string == nil) }
        }

        @Test func withoutATokenOrAnUpstreamThatMayBeCalledNobodyIsHedged() throws {
            let poor = try Street(["", "=prime"], settings: "retries: {share: 0%, per_second: 0}", each: Self.hedged)
            try poor.order(0, fault: "slow-head=400")
            #expect(try poor.stream("prime").stream.answer.hasPrefix("zebrafish one"))
            #expect(try poor.requests(1) == 0)
            try Self.expectHedges(poor, ["denied": 1])
            // The rival's breaker is open.
            let open = try Street(
                ["", ""], settings: "breaker: {failures: 1, open_time: 60s}\nretries: {per_second: 100}", each: Self.hedged,
                environment: ["ADMIN_TOKEN": "an-operator-s-token"])
            for position in [0, 1] { try open.order(position, fault: "status=500") }
            _ = try open.stream("prime")
            var reset = Request("POST", "/admin/upstreams/u0/reset")
            reset.headers.append(("authorization", "Bearer an-operator-s-token"))
            #expect(try open.send(reset).status == 200)
            #expect(try open.upstream(0)["breaker"].string == "closed" && open.upstream(1)["breaker"].string == "open")
            try open.order(0, fault: "slow-head=400")
            #expect(try open.stream("prime").stream.answer.hasPrefix("zebrafish one"))
            #expect(try open.requests(0) == 2 && open.requests(1) == 1)
            try Self.expectHedges(open, ["denied": 1])
        }

        @Test func unlessConfiguredNobodyIsHedged() throws {
            let street = try Street(["", "=prime"], settings: Self.patient)
            try street.order(0, fault: "slow-head=700")
            #expect(try street.stream("prime").stream.answer.hasPrefix("zebrafish one"))
            #expect(try street.requests(1) == 0)
            try Self.expectHedges(street, [:])
        }

        /// A probe that loses the race says nothing, and the next one may try.
        @Test func aProbeThatLosesFreesItsPlace() throws {
            let street = try Street(
                ["", "=prime"], settings: "breaker: {failures: 1, open_time: 100ms, max_open_time: 100ms}\nretries: {per_second: 100}",
                each: Self.hedged)
            try street.order(0, fault: "status=500")
            expectPrime(try street.stream("prime"), "events", attempts: 2)
            try eventually("the breaker's time to be over") { try street.upstream(0)["retry_after_ms"].int == nil }
            for count in 1...3 {
                try street.order(0, fault: "no-answer")
                expectPrime(try street.stream("prime"), "events", attempts: 2)
                #expect(try street.requests(0) == 1 + count, "each time the first was probed")
                #expect(try street.upstream(0)["breaker"].string == "half_open")
                try street.expectNothingInFlight()
            }
        }

        // MARK: Parts

        private func expectPrime(_ reply: Reply, _ style: String, attempts: Int) {
            let stream = reply.stream
            #expect(reply.status == 200 && stream.errorCode == nil && stream.finishReason == "stop" && stream.endsWithDone, "\(reply.text)")
            let answer = stream.text(phase: "final_output")
            #expect(style == "think" ? answer.hasSuffix(MovingTests.answer) : answer == MovingTests.answer, "\(reply.text)")
            #expect(stream.taggedPhases == ["prompt_summary", "reasoning_summary", "final_output"], "\(reply.text)")
            #expect(reply.text.components(separatedBy: "[Prompt Summary]").count == 2, "\(reply.text)")
            #expect(stream.events.dropLast().last?.json["upstream_attempts"].int == attempts, "\(reply.text)")
        }

        private static func expectLeft(_ street: Street, _ position: Int, times: Int = 1) throws {
            try eventually("the loser to be left", within: .seconds(2)) { try street.cancelled(position) == times }
            try street.expectNothingInFlight()
        }

        private static func expectHedges(_ street: Street, _ expected: [String: Int]) throws {
            let prefix = "reasoning_proxy_hedges_total{result=\""
            let lines = try street.send(Request("GET", "/metrics")).text.split(separator: "\n").filter { $0.hasPrefix(prefix) }
            var found: [String: Int] = [:]
            for line in lines {
                let parts = line.dropFirst(prefix.count).components(separatedBy: "\"} ")
                found[parts[0]] = Int(parts[1])
            }
            #expect(found == expected)
        }
    }
}

extension Street {
    /// How many of an upstream's streams their client has left.
    func cancelled(_ position: Int) throws -> Int {
        try mockState(position)["streams"]["cancelled_by_client"].int ?? -1
    }
}

/// What a test says when it plays an upstream itself.
enum Played {
    static let head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
    static let end = chunk(event("{}", finish: "\"stop\"") + "data: [DONE]\n\n") + "0\r\n\r\n"

    static func reasoning(_ text: String) -> String { chunk(event("{\"reasoning_content\": \"\(text)\"}")) }
    static func answer(_ text: String) -> String { chunk(event("{\"content\": \"\(text)\"}")) }

    static func chunk(_ text: String) -> String { String(text.utf8.count, radix: 16) + "\r\n\(text)\r\n" }

    static func event(_ delta: String, finish: String = "null") -> String {
        "data: {\"id\": \"c1\", \"object\": \"chat.completion.chunk\", \"created\": 1, \"model\": \"m\", "
            + "\"choices\": [{\"index\": 0, \"delta\": \(delta), \"finish_reason\": \(finish)}]}\n\n"
    }

    /// Something goes wrong in the middle of a stream.
    static func fail(_ connection: RawConnection, _ fault: String) throws {
        switch fault {
        case "reset": connection.reset()
        case "truncation": connection.close()
        case "end": try connection.send("0\r\n\r\n")
        case "garbage": try connection.send(chunk("data: {\"choices\": [{nope\n\n"))
        case "error": try connection.send(chunk("data: {\"error\": {\"message\": \"it broke\", \"code\": 500}}\n\n"))
        default: break  // a stall: nothing is said any more
        }
    }
}
