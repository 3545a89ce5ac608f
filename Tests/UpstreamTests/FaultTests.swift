import Glibc
import Testing

@testable import Upstream

extension SocketTests {
    struct FaultTests {
        private func failure(_ script: @escaping @Sendable (Connection, Int) throws -> Void) throws -> UpstreamError? {
            try Workplace().get(ScriptedServer(script).url).failure()
        }

        private func failure(answer: String) throws -> UpstreamError? {
            try failure { connection, _ in
                _ = try connection.readRequest()
                try connection.send(answer)
            }
        }

        @Test func aRefusedConnectionIsUnreachable() throws {
            // Bound but not listening: nobody else can get the port.
            let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            let port = listenOnLoopback(descriptor, backlog: 1)
            close(descriptor)
            #expect(try Workplace().get("http://127.0.0.1:\(port)/").failure() == .unreachable)
        }

        @Test func anUnknownHostIsADNSFailure() throws {
            #expect(try Workplace().get("http://no-such-host.invalid/").failure() == .hostNotFound)
        }

        @Test func aConnectionThatIsNotAcceptedInTimeIsAConnectTimeout() throws {
            // A full backlog: the kernel drops further connection attempts without an answer.
            let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            let port = listenOnLoopback(listener, backlog: 0)
            let fillers = (0..<3).map { _ in connectWithoutWaiting(port) }
            defer { for descriptor in fillers + [listener] { close(descriptor) } }
            // A client that has come to rest: the timer alone must wake it.
            let work = try Workplace()
            _ = try work.get(ScriptedServer(answering: "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").url).statistics()
            // Also what the first transfer left in the timer has expired by then.
            let isIdle = Promise<Bool>()
            _ = work.loop.schedule(after: .milliseconds(400)) { isIdle.fulfil(true) }
            _ = try isIdle.wait()
            var request = UpstreamRequest(url: "http://127.0.0.1:\(port)/")
            request.connectTimeout = .milliseconds(150)
            let start = MonotonicClock.now
            #expect(try work.start(request).recorder.failure() == .connectTimeout)
            #expect(MonotonicClock.now - start >= .milliseconds(150))
            #expect(MonotonicClock.now - start < .seconds(3))
        }

        @Test func plainTextOnATLSPortIsATLSFailure() throws {
            let server = ScriptedServer { connection, _ in
                _ = try connection.read(10)
                try connection.send("HTTP/1.1 400 Bad Request\r\n\r\n")
            }
            let url = server.url.replacing("http://", with: "https://")
            #expect(try Workplace().get(url).failure() == .insecure(.handshake))
        }

        @Test func aResetBeforeTheHeadIsReported() throws {
            let error = try failure { connection, _ in
                _ = try connection.readRequest()
                connection.reset()
            }
            #expect(error == .reset(afterHead: false))
        }

        @Test func aCloseBeforeTheHeadIsReported() throws {
            #expect(try failure { connection, _ in _ = try connection.readRequest() } == .reset(afterHead: false))
        }

        @Test func aCloseInTheMiddleOfTheHeadIsReported() throws {
            #expect(try failure(answer: "HTTP/1.1 200 OK\r\nContent-Le") != nil)
        }

        @Test func aResetInTheBodyIsReported() throws {
            let hasBytes = Promise<Bool>()
            let server = ScriptedServer { connection, _ in
                _ = try connection.readRequest()
                try connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n")
                _ = try hasBytes.wait()
                connection.reset()
            }
            let recorder = Recorder()
            recorder.onRoundEnded = { hasBytes.fulfil(true) }
            try Workplace().start(UpstreamRequest(url: server.url), recorder)
            #expect(try recorder.failure() == .reset(afterHead: true))
            #expect(recorder.text == "one")
        }

        @Test(arguments: [
            "Content-Length: 10\r\n\r\nhalf", "Transfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n",
            "Transfer-Encoding: chunked\r\n\r\n8\r\nhalf",
        ])
        func aBodyThatStopsShortIsTruncated(rest: String) throws {
            #expect(try failure(answer: "HTTP/1.1 200 OK\r\n" + rest) == .truncated)
        }

        @Test func aBadChunkSizeIsMalformed() throws {
            #expect(try failure(answer: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\nhalf\r\n") == .malformed)
        }

        /// A handle that has seen a reset must not tell the next transfer of it.
        @Test func aBadChunkSizeBehindAResetIsStillMalformed() throws {
            let work = try Workplace()
            let server = ScriptedServer { connection, number in
                _ = try connection.readRequest()
                guard number > 0 else { return connection.reset() }
                try connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\nhalf\r\n")
            }
            #expect(try work.get(server.url).failure() == .reset(afterHead: false))
            #expect(try work.get(server.url).failure() == .malformed)
        }

