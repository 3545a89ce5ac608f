import Foundation
import Testing

extension EndToEnd {
    /// What the clocks of an attempt count, and what they do not.
    @Suite struct ClockTests {
        /// Seen from the client: from the request to the end of its answer.
        private func time(_ street: Street, stream: Bool = true, _ check: (Reply) -> Void) throws -> Duration {
            try measured { check(try street.send(.chat("prime", stream: stream))) }
        }

        @Test func whereNobodyIsLeftClocksAreLonger() throws {
            var times: [Int: Duration] = [:]
            for grace in [0, 300] {
                let street = try Street(
                    ["=stall-in-reasoning", "=stall-in-reasoning"],
                    settings: Street.patient.replacing("per_second: 1000", with: "per_second: 1000, last_attempt_grace: \(grace)%"),
                    each: Street.clocks)
                times[grace] = try time(street) { #expect($0.stream.errorCode == "upstream_idle_timeout", "\($0.text)") }
                try street.expectNothingInFlight()
            }
            print("two upstreams that stall: given up after \(times[0] ?? .zero) without grace, \(times[300] ?? .zero) with 300 %")
            // The first is left after 300 ms in both; the second has 300 or 1200.
            #expect((times[300] ?? .zero) >= .milliseconds(1495))
            #expect((times[300] ?? .zero) - (times[0] ?? .zero) > .milliseconds(450))
        }

        @Test func theOnlyUpstreamsClocksAreWhatTheyAreSetTo() throws {
            let street = try Street(
                ["=stall-in-reasoning"],
                settings: Street.patient.replacing("per_second: 1000", with: "per_second: 1000, last_attempt_grace: 1000%"),
                each: Street.clocks)
            let time = try time(street) { #expect($0.stream.errorCode == "upstream_idle_timeout", "\($0.text)") }
            #expect(time < .milliseconds(2500), "300 ms, not 3.3 s")
        }

        @Test func aWholeAnswerHasAClockOfItsOwn() throws {
            let street = try Street([""], settings: Street.patient, each: "timeouts: {head: 100ms, first_event: 150ms, whole: 1s}")
            // Its head may take longer than a stream's.
            try street.order(0, fault: "slow-head=400")
            _ = try time(street, stream: false) { #expect($0.status == 200, "\($0.text)") }
            try street.order(0, fault: "slow-head=400")
            _ = try time(street) { #expect(($0.errorCode ?? $0.stream.errorCode) == "upstream_first_byte_timeout", "\($0.text)") }
            try street.order(0, fault: "no-answer")
            let silent = try time(street, stream: false) {
                #expect($0.status == 504 && $0.errorCode == "upstream_first_byte_timeout", "\($0.text)")
                #expect($0.text.contains("whole-answer"))
            }
            #expect(silent >= .milliseconds(995))
            try street.expectNothingInFlight()
        }

        @Test func aWholeAnswerThatStopsInTheMiddleIsEnded() throws {
            let upstream = try RawListener()
            let street = try Street(["@\(upstream.port)"], settings: Street.patient, each: "timeouts: {whole: 400ms}")
            let client = try RawConnection(port: street.proxyPort)
            try client.send(Request.chat("prime", stream: false).bytes)
            let connection = try upstream.acceptRequest()
            try connection.send("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n{\"choices\": [")
            let reply = try client.reply()
            #expect(reply.status == 504 && reply.errorCode == "upstream_idle_timeout", "\(reply.text)")
            try connection.receiveToEnd()
        }

        /// Comments keep a silent reasoner alive; before the first event they do not count.
        @Test func commentsCountForTheGapAndNotForTheFirstEvent() throws {
            let upstream = try RawListener()
            let street = try Street(
                ["@\(upstream.port)"], settings: Street.patient,
                each: "timeouts: {first_event: 400ms, gap_reasoning: 400ms, gap_answer: 400ms}")
            let client = try RawConnection(port: street.proxyPort)
            try client.send(Request.chat("prime", stream: true).bytes)
            let connection = try upstream.acceptRequest()
            try connection.send(Played.head + Played.reasoning("Hm. "))
            for _ in 0..<12 { try Self.comment(connection) }
            try connection.send(Played.answer("A quokka"))
            for _ in 0..<12 { try Self.comment(connection) }
            try connection.send(Played.answer(".") + Played.end)
            let good = try client.reply().stream
            #expect(good.answer == "A quokka." && good.errorCode == nil && good.endsWithDone, "\(good.events.map(\.data))")
            // Some 1.2 s of comments twice would have been enough for either clock.
            try client.send(Request.chat("prime", stream: true).bytes)
            try connection.receiveRequest()
            try connection.send(Played.head)
            let start = ContinuousClock.now
            while !connection.isClosed, ContinuousClock.now - start < .seconds(5) {
                try Self.comment(connection)
                _ = try? connection.receiveToEnd(within: .milliseconds(1))  // not yet is no failure
            }
            #expect(try client.reply().stream.errorCode == "upstream_first_token_timeout")
        }

        /// While the client does not read, the upstream is held back by us, and its gap clock stands still.
        @Test func aSlowReaderStopsTheGapClock() throws {
            let house = try House(["upstream-timeouts-gap-answer": "300ms", "upstream-timeouts-gap-reasoning": "300ms"])
            let filling = String(repeating: "abcdefghij", count: 400)
            let list = (0..<4000).map { "\"\($0) \(filling) \"" }.joined(separator: ",")
            try house.order(
                """
                {"name": "much", "description": "much", "format": "plain", "segments": [{"content": [\(list)]}],
                 "pacing": {"tokens_per_second": 0, "jitter": 0, "first_token_delay_ms": 0}}
                """)
            let client = try house.connect(receiveBuffer: 8 << 10)
            try client.send(Request.chat("much", stream: true).bytes)
            try eventually("the mock to be blocked", within: .seconds(20)) { try house.mockState()["streams"]["blocked"].int == 1 }
            let start = ContinuousClock.now
            try eventually("four times the gap", within: .seconds(5)) { ContinuousClock.now - start > .milliseconds(1200) }
            let stream = try client.reply(within: .seconds(40)).stream
            #expect(stream.errorCode == nil && stream.endsWithDone && stream.answer.contains("3999 abc"), "\(stream.errorCode ?? "-")")
        }

        private static func comment(_ connection: RawConnection) throws {
            try connection.send(Played.chunk(": still here\n\n"))
            _ = poll(nil, 0, 100)  // the pace of the comments is what this is about
        }
    }
}
