import Foundation
import Testing

@testable import Upstream

extension SocketTests {
    struct RequestTests {
        /// A server that keeps what it was asked.
        private final class Echo: @unchecked Sendable {
            // `@unchecked`: `requests` is under `lock`.
            private let lock = NSLock()
            private var requests: [Connection.Request] = []
            private var server: ScriptedServer?
            var url: String { server?.url ?? "" }
            var seen: [Connection.Request] { lock.withLock { requests } }

            init() {
                server = ScriptedServer { [self] connection, _ in
                    while let request = try connection.readRequest() {
                        lock.withLock { requests.append(request) }
                        try connection.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
                    }
                }
            }
        }

        @Test func onlyTheGivenFieldsAreSent() throws {
            let echo = Echo()
            let work = try Workplace()
            _ = try work.start(.post(echo.url, "{\"a\":1}")).recorder.statistics()
            _ = try work.get(echo.url).statistics()
            let post = echo.seen[0].head.split(separator: "\r\n").map(String.init)
            #expect(post.first == "POST /v1/chat/completions HTTP/1.1")
            let names = post.dropFirst().map { $0.prefix { $0 != ":" }.lowercased() }.sorted()
            #expect(names == ["content-length", "content-type", "host", "user-agent"])
            let get = echo.seen[1].head.split(separator: "\r\n").map(String.init)
            #expect(get.first == "GET /v1/chat/completions HTTP/1.1")
            #expect(get.count == 3)
        }

        @Test func aLargeBodyIsSentWholeAndWithoutExpect() throws {
            let echo = Echo()
            var request = UpstreamRequest.post(echo.url)
            request.body = patternedBytes(2_000_000)
            let start = MonotonicClock.now
            _ = try Workplace().start(request).recorder.statistics()
            #expect(echo.seen[0].body == request.body)
            #expect(echo.seen[0].field("expect") == nil)
            #expect(echo.seen[0].field("content-length") == "2000000")
            // The wait for "100 Continue" would take a second.
            #expect(MonotonicClock.now - start < .milliseconds(900))
        }

        @Test(arguments: ["", "a", "null \u{0} inside", "日本語"])
        func bodiesAreSentByteForByte(body: String) throws {
            let echo = Echo()
            _ = try Workplace().start(.post(echo.url, body)).recorder.statistics()
            #expect(echo.seen[0].body == Array(body.utf8))
            #expect(echo.seen[0].field("content-length") == String(body.utf8.count))
        }

        @Test func nothingOfARequestSurvivesInTheNext() throws {
            let echo = Echo()
            let work = try Workplace()
            var first = UpstreamRequest.post(echo.url, "secret body")
            first.headers.append(("Authorization", "Bearer secret"))
            _ = try work.start(first).recorder.statistics()
            _ = try work.start(.post(echo.url, "x")).recorder.statistics()
            _ = try work.get(echo.url).statistics()
            for request in echo.seen.dropFirst() {
                #expect(!request.head.contains("ecret"))
                #expect(request.field("authorization") == nil)
            }
            #expect(echo.seen.map { $0.body.count } == [11, 1, 0])
        }

        @Test func fieldsOfTheCallerReplaceTheDefaults() throws {
            let echo = Echo()
            var request = UpstreamRequest(url: echo.url)
            request.headers = [("Accept", "text/event-stream"), ("User-Agent", "mine"), ("X-Empty", ""), ("X-Tab", "a\tb")]
            _ = try Workplace().start(request).recorder.statistics()
            #expect(echo.seen[0].field("accept") == "text/event-stream")
            #expect(echo.seen[0].field("user-agent") == "mine")
            #expect(echo.seen[0].field("x-empty") == "")
            #expect(echo.seen[0].field("x-tab") == "a\tb")
        }