        @Test func aHeadWithALineWithoutEndIsMalformed() throws {
            let line = String(repeating: "x", count: 3 << 20)
            #expect(
                try failure { connection, _ in
                    _ = try connection.readRequest()
                    // The client closes before it has taken everything.
                    try? connection.send("HTTP/1.1 200 OK\r\nX-Long: " + line)
                } == .malformed)
        }

        @Test(arguments: [301, 302, 303, 307, 308])
        func redirectsAreNotFollowed(status: Int) throws {
            let target = ScriptedServer(answering: "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
            let error = try failure(answer: "HTTP/1.1 \(status) Moved\r\nLocation: \(target.url)\r\nContent-Length: 0\r\n\r\n")
            #expect(error == .redirected(status: status))
            #expect(target.connectionCount == 0)
        }

        @Test(arguments: [
            "hello, I am no HTTP server\r\n\r\n", "HTTP/1.1 OK\r\n\r\n", "HTTP/1.1 200 OK\r\nno colon here\r\n\r\n",
            "HTTP/1.1 200 OK\r\nX: a\u{1}b\r\n\r\n", "HTTP/1.1 200 OK\r\n: no name\r\n\r\n", "HTTP/1.1 101 Switching Protocols\r\n\r\n",
        ])
        func whatIsNoHTTPIsMalformed(answer: String) throws {
            #expect(try failure(answer: answer) == .malformed)
        }

        @Test func aHugeHeadIsRefusedWhileArriving() throws {
            let line = "X-Filler: " + String(repeating: "x", count: 1000) + "\r\n"
            let answer = "HTTP/1.1 200 OK\r\n" + String(repeating: line, count: 70) + "Content-Length: 0\r\n\r\n"
            #expect(try failure(answer: answer) == .headTooLarge(maximumBytes: 65536))
        }

        @Test func tooManyFieldsAreRefused() throws {
            let answer = "HTTP/1.1 200 OK\r\n" + String(repeating: "X: y\r\n", count: 300) + "Content-Length: 0\r\n\r\n"
            #expect(try failure(answer: answer) == .headTooLarge(maximumBytes: 65536))
        }

        @Test func anEndlessRowOfInterimHeadsIsRefused() throws {
            let answer = String(repeating: "HTTP/1.1 102 Processing\r\n\r\n", count: 4000)
            #expect(try failure(answer: answer) == .headTooLarge(maximumBytes: 65536))
        }

        @Test(arguments: ["Content-Encoding: gzip", "Content-Encoding: br", "Transfer-Encoding: gzip, chunked"])
        func anEncodingNobodyAskedForIsRefused(field: String) throws {
            #expect(try failure(answer: "HTTP/1.1 200 OK\r\n\(field)\r\nContent-Length: 3\r\n\r\nabc") == .unexpectedEncoding)
        }

        @Test func anEncodedErrorPageIsDroppedButItsHeadIsNot() throws {
            let answer = "HTTP/1.1 429 Slow\r\nContent-Encoding: gzip\r\nRetry-After: 3\r\nContent-Length: 3\r\n\r\nabc"
            let server = ScriptedServer(answering: answer)
            let recorder = try Workplace().get(server.url)
            _ = try recorder.statistics()
            #expect(recorder.log == [.head(429), .ended(nil)])
        }

        @Test func errorsSayWhatToChangeAndNothingFromOutside() {
            let all: [UpstreamError] = [
                .invalidURL, .invalidHeader(position: 0), .reservedHeader(position: 1), .outOfResources, .shutDown, .unreachable,
                .hostNotFound, .connectTimeout, .insecure(.handshake), .insecure(.certificate), .insecure(.trustedCertificates),
                .stalePooledConnection, .reset(afterHead: true), .reset(afterHead: false), .truncated, .malformed,
                .headTooLarge(maximumBytes: 5), .unexpectedEncoding, .redirected(status: 302),
            ]
            let verbs = ["Give ", "Correct ", "Remove ", "Raise ", "Send ", "Check ", "raise ", "Switch ", "Configure "]
            for error in all {
                #expect(verbs.contains { error.message.contains($0) }, "\(error.message)")
                #expect(error.message.hasSuffix("."))
                #expect(error.code.allSatisfy { $0.isLowercase || $0 == "_" })
            }
            #expect(all.filter(\.countsAgainstUpstream).count == 13)
            #expect(all.filter(\.mayRetry).count == 14)
        }
    }
}
