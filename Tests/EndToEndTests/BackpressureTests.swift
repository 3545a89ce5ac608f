import Testing

extension EndToEnd {
    /// Slow readers: bounded memory, paused upstreams, and not one byte lost.
    @Suite struct BackpressureTests {
        private static let mebibyte = 1 << 20

        /// A scenario that says so much, as fast as it is read, in numbered events of some 4,000 bytes.
        static func scenario(bytes: Int) -> (order: String, answer: String) {
            let filling = String(repeating: "abcdefghij", count: 400)
            let pieces = (0..<bytes / 4000).map { "\($0) \(filling) " }
            let list = pieces.map { "\"\($0)\"" }.joined(separator: ",")
            let order = """
                {"name": "much", "description": "much", "format": "plain", "segments": [{"content": [\(list)]}],
                 "pacing": {"tokens_per_second": 0, "jitter": 0, "first_token_delay_ms": 0}}
                """
            return (order, pieces.joined())
        }

        @Test func aClientThatDoesNotReadPausesTheUpstreamAndThenGetsEveryByte() throws {
            let house = try House()
            #expect(try house.stream("fast").stream.endsWithDone)
            let (order, answer) = Self.scenario(bytes: 16 * Self.mebibyte)
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
            #expect(try house.send(Request("GET", "/livez")).status == 200)
            let reply = try connection.reply(within: .seconds(40))
            peak = max(peak, try house.proxy.residentBytes)
            print("slow reader: \(sent >> 20) MiB sent when blocked; the proxy's RSS grew by \((peak - before) >> 20) MiB at most")
            #expect(peak - before < 64 * Self.mebibyte)
            Self.expectWhole(reply, answer)
            #expect(try house.send(Request("GET", "/metrics")).text.contains("reasoning_proxy_slow_reader_pauses_total"))
        }

        /// The connection closes behind the answer, but not before its last byte has left.
        @Test(arguments: [true, false])
        func aSlowReaderGetsTheWholeAnswerThoughTheConnectionCloses(stream: Bool) throws {
            let house = try House(["limits-queue-bytes": "16MiB"])
            let (order, answer) = Self.scenario(bytes: 2 * Self.mebibyte)
            try house.order(order)
            let connection = try house.connect(receiveBuffer: 8 << 10)
            var request = Request.chat("much", stream: stream)
            request.headers.append(("connection", "close"))
            try connection.send(request.bytes)
            try eventually("the proxy to be done", within: .seconds(20)) { house.proxy.errors.text.contains("end=finished") }
            Self.expectWhole(try connection.reply(within: .seconds(20)), answer)
            try connection.receiveToEnd()
        }

        @Test func aStalledClientIsDroppedAndItsUpstreamClosed() throws {
            let house = try House(["client-timeouts-progress": "300ms"])
            try house.order(Self.scenario(bytes: 16 * Self.mebibyte).order)
            let connection = try house.connect(receiveBuffer: 8 << 10)
            try connection.send(Request.chat("much", stream: true).bytes)
            try eventually("the stalled client to be dropped", within: .seconds(20)) {
                house.proxy.errors.text.contains("code=client_stalled")
            }
            try eventually("the upstream's close") { try house.mockState()["streams"]["cancelled_by_client"].int == 1 }
            try connection.receiveToEnd()
            let isComplete = Reply(connection.received, isClosed: true)?.isComplete
            #expect(isComplete == false, "a cut answer looks whole")
        }

        @Test func aClientThatStallsBehindTheUpstreamsEndIsDroppedToo() throws {
            let house = try House(["client-timeouts-progress": "300ms", "limits-queue-bytes": "16MiB"])
            try house.order(Self.scenario(bytes: 2 * Self.mebibyte).order)
            let connection = try house.connect(receiveBuffer: 8 << 10)
            try connection.send(Request.chat("much", stream: true).bytes)
            try eventually("the proxy to be done", within: .seconds(20)) { house.proxy.errors.text.contains("end=finished") }
            try eventually("the connection to be closed", within: .seconds(5)) {
                try house.send(Request("GET", "/metrics")).text.contains("reasoning_proxy_client_connections_open 1\n")
            }
        }

        @Test func aSlowButSteadyReaderIsNotTakenForAStalledOne() throws {
            let house = try House(["client-timeouts-progress": "400ms"])
            let (order, answer) = Self.scenario(bytes: 4 * Self.mebibyte)
            try house.order(order)
            let connection = try house.connect(receiveBuffer: 8 << 10)
            try connection.send(Request.chat("much", stream: true).bytes)
            // Reads in small steps for several times the deadline, then the rest.
            let end = Deadline(in: .milliseconds(1600))
            while !end.hasPassed {
                let goal = connection.received.count + (48 << 10)
                let step = Deadline(in: .milliseconds(50))
                try connection.receive("the next piece") { $0.count >= goal }
                try eventually("the end of the step") { step.hasPassed }
            }
            Self.expectWhole(try connection.reply(within: .seconds(30)), answer)
        }

        /// Compares without printing megabytes.
        private static func expectWhole(_ reply: Reply, _ answer: String) {
            let isComplete = reply.isComplete
            #expect(isComplete, "\(reply.body.count) bytes came")
            // Read once: that takes a while.
            let isStream = reply.header("content-type")?.hasPrefix("text/event-stream") == true
            let stream = isStream ? reply.stream : ChatStream([])
            let text = isStream ? stream.answer : reply.json["choices"][0]["message"]["content"].string ?? ""
            let isSame = text == answer
            #expect(isSame, "\(text.utf8.count) of \(answer.utf8.count) bytes of the answer came")
            let endsWell = !isStream || stream.endsWithDone && stream.finishReason == "stop"
            #expect(endsWell)
        }
    }
}
