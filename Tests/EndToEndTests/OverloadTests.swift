import Foundation
import Testing

extension EndToEnd {
    /// More work than there is room for: who waits, who is refused, and that nothing already begun suffers.
    @Suite struct OverloadTests {
        // MARK: The line

        private static func waiting(_ house: House) throws -> Int? {
            try house.send(Request("GET", "/health")).json["streams_waiting"].int
        }

        /// A request that stands in the line at the given place.
        private static func waiter(_ house: House, place: Int, _ model: String = "fast") throws -> RawConnection {
            let connection = try house.connect()
            try connection.send(Request.chat(model, stream: true).bytes)
            try eventually("\(place) requests to wait") { try waiting(house) == place }
            return connection
        }

        @Test func requestsWaitForAPlaceAndAreServedInTheOrderTheyCame() throws {
            let house = try House(["limits-concurrent-streams": "1", "server-threads": "2"])
            let held = try house.heldStream()
            // On both loops, so that places travel from one to the other.
            let models = ["prime", "plain", "japanese", "fast"]
            let waiters = try models.enumerated().map { try Self.waiter(house, place: $0 + 1, $1) }
            #expect(try house.upstreamRequests() == 1)
            #expect(waiters.allSatisfy { $0.received.isEmpty }, "the head was not kept back")
            held.close()
            for waiter in waiters { #expect(try waiter.reply().stream.endsWithDone) }
            let log = try RawConnection(port: house.mockPort).exchange(Request("GET", "/mock/requests?last=10")).text
            let order = models.map { log.range(of: "\"model\":\"\($0)\"")?.lowerBound ?? log.range(of: $0)?.lowerBound }
            #expect(order.allSatisfy { $0 != nil })
            let places = order.compactMap { $0 }
            #expect(places == places.sorted() || places == places.sorted().reversed(), "\(log)")
            let metrics = try house.send(Request("GET", "/metrics")).text
            #expect(metrics.contains("reasoning_proxy_queue_wait_seconds_count 4\n"), "\(metrics)")
            #expect(metrics.contains("reasoning_proxy_queue_length 0\n") && metrics.contains("reasoning_proxy_streams_open 0\n"))
        }

        @Test func whoWaitsInVainIsToldWhenToComeAgain() throws {
            let house = try House([
                "limits-concurrent-streams": "1", "limits-queue-length": "2", "limits-queue-wait": "400ms",
            ])
            let held = try house.heldStream()
            let time = try measured {
                let waiters = try (1...2).map { try Self.waiter(house, place: $0) }
                // The line is full: that is told at once.
                let quick = try measured { Self.expectOverloaded(try house.stream("fast")) }
                #expect(quick < .milliseconds(300), "\(quick)")
                for waiter in waiters { Self.expectOverloaded(try waiter.reply()) }
            }
            #expect(time > .milliseconds(390))
            #expect(try house.upstreamRequests() == 1)
            try house.release()
            #expect(try held.reply().stream.endsWithDone)
            #expect(try house.stream("fast").stream.endsWithDone)
            let metrics = try house.send(Request("GET", "/metrics")).text
            #expect(metrics.contains("overload_refusals_total{reason=\"queue_full\"} 1\n"), "\(metrics)")
            #expect(metrics.contains("overload_refusals_total{reason=\"queue_wait\"} 2\n"), "\(metrics)")
        }

        private static func expectOverloaded(_ reply: Reply) {
            #expect(reply.status == 503 && reply.errorCode == "overloaded", "\(reply.text)")
            #expect(reply.header("retry-after") == "1")
        }

        @Test(arguments: ["FIN", "RST"])
        func aClientThatLeavesTheLineFreesItsPlaceAndIsNeverServed(leaving: String) throws {
            let house = try House(["limits-concurrent-streams": "1", "limits-queue-length": "2"])
            let held = try house.heldStream()
            let leaver = try Self.waiter(house, place: 1)
            let patient = try Self.waiter(house, place: 2)
            leaving == "RST" ? leaver.reset() : leaver.close()
            try eventually("the place in the line to be free") { try Self.waiting(house) == 1 }
            let next = try Self.waiter(house, place: 2)
            held.close()
            for waiter in [patient, next] { #expect(try waiter.reply().stream.endsWithDone) }
            #expect(try house.upstreamRequests() == 3)
            let metrics = try house.send(Request("GET", "/metrics")).text
            #expect(metrics.contains("clients_left_total{phase=\"queue\"} 1\n"), "\(metrics)")
        }

        @Test func placesAndLineAreEmptyAfterManyClientsThatLeaveAtAnyMoment() throws {
            let house = try House(["limits-concurrent-streams": "3", "limits-queue-length": "5", "server-threads": "2"])
            for round in 0..<150 {
                let connections = try (0..<10).map { _ in try house.connect() }
                for connection in connections { try connection.send(Request.chat("fast", stream: true).bytes) }
                for (index, connection) in connections.enumerated() where index % 3 != 0 {
                    (round + index) % 2 == 0 ? connection.reset() : connection.close()
                }
                for (index, connection) in connections.enumerated() where index % 3 == 0 {
                    let reply = try connection.reply()
                    #expect(reply.status == 503 || reply.stream.endsWithDone, "\(reply.text)")
                }
            }
            try eventually("every place to be free") {
                let health = try house.send(Request("GET", "/health")).json
                return health["streams_open"].int == 0 && health["streams_waiting"].int == 0
            }
            // As many as ever may still come in.
            let held = try (0..<3).map { try house.heldStream(alreadyHeld: $0) }
            try house.release()
            for connection in held { #expect(try connection.reply().stream.endsWithDone) }
        }

        @Test func theLineIsSentAwayWhenTheProxyStops() throws {
            let house = try House(["limits-concurrent-streams": "1", "shutdown-grace": "10s"])
            let held = try house.heldStream()
            let waiter = try Self.waiter(house, place: 1)
            house.proxy.signal(SIGTERM)
            let reply = try waiter.reply(within: .seconds(2))
            #expect(reply.status == 503 && reply.errorCode == "draining" && reply.header("retry-after") != nil, "\(reply.text)")
            try house.release()
            #expect(try held.reply().stream.endsWithDone)
            #expect(try house.proxy.waitForExit() == .code(0))
        }

        // MARK: Clients

        @Test func aClientMaySendOnlySoManyRequestsAMinute() throws {
            let tokens = ["canary-client-token-1", "canary-client-token-2"]
            let house = try House(["limits-requests-per-minute": "3"], environment: ["API_TOKENS": tokens.joined(separator: ",")])
            func ask(_ token: String?, _ request: Request = .chat("fast", stream: true)) throws -> Reply {
                var request = request
                if let token { request.headers.append(("authorization", "Bearer \(token)")) }
                return try house.send(request)
            }
            for _ in 0..<3 { #expect(try ask(tokens[0]).status == 200) }
            let refused = try ask(tokens[0])
            #expect(refused.status == 429 && refused.errorCode == "rate_limited", "\(refused.text)")
            let wait = try #require(Int(refused.header("retry-after") ?? ""))
            #expect((1...20).contains(wait), "\(wait)")
            #expect(try ask(tokens[0], Request("GET", "/v1/models")).status == 429)
            // Another client, whoever has no token at all, and health are not concerned.
            #expect(try ask(tokens[1]).status == 200)
            #expect(try ask(nil).status == 401)
            for path in ["/health", "/readyz"] { #expect(try ask(nil, Request("GET", path)).status == 200) }
            #expect(try ask(tokens[0], Request("GET", "/metrics")).text.contains("rate_limited_total{reason=\"requests\"} 2\n"))
            #expect(try house.upstreamRequests() == 4)
        }

        @Test func withoutTokensTheAddressIsTheClient() throws {
            let house = try House(["limits-requests-per-minute": "2"])
            let states = try (0..<3).map { _ in try house.stream("fast").status }
            #expect(states == [200, 200, 429])
        }

        @Test func oneClientMayNotTakeEveryPlace() throws {
            let house = try House(["limits-streams-per-client": "1"])
            let held = try house.heldStream()
            let refused = try house.stream("fast")
            #expect(refused.status == 429 && refused.errorCode == "rate_limited" && refused.header("retry-after") == "1", "\(refused.text)")
            held.close()
            try eventually("the place to be free") { try house.stream("fast").status == 200 }
        }

        // MARK: Memory

        @Test func aProxyShortOfMemoryRefusesNewRequestsAndKeepsTheOld() throws {
            // Less than any process needs: every request but the only one is one too many.
            let house = try House(["limits-memory-bytes": "16MiB"])
            #expect(try house.stream("fast").stream.endsWithDone, "a proxy that answers nobody must take the next")
            try eventually("nobody to be answered") { try house.send(Request("GET", "/health")).json["streams_open"].int == 0 }
            let held = try house.heldStream()
            for _ in 0..<3 { Self.expectOverloaded(try house.stream("fast")) }
            #expect(try house.send(Request("GET", "/health")).status == 200)
            try house.release()
            #expect(try held.reply().stream.endsWithDone)
            try eventually("nobody to be answered") { try house.send(Request("GET", "/health")).json["streams_open"].int == 0 }
            #expect(try house.stream("fast").stream.endsWithDone)
            let metrics = try house.send(Request("GET", "/metrics")).text
            #expect(metrics.contains("overload_refusals_total{reason=\"memory\"} 3\n"))
            #expect(metrics.contains("\nprocess_resident_memory_bytes "))
        }
    }
}
