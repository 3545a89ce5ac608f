import Testing

@testable import Upstream

extension SocketTests {
    struct HTTP2Tests {
        private func request(_ server: ScriptedServer) -> UpstreamRequest {
            var request = UpstreamRequest.post(server.url, "question")
            request.httpVersion = .http2PriorKnowledge
            return request
        }

        @Test func streamsAreDeliveredAndShareAConnectionWhereLibcurlCan() throws {
            let server = ScriptedServer { connection, _ in
                let http2 = try HTTP2Connection(connection)
                while true {
                    let stream = try http2.nextRequest()
                    try http2.sendHead(stream)
                    _ = try http2.sendData(stream, Array("stream \(stream)".utf8), end: true)
                }
            }
            let work = try Workplace()
            let first = try work.start(request(server)).recorder
            #expect(try first.statistics().httpVersion == .http2)
            let others = try (0..<5).map { _ in try work.start(request(server)).recorder }
            let shares = CurlLibrary.sharesPriorKnowledge
            for recorder in others { #expect(try recorder.statistics().reusedConnection == shares) }
            #expect(Set(others.map(\.text)) == (shares ? ["stream 3", "stream 5", "stream 7", "stream 9", "stream 11"] : ["stream 1"]))
            #expect(server.connectionCount == (shares ? 1 : 6))
        }

        @Test func cancellingResetsTheStreamOrClosesItsConnection() throws {
            let isOver = Promise<Bool>()
            let server = ScriptedServer { connection, _ in
                let http2 = try HTTP2Connection(connection)
                let stream = try http2.nextRequest()
                try http2.sendHead(stream)
                _ = try http2.sendData(stream, Array("begin".utf8))
                var frame = try? http2.nextFrame()
                while let some = frame, some.type != .reset { frame = try? http2.nextFrame() }
                isOver.fulfil(true)
            }
            let work = try Workplace()
            let (transfer, recorder) = try work.start(request(server))
            try recorder.waitForBytes(5)
            let start = MonotonicClock.now
            try work.onLoop { transfer.cancel() }
            #expect(try isOver.wait())
            #expect(MonotonicClock.now - start < .milliseconds(500))
            #expect(recorder.text == "begin")
        }

        @Test func aStreamResetByTheUpstreamIsReported() throws {
            let hasBytes = Promise<Bool>()
            let server = ScriptedServer { connection, _ in
                let http2 = try HTTP2Connection(connection)
                let stream = try http2.nextRequest()
                try http2.sendHead(stream)
                _ = try http2.sendData(stream, Array("half".utf8))
                // What comes together with a reset, libcurl drops.
                _ = try hasBytes.wait()
                try http2.resetStream(stream, code: 2)
                _ = try http2.nextFrame()
            }
            let recorder = Recorder()
            recorder.onRoundEnded = { hasBytes.fulfil(true) }
            try Workplace().start(request(server), recorder)
            #expect(try recorder.failure() == .reset(afterHead: true))
            #expect(recorder.text == "half")
        }

        @Test func aPausedStreamHoldsBackItsUpstreamAndLosesNothing() throws {
            let body = patternedBytes(12_000_000)
            let blockedAt = Promise<Int>()
            let server = ScriptedServer { connection, _ in
                connection.setSmallSendBuffer()
                let http2 = try HTTP2Connection(connection)
                let stream = try http2.nextRequest()
                try http2.sendHead(stream)
                http2.settle(seconds: 0.1)
                var sent = 0
                while sent < body.count {
                    if !connection.isWritable(within: 200) { blockedAt.fulfil(sent) }
                    let piece = Array(body[sent..<min(sent + 16_384, body.count)])
                    let count = try http2.sendData(stream, piece, end: sent + piece.count == body.count)
                    // Nothing allowed: the client's window must grow first.
                    if count == 0 { _ = try http2.takeFrame() }
                    sent += count
                }
                _ = try http2.nextFrame()
            }
            let work = try Workplace()
            let recorder = Recorder()
            recorder.workplace = work
            let transfer = try work.onLoop {
                let transfer = try work.client.start(request(server), receiver: recorder)
                transfer.pause()
                return transfer
            }
            let held = try blockedAt.wait()
            // Socket buffers and what libcurl reads ahead; with only this stream, the connection itself stands still.
            #expect(held < 8_000_000)
            #expect(recorder.bytes.isEmpty)
            try work.onLoop { transfer.resume() }
            #expect(try recorder.statistics().bodyByteCount == body.count)
            #expect(recorder.bytes == body)
        }
    }
}
