import Foundation
import Testing

extension EndToEnd {
    /// The circuit breaker of an upstream, as clients and operators see it.
    @Suite struct BreakerTests {
        private static let closedAtFive = "breaker: {failures: 5, open_time: 60s}\nretries: {per_second: 1000}\nstream: {commit_delay: 2s}"
        /// Opens at the first failure and lets a probe pass soon.
        private static let eager = "breaker: {failures: 1, open_time: 200ms, max_open_time: 300ms}\nstream: {commit_delay: 2s}"

        @Test func fiveFailuresOpenItAndNothingReachesTheUpstreamAnyMore() throws {
            let street = try Street([""], settings: Self.closedAtFive, each: Street.clocks)
            for count in 1...5 {
                #expect(try street.upstream(0)["breaker"].string == "closed")
                try street.order(0, fault: "status=500")
                #expect(try street.send(.chat("prime", stream: count % 2 == 0)).status == 502)
            }
            var slowest = Duration.zero
            for stream in [true, false, true, false] {
                let time = try measured {
                    let reply = try street.send(.chat("prime", stream: stream))
                    #expect(reply.status == 503 && reply.errorCode == "circuit_open", "\(reply.text)")
                    let wait = reply.header("retry-after").flatMap { Int($0) } ?? 0
                    #expect((48...72).contains(wait), "retry after \(wait) s of an open time of 60 s with a jitter of 20 %")
                }
                slowest = max(slowest, time)
            }
            print("open breaker: the slowest of 4 refusals took \(slowest.inMilliseconds) ms")
            #expect(slowest < .milliseconds(100))
            #expect(try street.requests(0) == 5)
            let upstream = try street.upstream(0)
            #expect(upstream["breaker"].string == "open" && upstream["last_failure"].string == "upstream_error")
            #expect(upstream["reason"].string == "too many failures in a row")
            #expect((upstream["retry_after_ms"].int ?? 0) > 0)
            for path in ["/health", "/readyz"] { #expect(try street.send(Request("GET", path)).status == 503) }
            #expect(try street.send(Request("GET", "/livez")).status == 200)
            let metrics = try street.send(Request("GET", "/metrics")).text
            #expect(metrics.contains("reasoning_proxy_breaker_state{upstream=\"u0\",state=\"open\"} 1\n"))
            #expect(metrics.contains("reasoning_proxy_breaker_refusals_total 4\n"))
            #expect(street.proxy.errors.text.contains("breaker changed"))
            try street.expectNothingInFlight()
        }

        @Test func everyKindOfFaultOfTheUpstreamCountsAndNothingElseDoes() throws {
            let street = try Street(
                [""], settings: "breaker: {failures: 1000, minimum_calls: 100000}", each: "api_key: \"env:KEY\", " + Street.clocks,
                environment: ["KEY": "operator"])
            let faults: [(String, Bool)] = [
                ("status=500", true), ("status=503", true), ("slow-head=2000", true), ("garbage-head", true), ("html", true),
                ("empty", true),
                ("stall-in=reasoning", true), ("reset-in=reasoning", true), ("reset-in=answer", true), ("end-in=answer", true),
                ("stall-in=answer", true), ("error-event-in=answer", true), ("garbage-event-in=answer", true),
                ("", false), ("status=400", false), ("status=404", false), ("status=422", false), ("status=401", false),
                ("status=403", false),
                ("error-event-in=reasoning;body={\\\"error\\\":{\\\"code\\\":400,\\\"message\\\":\\\"no\\\"}}", false),
            ]
            for (fault, counts) in faults {
                let before = try Self.failures(street)
                try street.order(0, fault: fault)
                _ = try street.stream("prime")
                #expect(try Self.failures(street) == before + (counts ? 1 : 0), "\(fault)")
                try street.expectNothingInFlight()
            }
            #expect(try street.requests(0) == faults.count)
        }

        @Test func clientsThatLeaveNeverOpenIt() throws {
            let street = try Street(["=hold-in-reasoning"], settings: Self.eager, each: Street.clocks)
            for count in 1...12 {
                let client = try RawConnection(port: street.proxyPort)
                try client.send(Request.chat("any", stream: count % 3 != 0).bytes)
                try eventually("the request to be held") { try street.mockState(0)["streams"]["held"].int == 1 }
                if count % 2 == 0 { client.close() } else { client.reset() }
                try eventually("the upstream to be left") { try street.mockState(0)["streams"]["cancelled_by_client"].int == count }
            }
            try street.expectNothingInFlight()
            #expect(try street.upstream(0)["breaker"].string == "closed")
            #expect(try street.upstream(0)["last_failure"].string == nil)
        }

        @Test func oneProbeAtATimeWhateverTheCrowd() throws {
            let street = try Street([""], settings: Self.eager, each: "timeouts: {gap_reasoning: 20s}")
            try street.order(0, fault: "status=500")
            _ = try street.stream("prime")
            try Self.waitUntilReopening(street)
            try street.order(0, fault: "hold-in=reasoning")
            let crowd = try (0..<100).map { _ in try RawConnection(port: street.proxyPort) }
            for client in crowd { try client.send(Request.chat("prime", stream: true).bytes) }
            try eventually("the probe to be held") { try street.mockState(0)["streams"]["held"].int == 1 }
            // The probe has its head but not its answer; everybody else is refused at once.
            var refused = 0
            var probes: [RawConnection] = []
            for client in crowd {
                try client.receive("a head") { !$0.isEmpty }
                let status = String(decoding: client.received.prefix(12), as: UTF8.self)
                if status == "HTTP/1.1 503" { refused += 1 } else { probes.append(client) }
            }
            #expect(refused == 99 && probes.count == 1)
            #expect(try street.requests(0) == 2)
            #expect(try street.upstream(0)["breaker"].string == "half_open")
            _ = try RawConnection(port: street.ports[0]).exchange(Request("POST", "/mock/release", body: "{}"))
            #expect(try probes.first?.reply().stream.finishReason == "stop")
            // One success is not enough, two are.
            #expect(try street.upstream(0)["breaker"].string == "half_open")
            #expect(try street.stream("prime").status == 200)
            #expect(try street.upstream(0)["breaker"].string == "closed")
            try street.expectNothingInFlight()
        }

        @Test func aProbeThatLeavesFreesItsPlace() throws {
            let street = try Street([""], settings: Self.eager, each: "timeouts: {gap_reasoning: 20s}")
            try street.order(0, fault: "status=500")
            _ = try street.stream("prime")
            try Self.waitUntilReopening(street)
            try street.order(0, fault: "hold-in=reasoning")
            let client = try RawConnection(port: street.proxyPort)
            try client.send(Request.chat("prime", stream: true).bytes)
            try eventually("the probe to be held") { try street.mockState(0)["streams"]["held"].int == 1 }
            #expect(try street.stream("prime").status == 503)
            client.close()
            try eventually("the place to be free") { try street.stream("prime").status == 200 }
            try street.expectNothingInFlight()
        }

        @Test func aProbeIsGoodAsSoonAsItAnswers() throws {
            let street = try Street([""], settings: Self.eager, each: "timeouts: {gap_answer: 20s}")
            try street.order(0, fault: "status=500")
            _ = try street.stream("prime")
            try Self.waitUntilReopening(street)
            try street.order(0, fault: "hold-in=answer")
            let probe = try RawConnection(port: street.proxyPort)
            try probe.send(Request.chat("prime", stream: true).bytes)
            try probe.receive(text: "zebrafish")
            // It may go on for minutes; the next one need not wait for its end.
            #expect(try street.stream("prime").status == 200)
            #expect(try street.upstream(0)["breaker"].string == "closed")
            #expect(try street.upstream(0)["in_flight"].int == 1)
            _ = try RawConnection(port: street.ports[0]).exchange(Request("POST", "/mock/release", body: "{}"))
            #expect(try probe.reply().stream.finishReason == "stop")
            try street.expectNothingInFlight()
        }

        @Test func aFailedProbeOpensItAgain() throws {
            let street = try Street([""], settings: Self.eager, each: Street.clocks)
            try street.order(0, fault: "status=500", times: 2)
            _ = try street.stream("prime")
            try Self.waitUntilReopening(street)
            #expect(try street.stream("prime").status == 502)
            #expect(try street.stream("prime").errorCode == "circuit_open")
            #expect(try street.upstream(0)["reason"].string == "a probe failed")
            try eventually("recovery") { try street.stream("prime").status == 200 }
            try eventually("the breaker to close") {
                try street.stream("prime").status == 200 && street.upstream(0)["breaker"].string == "closed"
            }
        }

        @Test func aRateLimitWithAHintIsKept() throws {
            let street = try Street([""], settings: Self.eager, each: Street.clocks)
            try street.order(0, fault: "status=429;retry_after=30")
            let first = try street.stream("prime")
            #expect(first.status == 429 && first.header("retry-after") == "30")
            for stream in [true, false] {
                let next = try street.send(.chat("prime", stream: stream))
                #expect(next.status == 429 && next.errorCode == "upstream_rate_limited", "\(next.text)")
                #expect((25...30).contains(next.header("retry-after").flatMap { Int($0) } ?? 0))
            }
            #expect(try street.requests(0) == 1)
            #expect(try street.upstream(0)["breaker"].string == "throttled")
            // It is no failure.
            #expect(try street.upstream(0)["last_failure"].string == nil)
            try street.expectNothingInFlight()
        }

        @Test func anotherUpstreamIsTakenWhileTheFirstIsLeftAlone() throws {
            // The first is read by a profile under which the second's stream would have no answer.
            for fault in ["status=429;retry_after=30", "status=500"] {
                let street = try Street(
                    ["", "=prime"], settings: Self.eager.replacing("200ms", with: "60s").replacing("300ms", with: "60s"),
                    each: Street.clocks, first: "profile: seed-oss")
                try street.order(0, fault: fault)
                for count in 1...3 {
                    for stream in [true, false] {
                        let reply = try street.send(.chat("prime", stream: stream))
                        let answer = stream ? reply.stream.answer : reply.json["choices"][0]["message"]["content"].string
                        #expect(answer == MovingTests.answer, "\(fault), \(count): \(reply.text)")
                        #expect(reply.header("x-upstream-attempts") == (count == 1 && stream ? "2" : "1"), "\(fault), \(count)")
                    }
                }
                #expect(try street.requests(0) == 1)
                #expect(try street.health()["status"].string == "degraded")
                #expect(try street.send(Request("GET", "/health")).status == 200)
                try street.expectNothingInFlight()
            }
        }

        @Test func withoutAHintARateLimitIsCountedButNotInTheRow() throws {
            let street = try Street([""], settings: "breaker: {failures: 2, minimum_calls: 10, open_time: 60s}", each: Street.clocks)
            try street.order(0, fault: "status=429", times: 9)
            for _ in 0..<9 { #expect(try street.stream("prime").status == 429) }
            #expect(try street.upstream(0)["breaker"].string == "closed")
            try street.order(0, fault: "status=429")
            _ = try street.stream("prime")
            #expect(try street.upstream(0)["reason"].string == "too large a share of failed calls")
        }

        @Test func ifConfiguredTheFirstToReopenIsTried() throws {
            let street = try Street(
                ["", ""], settings: "breaker: {failures: 1, open_time: 60s, when_all_open: try}\nretries: {per_second: 1000}",
                each: Street.clocks)
            for position in [0, 1] { try street.order(position, fault: "status=500") }
            #expect(try street.stream("prime").status == 502)
            for position in [0, 1] { #expect(try street.upstream(position)["breaker"].string == "open") }
            // Both are open: one is called all the same, and its success counts.
            #expect(try street.stream("prime").status == 200)
            #expect(try street.requests(0) + street.requests(1) == 3)
            try street.expectNothingInFlight()
        }

        @Test func aRestOfPermitsIsNeverLeftBehind() throws {
            let street = try Street(["", ""], settings: Street.patient, each: Street.clocks)
            let ends = [
                "", "status=400", "status=500", "stall-in=reasoning", "reset-in=answer", "end-in=reasoning", "html", "open-after-done",
                "early-done",
            ]
            for first in ends {
                for second in ["", "status=500", "stall-in=answer"] {
                    for stream in [true, false] where !(first + second).contains("stall") || stream {
                        if !first.isEmpty { try street.order(0, fault: first) }
                        if !second.isEmpty { try street.order(1, fault: second) }
                        _ = try street.send(.chat("prime", stream: stream))
                        try street.expectNothingInFlight()
                        for position in [0, 1] {
                            _ = try RawConnection(port: street.ports[position]).exchange(Request("POST", "/mock/reset", body: "{}"))
                        }
                    }
                }
            }
            #expect(try street.upstream(0)["breaker"].string == "closed")
        }

        // MARK: Parts

        /// Failures counted so far, by the metric.
        private static func failures(_ street: Street) throws -> Int {
            let lines = try street.send(Request("GET", "/metrics")).text.split(separator: "\n")
            return lines.filter { $0.hasPrefix("reasoning_proxy_upstream_failures_total{") }
                .compactMap { $0.split(separator: " ").last.flatMap { Int($0) } }.reduce(0, +)
        }

        /// The open time is over; nobody has called yet.
        private static func waitUntilReopening(_ street: Street) throws {
            #expect(try street.upstream(0)["breaker"].string == "open")
            try eventually("the open time to pass") { try street.upstream(0)["retry_after_ms"].int == nil }
        }
    }
}
