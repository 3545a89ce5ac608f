import Foundation
import Testing

extension EndToEnd {
    /// A request moves to another upstream before its answer begins, and the client sees nothing but an ordinary stream.
    @Suite struct MovingTests {
        static let answer = "No. 91 = 7 × 13."

        /// Faults in which an upstream never begins to speak.
        static let atTheHead = [
            "slow-head=3000", "no-answer", "reset-before-head", "close-before-head", "garbage-head", "header-flood", "status=500",
            "status=502", "status=503", "status=504", "status=529", "status=408", "status=429", "html", "html-stream", "empty",
            "no-content",
            "redirect", "gzip", "status=401", "status=402", "status=403",
        ]
        /// Faults that can strike anywhere in a stream.
        static let anywhere = [
            "stall", "reset", "end", "close", "cut-chunk", "bad-chunk-size", "error-event", "string-error", "flat-error", "garbage-event",
            "truncated-json",
        ]

        @Test(arguments: ["events", "inline", "reasoning", "think"])
        func aFaultBeforeTheAnswerIsUnseen(style: String) throws {
            // One loop: a second one would have a kept connection of its own, on which the upstream is asked anew if it closes unanswered.
            let street = try Street(
                ["", "=prime"], settings: Street.patient + "\nserver: {threads: 1}", each: "api_key: \"env:KEY\", " + Street.clocks,
                environment: ["KEY": "operator"])
            let ordinary = try street.plain(style)
            var faults = MovingTests.atTheHead + ["comments;milliseconds=50"]
            faults += MovingTests.anywhere.map { $0 + (["stall", "end"].contains($0) ? "=0" : ";after_events=0") }
            faults += MovingTests.anywhere.map { $0 + "-in=reasoning" }
            if style != "events" { faults = faults.filter { $0.hasSuffix("in=reasoning") } }
            for fault in faults {
                try street.order(0, fault: fault)
                let start = ContinuousClock.now
                let reply = try street.stream("prime#\(style)")
                let time = ContinuousClock.now - start
                expectGood(reply, style, fault)
                #expect(reply.header("x-phases") == style, "\(fault)")
                try street.expectNothingInFlight()
                // Whatever a clock has to find takes as long as the clock.
                print("failover, \(style), \(fault): \((time - ordinary).inMilliseconds.rounded()) ms more than after a plain 503")
            }
            let asked = (first: try street.requests(0), second: try street.requests(1))
            #expect(asked.first == faults.count + 2, "\(asked): the faults were not met, so this shows nothing")
            #expect(asked.second == faults.count + 2, "\(asked)")
            #expect(try street.mockState(0)["orders_waiting"].int == 0)
        }

        @Test func theSameFaultsInTheAnswerAreToldOnce() throws {
            let street = try Street(["", "=prime"], settings: Street.patient, each: Street.clocks)
            for fault in MovingTests.anywhere {
                try street.order(0, fault: fault + "-in=answer")
                let reply = try street.stream("prime")
                let stream = reply.stream
                #expect(reply.status == 200 && stream.failedProperly, "\(fault): \(reply.text)")
                #expect(stream.events.filter { $0.json["error"].exists }.count == 1, "\(fault): \(reply.text)")
                #expect(stream.answer.hasPrefix("zebrafish") && !stream.answer.contains("91"), "\(fault): \(reply.text)")
                #expect(stream.markers == ["prompt_summary", "reasoning_summary", "final_output"], "\(fault)")
                try street.expectNothingInFlight()
            }
            #expect(try street.requests(1) == 0)
        }

        @Test func aRefusedPortCostsNothing() throws {
            let street = try Street([nil, "=prime"], settings: Street.patient, each: Street.clocks)
            let ordinary = try street.plain("events")
            for stream in [true, false] {
                let time = try measured {
                    let reply = try street.send(.chat("prime", stream: stream))
                    if stream { expectGood(reply, "events", "refused") } else { expectWhole(reply, "refused") }
                    #expect(reply.header("x-upstream-attempts") == "2")
                }
                print("failover from a refused port, stream \(stream): \(Int((time - ordinary).inMilliseconds)) ms more")
                #expect(time < .seconds(1))
            }
            try street.expectNothingInFlight()
        }

