import Foundation
import Testing

extension EndToEnd {
    /// Traps of the libraries that only the whole program can fall into; `Tests/README.md` names the tests of all of them.
    @Suite struct TrapTests {
        /// What a client may send behind a request whose answer is still under way.
        enum Tail: String, CaseIterable {
            case nothing, request, garbage, halfHead, halfBody, flood

            var bytes: [UInt8] {
                switch self {
                case .nothing: []
                case .request: Request("GET", "/livez").bytes
                case .garbage: Array("\u{1}\u{2} this is no HTTP\r\n\r\n".utf8)
                case .halfHead: Array("POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nx-half".utf8)
                case .halfBody: Array("POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ncontent-length: 500\r\n\r\n{".utf8)
                case .flood: [UInt8](repeating: UInt8(ascii: "a"), count: 500_000)
                }
            }
        }

        @Test(arguments: Tail.allCases)
        func aLeavingClientIsNoticedBehindWhateverItSentBefore(tail: Tail) throws {
            let house = try House()
            let cancelled = { try house.mockState()["streams"]["cancelled_by_client"].int ?? -1 }
            for resets in [false, true] {
                let before = try cancelled()
                let connection = try house.connect()
                try connection.send(Request.chat("hold-in-answer", stream: true).bytes)
                try connection.receive(text: "\"content\":\"The\"")
                try connection.send(tail.bytes)
                if resets { connection.reset() } else { connection.close() }
                try eventually("the upstream's close, \(tail.rawValue)") { try cancelled() == before + 1 }
            }
            // What was behind the request was never executed, and nothing of it ended the process.
            #expect(try house.upstreamRequests() == 2)
            #expect(try house.stream("fast").stream.endsWithDone)
        }

        @Test func bytesThatAreNoRequestNeverAddASecondHeadToAnAnswer() throws {
            let house = try House()
            for tail in Tail.allCases where tail != .nothing {
                let connection = try house.connect()
                try connection.send(Request.chat("fast", stream: true).bytes + tail.bytes)
                // A half request behind the answer keeps the connection until its deadline or its end.
                connection.closeSending()
                try connection.receiveToEnd(within: .seconds(5))
                let heads = String(decoding: connection.received, as: UTF8.self).components(separatedBy: "HTTP/1.1 ").count - 1
                #expect(heads <= 1, "\(tail.rawValue): \(heads) heads")
                #expect(house.proxy.state == nil)
            }
            #expect(try house.stream("fast").stream.endsWithDone)
        }

        @Test func aPostOnADeadKeptConnectionIsSentAgainByUsOnceAndCounted() throws {
            // Answers the first request of a connection, takes the second, and resets without a word.
            let upstream = try FickleUpstream()
            for budget in [true, false] {
                upstream.forget()
                let settings = ["server-threads": "1", "retries-share": "0%", "retries-per-second": budget ? "10" : "0"]
                let proxy = try House.startProxy(settings, upstreamPort: upstream.port)
                let port = try House.port(of: proxy)
                let first = try RawConnection(port: port).exchange(.chat("any", stream: true))
                #expect(first.stream.endsWithDone)
                let second = try RawConnection(port: port).exchange(.chat("any", stream: true))
                let metrics = try RawConnection(port: port).exchange(Request("GET", "/metrics")).text
                if budget {
                    #expect(second.stream.endsWithDone, "\(second.text)")
                    #expect(second.header("x-upstream-attempts") == "2")
                    #expect(metrics.contains("reasoning_proxy_retries_total{code=\"upstream_reset\"} 1\n"), "\(metrics)")
                } else {
                    #expect(second.errorCode == "upstream_reset", "\(second.text)")
                }
                // One request that was answered, one that was lost, and ours if it was allowed.
                #expect(upstream.requestCount == (budget ? 3 : 2))
            }
        }

