import Foundation
import Testing

extension EndToEnd {
    /// Starting, checking, stopping.
    @Suite struct LifeCycleTests {
        private static func run(_ arguments: [String], environment: [String: String] = [:]) throws -> ChildProcess {
            let process = try ChildProcess(.proxy, arguments, environment: environment)
            _ = try process.waitForExit()
            return process
        }

        /// A settings file that is gone when the test is over.
        private static func withFile(_ text: String, _ body: (String) throws -> Void) throws {
            let file = FileManager.default.temporaryDirectory.appending(path: "proxy-\(UUID().uuidString).yaml")
            try text.write(to: file, atomically: true, encoding: .utf8)
            defer { try? FileManager.default.removeItem(at: file) }  // a file left in the temporary folder is no failure
            try body(file.path)
        }

        // MARK: Start

        @Test func helpAndVersionAreAnswers() throws {
            let help = try Self.run(["--help"])
            #expect(help.state == .code(0))
            for word in ["--port", "UPSTREAM_URL", "client_timeouts.progress", "--check-config", "EXIT STATUS"] {
                #expect(help.output.text.contains(word), "\(word)")
            }
            #expect(help.output.lines.allSatisfy { $0.count <= 200 })
            let version = try Self.run(["--version"])
            #expect(version.state == .code(0))
            #expect(version.output.text == "proxy 0.1.0\n")
            let wrong = try Self.run(["--no-such-flag"])
            #expect(wrong.state == .code(64))
            #expect(wrong.errors.text.contains("--no-such-flag"))
        }

        @Test func aGoodConfigurationIsCalledGood() throws {
            try Self.withFile("upstreams:\n  - url: https://models.example/v1\nstyle: {default: inline}\n") { path in
                let check = try Self.run(["--config", path, "--check-config"])
                #expect(check.state == .code(0))
                #expect(check.output.text == "The configuration is good.\n")
                let shown = try Self.run(["--config", path, "--print-config"], environment: ["UPSTREAM_API_KEY": "canary-key"])
                #expect(shown.output.text.contains("inline"))
                #expect(!shown.output.text.contains("canary-key"))
            }
        }

        @Test func everyMistakeInAConfigurationIsToldWithItsLine() throws {
            try Self.withFile("server:\n  prot: 8081\nlimits:\n  body_bytes: huge\n") { path in
                for arguments in [["--config", path, "--check-config"], ["--config", path]] {
                    let check = try Self.run(arguments)
                    #expect(check.state == .code(1))
                    let lines = check.errors.lines
                    #expect(lines.count == 2, "\(check.errors.text)")
                    #expect(lines.first?.contains("\(path):2:") == true)
                    #expect(lines.first?.contains("did you mean \"port\"?") == true)
                    #expect(lines.last?.contains("\(path):4:") == true)
                    #expect(check.errors.text.hasSuffix("\n"), "the last line is not ended")
                }
            }
        }

        @Test func aFileThatCannotBeReadIsToldInOneLine() throws {
            for path in ["/no/such/file.yaml", "/"] {
                let check = try Self.run(["--config", path, "--check-config"])
                #expect(check.state == .code(1))
                #expect(check.errors.lines.count == 1, "\(check.errors.text)")
                #expect(check.errors.text.contains(path))
            }
        }

        @Test func aWrongFlagOrVariableIsToldByItsName() throws {
            let flag = try Self.run(["--port", "eighty"])
            #expect(flag.state == .code(1))
            #expect(flag.errors.text.contains("--port"))
            let variable = try Self.run([], environment: ["PORT": "99999"])
            #expect(variable.state == .code(1))
            #expect(variable.errors.text.contains("PORT"))
        }

        @Test func anAddressThatCannotBeHadIsOneClearLine() throws {
            let listener = try RawListener()
            let cases = [
                (["--port", "\(listener.port)"], "the port is in use"), (["--host", "192.0.2.1", "--port", "0"], "no such address"),
                (["--host", "no-such-host.invalid", "--port", "0"], "there is no such host"),
            ]
            for (arguments, words) in cases {
                let process = try Self.run(arguments)
                #expect(process.state == .code(69), "\(arguments)")
                #expect(process.errors.lines.count == 1, "\(process.errors.text)")
                #expect(process.errors.text.contains(words), "\(process.errors.text)")
                #expect(process.errors.text.hasPrefix("proxy: cannot listen on "), "\(process.errors.text)")
            }
            withExtendedLifetime(listener) {}
        }

        // MARK: Stop

        private static func expectRefused(_ house: House) {
            #expect(throws: SocketFailure.self) { try house.connect() }
        }

        @Test func runningStreamsFinishWithinTheGraceTime() throws {
            let house = try House(["shutdown-grace": "20s"])
            let stream = try house.heldStream()
            let idle = try house.connect()
            #expect(try idle.exchange(Request("GET", "/livez")).status == 200)
            house.proxy.signal(SIGTERM)
            try idle.receiveToEnd()
            try eventually("the listener to close") { (try? house.connect()) == nil }  // a refused connection is the point
            #expect(house.proxy.state == nil)
            try house.release()
            let reply = try stream.reply()
            #expect(reply.stream.finishReason == "stop" && reply.stream.endsWithDone && reply.stream.errorCode == nil)
            try stream.receiveToEnd()
            #expect(try house.proxy.waitForExit(within: .seconds(3)) == .code(0))
        }