        @Test func whatIsNotStreamedMovesToo() throws {
            let street = try Street(
                ["", "=prime"], settings: Street.patient, each: "api_key: \"env:KEY\", timeouts: {connect: 1s}",
                environment: ["KEY": "operator"])
            let faults = [
                "reset-before-head", "close-before-head", "garbage-head", "status=500", "status=503", "status=429", "status=401", "html",
                "empty", "no-content", "redirect", "reset-in=reasoning", "close-in=answer", "cut-chunk-in=answer", "reset-in=answer",
                "error-event-in=reasoning", "garbage-event-in=answer",
            ]
            for fault in faults {
                try street.order(0, fault: fault)
                expectWhole(try street.send(.chat("prime", stream: false)), fault)
                try street.expectNothingInFlight()
            }
            #expect(try street.requests(0) == faults.count && street.requests(1) == faults.count)
        }

        @Test func mistakesOfTheRequestNeverMove() throws {
            let street = try Street(["", "=prime"], settings: Street.patient, each: Street.clocks)
            for status in [400, 404, 405, 413, 415, 422] {
                for stream in [true, false] {
                    try street.order(0, fault: "status=\(status)")
                    let reply = try street.send(.chat("prime", stream: stream))
                    #expect(reply.status == status, "\(reply.text)")
                    #expect(reply.errorCode != nil && !reply.text.contains("91"))
                }
            }
            // The same inside a stream, as some servers tell it.
            try street.order(0, fault: #"error-event;after_events=0;body={\"error\":{\"message\":\"too long\",\"code\":400}}"#)
            let told = try street.stream("prime")
            // As a status if it came at once, else behind the head.
            let isTold = told.status == 400 ? told.errorCode == "upstream_rejected" : told.stream.failedProperly
            #expect(isTold && told.text.contains("upstream_rejected"), "\(told.text)")
            #expect(try street.requests(1) == 0)
            try street.expectNothingInFlight()
        }

        @Test func theProxysKeyIsNeverShown() throws {
            let key = "canary-operator-key-4711"
            let street = try Street(
                ["", "=prime"], settings: Street.patient,
                each: "api_key: \"env:KEY\", headers: {x-second: \"env:SECOND\"}, \(Street.clocks)",
                environment: ["KEY": key, "SECOND": "canary-second-key-4712"])
            let body = #"{\"error\":{\"message\":\"Incorrect key canary-operator-key-4711 or canary-second-key-4712\"}}"#
            for fault in ["status=401;body=\(body)", "status=403;body=\(body)"] {
                try street.order(0, fault: fault)
                let reply = try street.stream("prime")
                expectGood(reply, "events", fault)
                #expect(!reply.text.contains("canary"))
            }
            #expect(try street.upstream(0)["credential_fault"].bool == true)
            #expect(try street.upstream(0)["breaker"].string == "closed")
            // Both refuse: a status that does not make clients think of their own key.
            for position in [0, 1] { try street.order(position, fault: "status=401;body=\(body)") }
            let refused = try street.stream("prime")
            #expect(refused.status == 502 && refused.errorCode == "upstream_auth" && !refused.text.contains("canary"), "\(refused.text)")
            // What is passed on of an upstream's words is without keys, of any upstream.
            try street.order(0, fault: "status=400;body=\(body)")
            let rejected = try street.stream("prime")
            #expect(
                rejected.status == 400 && rejected.text.contains("Incorrect key") && !rejected.text.contains("canary"), "\(rejected.text)")
            #expect(!street.proxy.errors.text.contains("canary"))
        }

