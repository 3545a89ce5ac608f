import Testing

extension EndToEnd {
    @Suite struct StyleTests {
        private static let all = ["prompt_summary", "reasoning_summary", "final_output"]
        private static let answer = "Done at once."

        @Test func everyStyleStreamsThreePhasesAndTheAnswer() throws {
            let house = try House()
            for style in ["events", "inline", "reasoning", "think"] {
                let reply = try house.stream("fast") { $0.headers.append(("x-phases", style)) }
                #expect(reply.status == 200)
                #expect(reply.header("x-phases") == style)
                let stream = reply.stream
                #expect(stream.markers == (style == "events" ? Self.all : []), "\(style)")
                #expect(stream.taggedPhases == Self.all, "\(style)")
                #expect(stream.finishReason == "stop")
                #expect(stream.endsWithDone)
                #expect(stream.errorCode == nil)
                let summaries = style == "reasoning" ? stream.text("reasoning_content") : stream.text()
                #expect(summaries.contains("[Prompt Summary] Which river is the longest in Europe"), "\(style): \(summaries)")
                #expect(summaries.contains("[Reasoning Summary] "))
                #expect(!reply.text.contains("The request is short."), "raw reasoning left in \(style)")
                switch style {
                case "reasoning": #expect(stream.text() == Self.answer)
                case "think":
                    #expect(stream.text().hasPrefix("<think>"))
                    #expect(stream.text().hasSuffix("</think>\n\n" + Self.answer))
                default: #expect(stream.answer == Self.answer)
                }
            }
        }

        @Test func styleOffIsTheUpstreamsOwnStream() throws {
            let house = try House()
            let reply = try house.stream("fast") { $0.headers.append(("x-phases", "off")) }
            #expect(reply.header("x-phases") == "off")
            #expect(reply.stream.text("reasoning_content") == "The request is short. A short answer is enough.")
            #expect(reply.stream.text() == Self.answer)
            #expect(reply.stream.taggedPhases.isEmpty)
            #expect(reply.stream.endsWithDone)
        }

        @Test func styleOffCanBeLeftToTheConfiguration() throws {
            let house = try House(["style-allow-off": "off"])
            let ways: [(String, String?, (inout Request) -> Void)] = [
                ("phases", nil, { $0 = .chat("fast", stream: true, members: ", \"phases\": \"off\"") }),
                ("X-Phases", nil, { $0.headers.append(("x-phases", "off")) }), ("phases", nil, { $0.target += "?phases=off" }),
                ("model", "fast#off", { _ in }), ("model", nil, { $0.target = "/off" + $0.target }),
            ]
            for (param, model, change) in ways {
                for stream in [true, false] {
                    var request = Request.chat(model ?? "fast", stream: stream)
                    change(&request)
                    let reply = try house.send(request)
                    #expect(reply.status == 400 && reply.errorCode == "style_not_allowed", "\(param): \(reply.text)")
                    #expect(reply.json["error"]["param"].string == param, "\(reply.text)")
                }
            }
            #expect(try house.upstreamRequests() == 0)
            #expect(try house.stream("fast").status == 200)
            let given = try House(["style-allow-off": "off", "style": "off"])
            for header in ["off", nil] {
                let reply = try given.stream("fast") { if let header { $0.headers.append(("x-phases", header)) } }
                #expect(reply.status == 200 && reply.header("x-phases") == "off")
            }
        }

