import Testing

@testable import Upstream

extension SocketTests {
    struct FlowTests {
        private let body = patternedBytes(8_000_000)

        /// Sends the body, and tells how much of it went out before the client stopped reading.
        private func blockedServer(_ blockedAt: Promise<Int>, chunked: Bool) -> ScriptedServer {
            ScriptedServer { [body] connection, _ in
                connection.setSmallSendBuffer()
                _ = try connection.readRequest()
                let size = String(body.count, radix: 16)
                let fields = chunked ? "Transfer-Encoding: chunked\r\n\r\n\(size)" : "Content-Length: \(body.count)\r\n"
                try connection.send("HTTP/1.1 200 OK\r\n\(fields)\r\n")
                let sent = connection.sendUntilBlocked(body, seconds: 0.3)
                blockedAt.fulfil(sent)
                try connection.send(Array(body[sent...]))
                if chunked { try connection.send("\r\n0\r\n\r\n") }
            }
        }

        @Test(arguments: [false, true])
        func aPausedTransferHoldsBackItsUpstreamAndLosesNothing(chunked: Bool) throws {
            let blockedAt = Promise<Int>()
            let server = blockedServer(blockedAt, chunked: chunked)
            let work = try Workplace()
            let recorder = Recorder()
            let transfer = Promise<Transfer>()
            recorder.onBytes = { _ in
                // The first bytes only: from here on nothing may be delivered.
                if let transfer = try? transfer.wait() { transfer.pause() }
                recorder.onBytes = nil
            }
            transfer.fulfil(try work.start(UpstreamRequest(url: server.url), recorder).transfer)
            let sent = try blockedAt.wait()
            let delivered = recorder.bytes.count
            #expect(delivered <= 16 * 1024)
            // What lies between is in socket buffers and in one read of libcurl's.
            #expect(sent < body.count)
            #expect(try work.onLoop { try transfer.wait().isPaused })
            try work.onLoop { try transfer.wait().resume() }
            #expect(try recorder.statistics().bodyByteCount == body.count)
            #expect(recorder.bytes == body)
        }

        @Test func pausingAgainAndAgainLosesNothing() throws {
            let server = ScriptedServer { [body] connection, _ in
                _ = try connection.readRequest()
                try connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
                for start in stride(from: 0, to: 400_000, by: 1000) {
                    try connection.send("3e8\r\n")
                    try connection.send(Array(body[start..<start + 1000]) + Array("\r\n".utf8))
                }
                try connection.send("0\r\n\r\n")
            }
            let work = try Workplace()
            let recorder = Recorder()
            let transfer = Promise<Transfer>()
            recorder.onBytes = { _ in
                guard let transfer = try? transfer.wait() else { return }
                transfer.pause()
                // Within the same call, later in the round, or on a later turn.
                switch recorder.log.count % 3 {
                case 0: transfer.resume()
                case 1: work.loop.execute { transfer.resume() }
                default: recorder.onRoundEnded = { transfer.resume() }
                }
            }
            transfer.fulfil(try work.start(UpstreamRequest(url: server.url), recorder).transfer)
            _ = try recorder.statistics()
            #expect(recorder.bytes == Array(body[..<400_000]))
        }

        @Test func aTransferPausedAtItsStartDeliversOnlyItsHead() throws {
            let server = ScriptedServer(answering: "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello")
            let work = try Workplace()
            let recorder = Recorder()
            recorder.workplace = work
            let transfer = try work.onLoop {
                let transfer = try work.client.start(UpstreamRequest(url: server.url), receiver: recorder)
                transfer.pause()
                transfer.pause()
                return transfer
            }
            _ = try recorder.waitForHead()
            _ = try work.get(server.url).statistics()
            #expect(recorder.log == [.head(200)])
            try work.onLoop {
                transfer.resume()
                transfer.resume()
            }
            _ = try recorder.statistics()
            #expect(recorder.text == "hello")
        }

        @Test func aPausedTransferDoesNotHoldUpOthers() throws {
            let blockedAt = Promise<Int>()
            let slow = blockedServer(blockedAt, chunked: false)
            let quick = ScriptedServer(answering: "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
            let work = try Workplace()
            let recorder = Recorder()
            recorder.workplace = work
            let transfer = try work.onLoop {
                let transfer = try work.client.start(UpstreamRequest(url: slow.url), receiver: recorder)
                transfer.pause()
                return transfer
            }
            for _ in 0..<50 { _ = try work.get(quick.url).statistics() }
            #expect(try blockedAt.wait() < body.count)
            #expect(recorder.bytes.isEmpty)
            try work.onLoop { transfer.cancel() }
        }

        @Test func anUpstreamThatDiesDuringAPauseIsReportedAfterIt() throws {
            let mayDie = Promise<Bool>()
            let isDead = Promise<Bool>()
            let server = ScriptedServer { connection, _ in
                _ = try connection.readRequest()
                try connection.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf")
                _ = try mayDie.wait()
                connection.reset()
                isDead.fulfil(true)
            }
            let work = try Workplace()
            let recorder = Recorder()
            recorder.workplace = work
            let transfer = try work.onLoop {
                let transfer = try work.client.start(UpstreamRequest(url: server.url), receiver: recorder)
                transfer.pause()
                return transfer
            }
            _ = try recorder.waitForHead()
            for _ in 0..<10 { try work.onLoop {} }
            mayDie.fulfil(true)
            _ = try isDead.wait()
            #expect(recorder.log == [.head(200)])
            try work.onLoop { transfer.resume() }
            #expect(try recorder.failure() == .reset(afterHead: true))
            #expect(recorder.text == "half")
        }

        @Test func roundsEndOnceForAllTheBytesOfARound() throws {
            let server = ScriptedServer { connection, _ in
                _ = try connection.readRequest()
                let chunks = (0..<50).map { _ in "3\r\nabc\r\n" }.joined()
                try connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\(chunks)0\r\n\r\n")
            }
            let recorder = try Workplace().get(server.url)
            _ = try recorder.statistics()
            let rounds = recorder.log.split(separator: .roundEnded).count - 1
            #expect(recorder.text.utf8.count == 150)
            // One write of the server's, one read of libcurl's, so one round for all the chunks.
            #expect(rounds == 1)
            #expect(recorder.log.suffix(2) == [.roundEnded, .ended(nil)])
        }
    }
}