        @Test func theLastFailureIsToldWhenAllFail() throws {
            let street = try Street(["", "", ""], settings: Street.patient, each: Street.clocks)
            for (first, second, third, status, code) in [
                ("status=500", "reset-before-head", "status=503", 503, "upstream_error"),
                ("status=500", "status=500", "status=404", 404, "upstream_rejected"),
                ("html", "empty", "no-content", 502, "upstream_empty"),
            ] {
                for (position, fault) in [first, second, third].enumerated() { try street.order(position, fault: fault) }
                let reply = try street.send(.chat("prime", stream: false))
                #expect(reply.status == status, "\(third): \(reply.text)")
                #expect(code == "upstream_rejected" || reply.errorCode == code, "\(third): \(reply.text)")
            }
            // Behind the head: one error object, no finish chunk.
            for position in 0..<3 { try street.order(position, fault: "stall-in=reasoning") }
            let told = try street.stream("prime")
            #expect(told.stream.failedProperly && told.stream.errorCode == "upstream_idle_timeout", "\(told.text)")
            #expect(!told.text.contains("zebrafish one"))
            try street.expectNothingInFlight()
        }

        @Test func aRateLimitSurvivesTheUpstreamThatWasTriedInstead() throws {
            let street = try Street(["", ""], settings: Street.patient, each: Street.clocks)
            try street.order(0, fault: "status=429;retry_after=9")
            try street.order(1, fault: "status=500")
            let reply = try street.stream("prime")
            #expect(reply.status == 429 && reply.header("retry-after") == "9", "\(reply.status) \(reply.text)")
        }

        @Test func threeMovesInOneRequestStayUnseen() throws {
            let street = try Street(["", "", "", "=prime"], settings: Street.patient, each: Street.clocks)
            let ordinary = ["status=500", "stall-in=reasoning", "reset-in=reasoning"]
            for (position, fault) in ordinary.enumerated() { try street.order(position, fault: fault) }
            let reply = try street.stream("prime", members: ", \"stream_options\": {\"include_usage\": true}")
            expectGood(reply, "events", "three moves")
            #expect(reply.stream.events.filter { $0.json["usage"]["total_tokens"].exists }.count == 1)
            let metrics = try street.send(Request("GET", "/metrics")).text
            #expect(metrics.contains("reasoning_proxy_failovers_total{phase=\"none\",code=\"upstream_error\"} 1\n"), "\(metrics)")
            try eventually("the access log") { street.proxy.errors.text.contains("attempts=4") }
        }

        @Test func theTotalTimeIsNotStretchedByMoves() throws {
            let street = try Street(["", "=hold-in-reasoning", "=prime"], settings: Street.patient, each: "timeouts: {total: 700ms}")
            try street.order(0, fault: "reset-in=reasoning")
            let time = try measured {
                let reply = try street.stream("prime")
                #expect(reply.stream.errorCode == "stream_too_long" && reply.stream.failedProperly, "\(reply.text)")
            }
            #expect(time < .seconds(2))
            // A stream that took too long speaks against nobody, and is not tried elsewhere.
            #expect(try street.upstream(1)["last_failure"].string == nil)
            #expect(try street.requests(0) == 1 && street.requests(2) == 0)
            let metrics = try street.send(Request("GET", "/metrics")).text
            let moves = metrics.split(separator: "\n").filter { $0.hasPrefix("reasoning_proxy_failovers_total{") }
            #expect(moves.count == 1 && moves[0].contains("upstream_reset"), "\(moves)")
        }

        @Test func aClientThatLeavesDuringTheSecondAttemptEndsIt() throws {
            let street = try Street(["", "=hold-in-reasoning"], settings: Street.patient, each: "timeouts: {head: 400ms}")
            for fault in ["status=500", "reset-in=reasoning"] {
                let before = try street.mockState(1)["streams"]["cancelled_by_client"].int ?? 0
                try street.order(0, fault: fault)
                let client = try RawConnection(port: street.proxyPort)
                try client.send(Request.chat("prime", stream: true).bytes)
                try eventually("the second upstream to hold") { try street.mockState(1)["streams"]["held"].int == 1 }
                client.close()
                try eventually("the second upstream to be left", within: .seconds(2)) {
                    try street.mockState(1)["streams"]["cancelled_by_client"].int == before + 1
                }
                try street.expectNothingInFlight()
            }
            #expect(try street.upstream(1)["last_failure"].string == nil)
        }

