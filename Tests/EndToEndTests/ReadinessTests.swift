import Foundation
import Testing

extension EndToEnd {
    /// Both ways in which a loop learns that an upstream has sent something, with one loop and with two. All other suites run with the
    /// default one, or with the one named by `PROXY_SERVER_READINESS`.
    @Suite struct ReadinessTests {
        struct Way: Sendable, CustomTestStringConvertible {
            let name: String
            let loops: Int
            var testDescription: String { "\(name), \(loops)" }
        }

        private static let ways = ["kernel", "thread"].flatMap { name in [1, 2].map { Way(name: name, loops: $0) } }

        private static func house(_ way: Way, _ settings: [String: String] = [:]) throws -> House {
            let house = try House(
                settings.merging(["server-readiness": way.name, "server-threads": "\(way.loops)", "log-level": "debug"]) { $1 })
            let log = house.proxy.errors.text
            #expect(log.contains("readiness by=\(way.name) loops=\(way.loops)") && !log.contains("fell back"), "\(log)")
            return house
        }

        @Test(arguments: ways) func manyStreamsAtOnceAreWhole(way: Way) throws {
            let house = try Self.house(way)
            for _ in 0..<3 {
                let connections = try (0..<40).map { _ in try house.connect() }
                for connection in connections { try connection.send(Request.chat("fast", stream: true).bytes) }
                for connection in connections { #expect(try connection.reply(within: .seconds(20)).stream.endsWithDone) }
            }
            #expect(try house.upstreamRequests() == 120)
        }

        @Test(arguments: ways) func manyStreamsHeldAtOnceAreIdleAndAllGoOn(way: Way) throws {
            let house = try Self.house(way)
            let count = 120
            let connections = try (0..<count).map { _ in try house.connect() }
            for connection in connections { try connection.send(Request.chat("hold-in-reasoning", stream: true).bytes) }
            try eventually("every stream to be held", within: .seconds(20)) { try house.mockState()["streams"]["held"].int == count }
            for connection in connections { try connection.receive(text: "reasoning_summary") }
            #expect(try house.send(Request("GET", "/health")).json["streams_open"].int == count)
            try Self.expectIdle([house.proxy, house.mock], for: .milliseconds(500))
            try house.release()
            for connection in connections {
                let stream = try connection.reply(within: .seconds(20)).stream
                #expect(stream.endsWithDone && stream.answer.hasSuffix("left to the reader."), "\(stream.answer)")
            }
            #expect(try house.upstreamRequests() == count)
        }

        /// Nobody looks again and again whether something has come: that, times the number of streams, keeps a loop from its sockets.
        private static func expectIdle(_ programs: [ChildProcess], for time: Duration) throws {
            let before = try programs.map { try $0.processorTime }
            let end = Deadline(in: time)
            try eventually("the end of the time") { end.hasPassed }
            for (program, used) in zip(programs, before) {
                let more = try program.processorTime - used
                #expect(more < time / 10, "\(program.command): \(more) in \(time)")
            }
        }

        @Test(arguments: ways) func aSlowReaderPausesItsUpstreamAndGetsEveryByte(way: Way) throws {
            let house = try Self.house(way)
            let (order, answer) = BackpressureTests.scenario(bytes: 8 << 20)
            try house.order(order)
            let connection = try house.connect(receiveBuffer: 8 << 10)
            try connection.send(Request.chat("much", stream: true).bytes)
            try eventually("the mock to be blocked", within: .seconds(20)) { try house.mockState()["streams"]["blocked"].int == 1 }
            // The others on the same loops go on.
            for _ in 0..<4 { #expect(try house.stream("fast").stream.endsWithDone) }
            let reply = try connection.reply(within: .seconds(40))
            #expect(reply.stream.answer == answer)
        }

        @Test(arguments: ways) func aClientThatLeavesTakesItsUpstreamWithIt(way: Way) throws {
            let house = try Self.house(way)
            for _ in 0..<10 {
                try house.heldStream().close()
                try eventually("the upstream's request to end") { try house.mockState()["streams"]["held"].int == 0 }
            }
        }

        @Test(arguments: ways) func anUpstreamThatGoesSilentRunsIntoItsClock(way: Way) throws {
            let house = try Self.house(way, ["upstream-timeouts-gap-answer": "300ms"])
            let connection = try house.heldStream()
            let reply = try connection.reply(within: .seconds(10))
            #expect(reply.text.contains("upstream_idle_timeout"))
        }

        @Test(arguments: ways) func aProxyThatIsStoppedEndsItsStreams(way: Way) throws {
            let house = try Self.house(way, ["shutdown-grace": "200ms"])
            let connection = try house.heldStream()
            house.proxy.signal(15)
            #expect(try connection.reply(within: .seconds(10)).text.contains("server_shutdown"))
            #expect(try eventually("the exit", within: .seconds(10)) { house.proxy.state } == .code(0))
        }
    }
}