        @Test(arguments: [
            ("X-A", "one\r\nX-B: two"), ("X-A", "one\n"), ("X-A", "nul\u{0}"), ("X-A", "bell\u{7}"), ("X-A", "del\u{7F}"), ("X A", "x"),
            ("", "x"),
            ("X-A:", "x"), ("X\r\nY", "x"), ("Ü", "x"),
        ])
        func fieldsThatWouldChangeTheRequestAreRefused(name: String, value: String) throws {
            let work = try Workplace()
            var request = UpstreamRequest(url: "http://127.0.0.1:9/")
            request.headers = [("Fine", "yes"), (name, value)]
            #expect(throws: UpstreamError.invalidHeader(position: 1)) { _ = try work.start(request) }
            #expect(try work.openTransferCount() == 0)
        }

        @Test(arguments: ["Content-Length", "transfer-encoding", "Expect", "Connection", "TE", "Upgrade"])
        func fieldsOfTheFramingAreRefused(name: String) throws {
            var request = UpstreamRequest(url: "http://127.0.0.1:9/")
            request.headers = [(name, "1")]
            #expect(throws: UpstreamError.reservedHeader(position: 0)) { _ = try Workplace().start(request) }
        }

        @Test(arguments: [
            "", "localhost:9000", "ftp://host/", "file:///etc/passwd", "http://", "http:///x", "http://user:key@host/", "http://ho st/",
            "http://host/\r\nX: y", "http://host/\u{0}", "http://hö/", "https://@h/", "http://h\\@x/",
        ])
        func unusableAddressesAreRefused(url: String) throws {
            let result = Result { try Workplace().get(url).failure() }
            switch result {
            case .success(let failure): #expect(failure == .invalidURL)
            case .failure(let error): #expect(error as? UpstreamError == .invalidURL)
            }
        }

        @Test func theProxyVariablesOfTheEnvironmentAreIgnored() throws {
            let echo = Echo()
            let trap = ScriptedServer(answering: "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ntrap")
            for name in ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"] { setenv(name, "http://127.0.0.1:\(trap.port)", 1) }
            defer { for name in ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"] { unsetenv(name) } }
            _ = try Workplace().get(echo.url).statistics()
            #expect(trap.connectionCount == 0)
            #expect(echo.seen.count == 1)
        }

        @Test func passwordsInTheHomeFolderAreNotUsed() throws {
            let echo = Echo()
            let folder = FileManager.default.temporaryDirectory.appending(path: "home-\(UUID().uuidString)")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(at: folder) }
            let netrc = folder.appending(path: ".netrc")
            try "default login somebody password secret\n".write(to: netrc, atomically: true, encoding: .utf8)
            let home = ProcessInfo.processInfo.environment["HOME"] ?? "/"
            setenv("HOME", folder.path, 1)
            defer { setenv("HOME", home, 1) }
            _ = try Workplace().start(.post(echo.url)).recorder.statistics()
            #expect(echo.seen.count == 1)
            #expect(echo.seen[0].field("authorization") == nil)
        }

        @Test func theConnectDeadlineIsSecondsUnlessSaidOtherwise() {
            // libcurl's own is five minutes.
            #expect(UpstreamRequest(url: "http://host/").connectTimeout == .seconds(5))
        }

        @Test func writingToAConnectionThatHasGoneRaisesNoSignal() throws {
            let server = ScriptedServer { connection, _ in
                _ = try connection.read(100)
                connection.reset()
            }
            var request = UpstreamRequest.post(server.url)
            request.body = patternedBytes(8_000_000)
            // A signal would end the test process.
            let failure = try Workplace().start(request).recorder.failure()
            #expect(failure == .reset(afterHead: false))
            var action = sigaction()
            #expect(sigaction(SIGPIPE, nil, &action) == 0)
            #expect(action.__sigaction_handler.sa_handler != nil)
        }

        @Test func aConfiguredProxyIsUsed() throws {
            let proxy = ScriptedServer(answering: "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nproxy")
            setenv("no_proxy", "*", 1)
            defer { unsetenv("no_proxy") }
            var options = UpstreamClientOptions()
            options.proxy = "http://127.0.0.1:\(proxy.port)"
            let recorder = try Workplace(options).get("http://somewhere.invalid/")
            _ = try recorder.statistics()
            #expect(recorder.text == "proxy")
        }
    }
}
