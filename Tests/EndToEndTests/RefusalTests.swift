import Foundation
import Testing

extension EndToEnd {
    /// What upstreams say about waiting and about keys, what a kept connection's death means, and how a breaker's refusal looks.
    @Suite struct RefusalTests {
        private static let eager = "breaker: {failures: 2, open_time: 60s}\nretries: {per_second: 1000}\nlogging: {format: json}"

        @Test func anOpenBreakerSaysItsStateEverywhere() throws {
            let street = try Street([""], settings: Self.eager, each: Street.clocks)
            try street.order(0, fault: "status=500", times: 2)
            for _ in 0..<2 { #expect(try street.stream("prime").header("x-upstream-attempts") == "1") }
            for stream in [true, false] {
                let reply = try street.send(.chat("prime", stream: stream))
                #expect(reply.status == 503 && reply.header("x-upstream-attempts") == nil)
                let said = reply.header("x-circuit-breaker") ?? ""
                #expect(said.hasPrefix("open; reason=\"too many failures in a row\"; next-attempt-ms="), "\(said)")
                #expect((40_000...72_000).contains(Int(said.components(separatedBy: "=").last ?? "") ?? 0), "\(said)")
            }
            let health = try street.upstream(0)
            #expect(health["breaker"].string == "open" && health["reason"].string == "too many failures in a row")
            #expect((40_000...72_000).contains(health["retry_after_ms"].int ?? 0))
            let metrics = try street.send(Request("GET", "/metrics")).text
            for line in [
                "breaker_state{upstream=\"u0\",state=\"open\"} 1", "breaker_reason{upstream=\"u0\",reason=\"consecutive_failures\"} 1",
                "breaker_transitions_total{upstream=\"u0\",to=\"open\"} 1",
            ] {
                #expect(metrics.contains("reasoning_proxy_\(line)\n"), "\(line)")
            }
            let next = metrics.split(separator: "\n").first {
                $0.hasPrefix("reasoning_proxy_breaker_next_attempt_seconds{upstream=\"u0\"} ")
            }
            #expect((40...72).contains(next?.split(separator: " ").last.flatMap { Double($0) } ?? 0), "\(next ?? "no line")")
            let log = street.proxy.errors.text
            #expect(log.contains("breaker changed") && log.contains("next_attempt_ms"))
            #expect(log.contains("open; reason=\\\"too many failures in a row\\\"; next-attempt-ms="), "the access log says it too")
        }

        @Test func aThrottledUpstreamSaysSo() throws {
            let street = try Street([""], settings: Self.eager, each: Street.clocks)
            try street.order(0, fault: "status=429;retry_after=30")
            _ = try street.stream("prime")
            let reply = try street.stream("prime")
            #expect(reply.status == 429)
            let said = reply.header("x-circuit-breaker") ?? ""
            #expect(said.hasPrefix("throttled; reason=\"the upstream asked to be left alone\"; next-attempt-ms="), "\(said)")
            #expect(try street.send(Request("GET", "/metrics")).text.contains("breaker_reason{upstream=\"u0\",reason=\"throttled\"} 1\n"))
        }

        @Test(arguments: [
            ("retry-after: Sun, 06 Nov 1994 08:50:07 GMT", "30"), ("retry-after: Sunday, 06-Nov-94 08:50:07 GMT", "30"),
            ("retry-after-ms: 29500", "30"), ("retry-after: 86400", "300"),
            ("x-ratelimit-remaining-requests: 0\r\nx-ratelimit-reset-requests: 30s", "30"),
            ("retry-after: soon", nil), ("retry-after: Sun, 06 Nov 1994 08:00:00 GMT", nil), ("retry-after: 0", nil),
        ])
        func aWishToBeLeftAloneIsReadInEveryForm(_ field: String, _ seconds: String?) throws {
            let upstream = try RawUpstream(
                answering:
                    "HTTP/1.1 429 Slow\r\ndate: Sun, 06 Nov 1994 08:49:37 GMT\r\n\(field)\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}"
            )
            let street = try Street(["@\(upstream.port)"], settings: Self.eager, each: Street.clocks)
            let reply = try street.stream("prime")
            #expect(reply.status == 429 && reply.header("retry-after") == seconds, "\(field): \(reply.header("retry-after") ?? "-")")
            #expect(try street.upstream(0)["breaker"].string == (seconds == nil ? "closed" : "throttled"), "\(field)")
        }

        @Test func inAStreamARefusedKeyIsTheProxysAndARateLimitThrottles() throws {
            let street = try Street(
                ["", "=prime"], settings: Self.eager, each: "api_key: \"env:KEY\", " + Street.clocks, environment: ["KEY": "operator"])
            for error in [
                #"{\"code\":\"invalid_api_key\",\"message\":\"no\"}"#, #"{\"code\":403}"#, #"{\"type\":\"authentication_error\"}"#,
            ] {
                try street.order(0, fault: "error-event-in=reasoning;body={\\\"error\\\":\(error)}".replacing("\\\\", with: "\\"))
                let reply = try street.stream("prime")
                #expect(reply.stream.answer == MovingTests.answer && reply.stream.errorCode == nil, "\(error): \(reply.text)")
                #expect(try street.upstream(0)["credential_fault"].bool == true, "\(error)")
            }
            #expect(try street.upstream(0)["breaker"].string == "closed" && street.upstream(0)["last_failure"].string == nil)
        }

        /// A kept connection that died unnoticed: the request goes once more to the same upstream, on a new one, and nobody is blamed.
        @Test func aStaleConnectionIsNobodysFault() throws {
            let upstream = try RawListener()
            let street = try Street(["@\(upstream.port)", "=prime"], settings: Self.eager)
            let client = try RawConnection(port: street.proxyPort)
            let answer = Played.head + Played.answer("Quokka.") + Played.end
            try client.send(Request.chat("prime", stream: true).bytes)
            let kept = try upstream.acceptRequest()
            try kept.send(answer)
            #expect(try client.reply().stream.answer == "Quokka.")
            for count in 1...3 {
                try client.send(Request.chat("prime", stream: true).bytes)
                // The request comes on the kept connection, which dies of it.
                let connection = count == 1 ? kept : try upstream.acceptRequest()
                if count == 1 {
                    try connection.receiveRequest()
                    connection.reset()
                    let fresh = try upstream.acceptRequest()
                    try fresh.send(answer.replacing("transfer-encoding", with: "connection: close\r\ntransfer-encoding"))
                    fresh.close()
                } else {
                    try connection.send(answer.replacing("transfer-encoding", with: "connection: close\r\ntransfer-encoding"))
                    connection.close()
                }
                let stream = try client.reply().stream
                #expect(stream.answer == "Quokka." && stream.errorCode == nil, "\(count)")
            }
            #expect(try street.requests(1) == 0)
            #expect(try street.upstream(0)["last_failure"].string == nil)
            let metrics = try street.send(Request("GET", "/metrics")).text
            #expect(metrics.contains("reasoning_proxy_retries_total{code=\"upstream_reset\"} 1\n"), "\(metrics)")
            #expect(!metrics.contains("upstream_failures_total{"))
        }

        /// A fault that is met twice because the request was sent twice is one.
        @Test func theSameFaultOfOneRequestCountsOnce() throws {
            let street = try Street([""], settings: Self.eager, each: Street.clocks)
            try street.order(0, fault: "reset-before-head", times: 2)
            #expect(try street.stream("prime").header("x-upstream-attempts") == "2")
            #expect(try street.requests(0) == 2)
            #expect(try street.upstream(0)["breaker"].string == "closed", "of two failures that open it one was counted")
        }

        @Test func anOpenBreakerAnswersACrowdAtOnceAndAsksNobody() throws {
            let street = try Street([""], settings: Self.eager, each: Street.clocks)
            try street.order(0, fault: "status=500", times: 2)
            for _ in 0..<2 { _ = try street.stream("prime") }
            let client = try RawConnection(port: street.proxyPort)
            var times: [Double] = []
            for count in 0..<300 {
                var reply: Reply?
                times.append(try measured { reply = try client.exchange(.chat("prime", stream: count % 2 == 0)) }.inMilliseconds)
                #expect(reply?.errorCode == "circuit_open")
            }
            times.sort()
            print("open breaker: 300 answers, p50 \(times[150]) ms, p99 \(times[297]) ms, slowest \(times[299]) ms")
            // The bound that is promised is 10 ms; the machine is shared.
            #expect(times[150] < 10 && times[297] < 100)
            #expect(try street.requests(0) == 2)
        }
    }
}
