import Testing

extension EndToEnd {
    /// A client that goes away takes its upstream request with it.
    @Suite struct CancellationTests {
        enum Leaving: String, CaseIterable {
            case fin, rst

            func leave(_ connection: RawConnection) {
                switch self {
                case .fin: connection.close()
                case .rst: connection.reset()
                }
            }
        }

        private static let limit = Duration.seconds(2)

        @Test func aLeavingClientEndsItsUpstreamRequestInEveryPhase() throws {
            let house = try House(["stream-commit-delay": "100ms"])
            let descriptors = try Self.descriptorsAtRest(house)
            let points: [(name: String, model: String, stream: Bool, sign: String?)] = [
                ("before the first byte", "slow-head", true, nil),
                ("in the prompt phase", "slow-head", true, "[Prompt Summary]"),
                ("before the first event", "no-first-event", true, "[Prompt Summary]"),
                ("in the reasoning", "hold-in-reasoning", true, "\"reasoning_summary\""),
                ("in the answer", "hold-in-answer", true, "\"content\":\"The\""),
                ("without stream", "hold-in-answer", false, nil),
            ]
            for point in points {
                for leaving in Leaving.allCases {
                    let name = "\(point.name), \(leaving.rawValue)"
                    let time = try Self.leave(leaving, point.model, point.stream, after: point.sign, house, name)
                    print("cancelled \(name): the upstream saw it after \(time) ms")
                    #expect(time < 2000, "\(name)")
                }
            }
            #expect(try house.mockState()["streams"]["completed"].int == 1)
            try Self.expectNothingLeft(house, descriptors)
        }

        @Test func aClientThatClosesItsSendingSideCountsAsGone() throws {
            let house = try House()
            let descriptors = try Self.descriptorsAtRest(house)
            let connection = try house.connect()
            try connection.send(Request.chat("hold-in-answer", stream: true).bytes)
            try connection.receive(text: "\"content\":\"The\"")
            connection.closeSending()
            try eventually("the upstream's close", within: Self.limit) { try Self.cancelled(house) == 1 }
            try connection.receiveToEnd()
            try Self.expectNothingLeft(house, descriptors)
        }

        /// Returns how many milliseconds after the client left the mock saw its connection closed.
        private static func leave(
            _ leaving: Leaving, _ model: String, _ stream: Bool, after sign: String?, _ house: House, _ name: String
        ) throws -> Int {
            let before = try cancelled(house)
            let connection = try house.connect()
            try connection.send(Request.chat(model, stream: stream).bytes)
            try eventually("the upstream to have the request, \(name)") { try house.mockState()["streams"]["open"].int == 1 }
            if let sign { try connection.receive(text: sign) }
            let start = ContinuousClock.now
            leaving.leave(connection)
            try eventually("the upstream's close, \(name)", within: limit) { try cancelled(house) == before + 1 }
            let age = try house.mockState()["cancelled"].array.last?["ago_ms"].int ?? 0
            return max(0, Int((ContinuousClock.now - start).inMilliseconds) - age)
        }

        private static func descriptorsAtRest(_ house: House) throws -> Int {
            _ = try house.stream("fast")
            try eventually("the connection to close") {
                try house.send(Request("GET", "/metrics")).text.contains("reasoning_proxy_client_connections_open 1\n")
            }
            return try house.proxy.descriptorCount
        }

        private static func cancelled(_ house: House) throws -> Int {
            try house.mockState()["streams"]["cancelled_by_client"].int ?? -1
        }

        /// No stream, no connection and no descriptor stays behind.
        private static func expectNothingLeft(_ house: House, _ descriptors: Int) throws {
            try eventually("no stream left open") {
                let text = try house.send(Request("GET", "/metrics")).text
                return text.contains("reasoning_proxy_streams_open 0\n")
                    && text.contains("reasoning_proxy_upstream_in_flight{upstream=\"default\"} 0\n")
                    && text.contains("reasoning_proxy_client_connections_open 1\n")
            }
            let state = try house.mockState()
            #expect(state["streams"]["open"].int == 0)
            // A connection to the upstream may stay open for the next request.
            try eventually("descriptors to be closed") { try house.proxy.descriptorCount <= descriptors + 1 }
            #expect(house.proxy.errors.text.contains("end=client_left"))
            #expect(house.proxy.errors.text.contains("status=499"))
        }
    }
}
