import Testing

@testable import proxy_client

@Suite("A session and time")
struct SessionTimeTests {
    private func tick(_ session: inout Session, at now: Duration) -> [RenderCommand] {
        var commands: [RenderCommand] = []
        session.ticked(at: now, into: &commands)
        return commands
    }

    @Test("Ticks show what is waited for until the answer begins")
    func ticksShowWhatIsWaitedFor() throws {
        var session = Session(.init())
        var commands: [RenderCommand] = []
        #expect(tick(&session, at: .seconds(1)) == [.waiting(.head, elapsed: .seconds(1))])
        session.headArrived(Fixture.head(for: "x.sse"), at: .seconds(2), into: &commands)
        #expect(tick(&session, at: .seconds(3)) == [.waiting(.firstText, elapsed: .seconds(3))])
        let thought = #"data: {"choices":[{"delta":{"content":"Thinks."}}],"phase":"reasoning_summary"}"# + "\n\n"
        session.bytesArrived(Array(thought.utf8).span, at: .seconds(4), into: &commands)
        #expect(tick(&session, at: .seconds(5)) == [.waiting(.moreThinking, elapsed: .seconds(5))])
        let answer = #"data: {"choices":[{"delta":{"content":"So."}}],"phase":"final_output"}"# + "\n\n"
        session.bytesArrived(Array(answer.utf8).span, at: .seconds(6), into: &commands)
        #expect(tick(&session, at: .seconds(7)) == [])
    }

    @Test("The stations are timed once each")
    func theStationsAreTimed() throws {
        var session = Session(.init())
        var commands: [RenderCommand] = []
        session.headArrived(Fixture.head(for: "x.sse"), at: .milliseconds(10), into: &commands)
        let lines = try String(decoding: Fixture.bytes("events.sse"), as: UTF8.self).split(separator: "\n\n")
        for (number, line) in lines.enumerated() {
            session.bytesArrived(Array((line + "\n\n").utf8).span, at: .milliseconds(100 * (number + 1)), into: &commands)
        }
        session.bodyEnded(at: .seconds(5), into: &commands)
        let end = try #require(ending(of: commands))
        #expect(end.timings.head == .milliseconds(10))
        #expect(end.timings.firstFrame == .milliseconds(100))
        #expect(end.timings.firstReasoning == .milliseconds(400))
        #expect(end.timings.firstAnswer == .milliseconds(700))
        #expect(end.timings.total == .seconds(5))
        let rate = try #require(end.rate)
        #expect(!rate.isEstimate)
        #expect(abs(rate.tokensPerSecond - 30 / 4.3) < 0.01)
    }

    @Test("Without a count of the server the rate is marked as an estimate")
    func theRateIsMarkedAsAnEstimate() {
        let timings = Timings(firstReasoning: .seconds(1), firstAnswer: .seconds(2), total: .seconds(4))
        #expect(TokenRate(usage: nil, answerByteCount: 80, timings: timings) == TokenRate(tokensPerSecond: 10, isEstimate: true))
        let unsplit = TokenUsage(promptTokens: 1, completionTokens: 500)
        #expect(TokenRate(usage: unsplit, answerByteCount: 80, timings: timings)?.isEstimate == true)
        #expect(TokenRate(usage: nil, answerByteCount: 0, timings: timings) == nil)
        #expect(TokenRate(usage: nil, answerByteCount: 8, timings: Timings(firstAnswer: .seconds(1), total: .seconds(1))) == nil)
    }

    @Test("A silent stream ends by the silence limit, and any byte puts the limit off")
    func aSilentStreamEnds() {
        var session = Session(.init(silenceLimit: .seconds(10)))
        var commands: [RenderCommand] = []
        session.headArrived(Fixture.head(for: "x.sse"), at: .seconds(5), into: &commands)
        session.bytesArrived(Array(": ping\n".utf8).span, at: .seconds(14), into: &commands)
        #expect(tick(&session, at: .seconds(23)) == [.waiting(.firstText, elapsed: .seconds(23))])
        #expect(ending(of: tick(&session, at: .seconds(24)))?.fault == .timedOut("Nothing came from the server for 10 s."))
        #expect(session.state == .over)
    }

    @Test("The silence limit does not apply to a reply in one piece, the total limit does")
    func theTotalLimitAppliesAlways() {
        var session = Session(.init(asksForStream: false, totalLimit: .seconds(30), silenceLimit: .seconds(10)))
        #expect(tick(&session, at: .seconds(29)) == [.waiting(.head, elapsed: .seconds(29))])
        let end = ending(of: tick(&session, at: .seconds(30)))
        #expect(end?.fault == .timedOut("The whole request took longer than 30 s."))
        #expect(end?.exitStatus == .cutOff)
    }

    @Test("A server that never closes after [DONE] is not waited for")
    func aServerThatNeverClosesIsNotWaitedFor() throws {
        var session = Session(.init())
        var commands: [RenderCommand] = []
        session.headArrived(Fixture.head(for: "x.sse"), at: .zero, into: &commands)
        let bytes = try Fixture.bytes("events.sse")
        session.bytesArrived(bytes.span, at: .seconds(1), into: &commands)
        #expect(session.state == .reading)
        #expect(ending(of: tick(&session, at: .milliseconds(1999))) == nil)
        #expect(ending(of: tick(&session, at: .seconds(2)))?.exitStatus == .ok)
    }

    @Test("After its end a session takes every event and does nothing")
    func afterItsEndASessionDoesNothing() {
        var session = Session(.init(totalLimit: .seconds(1)))
        var commands: [RenderCommand] = []
        session.interrupted(at: .zero, into: &commands)
        #expect(ending(of: commands)?.exitStatus == .interrupted)
        commands = []
        session.headArrived(ReplyHead(status: 200), at: .zero, into: &commands)
        session.bytesArrived([1, 2].span, at: .zero, into: &commands)
        session.ticked(at: .seconds(5), into: &commands)
        session.connectionFailed(.cut("late"), at: .zero, into: &commands)
        session.bodyEnded(at: .zero, into: &commands)
        session.interrupted(at: .zero, into: &commands)
        #expect(commands == [])
    }

    @Test(
        "Failures of the connection have their exit codes",
        arguments: [
            (TransportFailure.unreachable(.refused, "connection refused"), ProgramExit.unreachable),
            (.unreachable(.unknownHost, "no such host"), .unreachable), (.cut("connection reset"), .cutOff),
            (.timedOut("too slow"), .cutOff), (.unusable("bad URL"), .usage),
        ])
    func failuresOfTheConnectionHaveTheirExitCodes(failure: TransportFailure, status: ProgramExit) {
        var session = Session(.init())
        var commands: [RenderCommand] = []
        session.connectionFailed(failure, at: .zero, into: &commands)
        #expect(ending(of: commands)?.exitStatus == status)
    }

    @Test("A connection that breaks after [DONE] does no harm")
    func aConnectionThatBreaksAfterDoneDoesNoHarm() throws {
        var session = Session(.init())
        var commands: [RenderCommand] = []
        session.headArrived(Fixture.head(for: "x.sse"), at: .zero, into: &commands)
        let bytes = try Fixture.bytes("events.sse")
        session.bytesArrived(bytes.span, at: .zero, into: &commands)
        session.connectionFailed(.cut("connection reset"), at: .zero, into: &commands)
        #expect(ending(of: commands)?.fault == nil)
    }
}
