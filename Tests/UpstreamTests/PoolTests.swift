import Testing

@testable import Upstream

extension SocketTests {
    struct PoolTests {
        private static let answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

        @Test func aConnectionClosedWhileIdleIsReplacedUnnoticed() throws {
            let isClosed = Promise<Bool>()
            let server = ScriptedServer { connection, number in
                _ = try connection.readRequest()
                try connection.send(Self.answer)
                if number > 0 { return }
                connection.close()
                isClosed.fulfil(true)
            }
            let work = try Workplace()
            _ = try work.start(.post(server.url)).recorder.statistics()
            _ = try isClosed.wait()
            let statistics = try work.start(.post(server.url)).recorder.statistics()
            #expect(statistics.retriesOnDeadConnection == 0)
            #expect(!statistics.reusedConnection)
        }

        /// The first connection answers once, then takes a second request and dies without a word.
        private func serverThatDropsTheSecondRequest(reset: Bool = false) -> (server: ScriptedServer, dropped: Promise<Bool>) {
            let dropped = Promise<Bool>()
            let server = ScriptedServer { connection, number in
                _ = try connection.readRequest()
                try connection.send(Self.answer)
                guard number == 0 else { return }
                _ = try connection.readRequest()
                if reset { connection.reset() }
                dropped.fulfil(true)
            }
            return (server, dropped)
        }

        @Test(arguments: [false, true])
        func aPostIsNotSilentlySentTwice(reset: Bool) throws {
            let (server, dropped) = serverThatDropsTheSecondRequest(reset: reset)
            let work = try Workplace()
            _ = try work.start(.post(server.url)).recorder.statistics()
            let recorder = try work.start(.post(server.url)).recorder
            let failure = try recorder.failure()
            #expect(try dropped.wait())
            #expect(failure == .stalePooledConnection)
            #expect(recorder.connectionCount == 1)
            #expect(failure?.countsAgainstUpstream == false && failure?.mayRetry == true)
        }

        @Test func aRequestThatMayBeRepeatedIsSentOnceMoreAndCounted() throws {
            let (server, dropped) = serverThatDropsTheSecondRequest()
            let work = try Workplace()
            _ = try work.start(.post(server.url)).recorder.statistics()
            var request = UpstreamRequest.post(server.url, "again")
            request.isIdempotent = true
            let recorder = try work.start(request).recorder
            let statistics = try recorder.statistics()
            #expect(try dropped.wait())
            #expect(statistics.retriesOnDeadConnection == 1)
            #expect(recorder.connectionCount == 2)
            #expect(server.connectionCount == 2)
        }

        @Test func aFreshConnectionThatDiesIsNotRetried() throws {
            let server = ScriptedServer { connection, _ in _ = try connection.readRequest() }
            var request = UpstreamRequest.post(server.url)
            request.isIdempotent = true
            #expect(try Workplace().start(request).recorder.failure() == .reset(afterHead: false))
            #expect(server.connectionCount == 1)
        }

        @Test func idleConnectionsAreBounded() throws {
            let mayAnswer = Promise<Bool>()
            let server = ScriptedServer { connection, _ in
                while try connection.readRequest() != nil {
                    _ = try mayAnswer.wait()
                    try connection.send(Self.answer)
                }
            }
            var options = UpstreamClientOptions()
            options.maximumIdleConnections = 3
            let work = try Workplace(options)
            let before = openDescriptorCount()
            let recorders = try (0..<20).map { _ in try work.get(server.url) }
            mayAnswer.fulfil(true)
            for recorder in recorders { _ = try recorder.statistics() }
            // Three on our side, and the same three on the server's, once its threads have noticed the others' end.
            let deadline = MonotonicClock.now + .seconds(5)
            while openDescriptorCount() > before + 6, MonotonicClock.now < deadline { try work.onLoop {} }
            #expect(openDescriptorCount() <= before + 6)
        }

        /// Requests one after the other, with a rest between that is longer than a second, libcurl's unit of age.
        private func connectionsAfterARest(_ options: UpstreamClientOptions) throws -> Int {
            let server = ScriptedServer(answering: Self.answer)
            let work = try Workplace(options)
            _ = try work.start(.post(server.url)).recorder.statistics()
            _ = try work.start(.post(server.url)).recorder.statistics()
            #expect(server.connectionCount == 1)
            let isLater = Promise<Bool>()
            _ = work.loop.schedule(after: .milliseconds(2200)) { isLater.fulfil(true) }
            _ = try isLater.wait()
            _ = try work.start(.post(server.url)).recorder.statistics()
            return server.connectionCount
        }

        @Test func aConnectionIdleForTooLongIsNotUsedAgain() throws {
            var options = UpstreamClientOptions()
            #expect(options.maximumIdleAge <= .seconds(60))
            options.maximumIdleAge = .seconds(1)
            #expect(try connectionsAfterARest(options) == 2)
            options.maximumIdleAge = .seconds(30)
            #expect(try connectionsAfterARest(options) == 1)
        }

        @Test func aConnectionThatIsTooOldIsNotUsedAgain() throws {
            var options = UpstreamClientOptions()
            #expect(options.maximumConnectionAge <= .seconds(3600))
            options.maximumConnectionAge = .seconds(1)
            #expect(try connectionsAfterARest(options) == 2)
        }

        @Test func whatFailedEarlierIsNotTakenForTheNextFailure() throws {
            // libcurl keeps the system's error number of a failure; it must not make a bad chunk size look like a reset.
            let server = ScriptedServer { connection, number in
                _ = try connection.readRequest()
                if number == 0 { return connection.reset() }
                try connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\nhalf\r\n")
            }
            let work = try Workplace()
            #expect(try work.start(.post(server.url)).recorder.failure() == .reset(afterHead: false))
            #expect(try work.start(.post(server.url)).recorder.failure() == .malformed)
        }

        @Test func thousandsOfRequestsLeakNoDescriptor() throws {
            let server = ScriptedServer { connection, number in
                // A tenth of the connections dies early, the others serve some hundred requests.
                for _ in 0..<(number % 10 == 0 ? 1 : 300) {
                    guard try connection.readRequest() != nil else { return }
                    try connection.send(Self.answer)
                }
                if number % 3 == 0 { connection.reset() }
            }
            let work = try Workplace()
            let remaining = Promise<Int>()
            var request = UpstreamRequest.post(server.url)
            request.isIdempotent = true
            for _ in 0..<10 { _ = try work.start(request).recorder.waitForEnd() }
            let before = openDescriptorCount()
            try work.onLoop { [request] in Sequence(work, request, 10_000, remaining).next() }
            #expect(try remaining.wait(seconds: 50) == 0)
            #expect(openDescriptorCount() <= before + 4)
        }

        /// One transfer after the other, each started from the end of the one before.
        private final class Sequence: TransferReceiver, @unchecked Sendable {
            // `@unchecked`: used on the loop's thread only.
            private let work: Workplace
            private let request: UpstreamRequest
            private let done: Promise<Int>
            private var remaining: Int

            init(_ work: Workplace, _ request: UpstreamRequest, _ count: Int, _ done: Promise<Int>) {
                self.work = work
                self.request = request
                remaining = count
                self.done = done
            }

            func next() {
                guard remaining > 0 else { return done.fulfil(0) }
                remaining -= 1
                do { try work.client.start(request, receiver: self) } catch { done.fulfil(-1) }
            }

            func receivedHead(_ head: ResponseHead) {}
            func received(_ bytes: Span<UInt8>) {}
            func roundEnded() {}
            func ended(_ result: Result<TransferStatistics, UpstreamError>) { next() }
        }
    }
}
