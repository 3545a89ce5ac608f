import Testing

extension EndToEnd {
    /// Slow readers: bounded memory, paused upstreams, and not one byte lost.
    @Suite struct BackpressureTests {
        private static let mebibyte = 1 << 20

        /// A scenario that says so much, as fast as it is read; every paragraph is numbered.
        private static func scenario(bytes: Int) -> (order: String, answer: String) {
            var answer = ""
            var number = 0
            while answer.utf8.count < bytes {
                number += 1
                answer += "\(number) " + String(repeating: "abcdefghij", count: 200) + " "
            }
            let order = """
                {"name": "much", "description": "much", "format": "plain", "answer": "\(answer)", "chunking": "characters:2000",
                 "pacing": {"tokens_per_second": 0, "jitter": 0, "first_token_delay_ms": 0}}
                """
            return (order, answer)
        }

        @Test func aClientThatDoesNotReadPausesTheUpstreamAndThenGetsEveryByte() throws {
            let house = try House()
            #expect(try house.stream("fast").stream.endsWithDone)
            let (order, answer) = Self.scenario(bytes: 24 * Self.mebibyte)
            try house.order(order)
            let before = try house.proxy.residentBytes
            let connection = try house.connect(receiveBuffer: 8 << 10)
            try connection.send(Request.chat("much", stream: true).bytes)
            var peak = before
            try eventually("the mock to be blocked", within: .seconds(20)) {
                peak = max(peak, try house.proxy.residentBytes)
                return try house.mockState()["streams"]["blocked"].int == 1
            }
            let sent = try house.mockState()["bytes_sent"].int ?? 0
            let held = try house.proxy.residentBytes
            #expect(sent < 24 * Self.mebibyte, "the mock could send everything: nothing was paused")
            #expect(try house.send(Request("GET", "/livez")).status == 200)
            let reply = try connection.reply(within: .seconds(40))
            let after = try house.proxy.residentBytes
            peak = max(peak, held, after)
            print("slow reader: \(sent / Self.mebibyte) MiB sent when blocked; RSS grew by \((peak - before) / Self.mebibyte) MiB at most")
            #expect(peak - before < 64 * Self.mebibyte)
            let stream = reply.stream
            #expect(stream.endsWithDone && stream.finishReason == "stop")
            #expect(stream.answer == answer, "the answer arrived changed: \(stream.answer.utf8.count) of \(answer.utf8.count) bytes")
            #expect(try house.send(Request("GET", "/metrics")).text.contains("reasoning_proxy_slow_reader_pauses_total"))
        }

        /// The connection closes behind the answer, but not before its last byte has left.
        @Test(arguments: [true, false])
        func aSlowReaderGetsTheWholeAnswerThoughTheConnectionCloses(stream: Bool) throws {
            let house = try House(["limits-queue-bytes": "16MiB"])
            let (order, answer) = Self.scenario(bytes: 6 * Self.mebibyte)
            try house.order(order)
            let connection = try house.connect(receiveBuffer: 8 << 10)
            var request = Request.chat("much", stream: stream)
            request.headers.append(("connection", "close"))
            try connection.send(request.bytes)
            try eventually("the upstream to be done", within: .seconds(20)) { try house.mockState()["streams"]["completed"].int == 1 }
            try eventually("the proxy to be done with the request", within: .seconds(20)) { house.proxy.errors.text.contains("end=finished") }
            let reply = try connection.reply(within: .seconds(20))
            #expect(reply.isComplete)
            let text = stream ? reply.stream.answer : reply.json["choices"][0]["message"]["content"].string
            #expect(text == answer, "\(text?.utf8.count ?? 0) of \(answer.utf8.count) bytes")
            try connection.receiveToEnd()
        }

        @Test func aStalledClientIsDroppedAndItsUpstreamClosed() throws {
            let house = try House(["client-timeouts-progress": "300ms"])
            let connection = try house.connect(receiveBuffer: 8 << 10)
            try connection.send(Request.chat("endless", stream: true).bytes)
            try eventually("the stalled client to be dropped", within: .seconds(20)) {
                house.proxy.errors.text.contains("code=client_stalled")
            }
            try eventually("the upstream's close") { try house.mockState()["streams"]["cancelled_by_client"].int == 1 }
            try connection.receiveToEnd()
            let reply = try #require(Reply(connection.received, isClosed: true))
            #expect(!reply.isComplete, "a cut answer looks whole")
        }

        @Test func aClientThatStallsAfterTheUpstreamHasEndedIsDroppedToo() throws {
            let house = try House(["client-timeouts-progress": "300ms", "limits-queue-bytes": "16MiB"])
            try house.order(Self.scenario(bytes: 6 * Self.mebibyte).order)
            let connection = try house.connect(receiveBuffer: 8 << 10)
            try connection.send(Request.chat("much", stream: true).bytes)
            try eventually("the upstream to be done", within: .seconds(20)) { try house.mockState()["streams"]["completed"].int == 1 }
            try eventually("the connection to be closed", within: .seconds(5)) {
                try house.send(Request("GET", "/metrics")).text.contains("reasoning_proxy_client_connections_open 1\n")
            }
        }

        @Test func aSlowButSteadyReaderIsNotTakenForAStalledOne() throws {
            let house = try House(["client-timeouts-progress": "500ms"])
            let (order, answer) = Self.scenario(bytes: 8 * Self.mebibyte)
            try house.order(order)
            let connection = try house.connect(receiveBuffer: 8 << 10)
            try connection.send(Request.chat("much", stream: true).bytes)
            // Reads in small steps for several times the deadline, then the rest.
            let end = Deadline(in: .seconds(2))
            while !end.hasPassed {
                let goal = connection.received.count + (64 << 10)
                let step = Deadline(in: .milliseconds(50))
                try connection.receive("the next piece") { $0.count >= goal }
                try eventually("the end of the step") { step.hasPassed }
            }
            #expect(try connection.reply(within: .seconds(30)).stream.answer == answer)
        }
    }
}
