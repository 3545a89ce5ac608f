import Testing

@testable import Upstream

extension SocketTests {
    struct CancellationTests {
        enum Moment: String, CaseIterable, Sendable {
            case atOnce, insideConnected, beforeTheHead, insideHead, insideBytes, insideRoundEnd, afterBytes, whilePaused, whileHeld
        }

        @Test(arguments: Moment.allCases)
        func cancellingClosesTheConnectionPromptlyAndSaysNothingMore(moment: Moment) throws {
            let hasRequest = Promise<Bool>()
            let isClosed = Promise<Bool>()
            let server = ScriptedServer { connection, _ in
                guard try connection.readRequest() != nil else { return isClosed.fulfil(true) }
                hasRequest.fulfil(true)
                if moment != .beforeTheHead { try connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nsome\r\n") }
                isClosed.fulfil(connection.waitForClose())
            }
            let work = try Workplace()
            let recorder = Recorder()
            recorder.workplace = work
            let transfer = Promise<Transfer>()
            let cancel = { if let transfer = try? transfer.wait() { transfer.cancel() } }
            switch moment {
            case .insideConnected: recorder.onConnected = { cancel() }
            case .insideHead: recorder.onHead = { _ in cancel() }
            case .insideBytes: recorder.onBytes = { _ in cancel() }
            case .insideRoundEnd: recorder.onRoundEnded = { cancel() }
            default: break
            }
            try work.onLoop {
                transfer.fulfil(try work.client.start(UpstreamRequest(url: server.url), receiver: recorder))
                if moment == .whilePaused || moment == .whileHeld { try transfer.wait().pause() }
                if moment == .atOnce { try transfer.wait().cancel() }
            }
            switch moment {
            case .atOnce: break
            case .insideConnected: #expect(try isClosed.wait())
            case .beforeTheHead: _ = try hasRequest.wait()
            case .insideHead, .whileHeld: _ = try recorder.waitForHead()
            default: if moment != .whilePaused { try recorder.waitForBytes(4) } else { _ = try hasRequest.wait() }
            }
            try work.onLoop {
                let transfer = try transfer.wait()
                transfer.cancel()
                transfer.cancel()
                transfer.resume()
                transfer.pause()
                #expect(!transfer.isPaused || moment == .whilePaused || moment == .whileHeld)
            }
            let cancelled = MonotonicClock.now
            #expect(try work.openTransferCount() == 0)
            if moment != .atOnce {
                #expect(try isClosed.wait())
                #expect(MonotonicClock.now - cancelled < .milliseconds(500))
            }
            // The loop goes on, and the cancelled transfer's receiver heard of no end.
            let other = ScriptedServer(answering: "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
            _ = try work.get(other.url).statistics()
            #expect(!recorder.log.contains { if case .ended = $0 { true } else { false } })
            switch moment {
            case .insideConnected: #expect(recorder.log.isEmpty)
            case .insideHead: #expect(recorder.log == [.head(200)])
            case .insideBytes: #expect(recorder.log == [.head(200), .bytes(4)])
            default: break
            }
        }

        @Test func aTransferCanCancelAnotherWhoseResultIsDue() throws {
            let server = ScriptedServer(answering: "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
            let work = try Workplace()
            for _ in 0..<20 {
                let recorders = [Recorder(), Recorder()]
                let transfers = Promise<[Transfer]>()
                let ends = Promise<Int>()
                for (number, recorder) in recorders.enumerated() {
                    recorder.onEnded = { _ in
                        if let transfers = try? transfers.wait() { transfers[1 - number].cancel() }
                        work.loop.execute { ends.fulfil(number) }
                    }
                }
                try work.onLoop {
                    transfers.fulfil(try recorders.map { try work.client.start(UpstreamRequest(url: server.url), receiver: $0) })
                }
                let first = try ends.wait()
                _ = try work.get(server.url).statistics()
                #expect(!recorders[1 - first].log.contains(.ended(nil)))
                #expect(try work.openTransferCount() == 0)
            }
        }

        @Test func transfersCanBeStartedFromInsideEveryCallback() throws {
            let server = ScriptedServer(answering: "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
            let work = try Workplace()
            let followers = (0..<4).map { _ in Recorder() }
            let start = { (number: Int) in _ = try? work.client.start(UpstreamRequest(url: server.url), receiver: followers[number]) }
            let recorder = Recorder()
            recorder.onHead = { _ in start(0) }
            recorder.onBytes = { _ in start(1) }
            recorder.onRoundEnded = { start(2) }
            recorder.onEnded = { _ in start(3) }
            try work.start(UpstreamRequest(url: server.url), recorder)
            _ = try recorder.statistics()
            for follower in followers { #expect(try follower.statistics().bodyByteCount == 2) }
        }

        @Test func aTransferStartedInsideACallbackCanBeCancelledThere() throws {
            let server = ScriptedServer(answering: "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
            let work = try Workplace()
            let follower = Recorder()
            let recorder = Recorder()
            recorder.onBytes = { _ in (try? work.client.start(UpstreamRequest(url: server.url), receiver: follower))?.cancel() }
            try work.start(UpstreamRequest(url: server.url), recorder)
            _ = try recorder.statistics()
            _ = try work.get(server.url).statistics()
            #expect(follower.log.isEmpty)
            #expect(try work.openTransferCount() == 0)
        }

        /// Means something only where looking up takes its time, as it does with an unreachable resolver.
        @Test func cancellingANameLookupDoesNotBlockTheLoop() throws {
            let work = try Workplace()
            let transfers = try (0..<20).map { try work.start(UpstreamRequest(url: "http://no-such-host-\($0).invalid/")).transfer }
            // Enough turns of the loop for the lookups to be under way.
            for _ in 0..<10 { try work.onLoop {} }
            let start = MonotonicClock.now
            try work.onLoop { for transfer in transfers { transfer.cancel() } }
            #expect(try work.openTransferCount() == 0)
            #expect(MonotonicClock.now - start < .seconds(1))
        }

        @Test func shutdownFromInsideACallbackWaitsForTheRoundsEnd() throws {
            let server = ScriptedServer { connection, _ in
                _ = try connection.readRequest()
                try connection.send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nha")
                _ = connection.waitForClose()
            }
            let work = try Workplace()
            let recorder = Recorder()
            recorder.onBytes = { _ in work.client.shutdown() }
            try work.start(UpstreamRequest(url: server.url), recorder)
            #expect(try recorder.failure() == .shutDown)
            #expect(recorder.log == [.head(200), .bytes(2), .roundEnded, .ended(.shutDown)])
        }

        @Test func shutdownEndsEveryTransferAndRefusesNewOnes() throws {
            let hasRequest = Promise<Bool>()
            let isClosed = Promise<Bool>()
            let server = ScriptedServer { connection, _ in
                _ = try connection.readRequest()
                hasRequest.fulfil(true)
                isClosed.fulfil(connection.waitForClose())
            }
            let work = try Workplace()
            let recorder = try work.get(server.url)
            _ = try hasRequest.wait()
            try work.onLoop {
                work.client.shutdown()
                work.client.shutdown()
            }
            #expect(recorder.log == [.ended(.shutDown)])
            #expect(try isClosed.wait())
            #expect(throws: UpstreamError.shutDown) { _ = try work.start(UpstreamRequest(url: server.url)) }
        }
    }
}
