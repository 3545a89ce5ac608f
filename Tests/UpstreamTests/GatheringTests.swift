import Testing

@testable import Upstream

extension SocketTests {
    /// Body bytes are told once for each read, not once for each chunk.
    struct GatheringTests {
        private static let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"

        @Test func theChunksOfOneReadAreToldAtOnce() throws {
            let chunks = String(repeating: "3\r\nabc\r\n", count: 50)
            let server = ScriptedServer(answering: "\(Self.head)\(chunks)0\r\n\r\n")
            let recorder = try Workplace().get(server.url)
            _ = try recorder.statistics()
            #expect(recorder.log == [.head(200), .bytes(150), .roundEnded, .ended(nil)])
        }

        @Test func whatCameAheadOfAnErrorIsToldAheadOfIt() throws {
            let server = ScriptedServer(answering: "\(Self.head)3\r\nabc\r\n3\r\ndef\r\nnonsense\r\n")
            let recorder = try Workplace().get(server.url)
            #expect(try recorder.failure() == .malformed)
            #expect(recorder.text == "abcdef")
            #expect(recorder.log == [.head(200), .bytes(6), .roundEnded, .ended(.malformed)])
        }

        @Test func aReceiverThatCancelsHearsNoEndThatCameWithTheBytes() throws {
            let server = ScriptedServer(answering: "\(Self.head)3\r\nabc\r\n3\r\ndef\r\n0\r\n\r\n")
            let work = try Workplace()
            let recorder = Recorder()
            let transfer = Promise<Transfer>()
            recorder.onBytes = { _ in if let transfer = try? transfer.wait() { transfer.cancel() } }
            transfer.fulfil(try work.start(UpstreamRequest(url: server.url), recorder).transfer)
            try recorder.waitForBytes(6)
            for _ in 0..<10 { try work.onLoop {} }
            #expect(recorder.log == [.head(200), .bytes(6)])
            #expect(try work.openTransferCount() == 0)
        }

        @Test func noMoreIsGatheredThanTheLimit() throws {
            let body = patternedBytes(2_000_000)
            let server = ScriptedServer { connection, _ in
                _ = try connection.readRequest()
                var answer = Array(Self.head.utf8)
                for start in stride(from: 0, to: body.count, by: 1000) {
                    answer += Array("3e8\r\n".utf8) + body[start..<start + 1000] + Array("\r\n".utf8)
                }
                try connection.send(answer + Array("0\r\n\r\n".utf8))
            }
            let recorder = try Workplace().get(server.url)
            _ = try recorder.statistics()
            #expect(recorder.bytes == body)
            let sizes = recorder.log.compactMap { if case .bytes(let count) = $0 { count } else { nil } }
            #expect(sizes.allSatisfy { $0 <= GatheredBytes.limit })
            #expect(sizes.count < body.count / 1000 / 4, "\(sizes.count) times told of \(body.count / 1000) chunks")
        }

        /// What libcurl does where several streams of one HTTP/2 connection have data in one read.
        @Test(arguments: ["nothing", "pauses", "cancels"])
        func aSecondTransfersBytesComeBehindTheFirstOnes(_ deed: String) throws {
            let silent = ScriptedServer { connection, _ in _ = connection.waitForClose() }
            let work = try Workplace()
            let (first, other) = (Recorder(), Recorder())
            let one = try work.start(UpstreamRequest(url: silent.url), first).transfer
            let two = try work.start(UpstreamRequest(url: silent.url), other).transfer
            first.onBytes = { _ in
                #expect(other.log.isEmpty)
                if deed == "pauses" { two.pause() }
                if deed == "cancels" { two.cancel() }
            }
            let answers = try work.onLoop {
                work.client.inCurl { [hand("ab", to: one), hand("cd", to: one), hand("12", to: two), hand("34", to: two)] }
            }
            #expect(first.text == "abcd" && first.log.first == .bytes(4))
            switch deed {
            case "pauses":
                #expect(answers[..<2] == [2, 2] && answers[2...].allSatisfy { $0 > 2 } && other.log.isEmpty && two.isHeldByCurl)
            case "cancels":
                #expect(answers == [2, 2, 0, 0] && other.log.isEmpty)
            default:
                #expect(answers == [2, 2, 2, 2] && other.text == "1234" && other.log.first == .bytes(4))
            }
            try work.onLoop {
                one.cancel()
                two.cancel()
            }
        }

        private func hand(_ text: String, to transfer: Transfer) -> Int {
            let bytes = Array(text.utf8)
            return transfer.bodyArrived(bytes.span)
        }
    }
}
