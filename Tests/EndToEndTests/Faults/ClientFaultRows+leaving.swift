import Foundation

// Fault matrix 8.2: clients that leave, read slowly, or say more than they are asked.
extension FaultRow {
    static let clients: [FaultRow] = leaving + reading + talking + refused + tooMuch

    private static let leaving: [FaultRow] =
        EndToEnd.CancellationTests.Point.allCases.flatMap { point in
            EndToEnd.CancellationTests.Leaving.allCases.map { leaving in
                FaultRow(
                    .client, "leaves \(point.rawValue)", way: leaving.rawValue.uppercased(), expected: "log 499, upstream closed < 1 s",
                    ["stream-commit-delay": point.commitDelay]
                ) { stage, run in
                    let client = try stage.client(point.model, stream: point.isStream, sign: point.sign)
                    let time = try measured {
                        leaving.leave(client)
                        try eventually("the upstream's close") { try stage.house.mockState()["streams"]["cancelled_by_client"].int == 1 }
                    }
                    run.seen = "closed after \(Int(time.inMilliseconds)) ms"
                    run.expect(time < .seconds(1), "the upstream was closed after \(time)")
                    try eventually("the line in the log") { stage.house.proxy.errors.text.contains("\"status\":499") }
                    run.expect(stage.house.proxy.errors.text.contains("\"end\":\"client_left\""), "the log does not say who left")
                }
            }
        } + [
            FaultRow(.client, "leaves after [DONE]", way: "RST", expected: "success stays success") { stage, run in
                let client = try stage.client("prime", sign: "data: [DONE]")
                client.reset()
                try eventually("the line in the log") { stage.house.proxy.errors.text.contains("\"model\":\"prime\"") }
                let line = stage.house.proxy.errors.lines.first { $0.contains("\"model\":\"prime\"") } ?? ""
                run.seen = line.contains("\"end\":\"finished\"") ? "finished" : line
                run.expect(line.contains("\"end\":\"finished\"") && line.contains("\"status\":200"), "\(line)")
            },
            FaultRow(.client, "half-closes after the request", way: "stream", expected: "cancelled") { stage, run in
                let client = try stage.client("hold-in-answer", sign: "\"content\":\"The\"")
                client.closeSending()
                try eventually("the upstream's close") { try stage.house.mockState()["streams"]["cancelled_by_client"].int == 1 }
                try client.receiveToEnd()
                run.seen = "cancelled"
            },
        ]

    private static let reading: [FaultRow] = [
        FaultRow(.client, "reads slowly", way: "64 KiB a step", expected: "everything, late", ["client-timeouts-progress": "30s"]) {
            stage, run in
            let (order, answer) = EndToEnd.BackpressureTests.scenario(bytes: 8 << 20)
            try stage.house.order(order)
            let before = try stage.house.proxy.residentBytes
            let client = try stage.client("much", receiveBuffer: 8 << 10)
            var peak = before
            try eventually("the mock to be blocked", within: .seconds(20)) {
                peak = max(peak, try stage.house.proxy.residentBytes)
                return try stage.house.mockState()["streams"]["blocked"].int == 1
            }
            let reply = try client.reply(within: .seconds(40))
            let isSame = reply.stream.answer == answer
            stage.expectWhole(reply)
            run.expect(isSame, "not every byte came")
            run.expect(peak - before < 64 << 20, "the proxy grew by \((peak - before) >> 20) MiB")
        },
        FaultRow(.client, "reads nothing", way: "stream", expected: "closed at the deadline, client_stalled") { stage, run in
            try stage.house.order(EndToEnd.BackpressureTests.scenario(bytes: 16 << 20).order)
            let client = try stage.client("much", receiveBuffer: 8 << 10)
            try eventually("the client to be dropped", within: .seconds(20)) { stage.house.proxy.errors.text.contains("client_stalled") }
            try eventually("the upstream's close") { try stage.house.mockState()["streams"]["cancelled_by_client"].int == 1 }
            try client.receiveToEnd()
            let isWhole = Reply(client.received, isClosed: true)?.isComplete == true
            run.seen = isWhole ? "looks whole" : "closed, client_stalled"
            run.expect(!isWhole, "a cut answer looks whole")
        },
    ]

    private static let talking: [FaultRow] =
        [
            FaultRow(.client, "pipelines", way: "behind a stream", expected: "one answer and close") { stage, run in
                let client = try stage.house.connect()
                let request = stage.chat("prime").bytes
                try client.send(request + request)
                try client.receiveToEnd()
                let reply = Reply(client.received, isClosed: true)
                if let reply { stage.expectWhole(reply) }
                run.expect(reply?.byteCount == client.received.count, "something was answered behind it")
                run.expect(try stage.house.upstreamRequests() == 3, "the second request was executed")
            },
            FaultRow(.client, "pipelines", way: "three quick ones", expected: "answers in order") { stage, run in
                let client = try stage.house.connect()
                try client.send(["a", "b", "c"].flatMap { Array("GET /livez HTTP/1.1\r\nhost: x\r\nx-request-id: \($0)\r\n\r\n".utf8) })
                let ids = try (0..<3).map { _ in try client.reply().header("x-request-id") ?? "-" }
                run.seen = ids.joined(separator: ", ")
                run.expect(ids == ["a", "b", "c"], "\(ids)")
            },
            FaultRow(.client, "Expect: 100-continue", way: "stream", expected: "100, then the answer") { stage, run in
                var request = stage.chat("prime")
                let body = request.body
                request.headers += [("expect", "100-continue"), ("content-length", "\(body.count)")]
                request.body = []
                let client = try stage.house.connect()
                try client.send(request.bytes)
                let interim = try client.reply(within: .seconds(2))
                run.expect(interim.status == 100, "\(interim.status)")
                try client.send(body)
                stage.expectWhole(try client.reply())
                if run.seen == "200, whole" { run.seen = "\(interim.status), 200, whole" }
            },
        ]
        + [
            ("too much", "content-length: 100000\r\nexpect: 100-continue", 413, "request_too_large"),
            ("another", "expect: the-moon", 417, "expectation_failed"),
        ].map { way, fields, status, code in
            FaultRow(.client, "Expect", way: way, expected: "\(status) before the body") { stage, _ in
                let client = try stage.house.connect()
                try client.send("POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n\(fields)\r\n\r\n")
                stage.expectRefused(try client.reply(within: .seconds(2)), status, code)
                try client.receiveToEnd()
            }
        }
}
