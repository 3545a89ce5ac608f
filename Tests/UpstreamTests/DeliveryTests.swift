import Testing

@testable import Upstream

extension SocketTests {
    struct DeliveryTests {
        @Test func headAndBodyAreDeliveredInOrderAndEndOnce() throws {
            let server = ScriptedServer(answering: "HTTP/1.1 200 OK\r\nContent-Type: a/b\r\nX-Two:  b \r\nContent-Length: 5\r\n\r\nhello")
            let work = try Workplace()
            let recorder = try work.get(server.url)
            let statistics = try recorder.statistics()
            #expect(recorder.text == "hello")
            #expect(recorder.log == [.head(200), .bytes(5), .roundEnded, .ended(nil)])
            #expect(try recorder.waitForHead().first("x-two") == "b")
            #expect(try recorder.waitForHead().first("content-type") == "a/b")
            #expect(statistics.bodyByteCount == 5)
            #expect(statistics.httpVersion == .http1_1)
            #expect(!statistics.reusedConnection)
            #expect(statistics.total >= statistics.firstByte && statistics.firstByte > .zero)
            #expect(try work.openTransferCount() == 0)
        }

        @Test func eachWriteOfTheServerIsDeliveredWithoutWaitingForMore() throws {
            let mayGoOn = Promise<Bool>()
            let server = ScriptedServer.answeringInTwo(secondAfter: mayGoOn)
            let recorder = try Workplace().get(server.url)
            try recorder.waitForBytes(3)
            #expect(recorder.text == "one")
            mayGoOn.fulfil(true)
            _ = try recorder.statistics()
            #expect(recorder.text == "onetwo")
        }

        @Test func connectionsAreKeptAndUsedAgain() throws {
            let server = ScriptedServer(answering: "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
            let work = try Workplace()
            for number in 0..<20 {
                let statistics = try work.get(server.url).statistics()
                #expect(statistics.reusedConnection == (number > 0))
            }
            #expect(server.connectionCount == 1)
        }

        @Test func manyTransfersRunAtOnce() throws {
            let mayAnswer = Promise<Bool>()
            let server = ScriptedServer { connection, _ in
                guard let request = try connection.readRequest() else { return }
                _ = try mayAnswer.wait()
                try connection.send("HTTP/1.1 200 OK\r\nContent-Length: \(request.body.count)\r\n\r\n")
                try connection.send(request.body)
            }
            let work = try Workplace()
            let recorders = try (0..<50).map { try work.start(.post(server.url, "request \($0)")).recorder }
            #expect(try work.openTransferCount() == 50)
            mayAnswer.fulfil(true)
            for (number, recorder) in recorders.enumerated() {
                _ = try recorder.statistics()
                #expect(recorder.text == "request \(number)")
            }
            #expect(server.connectionCount == 50)
        }

        @Test func interimHeadsAreSkippedAndTrailersIgnored() throws {
            let server = ScriptedServer(
                answering: "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"
                    + "HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\nTrailer: T\r\n\r\n2\r\nok\r\n0\r\nT: late\r\n\r\n")
            let recorder = try Workplace().get(server.url)
            _ = try recorder.statistics()
            #expect(recorder.log == [.head(201), .bytes(2), .roundEnded, .ended(nil)])
            #expect(try recorder.waitForHead().first("link") == nil)
        }

        @Test func aCloseDelimitedBodyEndsWithTheConnection() throws {
            let server = ScriptedServer { connection, _ in
                _ = try connection.readRequest()
                try connection.send("HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n\r\nold but whole")
            }
            let work = try Workplace()
            let recorder = try work.get(server.url)
            #expect(try recorder.statistics().httpVersion == .http1_0)
            #expect(recorder.text == "old but whole")
            _ = try work.get(server.url).statistics()
            #expect(server.connectionCount == 2)
        }

        @Test(arguments: [400, 401, 404, 429, 500, 503])
        func errorStatusesAreDeliveredWithTheirBody(status: Int) throws {
            let server = ScriptedServer(answering: "HTTP/1.1 \(status) No\r\nRetry-After: 7\r\nContent-Length: 4\r\n\r\nbody")
            let recorder = try Workplace().get(server.url)
            _ = try recorder.statistics()
            #expect(recorder.text == "body")
            #expect(try recorder.waitForHead().first("retry-after") == "7")
            #expect(recorder.log.first == .head(status))
        }

        @Test func aResponseWithoutABodyHasNoRounds() throws {
            let server = ScriptedServer(answering: "HTTP/1.1 204 No Content\r\n\r\n")
            let recorder = try Workplace().get(server.url)
            _ = try recorder.statistics()
            #expect(recorder.log == [.head(204), .ended(nil)])
        }

        @Test func aLargeBodyArrivesWhole() throws {
            let body = patternedBytes(3_000_000)
            let server = ScriptedServer { connection, _ in
                _ = try connection.readRequest()
                try connection.send("HTTP/1.1 200 OK\r\nContent-Length: \(body.count)\r\n\r\n")
                try connection.send(body)
            }
            let recorder = try Workplace().get(server.url)
            #expect(try recorder.statistics().bodyByteCount == body.count)
            #expect(recorder.bytes == body)
        }
    }
}
