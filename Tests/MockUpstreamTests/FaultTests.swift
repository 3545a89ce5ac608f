import Testing

@testable import MockUpstream

@Suite struct FaultTests {
    @Test(arguments: [
        ("stall", Fault.Kind.stall, Fault.Trigger.events(0)), ("reset-after=5", .reset, .events(5)), ("reset=5", .reset, .events(5)),
        ("cut-chunk-after-bytes=300", .cutChunk, .bytes(300)), ("stall-in=reasoning", .stall, .middle(of: .reasoning)),
        ("end-in=answer", .end, .middle(of: .answer)), (" garbage-event ; after_events = 3 ", .garbageEvent, .events(3)),
        ("bad-chunk-size-after=2", .badChunkSize, .events(2)),
    ])
    func theShorthandNamesAPointOfTheStream(text: String, kind: Fault.Kind, trigger: Fault.Trigger) throws {
        let fault = try Fault(shorthand: text)
        #expect(fault.kind == kind)
        #expect(fault.trigger == trigger)
    }

    @Test func theShorthandCarriesParameters() throws {
        let limited = try Fault(shorthand: "status=429;retry_after=7;first=2")
        #expect(limited.status == 429)
        #expect(limited.headers == [Header("retry-after", "7")])
        #expect(limited.occurrence == .first(2))
        #expect(try Fault(shorthand: "slow-head=250").milliseconds == 250)
        #expect(try Fault(shorthand: "oversize-event=1000;in=answer").count == 1000)
        #expect(try Fault(shorthand: "redirect=http://x/").headers == [Header("location", "http://x/")])
        #expect(try Fault(shorthand: "error-event;body=oops").body == "oops")
    }

    @Test(arguments: [
        ("", "is not a fault"), ("stal", "there is no fault \"stal\"; known: "), ("gzip=3", "is not a fault"),
        ("stall-after", "there is no fault"),
        ("stall;in", "is not a fault"), ("stall-in=middle", "must be reasoning or answer"), ("stall;status=500", "means nothing"),
        ("status=9", "not a status"), ("stall-after=many", "must be a whole number"), ("stall-above=5", "there is no fault"),
    ])
    func aMistakeInTheShorthandIsExplained(text: String, message: String) {
        let error = #expect(throws: FaultSpellingError.self) { try Fault(shorthand: text) }
        #expect(error?.description.contains(message) == true, "\(error?.description ?? "none")")
    }

    @Test func occurrencesCountRequests() {
        #expect((1...5).map { Fault.Occurrence.first(2).includes(request: $0) } == [true, true, false, false, false])
        #expect((1...5).map { Fault.Occurrence.every(2).includes(request: $0) } == [false, true, false, true, false])
        #expect(Fault.Occurrence.always.includes(request: 9))
    }

    /// A response to the short scenario: role, three words of reasoning, two of answer, finish, [DONE].
    private func play(_ shorthand: String, limit: Int = 200_000) throws -> Played {
        try Example.play(Example.short(), fault: Fault(shorthand: shorthand), limit: limit)
    }

    @Test(
        arguments: [
            "stall", "hold", "reset", "end", "close", "truncated-json", "cut-chunk", "bad-chunk-size", "early-done", "error-event",
        ], [0, 1, 4, 7, 99])
    func aFaultStrikesAfterSoManyEvents(kind: String, count: Int) throws {
        let clean = try Example.play(Example.short()).data
        let played = try play("\(kind)-after=\(count)")
        let events = EventReader(played.response.body, closesLastEvent: false).events.map(\.data)
        let expected = min(count, clean.count - 1)  // at the latest before [DONE]
        #expect(Array(events.prefix(expected)) == Array(clean.prefix(expected)))
        switch kind {
        case "stall": #expect(played.last == .stall)
        case "hold": #expect(played.last == .hold)
        case "reset": #expect(played.last == .reset)
        case "end", "truncated-json", "early-done", "error-event":
            #expect(played.last == .complete(keepAlive: true))
            #expect(played.response.isComplete)
        default:
            #expect(played.last == .close)
            #expect(!played.response.isComplete)
        }
        let more = kind == "early-done" || kind == "error-event" ? 1 : 0
        #expect(events.count == expected + more)
    }

