import Foundation

// Fault matrix 8.3: what happens to the process.
extension FaultRow {
    static let processes: [FaultRow] = shortages + stopping + logs + [clock]

    private static let shortages: [FaultRow] = [
        FaultRow(
            .process, "out of descriptors", way: "100 for 400 clients", expected: "streams go on, no spinning, recovery", limit: "-n 100"
        ) { stage, run in
            stage.keptConnections = 6
            let streams = try held(5, stage)
            var flood = try (0..<400).map { _ in try stage.house.connect() }
            let time = try stage.house.proxy.processorTime
            let end = Deadline(in: .seconds(1))
            try eventually("a second") { end.hasPassed }
            let used = try stage.house.proxy.processorTime - time
            run.expect(used < .milliseconds(400), "\(used) of processor time in a second")
            run.expect(try stage.house.proxy.descriptorCount < 100, "no reserve")
            try stage.house.release()
            for stream in streams { stage.expectWhole(try stream.reply()) }
            run.seen += ", \(Int(used.inMilliseconds)) ms CPU in 1 s"
            for connection in flood { connection.close() }
            flood = []
            try eventually("recovery") { (try? stage.house.stream("fast").stream.endsWithDone) == true }  // refused until there is room
        },
        FaultRow(.process, "memory pressure", way: "-", expected: "503 overloaded, old streams go on", ["limits-memory-bytes": "16MiB"]) {
            stage, run in
            let streams = try held(1, stage)
            stage.expectRefused(try stage.ask(stage.chat("fast")), 503, "overloaded")
            let seen = run.seen
            try stage.house.release()
            stage.expectWhole(try streams[0].reply())
            run.seen = seen
        },
    ]

    private static let stopping: [FaultRow] =
        [
            FaultRow(.process, "SIGTERM during 100 streams", way: "they finish", expected: "all whole, exit 0", ["shutdown-grace": "20s"]) {
                stage, run in
                let streams = try held(100, stage)
                stage.house.proxy.signal(SIGTERM)
                try eventually("the listener to close") { (try? stage.house.connect()) == nil }  // a refused connection is the point
                try stage.house.release()
                for stream in streams { stage.expectWhole(try stream.reply()) }
                run.expect(try stage.house.proxy.waitForExit() == .code(0), "the exit")
            },
            FaultRow(.process, "SIGTERM during 100 streams", way: "they stand still", expected: "server_shutdown, exit 0 in grace + 1 s") {
                stage, run in
                let streams = try held(100, stage)
                try expectStopped(streams, stage, run)
            },
            FaultRow(
                .process, "SIGTERM during streams", way: "stuck client and upstream", expected: "exit 0 in grace + 1 s",
                ["client-timeouts-progress": "30s"]
            ) { stage, run in
                let deaf = try stage.client("endless", sign: "final_output", receiveBuffer: 8 << 10)
                let mute = try stage.client("no-first-event", sign: "[Prompt Summary]")
                try expectStopped([mute], stage, run)
                deaf.close()
            },
        ]
        + [SIGTERM, SIGINT].map { signal in
            FaultRow(
                .process, signal == SIGTERM ? "second SIGTERM" : "second signal, SIGINT", way: "100 streams", expected: "at once",
                ["shutdown-grace": "60s"]
            ) { stage, run in
                let streams = try held(100, stage)
                stage.house.proxy.signal(SIGTERM)
                try eventually("the first signal to be seen") { stage.house.proxy.errors.text.contains("stopping") }
                let time = try measured {
                    stage.house.proxy.signal(signal)
                    run.expect(try stage.house.proxy.waitForExit(within: .seconds(2)) != .code(0), "it ended as if all was well")
                }
                run.seen = "ended after \(Int(time.inMilliseconds)) ms"
                run.expect(time < .seconds(1), run.seen)
                for stream in streams { try stream.receiveToEnd() }
            }
        } + [
            FaultRow(.process, "SIGKILL, restart", way: "on the same port", expected: "serves within 2 s") { stage, run in
                _ = try stage.client("hold-in-answer", sign: "\"content\":\"The\"")
                stage.house.proxy.signal(SIGKILL)
                _ = try stage.house.proxy.waitForExit()
                var next: ChildProcess?
                let time = try measured {
                    let started = try House.startProxy(["port": "\(stage.house.proxyPort)"], upstreamPort: stage.house.mockPort)
                    next = started
                    _ = try House.port(of: started)
                    stage.expectWhole(try stage.ask(stage.chat("fast")))
                }
                run.seen = "serves after \(Int(time.inMilliseconds)) ms"
                run.expect(time < .seconds(2), run.seen)
                next?.end()
            }
        ]

