import Foundation

// Fault matrix 8.1: faults that take more than one request to show, or a proxy of their own.
extension FaultRow {
    static let upstreamStories: [FaultRow] =
        [true, false].map { isStream in
            FaultRow(
                .upstream, "pooled connection closed between requests", way: isStream ? "stream" : "whole", expected: "200, on a new one",
                on: .late
            ) { stage, run in
                try closeKeptConnection(stage)
                // Whether the proxy has seen the close by now or not, the client must not.
                for _ in 0..<2 {
                    let before = stage.scripted.acceptedConnections
                    let reply = try stage.connect().exchange(stage.chat("raw", stream: isStream))
                    stage.told(reply)
                    run.judge(reply, .success(answer: ScriptedUpstream.answerText), stream: isStream)
                    run.expect(stage.scripted.acceptedConnections <= before + 2, "more than one retry")
                }
            }
        }
        + [true, false].map { isStream in
            FaultRow(
                .upstream, "pooled connection that dies of the request", way: isStream ? "stream" : "whole",
                expected: "200, sent once more", on: .late
            ) { stage, run in
                let length = ScriptedUpstream.completion.utf8.count
                let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: \(length)\r\n\r\n"
                // Answers one request, and closes when the next one has come.
                stage.scripted.play([[.text(head + ScriptedUpstream.completion), .awaitRequest, .close]])
                let first = try stage.connect().exchange(stage.chat("raw", stream: false))
                run.expect(first.status == 200, "the first request failed: \(first.text)")
                let before = stage.scripted.requestCount
                let reply = try stage.connect().exchange(stage.chat("raw", stream: isStream))
                stage.told(reply)
                run.judge(reply, .success(answer: ScriptedUpstream.answerText), stream: isStream)
                run.expect(stage.scripted.requestCount == before + 2, "sent \(stage.scripted.requestCount - before) times, not twice")
            }
        }
        + [
            FaultRow(.upstream, "10 MB single event", way: "stream, default limits", expected: "200, whole", on: .roomy) { stage, run in
                try stage.order("oversize-event=10485760;after_events=3")
                let before = try stage.proxy.residentBytes
                let connection = try stage.connect()
                try connection.send(stage.chat("lost", stream: true).bytes)
                let reply = try connection.reply(within: .seconds(20))
                run.judge(reply, .success(answer: nil), stream: true)
                run.expect(reply.stream.answer.utf8.count > 10_000_000, "only \(reply.stream.answer.utf8.count) bytes of the answer")
                let growth = try stage.proxy.residentBytes - before
                run.resources = "+\(growth >> 20) MiB"
                run.expect(growth < 160 << 20, "\(growth >> 20) MiB more memory")
            },
            FaultRow(.upstream, "endless stream", way: "client leaves", expected: "upstream closed", on: .early) { stage, run in
                try stage.order("endless-in=answer")
                let connection = try stage.connect()
                try connection.send(stage.chat("lost", stream: true).bytes)
                try connection.receive("some of it") { $0.count > 100_000 }
                connection.close()
                run.seen = "upstream closed"
            },
            FaultRow(.upstream, "flapping", way: "one upstream", expected: "503 circuit_open, then 200", play: flapping),
            FaultRow(.upstream, "every upstream is down", way: "2 upstreams", expected: "503 circuit_open", play: allDown),
        ]

    /// Gets a connection into the proxy's pool that its other side closes at once.
    private static func closeKeptConnection(_ stage: FaultStage) throws {
        let length = ScriptedUpstream.completion.utf8.count
        let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: \(length)\r\n\r\n"
        stage.scripted.play([[.text(head + ScriptedUpstream.completion), .close]])
        let reply = try stage.connect().exchange(stage.chat("raw", stream: false))
        guard reply.status == 200 else { throw SpawnFailure(what: "no connection could be kept: \(reply.text)") }
    }

    /// Three failures open it; then it refuses without asking, tries again by one probe, and closes after two good ones.
    private static func flapping(_ wall: FaultWall, _ run: FaultRun) throws {
        let street = try Street(
            ["=fast"], settings: "breaker: {failures: 3, open_time: 300ms, max_open_time: 600ms}\nstream: {commit_delay: 2s}",
            each: Street.clocks)
        try street.order(0, fault: "status=500", times: 3)
        for _ in 0..<3 { run.expect(try street.stream("any").status == 502, "not three failures") }
        let refused = try street.stream("any")
        run.judge(refused, .status(503, ["circuit_open"]), stream: true)
        run.expect(Int(refused.header("retry-after") ?? "") ?? 0 > 0, "no Retry-After")
        let time = try measured { _ = try street.stream("any") }
        run.expect(time < .milliseconds(100), "a refusal took \(time.inMilliseconds) ms")
        let asked = try street.requests(0)
        run.expect(asked == 3, "\(asked) requests reached the upstream, not 3")
        // It comes up for one request, fails again, and comes up for good.
        try street.order(0, fault: "", times: 1)
        try street.order(0, fault: "status=500", times: 1)
        try eventually("a probe to succeed") { try street.stream("any").status == 200 }
        run.expect(try street.stream("any").status == 502, "the second probe did not meet the fault")
        run.expect(try street.stream("any").status == 503, "a failed probe did not open it")
        try eventually("recovery") { try street.stream("any").status == 200 && street.upstream(0)["breaker"].string == "closed" }
        try street.expectNothingInFlight()
        run.breaker = "open, probed"
        run.resources = "nothing in flight"
    }

    private static func allDown(_ wall: FaultWall, _ run: FaultRun) throws {
        let street = try Street(
            [nil, nil], settings: "breaker: {failures: 1, open_time: 60s}\nretries: {per_second: 100}\nstream: {commit_delay: 2s}",
            each: Street.clocks)
        let first = try street.stream("any")
        run.expect([502, 503].contains(first.status) && first.errorCode == "upstream_unreachable", "\(first.status) \(first.text)")
        let next = try street.stream("any")
        run.judge(next, .status(503, ["circuit_open"]), stream: true)
        run.expect(try street.send(Request("GET", "/readyz")).status == 503, "ready with no upstream")
        try street.expectNothingInFlight()
        run.breaker = "open"
        run.resources = "nothing in flight"
    }
}