        @Test func aWholeAnswerIsPureWithThePhasesBesideIt() throws {
            let house = try House()
            for style in ["events", "inline", "reasoning", "think", "off"] {
                var request = Request.chat("fast", stream: false)
                request.headers.append(("x-phases", style))
                let reply = try house.send(request)
                #expect(reply.status == 200)
                #expect(reply.header("content-type") == "application/json")
                #expect(reply.header("x-phases") == style)
                let message = reply.json["choices"][0]["message"]
                let content = try #require(message["content"].string)
                let phases = reply.json["phases"].array.map { $0["phase"].string ?? "?" }
                #expect(phases == (style == "off" ? [] : Self.all), "\(style)")
                #expect(style == "think" ? content.hasSuffix("</think>\n\n" + Self.answer) : content == Self.answer, "\(style): \(content)")
                let reasoning = message["reasoning_content"].string
                switch style {
                case "reasoning": #expect(reasoning?.contains("[Reasoning Summary] ") == true)
                case "off": #expect(reasoning == "The request is short. A short answer is enough.")
                default: #expect(reasoning == nil, "\(style)")
                }
                #expect(reply.json["choices"][0]["finish_reason"].string == "stop")
                #expect(reply.json["usage"]["total_tokens"].int ?? 0 > 0)
            }
        }

        @Test func theHeadersOfAStreamKeepItFlowing() throws {
            let house = try House()
            let reply = try house.stream("fast") { $0.headers.append(("x-request-id", "my-id.42")) }
            #expect(reply.version == "HTTP/1.1")
            #expect(reply.header("content-type") == "text/event-stream; charset=utf-8")
            #expect(reply.header("cache-control") == "no-cache, no-transform")
            #expect(reply.header("x-accel-buffering") == "no")
            #expect(reply.header("x-request-id") == "my-id.42")
            #expect(reply.header("content-length") == nil)
            #expect(reply.header("content-encoding") == nil)
            #expect(reply.isChunked && reply.isComplete)
            // The upstream sees the same id, and what could forge a header or a log line is replaced.
            #expect(try house.lastUpstreamRequest()["headers"]["x-request-id"].string == "my-id.42")
            let odd = try house.stream("fast") { $0.headers.append(("x-request-id", "a b\"c")) }
            #expect(odd.header("x-request-id")?.hasPrefix("req_") == true)
        }

        @Test func http10IsAnsweredUnchunkedAndClosed() throws {
            let house = try House()
            for stream in [true, false] {
                var request = Request.chat("fast", stream: stream)
                request.version = "HTTP/1.0"
                let connection = try house.connect()
                try connection.send(request.bytes)
                try connection.receiveToEnd()
                let reply = try #require(Reply(connection.received, isClosed: true))
                #expect(reply.version == "HTTP/1.0")
                #expect(!reply.isChunked)
                #expect(reply.header("connection") == "close")
                #expect(reply.isComplete)
                #expect(stream ? reply.stream.endsWithDone : reply.json["choices"][0]["message"]["content"].string == Self.answer)
            }
        }

        @Test func oneConnectionServesManyRequests() throws {
            let house = try House()
            let connection = try house.connect()
            for round in 0..<6 {
                let reply = try connection.exchange(.chat("fast", stream: round % 2 == 0))
                #expect(reply.status == 200)
                #expect(reply.isComplete)
                #expect(reply.text.contains("at once") || reply.stream.answer == Self.answer)
            }
            #expect(try connection.exchange(Request("GET", "/livez")).status == 200)
            // And the upstream's connection is used again, too.
            let accepted = try #require(try house.mockState()["connections"]["accepted"].int)
            #expect(accepted <= 3, "the mock accepted \(accepted) connections")
            // `connection: close` is obeyed.
            var last = Request("GET", "/livez")
            last.headers.append(("connection", "close"))
            #expect(try connection.exchange(last).header("connection") == "close")
            try connection.receiveToEnd()
        }

        @Test func pipelinedRequestsAreAnsweredInOrderOrTheConnectionCloses() throws {
            let house = try House()
            let quick = try house.connect()
            try quick.send(Request("GET", "/livez").bytes + Request("GET", "/nothing").bytes + Request("GET", "/readyz").bytes)
            #expect(try [quick.reply().status, quick.reply().status, quick.reply().status] == [200, 404, 200])
            // Behind a stream nothing is answered: it ends whole, and the connection with it.
            let stream = try house.connect()
            try stream.send(Request.chat("fast", stream: true).bytes + Request("GET", "/livez").bytes)
            let reply = try stream.reply()
            #expect(reply.stream.endsWithDone && reply.stream.answer == Self.answer)
            try stream.receiveToEnd()
            #expect(stream.received.isEmpty)
        }