        @Test func proxiesAndPasswordsOfTheEnvironmentAreNotUsed() throws {
            let trap = try RawUpstream(answering: "HTTP/1.1 502 Trap\r\ncontent-length: 0\r\n\r\n")
            let home = FileManager.default.temporaryDirectory.appending(path: "home-\(UUID().uuidString)")
            try FileManager.default.createDirectory(at: home, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(at: home) }
            try "default login somebody password secret\n".write(to: home.appending(path: ".netrc"), atomically: true, encoding: .utf8)
            var environment = ["HOME": home.path, "no_proxy": "nowhere.invalid"]
            for name in ["http_proxy", "HTTP_PROXY", "https_proxy", "all_proxy", "ALL_PROXY"] {
                environment[name] = "http://127.0.0.1:\(trap.port)"
            }
            let house = try House(environment: environment)
            #expect(try house.stream("fast").stream.endsWithDone)
            #expect(trap.request.isEmpty)
            let headers = try house.lastUpstreamRequest()["headers"]
            #expect(headers["authorization"].string == nil && headers["proxy-authorization"].string == nil)
        }

        @Test func aNumberOfALengthOrATimeIsDigitsAndNothingElse() throws {
            let house = try House()
            for length in ["+5", "-5", "0x5", "5 5", "5,5", "5_0", "", "1e1", "٥"] {
                let connection = try house.connect()
                try connection.send("POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ncontent-length: \(length)\r\n\r\n{\"a\":1}")
                try connection.receiveToEnd(within: .seconds(5))
                #expect(Reply(connection.received, isClosed: true)?.status == 400, "length \(length)")
            }
            let times = [
                ("7", "7"), ("+7", nil), ("-7", nil), ("0x7", nil), ("7 s", nil), ("1e3", nil), ("٧", nil),
                ("99999999999999999999999", "300"),
            ]
            for (time, told) in times {
                let upstream = try RawUpstream(answering: "HTTP/1.1 429 Too Many\r\nretry-after: \(time)\r\ncontent-length: 2\r\n\r\n{}")
                let proxy = try House.startProxy(upstreamPort: upstream.port)
                let reply = try RawConnection(port: try House.port(of: proxy)).exchange(.chat("any", stream: true))
                #expect(reply.status == 429)
                #expect(reply.header("retry-after") == told, "retry-after: \(time)")
            }
            #expect(try house.upstreamRequests() == 0)
        }

        @Test func aBodyThatOnlyEndsWithItsConnectionIsNotTakenForComplete() throws {
            let chunk = { (text: String) in "data: {\"choices\": [{\"index\": 0, \"delta\": {\"content\": \"\(text)\"}}]}\n\n" }
            for version in ["1.0", "1.1"] {
                let head = "HTTP/\(version) 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n"
                let upstream = try RawUpstream(answering: head + chunk("It is") + chunk(" not"))
                let proxy = try House.startProxy(upstreamPort: upstream.port)
                let reply = try RawConnection(port: try House.port(of: proxy)).exchange(.chat("any", stream: true))
                #expect(reply.stream.errorCode == "upstream_truncated", "\(reply.text)")
                #expect(reply.stream.failedProperly)
            }
        }
    }
}

/// An upstream that serves the first request of its first connection, takes the second one there and resets; later connections it
/// serves.
private final class FickleUpstream: @unchecked Sendable {
    // `@unchecked`: what changes is under `lock`.
    private let listener: RawListener
    private let lock = NSLock()
    private var requests = 0
    private var connections = 0

    var port: Int { listener.port }
    var requestCount: Int { lock.withLock { requests } }

    func forget() {
        lock.withLock { (requests, connections) = (0, 0) }
    }

    init() throws {
        let listener = try RawListener()
        self.listener = listener
        Thread.detachNewThread { [weak self] in
            while let descriptor = try? listener.accept(within: .seconds(20)) {
                Thread.detachNewThread { [weak self] in
                    self?.serve(descriptor)
                    close(descriptor)
                }
            }
        }
    }

    deinit {
        listener.stop()
    }

    private func serve(_ descriptor: CInt) {
        let isFirst = lock.withLock {
            connections += 1
            return connections == 1
        }
        // The usual stream, but with its length told, so that the connection can be kept.
        let body = RawUpstream.stream.components(separatedBy: "\r\n\r\n").last ?? ""
        let head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncontent-length: \(body.utf8.count)\r\n\r\n"
        let answer = Array((head + body).utf8)
        for number in 1...10 {
            guard !RawUpstream.read(descriptor).isEmpty else { return }
            lock.withLock { requests += 1 }
            if isFirst, number == 2 {
                var option = linger(l_onoff: 1, l_linger: 0)
                setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
                return
            }
            _ = send(descriptor, answer, answer.count, Int32(MSG_NOSIGNAL))
        }
    }
}