    private static func held(_ count: Int, _ stage: ClientStage) throws -> [RawConnection] {
        let streams = try (0..<count).map { _ in
            let connection = try stage.house.connect()
            try connection.send(stage.chat("hold-in-answer").bytes)
            return connection
        }
        for stream in streams { try stream.receive(text: "\"content\":\"The\"") }
        // Only those that stand still already are let go on.
        try eventually("every stream to be held") { try stage.house.mockState()["streams"]["held"].int == count }
        return streams
    }

    /// The proxy ends in time, and these streams are told why.
    private static func expectStopped(_ streams: [RawConnection], _ stage: ClientStage, _ run: FaultRun) throws {
        let time = try measured {
            stage.house.proxy.signal(SIGTERM)
            run.expect(try stage.house.proxy.waitForExit(within: .seconds(5)) == .code(0), "the exit")
        }
        for stream in streams {
            let reply = try stream.reply()
            stage.told(reply)
            run.expect(reply.stream.errorCode == "server_shutdown" && reply.stream.failedProperly, "\(reply.text.suffix(300))")
        }
        run.seen = "told; exit after \(Int(time.inMilliseconds)) ms"
        run.expect(time < ClientStage.grace + .seconds(1), run.seen)
    }

    private static let logs: [FaultRow] = [
        ("log pipe broken", ChildProcess.Errors.broken), ("log pipe unread", .unread), ("log disk full", .full), ("no log at all", .closed),
    ].map { fault, errors in
        FaultRow(.process, fault, way: "600 requests", expected: "unaffected") { _, run in
            let mock = try ChildProcess(.mock, ["--port", "0", "--quiet"])
            let port = try House.freePort()
            let proxy = try House.startProxy(["port": "\(port)"], upstreamPort: try House.port(of: mock), errors: errors)
            let client = try eventually("the proxy to listen") { try? RawConnection(port: port) }  // refused until it listens
            for round in 0..<600 {
                let reply = try client.exchange(round % 10 == 0 ? .chat("fast", stream: true) : Request("GET", "/nothing?\(round)"))
                run.expect(round % 10 == 0 ? reply.stream.endsWithDone : reply.status == 404, "round \(round): \(reply.status)")
            }
            run.seen = "unaffected"
            proxy.signal(SIGTERM)
            run.expect(try eventually("the exit") { proxy.state } == .code(0), "the exit")
        }
    }

    /// No test may set the machine's clock: that no timer follows it is shown by looking for the calls that would.
    private static let clock = FaultRow(.process, "clock jumps", way: "by construction", expected: "no timer on a wall clock") { _, run in
        let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../..").standardizedFileURL.path
        let checks = root + "/Tests/Checks"
        let program = Foundation.Process()
        program.executableURL = URL(filePath: "/bin/sh")
        program.arguments = [
            "-c",
            "cd \"$0\" && find Sources -name '*.swift' | xargs awk -v rules=\"$1/sound.rules\" -f \"$1/sound.awk\" \"$1/sound.rules\"",
            root, checks,
        ]
        let output = Foundation.Pipe()
        program.standardOutput = output
        try program.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        program.waitUntilExit()
        let found = text.split(separator: "\n").filter { $0.contains("wall clock") }
        run.seen = found.isEmpty ? "none" : "\(found.count) calls"
        run.expect(program.terminationStatus == 0 && found.isEmpty, found.joined(separator: "\n"))
    }
}
