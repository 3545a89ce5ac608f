import Testing

@testable import MockUpstream

@Suite struct ServerTests {
    @Test func aStreamComesWholeAndTheConnectionServesAnother() async throws {
        try await TestServer.run { server in
            let connection = try server.stream("fast")
            let first = try connection.nextResponse()
            #expect(first.header("content-type") == "text/event-stream; charset=utf-8")
            #expect(first.header("x-mock-scenario") == "fast")
            let texts = try StreamTexts(EventReader(first.body).events.map(\.data))
            #expect(texts.reasoning[0] == "The request is short. A short answer is enough.")
            #expect(texts.content[0] == "Done at once.")
            try connection.request("POST", "/v1/chat/completions", TestServer.chat("plain", stream: false))
            let second = try JSON(parsing: connection.nextResponse().body)
            #expect(second["choices"]?.elements?.first?["message"]?["content"]?.text?.hasPrefix("A plain answer") == true)
            #expect(second["id"]?.text == "chatcmpl-mock-000002")
            #expect(server.server.router.state.snapshot.connectionsAccepted == 1)
        }
    }

    @Test func pipelinedRequestsAreAnsweredInOrder() async throws {
        try await TestServer.run { server in
            let connection = try server.connect()
            try connection.request("GET", "/health")
            try connection.request("POST", "/v1/chat/completions", TestServer.chat("fast"))
            try connection.request("GET", "/v1/models", headers: ["connection: close"])
            try connection.readToEnd()
            let text = String(decoding: connection.received, as: UTF8.self)
            let places = try ["{\"status\":\"ok\"}", "data: [DONE]", "\"object\":\"list\""].map {
                try #require(text.firstRange(of: $0)).lowerBound
            }
            #expect(places == places.sorted())
        }
    }

    @Test func modelsHealthAndMistakes() async throws {
        try await TestServer.run { server in
            let models = try server.json("GET", "/v1/models")["data"]?.elements?.compactMap { $0["id"]?.text } ?? []
            #expect(models.contains("demo") && models.contains("recording/chat.groq-style.reasoning") && models.contains("deepseek-r1"))
            #expect(try server.json("GET", "/health") == ["status": "ok"])
            #expect(try server.ask("GET", "/v2/nothing").status == 404)
            let wrong = try server.ask("GET", "/v1/chat/completions")
            #expect(wrong.status == 405)
            #expect(wrong.header("allow") == "POST")
            #expect(try server.ask("POST", "/v1/chat/completions", "{").status == 400)
            #expect(try server.ask("POST", "/mock/next", "{}").status == 400)
            #expect(try server.ask("PUT", "/mock/state").status == 404)
        }
    }

    @Test func bytesThatAreNotHTTPGetA400() async throws {
        try await TestServer.run { server in
            let connection = try server.connect()
            try connection.send("hello there\r\n\r\n")
            try connection.readToEnd()
            #expect(connection.response.status == 400)
        }
    }

    @Test func aKeyIsAskedForWhenOneIsSet() async throws {
        try await TestServer.run(apiKey: "sesame") { (server: TestServer) async throws in
            let body = TestServer.chat("fast")
            #expect(try server.ask("POST", "/v1/chat/completions", body).status == 401)
            #expect(try server.ask("POST", "/v1/chat/completions", body, headers: ["authorization: Bearer open"]).status == 401)
            #expect(try server.ask("POST", "/v1/chat/completions", body, headers: ["Authorization: Bearer sesame"]).status == 200)
            #expect(try server.ask("GET", "/v1/models").status == 401)
            #expect(try server.ask("GET", "/health").status == 200)
        }
    }

