import Testing

@testable import proxy_client

private let promptSummary = "Processing: how many primes lie below twenty?"
private let steps = "Lists the odd numbers below twenty. Strikes out 9 and 15."
private let answer = "There are eight: 2, 3, 5, 7,\n 11, 13, 17 and 19 — ✓."

private let everyStyle: [(name: String, style: String?)] = [
    ("events.sse", "events"), ("inline.sse", "inline"), ("reasoning.sse", "reasoning"), ("reasoning-untagged.sse", nil),
    ("think.sse", "think"), ("think-untagged.sse", nil), ("whole-events.json", "events"), ("whole-reasoning.json", "reasoning"),
    ("whole-think.json", "think"),
]

private let everyFixture = [
    "events.sse", "inline.sse", "reasoning.sse", "reasoning-untagged.sse", "think.sse", "think-untagged.sse", "off.sse",
    "no-reasoning.sse", "error-in-stream.sse", "cut.sse", "length.sse", "hostile.sse", "tags-in-answer.sse", "strangers.sse",
    "whole-events.json", "whole-reasoning.json", "whole-think.json",
]

@Suite("A session over one reply")
struct SessionTests {
    @Test("Every style gives the same three parts", arguments: everyStyle)
    func everyStyleGivesTheSameParts(name: String, style: String?) throws {
        let commands = try play(name, style: style)
        #expect(text(of: .promptSummary, in: commands).trimmed == promptSummary)
        #expect(text(of: .reasoningSummary, in: commands).trimmed == steps)
        #expect(text(of: .thinking, in: commands).trimmed == "")
        #expect(text(of: .answer, in: commands) == answer)
        let begun = commands.compactMap { if case .began(let part, _) = $0 { part } else { nil } }
        #expect(begun == [.promptSummary, .reasoningSummary, .answer])
        let end = try #require(ending(of: commands))
        #expect(end.fault == nil)
        #expect(end.answer == answer)
        #expect(end.finishReason == "stop")
        #expect(end.usage == TokenUsage(promptTokens: 12, completionTokens: 90, reasoningTokens: 60))
        #expect(end.facts == ReplyFacts(status: 200, style: style, requestID: "req-1"))
    }

    @Test("The cutting of the bytes changes nothing", arguments: everyFixture)
    func theCuttingChangesNothing(name: String) throws {
        let bytes = try Fixture.bytes(name)
        let head = Fixture.head(for: name)
        let whole = play([bytes], head: head)
        #expect(play(Cutting.everyByte(bytes), head: head) == whole)
        for index in stride(from: 1, to: bytes.count, by: 7) {
            #expect(play(Cutting.inTwo(bytes, at: index), head: head) == whole)
        }
        for seed in 1...8 { #expect(play(Cutting.atRandom(bytes, seed: UInt64(seed)), head: head) == whole) }
    }

    @Test("The command list of a stream reads like its transcript")
    func theCommandListReadsLikeATranscript() throws {
        let at = Duration.milliseconds(5)
        let commands = try play("no-reasoning.sse", style: "events")
        #expect(
            commands.dropLast() == [
                .head(ReplyFacts(status: 200, style: "events", requestID: "req-1"), at: at),
                .began(.promptSummary, at: at),
                .text(.promptSummary, promptSummary, at: at),
                .began(.reasoningSummary, at: at),
                .began(.answer, at: at),
                .text(.answer, "There are ", at: at),
                .text(.answer, "eight: 2, 3, 5, 7,\n", at: at),
                .text(.answer, " 11, 13, 17 and 19 — ", at: at),
                .text(.answer, "✓.", at: at),
            ])
    }

    @Test("Raw reasoning of a server without phases is thinking")
    func rawReasoningIsThinking() throws {
        let commands = try play("off.sse")
        #expect(text(of: .thinking, in: commands) == "Hmm. 9 is odd, but 3 × 3.")
        #expect(text(of: .answer, in: commands) == answer)
    }

    @Test("Think tags inside a tagged answer are text")
    func thinkTagsInsideATaggedAnswerAreText() throws {
        let commands = try play("tags-in-answer.sse")
        #expect(text(of: .answer, in: commands) == "<think> opens the block, </think> closes it.")
    }

    @Test("Unreadable events, other choices and typed parts do not stop the stream")
    func strangersDoNotStopTheStream() throws {
        let commands = try play("strangers.sse")
        #expect(commands.contains(.note(.unreadableEvent)))
        #expect(text(of: .thinking, in: commands) == "Parts.")
        #expect(text(of: .answer, in: commands) == "Typed parts.")
        #expect(ending(of: commands)?.exitStatus == .ok)
    }