    @Test(arguments: [0, 1, 100, 333, 1000])
    func aFaultStrikesAtAnExactByte(count: Int) throws {
        let clean = try Example.play(Example.short()).response.body
        let played = try play("close-after-bytes=\(count)")
        #expect(played.response.body == Array(clean.prefix(count)))
        let paused = try Example.play(Example.short(), fault: Fault(shorthand: "pause-after-bytes=\(count);milliseconds=5"))
        #expect(paused.response.body == clean)
        #expect(paused.waits == [5_000_000])
    }

    @Test func aFaultStrikesInTheMiddleOfAPhase() throws {
        let inReasoning = try StreamTexts(play("end-in=reasoning").data)
        #expect(inReasoning.reasoning[0] == "I")
        #expect(inReasoning.content[0] == "")
        let inAnswer = try StreamTexts(play("end-in=answer").data)
        #expect(inAnswer.reasoning[0] == "I think so")
        #expect(inAnswer.content[0] == "Indeed")
        #expect(inAnswer.finishReasons.isEmpty)
        var tagged = try Example.short()
        tagged.format = .thinkTags
        #expect(try Example.play(tagged, fault: Fault(shorthand: "stall-in=reasoning")).progress.phase == .reasoning)
    }

    @Test(arguments: FixtureFiles.scenarios.filter { $0.contains("-in-reasoning") || $0.contains("-in-answer") })
    func scenariosNamedAfterAPhaseStopInIt(file: String) throws {
        let path = "\(FixtureFiles.scenariosFolder)/\(file)"
        let scenario = try ScenarioCatalogue.decode(FixtureFiles.bytes(FixtureFiles.scenariosFolder, file), file: path)
        guard let fault = scenario.fault, fault.kind != .pause else { return }
        #expect(try Example.play(scenario).progress.phase == (file.contains("-in-answer") ? .answer : .reasoning))
    }

    @Test(arguments: [
        ("garbage-event-after=3", "{\"id\":\"chatcmpl-mock\",\"choices\":[{\"index\":0,\"delta\":{\"content\":"),
        ("garbage-event-after=3;body=not json", "not json"),
    ])
    func aGarbageEventIsOneMore(shorthand: String, payload: String) throws {
        let clean = try Example.play(Example.short()).data
        var expected = clean
        expected.insert(payload, at: 3)
        #expect(try play(shorthand).data == expected)
    }

    @Test func invalidUTF8StandsInsideOneEvent() throws {
        let body = try play("invalid-utf8-after=3").response.body
        #expect(body.firstRange(of: StreamScript.notUTF8) != nil)
        #expect(String(validating: body, as: UTF8.self) == nil)
        let text = String(decoding: body, as: UTF8.self)
        let clean = try Example.play(Example.short()).data
        #expect(clean.allSatisfy { text.contains($0) })
    }

    @Test func oversizeEventsAndCommentsHaveTheirSize() throws {
        let event = try play("oversize-event=100000;after_events=2").data[2]
        #expect(event.utf8.count == 100_000)
        #expect(try JSON(parsing: event)["object"]?.text == "chat.completion.chunk")
        let comments = EventReader(try play("oversize-comment=5000").response.body).comments
        #expect(comments.map(\.utf8.count) == [5000])
    }

    @Test(arguments: [
        ("error-event", "{\"error\":{\"message\":"), ("string-error", "{\"error\":\"The"), ("flat-error", "{\"object\":\"error\""),
    ])
    func errorEventsHaveTheirShapes(kind: String, start: String) throws {
        let data = try play("\(kind)-after=2").data
        #expect(data.count == 3)
        #expect(data[2].hasPrefix(start))
    }

    @Test func faultsAroundDone() throws {
        #expect(try play("duplicate-done").data.suffix(2) == ["[DONE]", "[DONE]"])
        let late = try play("data-after-done")
        let clean = try Example.play(Example.short()).data
        #expect(late.data.count == clean.count + 5)
        #expect(late.response.isComplete)
        let open = try play("open-after-done")
        #expect(open.data.last == "[DONE]")
        #expect(open.last == .stall)
        #expect(!open.response.isComplete)
    }

    @Test(arguments: [("endless", 1000), ("endless-line", 10), ("comments;milliseconds=1", 1000)])
    func someStreamsNeverEnd(shorthand: String, actions: Int) throws {
        let played = try play(shorthand, limit: actions)
        #expect(played.writes.count + played.waits.count == actions)  // the limit was reached; no final action came
        #expect(played.response.body.count > 8_000)
        #expect(!played.response.isComplete)
    }

