import Testing

@testable import MockUpstream

/// The faults as a client's socket sees them.
@Suite struct WireFaultTests {
    private func events(_ connection: Connection) -> [String] {
        EventReader(connection.response.body, closesLastEvent: false).events.map(\.data)
    }

    @Test(arguments: ["fast!reset-after=3", "fast!close-after=3", "fast!cut-chunk-after=3", "fast!bad-chunk-size-after=3"])
    func theConnectionBreaksAfterThreeEvents(model: String) async throws {
        try await TestServer.run { server in
            let connection = try server.stream(model)
            let end = try connection.readToEnd()
            #expect(end == (model.contains("reset") ? .reset : .finished))
            #expect(!connection.response.isComplete)
            #expect(events(connection).count == 3)
            try await server.state("not counted as a fault") { $0.endedByFault == 1 && $0.cancelledByClient == 0 }
        }
    }

    @Test func aProperEndComesWithoutDone() async throws {
        try await TestServer.run { server in
            let connection = try server.stream("fast!end-after=3")
            let response = try connection.nextResponse()
            #expect(response.isComplete)
            #expect(EventReader(response.body).events.count == 3)
            try connection.request("GET", "/health")
            #expect(try connection.nextResponse().status == 200)
        }
    }

    @Test func aChunkIsCutInTheMiddle() async throws {
        try await TestServer.run { server in
            let whole = try server.stream("fast").nextResponse().body
            let connection = try server.stream("fast!cut-chunk-after=2")
            try connection.readToEnd()
            let body = connection.response.body
            // The reader drops nothing of the unfinished chunk: it is more than two events and less than three.
            #expect(body.count > EventReader(body, closesLastEvent: false).events.count * 10)
            #expect(events(connection).count == 2)
            #expect(whole.count > body.count)
        }
    }

    @Test(arguments: [("reset-before-head", Connection.End.reset), ("close-before-head", .finished)])
    func nothingComesBeforeTheEnd(model: String, end: Connection.End) async throws {
        try await TestServer.run { server in
            let connection = try server.stream(model)
            #expect(try connection.readToEnd() == end)
            #expect(connection.received.isEmpty)
        }
    }

    @Test(arguments: ["garbage-head", "short-length", "http-1.0"])
    func theConnectionIsClosedAtTheEnd(model: String) async throws {
        try await TestServer.run { server in
            let connection = try server.stream(model)
            #expect(try connection.readToEnd() == .finished)
            #expect(!connection.response.isComplete)
        }
    }

    @Test(arguments: [
        ("error-401", 401), ("error-429", 429), ("error-503", 503), ("error-529", 529), ("redirect", 307), ("no-content", 204),
        ("html-page", 200), ("empty-body", 200), ("json-instead", 200),
    ])
    func wholeAnswersKeepTheConnection(model: String, status: Int) async throws {
        try await TestServer.run { server in
            let connection = try server.stream(model)
            try connection.read { $0.firstRange(of: Array("\r\n\r\n".utf8)) != nil && (WireReader($0).isComplete || status == 204) }
            #expect(connection.response.status == status)
            if model == "error-429" { #expect(connection.response.header("retry-after") == "2") }
            #expect(connection.end == nil)
        }
    }

    @Test func aStallKeepsTheConnectionOpen() async throws {
        try await TestServer.run { server in
            let connection = try server.stream("fast!stall-after=2")
            try connection.read { _ in events(connection).count == 2 }
            try await server.state("no open stream") { $0.open.count == 1 }
            #expect(connection.end == nil)
            #expect(events(connection).count == 2)
        }
    }

    @Test func theResponseStaysOpenAfterDone() async throws {
        try await TestServer.run { server in
            let connection = try server.stream("open-after-done")
            try connection.read(until: "data: [DONE]")
            #expect(!connection.response.isComplete)
            #expect(connection.end == nil)
        }
    }

    @Test func interimResponsesComeFirst() async throws {
        try await TestServer.run { server in
            let connection = try server.stream("interim-responses")
            let response = try connection.nextResponse()
            #expect(response.status == 200)
            #expect(EventReader(response.body).events.last?.data == "[DONE]")
        }
    }

    @Test func tenMebibytesArriveInOneEvent() async throws {
        try await TestServer.run { server in
            let connection = try server.stream("fast!oversize-event=10485760;after_events=2")
            try connection.read(until: "data: [DONE]")
            let longest = EventReader(connection.response.body).events.map(\.data.utf8.count).max()
            #expect(longest == 10_485_760)
        }
    }

    @Test func everyByteArrivesWhenCutByteByByte() async throws {
        try await TestServer.run { server in
            let connection = try server.stream("emoji-split")
            let texts = try StreamTexts(EventReader(connection.nextResponse().body).events.map(\.data))
            #expect(texts.content[0]?.contains("👨‍👩‍👧‍👦") == true)
            #expect(texts.content[0]?.hasSuffix("🇯🇵.") == true)
        }
    }
}
