import Testing

@testable import Upstream

extension SocketTests {
    /// A client that finds itself busy and looks at its sockets at fixed times.
    struct PacedLooksTests {
        /// A client whose loop is busy from the first read on.
        private func busyWorkplace() throws -> Workplace {
            let work = try Workplace()
            try work.onLoop { work.client.pacing = LookPacing(burst: 0) }
            return work
        }

        @Test func nothingIsLostThroughLooksThatArePutOff() throws {
            let body = patternedBytes(300_000)
            let server = ScriptedServer { connection, _ in
                _ = try connection.readRequest()
                try connection.send("HTTP/1.1 200 OK\r\nContent-Length: \(body.count)\r\n\r\n")
                for start in stride(from: 0, to: body.count, by: 1000) { try connection.send(Array(body[start..<start + 1000])) }
            }
            let work = try busyWorkplace()
            let recorders = try (0..<8).map { _ in try work.get(server.url) }
            for recorder in recorders {
                _ = try recorder.statistics()
                #expect(recorder.bytes == body)
            }
        }

        @Test func whatComesAfterAPauseIsToldWithoutMoreToCome() throws {
            let mayGoOn = Promise<Bool>()
            let server = ScriptedServer.answeringInTwo(secondAfter: mayGoOn)
            let recorder = try busyWorkplace().get(server.url)
            try recorder.waitForBytes(3)
            mayGoOn.fulfil(true)
            _ = try recorder.statistics()
            #expect(recorder.text == "onetwo")
        }

        @Test func aClientThatIsShutDownLooksNoMore() throws {
            let body = patternedBytes(100_000)
            let server = ScriptedServer { connection, _ in
                _ = try connection.readRequest()
                try connection.send("HTTP/1.1 200 OK\r\n\r\n")
                for _ in 0..<100 { try connection.send(body) }
            }
            let work = try busyWorkplace()
            let recorder = try work.get(server.url)
            try recorder.waitForBytes(1000)
            try work.onLoop { work.client.shutdown() }
            #expect(try recorder.failure() == .shutDown)
            let count = recorder.bytes.count
            for _ in 0..<10 { try work.onLoop {} }
            #expect(recorder.bytes.count == count)
        }
    }
}