        @Test func aStyleIsChosenInSixPlaces() throws {
            let house = try House()
            let ways: [(String, (inout Request) -> Void)] = [
                ("body field", { $0 = .chat("fast", stream: true, members: ", \"phases\": \"inline\"") }),
                ("body object", { $0 = .chat("fast", stream: true, members: ", \"phases\": {\"style\": \"inline\"}") }),
                ("header", { $0.headers.append(("X-Phases", "inline")) }),
                ("query", { $0.target += "?phases=inline" }),
                ("model suffix", { $0 = .chat("fast#inline", stream: true) }),
                ("path prefix", { $0.target = "/inline/v1/chat/completions" }),
                ("user agent", { $0.headers.append(("user-agent", "OpenAI/Python 1.50.0")) }),
            ]
            for (name, change) in ways {
                let reply = try house.stream("fast", change)
                #expect(reply.status == 200, "\(name)")
                #expect(reply.header("x-phases") == "inline", "\(name)")
                #expect(reply.stream.markers.isEmpty && reply.stream.taggedPhases == Self.all, "\(name)")
                let body = try house.lastUpstreamRequest()["body"]
                #expect(body["model"].string == "fast", "\(name)")
                #expect(!body["phases"].exists, "\(name)")
            }
            #expect(try house.stream("fast") { $0.headers.append(("user-agent", "OpenAI/Python 1.99.0")) }.header("x-phases") == "events")
            // The body's word counts before the header's.
            let both = try house.stream("fast") {
                $0 = .chat("fast", stream: true, members: ", \"phases\": \"think\"")
                $0.headers.append(("x-phases", "inline"))
            }
            #expect(both.header("x-phases") == "think")
        }

        @Test func anUnknownStyleIsTheClientsMistake() throws {
            let house = try House()
            let ways: [(inout Request) -> Void] = [
                { $0 = .chat("fast", stream: true, members: ", \"phases\": \"loud\"") }, { $0.headers.append(("x-phases", "loud")) },
                { $0.target += "?phases=loud" }, { $0 = .chat("fast#loud", stream: true) },
            ]
            for change in ways {
                let reply = try house.stream("fast", change)
                #expect(reply.status == 400)
                #expect(reply.errorCode == "unknown_style")
                #expect(reply.json["error"]["message"].string?.contains("events, inline, reasoning, think, off") == true)
            }
            #expect(try house.upstreamRequests() == 0)
        }

        @Test func structuredOutputGetsTheReasoningStyle() throws {
            let house = try House()
            let format = ", \"response_format\": {\"type\": \"json_object\"}"
            let reply = try house.send(.chat("json-answer", stream: true, members: format))
            #expect(reply.header("x-phases") == "reasoning")
            #expect(Value(Array(reply.stream.text().utf8)).exists, "not JSON: \(reply.stream.text())")
            let text = try house.send(.chat("fast", stream: true, members: ", \"response_format\": {\"type\": \"text\"}"))
            #expect(text.header("x-phases") == "events")
        }

        @Test func theFirstFrameComesWhileTheUpstreamIsSilentAndHeartbeatsFollow() throws {
            let house = try House(["stream-commit-delay": "50ms", "stream-heartbeat-interval": "1s"])
            let connection = try house.connect()
            try connection.send(Request.chat("no-first-event", stream: true).bytes)
            let time = try measured { try connection.receive(text: "[Prompt Summary]") }
            print("first frame after \(Int(time.inMilliseconds)) ms")
            #expect(time < .seconds(1))
            try connection.receive(text: ": ping\n", within: .seconds(3))
        }
    }
}
