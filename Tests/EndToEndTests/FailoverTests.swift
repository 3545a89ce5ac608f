import Foundation
import Testing

extension EndToEnd {
    /// Several upstreams: moving unseen, and leaving a broken one alone.
    @Suite struct FailoverTests {
        private static let answer =
            "The first part is simple. The second part follows from the first. The third part is left to the reader."

        /// A proxy before two mocks; the first plays `fault` for every model, the second none.
        private final class Pair {
            let first: ChildProcess
            let second: ChildProcess
            let proxy: ChildProcess
            let port: Int
            let secondPort: Int
            let firstPort: Int

            init(fault: String, _ settings: [String] = []) throws {
                first = try ChildProcess(.mock, ["--port", "0=\(fault)", "--quiet"])
                second = try ChildProcess(.mock, ["--port", "0", "--quiet", "--tokens-per-second", "0"])
                firstPort = try House.port(of: first)
                secondPort = try House.port(of: second)
                let file = FileManager.default.temporaryDirectory.appending(path: "proxy-\(UUID().uuidString).yaml")
                defer { try? FileManager.default.removeItem(at: file) }  // a file left in the temporary folder is no failure
                let timeouts = "{head: 400ms, first_event: 500ms, gap_reasoning: 300ms, gap_answer: 300ms}"
                try """
                upstreams:
                  - {name: one, url: "http://127.0.0.1:\(firstPort)", priority: 1, timeouts: \(timeouts)}
                  - {name: two, url: "http://127.0.0.1:\(secondPort)", priority: 2, timeouts: \(timeouts)}
                """.write(to: file, atomically: true, encoding: .utf8)
                proxy = try ChildProcess(.proxy, ["--config", file.path, "--port=0"] + settings)
                port = try House.port(of: proxy)
            }

            func stream(_ model: String) throws -> Reply {
                try RawConnection(port: port).exchange(.chat(model, stream: true))
            }
        }

        @Test(arguments: [
            "error-500", "error-503", "error-529", "reset-before-head", "no-answer", "no-first-event", "stall-in-reasoning",
            "reset-in-reasoning", "end-in-reasoning", "error-event-in-reasoning", "html-page", "empty-body",
        ])
        func beforeTheAnswerARequestMovesUnseen(fault: String) throws {
            let pair = try Pair(fault: fault)
            let reply = try pair.stream("lighthouse")
            #expect(reply.status == 200, "\(reply.text)")
            let stream = reply.stream
            #expect(stream.errorCode == nil, "\(stream.errorMessage ?? "")")
            #expect(stream.markers == ["prompt_summary", "reasoning_summary", "final_output"])
            #expect(stream.endsWithDone && stream.finishReason == "stop")
            #expect(!stream.answer.isEmpty)
            try eventually("the access log to name the second upstream") { pair.proxy.errors.text.contains("upstream=two") }
        }

        @Test(arguments: ["error-500", "reset-before-head", "html-page", "cut-chunk", "reset-in-answer"])
        func aWholeAnswerMovesToo(fault: String) throws {
            let pair = try Pair(fault: fault)
            let reply = try RawConnection(port: pair.port).exchange(.chat("fast", stream: false))
            #expect(reply.status == 200, "\(reply.text)")
            #expect(reply.json["choices"][0]["message"]["content"].string == "Done at once.")
            #expect(reply.json["phases"].array.count == 3)
        }

        @Test func aClientThatLeavesAfterAMoveEndsTheSecondRequestToo() throws {
            let pair = try Pair(fault: "error-500")
            let connection = try RawConnection(port: pair.port)
            try connection.send(Request.chat("hold-in-answer", stream: true).bytes)
            try connection.receive(text: "\"content\":\"The\"")
            connection.reset()
            try eventually("the second upstream's close", within: .seconds(2)) {
                let state = try RawConnection(port: pair.secondPort).exchange(Request("GET", "/mock/state")).json
                return state["streams"]["cancelled_by_client"].int == 1
            }
        }

        @Test func afterTheFirstWordOfTheAnswerNothingMoves() throws {
            let pair = try Pair(fault: "reset-in-answer")
            let stream = try pair.stream("any").stream
            #expect(stream.errorCode == "upstream_reset")
            #expect(stream.failedProperly)
            #expect(Self.answer.hasPrefix(stream.answer) && !stream.answer.isEmpty)
            #expect(try RawConnection(port: pair.secondPort).exchange(Request("GET", "/mock/state")).json["requests"]["total"].int == 0)
        }

        @Test func aClientsMistakeIsNotTriedElsewhere() throws {
            let pair = try Pair(fault: "error-400")
            #expect(try pair.stream("any").status == 400)
            #expect(try RawConnection(port: pair.secondPort).exchange(Request("GET", "/mock/state")).json["requests"]["total"].int == 0)
        }

        @Test func anOpenBreakerAnswersAtOnceWithoutAskingTheUpstream() throws {
            let house = try House()
            for _ in 0..<5 { #expect(try house.stream("error-500").status == 502) }
            let asked = try house.upstreamRequests()
            let connection = try house.connect()
            let time = try measured {
                let reply = try connection.exchange(.chat("fast", stream: true))
                #expect(reply.status == 503)
                #expect(reply.errorCode == "circuit_open")
                #expect(Int(reply.header("retry-after") ?? "") ?? 0 > 0)
            }
            print("open breaker: answered after \(time.inMilliseconds) ms")
            #expect(time < .milliseconds(250))
            #expect(try house.upstreamRequests() == asked)
            let health = try house.send(Request("GET", "/health"))
            #expect(health.status == 503)
            #expect(health.text.contains("open"))
            #expect(try house.send(Request("GET", "/readyz")).status == 503)
            #expect(try house.send(Request("GET", "/livez")).status == 200)
            #expect(try house.send(Request("GET", "/metrics")).text.contains("reasoning_proxy_breaker_state"))
            // It opens again by itself: one probe, and a good answer.
            try eventually("the breaker to let a probe through", within: .seconds(12)) { try house.stream("fast").status == 200 }
        }
    }
}