    @Test func strictServersRefuseUnknownFields() async throws {
        try await TestServer.run(isStrict: true) { server in
            let refused = try server.ask("POST", "/v1/chat/completions", TestServer.chat("fast", #","phases":"inline""#))
            #expect(refused.status == 400)
            #expect(refused.text.contains("Unrecognized request argument supplied: phases"))
            #expect(try server.ask("POST", "/v1/chat/completions", TestServer.chat("fast", #","temperature":0"#)).status == 200)
        }
    }

    @Test func anHTTP10ClientGetsNoChunks() async throws {
        try await TestServer.run { server in
            let connection = try server.connect()
            try connection.request("POST", "/v1/chat/completions", TestServer.chat("fast"), version: "1.0")
            #expect(try connection.readToEnd() == .finished)
            #expect(connection.response.statusLine == "HTTP/1.0 200 OK")
            #expect(connection.response.header("transfer-encoding") == nil)
            #expect(EventReader(connection.response.body).events.last?.data == "[DONE]")
        }
    }

    @Test func aBodyIsInvitedWhenTheClientWaitsForIt() async throws {
        try await TestServer.run { server in
            let connection = try server.connect()
            let body = TestServer.chat("fast")
            try connection.send(
                "POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nexpect: 100-continue\r\ncontent-length: \(body.utf8.count)\r\n\r\n")
            try connection.read(until: "HTTP/1.1 100 Continue\r\n\r\n")
            try connection.send(body)
            #expect(try connection.nextResponse().status == 200)
        }
    }

    @Test func ordersChooseTheNextScenario() async throws {
        try await TestServer.run { server in
            #expect(try server.json("POST", "/mock/next", #"{"scenario":"error-503","times":2}"#)["ok"] == true)
            let statuses = try (0..<3).map { _ in try server.ask("POST", "/v1/chat/completions", TestServer.chat("fast")).status }
            #expect(statuses == [503, 503, 200])
        }
    }

    @Test func occurrencesAreCountedPerScenario() async throws {
        try await TestServer.run { server in
            let flapping = try (0..<4).map { _ in try server.ask("POST", "/v1/chat/completions", TestServer.chat("flapping")).status }
            #expect(flapping == [200, 503, 200, 503])
            let recovering = try (0..<5).map { _ in try server.ask("POST", "/v1/chat/completions", TestServer.chat("recovers")).status }
            #expect(recovering == [500, 500, 500, 200, 200])
        }
    }

    @Test func stateAndRequestsTellWhatHappened() async throws {
        try await TestServer.run { server in
            _ = try server.ask("POST", "/v1/chat/completions", TestServer.chat("fast"), headers: ["x-trace: 7"])
            _ = try server.ask("GET", "/health")
            let state = try server.json("GET", "/mock/state")
            #expect(state["requests"]?["total"]?.integer == 2)
            #expect(state["requests"]?["by_path"]?["/v1/chat/completions"]?.integer == 1)
            #expect(state["requests"]?["by_model"]?["fast"]?.integer == 1)
            #expect(state["streams"]?["completed"]?.integer == 1)
            #expect(state["streams"]?["open"]?.integer == 0)
            #expect(state["connections"]?["accepted"]?.integer == 3)
            #expect(state["bytes_sent"]?.integer ?? 0 > 1000)
            let last = try server.json("GET", "/mock/requests?last=5").elements ?? []
            #expect(last.count == 2)
            #expect(last.first?["body"]?["model"] == "fast")
            #expect(last.first?["headers"]?["x-trace"] == "7")
            #expect(try server.json("GET", "/mock/requests?last=1").elements?.first?["path"] == "/health")
            _ = try server.json("POST", "/mock/reset")
            #expect(try server.json("GET", "/mock/state")["requests"]?["total"]?.integer == 0)
            #expect(try server.json("GET", "/mock/scenarios").elements?.count ?? 0 > 100)
        }
    }

    @Test func aHeldStreamGoesOnWhenReleased() async throws {
        try await TestServer.run { server in
            let connection = try server.stream("hold-in-answer")
            try await server.state("nothing is held") { $0.held == 1 }
            try connection.read(until: "\"content\":\"The\"")
            #expect(!connection.response.text.contains("[DONE]"))
            #expect(try server.json("POST", "/mock/release")["released"]?.integer == 1)
            #expect(try EventReader(connection.nextResponse().body).events.last?.data == "[DONE]")
            try await server.state("still held") { $0.held == 0 && $0.completed == 1 }
        }
    }

    /// States a stream can stay in for longer than any test takes.
    @Test(arguments: [
        "fast!pause-in=reasoning;milliseconds=600000", "fast!slow-head=600000", "stall-in-reasoning", "no-answer", "hold-in-answer",
        "comments-for-ever", "endless",
    ])
    func aClientThatLeavesIsNoticedAtOnce(model: String) async throws {
        try await TestServer.run { server in
            let connection = try server.stream(model)
            try await server.state("the stream never opened") { $0.open.count == 1 }
            connection.leave()
            let left = ContinuousClock.now
            try await server.state("the close was not noticed") { $0.cancelledByClient == 1 && $0.open.isEmpty && $0.connectionsOpen == 0 }
            let cancellation = try #require(server.server.router.state.snapshot.cancellations.first)
            #expect(cancellation.noticed - left < .seconds(3))  // milliseconds on an idle machine
            #expect(cancellation.answer.model == model)
            #expect(server.server.router.state.snapshot.blockedWriters == 0)
            #expect(server.server.router.state.snapshot.held == 0)
            #expect(try server.json("GET", "/mock/state")["cancelled"]?.elements?.first?["after_ms"] != nil)
        }
    }

    /// A write may fail, and so tell that the client has left, in the middle of a turn.
    @Test func nothingMoreIsSentToAClientThatLeft() async throws {
        try await TestServer.run { server in
            for _ in 0..<4 {
                let connection = try server.stream("endless")
                try connection.read { $0.count > 100_000 }
                connection.leave()
            }
            try await server.state("the closes were not noticed") { $0.cancelledByClient == 4 && $0.open.isEmpty }
            let sent = server.server.router.state.snapshot.bytesSent
            for _ in 0..<20 { _ = try server.ask("GET", "/health") }
            #expect(server.server.router.state.snapshot.bytesSent - sent < 20 * 500)
        }
    }

    @Test func anAnswerThatIsNotStreamedIsCancelledToo() async throws {
        try await TestServer.run { server in
            let connection = try server.connect()
            try connection.request("POST", "/v1/chat/completions", TestServer.chat("fast!slow-head=600000", stream: false))
            try await server.state("the answer never opened") { $0.open.count == 1 }
            connection.leave()
            try await server.state("the close was not noticed") { $0.cancelledByClient == 1 }
        }
    }

    @Test(arguments: ["endless", "endless-line", "oversize-event!oversize-event=50000000"])
    func aClientThatDoesNotReadBlocksTheWriter(model: String) async throws {
        try await TestServer.run(sendBuffer: 32768) { server in
            let connection = try server.stream(model, receiveBuffer: 65536)
            try await server.state("never blocked") { $0.blockedWriters == 1 }
            let sent = server.server.router.state.snapshot.bytesSent
            #expect(sent < 1_000_000)
            #expect(try server.json("GET", "/mock/state")["streams"]?["blocked"]?.integer == 1)
            // Reading lets it go on.
            try connection.read { $0.count > sent }
            #expect(server.server.router.state.snapshot.bytesSent > sent)
            connection.leave()
            try await server.state("still blocked") { $0.blockedWriters == 0 && $0.open.isEmpty }
        }
    }

    @Test func aStreamWithoutPaceLeavesRoomForOthers() async throws {
        try await TestServer.run { server in
            let readers = (0..<4).map { _ in Reader { try server.stream("endless") } }
            defer { readers.forEach { $0.stop() } }
            try await server.state("the streams never ran") { $0.open.count == 4 && $0.bytesSent > 100_000 }
            for _ in 0..<8 { #expect(try server.ask("GET", "/health").status == 200) }
        }
    }

    @Test func severalServersHaveCountersOfTheirOwn() async throws {
        try await TestServer.run { one in
            try await TestServer.run { other in
                _ = try one.ask("POST", "/v1/chat/completions", TestServer.chat("fast"))
                #expect(one.server.router.state.snapshot.requests == 1)
                #expect(other.server.router.state.snapshot.requests == 0)
                #expect(one.server.port != other.server.port)
            }
        }
    }

    @Test func aPortInUseIsOneClearLine() async throws {
        try await TestServer.run { server in
            let error = await #expect(throws: MockServerError.self) {
                try await MockServer.start(
                    host: "127.0.0.1", port: server.server.port, router: server.server.router, log: RequestLog(form: .none),
                    loops: TestServer.loops)
            }
            #expect(
                error?.description
                    == "cannot listen on 127.0.0.1:\(server.server.port): the port is already in use (--port 0 picks a free one)")
        }
    }
}