        @Test func theOnlyUpstreamIsAskedOnceMoreIfItDidNothingYet() throws {
            let street = try Street([""], settings: Street.patient, each: Street.clocks)
            for fault in ["reset-before-head", "close-before-head"] {
                for stream in [true, false] {
                    let before = try street.requests(0)
                    try street.order(0, fault: fault)
                    let reply = try street.send(.chat("prime", stream: stream))
                    if stream { expectGood(reply, "events", fault) } else { expectWhole(reply, fault) }
                    #expect(try street.requests(0) == before + 2, "\(fault)")
                    // Once, not for ever.
                    try street.order(0, fault: fault, times: 2)
                    #expect(try street.send(.chat("prime", stream: stream)).errorCode == "upstream_reset", "\(fault)")
                    #expect(try street.requests(0) == before + 4, "\(fault)")
                }
            }
            // An upstream that answered anything at all may have begun to work.
            for fault in ["status=500", "garbage-head", "reset-in=reasoning", "stall-in=reasoning", "empty", "html"] {
                let before = try street.requests(0)
                try street.order(0, fault: fault)
                _ = try street.stream("prime")
                #expect(try street.requests(0) == before + 1, "\(fault)")
            }
            try street.expectNothingInFlight()
        }

        @Test func withoutTokensTheFailureIsTold() throws {
            let street = try Street(
                ["", "=prime"], settings: "breaker: {failures: 1000, minimum_calls: 100000}\nretries: {share: 20%, per_second: 0}",
                each: Street.clocks)
            // Five requests pay for one further attempt.
            var statuses: [Int] = []
            for _ in 0..<10 {
                try street.order(0, fault: "status=500")
                statuses.append(try street.send(.chat("prime", stream: false)).status)
            }
            #expect(statuses == [502, 502, 502, 502, 200, 502, 502, 502, 502, 200], "\(statuses)")
            #expect(try street.requests(1) == 2)
            let metrics = try street.send(Request("GET", "/metrics")).text
            #expect(metrics.contains("reasoning_proxy_retries_denied_total 8\n"), "\(metrics)")
            try street.expectNothingInFlight()
        }

        // MARK: Parts

        /// A whole ordinary stream of the scenario `prime`, and nothing of the lost one but what a summary had said.
        private func expectGood(_ reply: Reply, _ style: String, _ name: String) {
            let stream = reply.stream
            #expect(reply.status == 200 && reply.isComplete, "\(name): \(reply.status) \(reply.text)")
            #expect(stream.errorCode == nil && stream.finishReason == "stop" && stream.endsWithDone, "\(name): \(reply.text)")
            let answer = stream.text(phase: "final_output")
            #expect(style == "think" ? answer.hasSuffix(MovingTests.answer) : answer == MovingTests.answer, "\(name): \(reply.text)")
            #expect(stream.taggedPhases == ["prompt_summary", "reasoning_summary", "final_output"], "\(name): \(reply.text)")
            if style == "events" { #expect(stream.markers == stream.taggedPhases, "\(name): \(stream.markers)") }
            #expect(!reply.text.contains("zebrafish one"), "\(name): \(reply.text)")
            let labels = reply.text.components(separatedBy: "[Prompt Summary]").count - 1
            #expect(labels == 1, "\(name): \(labels) prompt summaries")
            let field = style == "reasoning" ? "reasoning_content" : "content"
            let steps = stream.events.filter { $0.json["phase"].string == "reasoning_summary" }
                .compactMap { $0.json["choices"][0]["delta"][field].string }.filter { $0.contains(" ") }
            #expect(Set(steps).count == steps.count, "\(name): a step was repeated: \(steps)")
        }

        private func expectWhole(_ reply: Reply, _ name: String) {
            #expect(reply.status == 200, "\(name): \(reply.status) \(reply.text)")
            #expect(reply.json["choices"][0]["message"]["content"].string == MovingTests.answer, "\(name): \(reply.text)")
            #expect(!reply.text.contains("zebrafish"), "\(name): \(reply.text)")
        }
    }
}

extension Street {
    /// How long an answer takes when the first upstream only says that it has no time; the second of two measurements.
    fileprivate func plain(_ style: String) throws -> Duration {
        var time = Duration.zero
        for _ in 0..<2 {
            if mocks.count == ports.count { try order(0, fault: "status=503") }
            time = try measured { _ = try stream("prime#\(style)") }
        }
        return time
    }
}