    @Test(arguments: [
        ("status=503;retry_after=1", 503, "application/json"), ("html", 200, "text/html; charset=utf-8"),
        ("html-stream", 200, "text/event-stream"), ("empty", 200, "text/event-stream"), ("json", 200, "application/json"),
        ("redirect", 307, "text/html"), ("wrong-type", 200, "text/plain"), ("header-flood=300", 200, "text/event-stream; charset=utf-8"),
        ("http-1.0", 200, "text/event-stream; charset=utf-8"), ("interim=3", 200, "text/event-stream; charset=utf-8"),
    ])
    func headsAreWhatTheFaultSays(shorthand: String, status: Int, type: String) throws {
        let response = try play(shorthand).response
        #expect(response.status == status)
        #expect(response.header("content-type") == type)
        switch shorthand {
        case "status=503;retry_after=1": #expect(response.header("retry-after") == "1")
        case "redirect": #expect(response.header("location") != nil)
        case "empty": #expect(response.body.isEmpty && response.isComplete)
        case "header-flood=300": #expect(response.headers.filter { $0.name.hasPrefix("x-flood-") }.count == 300)
        case "http-1.0":
            #expect(response.statusLine == "HTTP/1.0 200 OK")
            #expect(response.header("transfer-encoding") == nil)
        default: break
        }
    }

    @Test func answersThatNeverBegin() throws {
        #expect(try play("no-answer").bytes.isEmpty)
        #expect(try play("reset-before-head").last == .reset)
        #expect(try play("close-before-head").last == .close)
        #expect(try play("garbage-head").response.status == 0)
        #expect(try play("no-content").response.status == 204)
        #expect(try play("slow-head=30").waits == [30_000_000])
    }

    @Test func theGzipStreamHoldsTheSameBytes() throws {
        let clean = try Example.play(Example.short()).response.body
        let response = try play("gzip").response
        #expect(response.header("content-encoding") == "gzip")
        let (bytes, checksum, count) = try #require(Self.stored(response.body))
        #expect(bytes == clean)
        #expect(count == clean.count)
        #expect(checksum != 0)
        var known = GzipWriter()
        _ = known.blocks(Array("123456789".utf8))
        #expect(Self.stored(GzipWriter.header + known.finish())?.checksum == 0xCBF4_3926)
    }

    /// Undoes stored blocks only, as RFC 1951, section 3.2.4, describes them.
    private static func stored(_ gzip: [UInt8]) -> (bytes: [UInt8], checksum: UInt32, count: Int)? {
        guard gzip.starts(with: [0x1F, 0x8B, 8, 0]) else { return nil }
        var rest = gzip.dropFirst(10)
        var bytes: [UInt8] = []
        while rest.count >= 5 {
            let header = Array(rest.prefix(5))
            let length = Int(header[1]) | Int(header[2]) << 8
            guard header[1] == ~header[3], header[2] == ~header[4] else { return nil }
            bytes += rest.dropFirst(5).prefix(length)
            rest = rest.dropFirst(5 + length)
            if header[0] == 1 { break }
        }
        guard rest.count == 8 else { return nil }
        let numbers = [0, 4].map { start in rest.dropFirst(start).prefix(4).reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) } }
        return (bytes, numbers[0], Int(numbers[1]))
    }

    @Test(arguments: [
        ("status=500", 500), ("error-event", 500), ("flat-error", 500), ("garbage-event", 200), ("invalid-utf8", 200), ("slow-head=5", 200),
        ("gzip", 200),
    ])
    func anAnswerThatIsNotStreamedMeetsFaultsToo(shorthand: String, status: Int) throws {
        let script = try WholeAnswer.script(
            Example.short(), Example.request(stream: false), fault: Fault(shorthand: shorthand), Example.context)
        let response = Played(script).response
        #expect(response.status == status)
        #expect(response.isComplete)
    }

    @Test(arguments: [("stall", WireAction.stall), ("reset", .reset), ("close", .close), ("hold", .hold), ("endless", .stall)])
    func anAnswerThatIsNotStreamedCanBreakInTheMiddle(shorthand: String, last: WireAction) throws {
        let script = try WholeAnswer.script(
            Example.short(), Example.request(stream: false), fault: Fault(shorthand: shorthand), Example.context)
        let played = Played(script)
        #expect(played.last == last)
        #expect(!played.response.isComplete)
    }
}