    @Test("An error in the stream keeps the text before it and ends with its code")
    func anErrorInTheStreamKeepsTheText() throws {
        let end = try #require(ending(of: try play("error-in-stream.sse")))
        #expect(end.answer == "There are ")
        let error = ServerError(message: "The upstream stopped answering after 30 s.", type: "upstream_error", code: "gap_timeout")
        #expect(end.fault == .failedInStream(error))
        #expect(end.exitStatus == .serverError)
    }

    @Test("A stream without finish reason and [DONE] is cut off")
    func aStreamWithoutAnEndIsCutOff() throws {
        let end = try #require(ending(of: try play("cut.sse")))
        #expect(end.fault == .cutOff("the stream ended without a finish reason"))
        #expect(end.answer == "There are ")
        #expect(end.exitStatus == .cutOff)
    }

    @Test("Every shortened stream without its last two events is told apart from a complete one")
    func everyShortenedStreamIsCutOff() throws {
        let bytes = try Fixture.bytes("no-reasoning.sse")
        let text = String(decoding: bytes, as: UTF8.self)
        let finish = try #require(text.range(of: "\"finish_reason\": \"stop\""))
        let end = text.utf8.distance(from: text.startIndex, to: finish.lowerBound)
        for count in stride(from: 0, through: end, by: 11) {
            let commands = play([Array(bytes[..<count])], head: Fixture.head(for: "x.sse"))
            #expect(ending(of: commands)?.exitStatus == .cutOff)
        }
    }

    @Test("The token limit inside the reasoning is said, not hidden")
    func theTokenLimitInsideTheReasoningIsSaid() throws {
        let commands = try play("length.sse")
        #expect(commands.contains(.note(.lengthReached(hadAnswer: false))))
        #expect(ending(of: commands)?.exitStatus == .ok)
    }

    @Test("An error status carries the server's words, code and hint")
    func anErrorStatusCarriesTheServersWords() {
        let head = ReplyHead(status: 429, headers: [Header("content-type", "application/json"), Header("retry-after", "7")])
        let body = #"{"error": {"message": "Slow down.", "type": "rate_limit", "param": null, "code": "too_many"}}"#
        let end = ending(of: play([Array(body.utf8)], head: head))
        let error = ServerError(message: "Slow down.", type: "rate_limit", code: "too_many")
        #expect(end?.fault == .refused(status: 429, error, retryAfter: "7"))
        #expect(end?.fault?.sentence(afterText: false) == "The server refused the request (429, too_many): Slow down.")
        #expect(end?.fault?.hint == "too many requests; try again in 7 s")
        #expect(end?.exitStatus == .serverError)
    }

    @Test(
        "Error bodies of every shape give their message",
        arguments: [
            (#"{"error": "no such model"}"#, "no such model"), (#"{"object": "error", "message": "bad", "code": 400}"#, "bad"),
            (#"{"detail": "Not Found"}"#, "Not Found"),
            ("<html>\n<h1>Bad\nGateway</h1>", "<html> <h1>Bad Gateway</h1>"), ("", "an empty body"),
            (#"{"error": {"type": "overloaded"}}"#, "no message (overloaded)"),
        ])
    func errorBodiesOfEveryShapeGiveTheirMessage(body: String, message: String) {
        guard case .refused(400, let error, _) = ending(of: play([Array(body.utf8)], head: ReplyHead(status: 400)))?.fault else {
            Issue.record("not refused")
            return
        }
        #expect(error.message == message)
    }

    @Test("A web page with status 200 is not an answer")
    func aWebPageIsNotAnAnswer() {
        let head = ReplyHead(status: 200, headers: [Header("content-type", "text/html")])
        #expect(ending(of: play([Array("<html>hello</html>".utf8)], head: head))?.exitStatus == .serverError)
    }

    @Test("A whole reply that broke off is not an answer")
    func aWholeReplyThatBrokeOffIsNotAnAnswer() throws {
        let bytes = try Fixture.bytes("whole-events.json")
        let commands = play([Array(bytes.dropLast(40))], head: Fixture.head(for: "x.json"))
        #expect(ending(of: commands)?.exitStatus == .serverError)
    }
}

extension String {
    var trimmed: String { trimmingPrefix(while: \.isWhitespace).reversedText.trimmingPrefix(while: \.isWhitespace).reversedText }

    private func trimmingPrefix(while matches: (Character) -> Bool) -> String { String(drop(while: matches)) }

    private var reversedText: String { String(reversed()) }
}