        @Test func streamsThatOutlastTheGraceTimeAreToldSo() throws {
            for signal in [SIGTERM, SIGINT] {
                let house = try House(["shutdown-grace": "200ms", "stream-commit-delay": "20s"])
                let stream = try house.heldStream()
                let waiting = try house.connect()
                try waiting.send(Request.chat("no-answer", stream: true).bytes)
                let whole = try house.connect()
                try whole.send(Request.chat("no-answer", stream: false).bytes)
                try eventually("three requests under way") { try house.mockState()["streams"]["open"].int == 3 }
                let time = try measured {
                    house.proxy.signal(signal)
                    let reply = try stream.reply()
                    #expect(reply.stream.errorCode == "server_shutdown")
                    #expect(reply.stream.failedProperly)
                    for connection in [waiting, whole] {
                        let refused = try connection.reply()
                        #expect(refused.status == 503)
                        #expect(refused.errorCode == "server_shutdown")
                    }
                    #expect(try house.proxy.waitForExit(within: .seconds(3)) == .code(0))
                }
                print("signal \(signal): ended \(Int(time.inMilliseconds)) ms after it, grace 200 ms")
                #expect(time < .milliseconds(1200))
            }
        }

        @Test func aStuckClientDoesNotDelayTheExit() throws {
            let house = try House(["shutdown-grace": "100ms"])
            let stuck = try house.connect(receiveBuffer: 8 << 10)
            try stuck.send(Request.chat("endless", stream: true).bytes)
            try stuck.receive(text: "final_output")
            house.proxy.signal(SIGTERM)
            #expect(try house.proxy.waitForExit(within: .milliseconds(1500)) == .code(0))
        }

        @Test func aSlowReaderGetsTheRestOfItsAnswerBeforeTheExit() throws {
            let house = try House(["limits-queue-bytes": "16MiB"])
            let piece = String(repeating: "abcdefghij", count: 400)
            let list = (0..<1000).map { "\"\($0) \(piece)\"" }.joined(separator: ",")
            try house.order(
                """
                {"name": "much", "description": "much", "format": "plain", "segments": [{"content": [\(list)]}],
                 "pacing": {"tokens_per_second": 0, "jitter": 0, "first_token_delay_ms": 0}}
                """)
            let slow = try house.connect(receiveBuffer: 8 << 10)
            try slow.send(Request.chat("much", stream: true).bytes)
            try eventually("the proxy to be done with the stream", within: .seconds(20)) {
                house.proxy.errors.text.contains("end=finished")
            }
            house.proxy.signal(SIGTERM)
            try eventually("the signal to be seen") { house.proxy.errors.text.contains("stopping") }
            let reply = try slow.reply(within: .seconds(20))
            let isWhole = reply.isComplete && reply.stream.endsWithDone && reply.stream.answer.hasPrefix("0 abc")
            #expect(isWhole, "\(reply.body.count) bytes came")
            #expect(try house.proxy.waitForExit() == .code(0))
        }

        @Test func aSecondSignalEndsTheProcessAtOnce() throws {
            let house = try House(["shutdown-grace": "60s"])
            let stream = try house.heldStream()
            house.proxy.signal(SIGTERM)
            try eventually("the first signal to be seen") { house.proxy.errors.text.contains("stopping") }
            house.proxy.signal(SIGTERM)
            let exit = try house.proxy.waitForExit(within: .seconds(1))
            #expect(exit != .code(0))
            try stream.receiveToEnd()
        }

        @Test func aKilledProxyServesAgainOnTheSamePort() throws {
            let house = try House()
            _ = try house.heldStream()
            house.proxy.signal(SIGKILL)
            _ = try house.proxy.waitForExit()
            let next = try House.startProxy(["port": "\(house.proxyPort)"], upstreamPort: house.mockPort)
            let time = try measured { _ = try House.port(of: next) }
            #expect(time < .seconds(2))
            #expect(try house.stream("fast").stream.endsWithDone)
        }

        // MARK: Logs

        @Test(arguments: [ChildProcess.Errors.closed, .broken, .unread, .full])
        func aBadLogDestinationDoesNotStopStreams(errors: ChildProcess.Errors) throws {
            let mock = try ChildProcess(.mock, ["--port", "0", "--quiet"])
            let mockPort = try House.port(of: mock)
            let port = try House.freePort()
            let proxy = try House.startProxy(["port": "\(port)"], upstreamPort: mockPort, errors: errors)
            let connection = try eventually("the proxy to listen") { try? RawConnection(port: port) }  // refused until it listens
            // Otherwise the first socket takes the number, and a client reads the log.
            #expect(try errors != .closed || proxy.target(ofDescriptor: 2) == "/dev/null")
            // More lines than a pipe holds.
            for round in 0..<800 {
                let reply = try connection.exchange(round % 10 == 0 ? .chat("fast", stream: true) : Request("GET", "/nothing?\(round)"))
                let isGood = round % 10 == 0 ? reply.stream.answer == "Done at once." && reply.stream.endsWithDone : reply.status == 404
                #expect(isGood, "round \(round): \(reply.text)")
                if !isGood { break }
            }
            #expect(connection.received.isEmpty, "something was written into the connection")
            proxy.signal(SIGTERM)
            #expect(try eventually("the exit") { proxy.state } == .code(0))
        }
    }
}
