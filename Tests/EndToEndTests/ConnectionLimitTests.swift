import Foundation
import Testing

extension EndToEnd {
    /// Many connections, few descriptors.
    @Suite struct ConnectionLimitTests {
        private static func connections(_ house: House) throws -> Int {
            let text = try house.send(Request("GET", "/metrics")).text
            let line = text.split(separator: "\n").first { $0.hasPrefix("reasoning_proxy_client_connections_open ") }
            return line.flatMap { Int($0.split(separator: " ")[1]) } ?? -1
        }

        private static func raiseOwnLimit() {
            var limit = rlimit()
            getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
            limit.rlim_cur = limit.rlim_max
            setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        }

        @Test func tenThousandIdleClientsAreCheapAndTheNextOneIsServed() throws {
            Self.raiseOwnLimit()
            let house = try House(["limits-connections": "10000"])
            for _ in 0..<5 { _ = try house.stream("fast") }
            let descriptors = try house.proxy.descriptorCount
            let before = try house.proxy.residentBytes
            let time = try house.proxy.processorTime
            var idle = try (0..<10_000).map { _ in try house.connect() }
            // The last of them has been accepted when a newer one is answered.
            let answered = try measured {
                let reply = try house.send(Request("GET", "/livez"))
                #expect(reply.status == 200)
            }
            let each = (try house.proxy.residentBytes - before) / idle.count
            print(
                "10000 idle connections: \(each) bytes each, \(try house.proxy.processorTime - time) of processor time, next in \(answered)"
            )
            #expect(each < 20 << 10)
            #expect(try house.stream("fast").stream.endsWithDone)
            let count = try Self.connections(house)
            #expect(count <= 10_001 && count > 9_900, "\(count)")
            for connection in idle { connection.close() }
            idle = []
            try eventually("every descriptor to come back", within: .seconds(10)) { try house.proxy.descriptorCount <= descriptors + 2 }
        }

        @Test func atTheCapTheLongestIdleConnectionMakesRoom() throws {
            let house = try House(["limits-connections": "4", "server-threads": "1"])
            let idle = try (0..<4).map { _ in
                let connection = try house.connect()
                #expect(try connection.exchange(Request("GET", "/livez")).status == 200)
                return connection
            }
            // Used again: now the second has waited longest.
            #expect(try idle[0].exchange(Request("GET", "/livez")).status == 200)
            let held = try house.heldStream()
            try idle[1].receiveToEnd()
            #expect(idle[1].received.isEmpty)
            #expect(try idle[0].exchange(Request("GET", "/livez")).status == 200)
            #expect(try house.send(Request("GET", "/metrics")).text.contains("idle_connections_closed_total 2\n"))
            try house.release()
            #expect(try held.reply().stream.endsWithDone)
        }

        @Test func whenAllConnectionsWorkTheNextIsToldToComeAgain() throws {
            let house = try House(["limits-connections": "3", "server-threads": "1"])
            let held = try (0..<3).map { try house.heldStream(alreadyHeld: $0) }
            for _ in 0..<3 {
                let next = try house.connect()
                try next.send(Request.chat("fast", stream: true).bytes)
                try next.receiveToEnd()
                let reply = try #require(Reply(next.received, isClosed: true))
                #expect(reply.status == 503 && reply.errorCode == "overloaded" && reply.header("retry-after") == "1", "\(reply.text)")
                #expect(reply.header("connection") == "close")
            }
            try house.release()
            for connection in held { #expect(try connection.reply().stream.endsWithDone) }
            for connection in held { connection.close() }
            try eventually("room for the next") { try house.stream("fast").status == 200 }
            #expect(try house.upstreamRequests() == 4)
        }

        @Test func oneAddressMayHaveOnlySoMany() throws {
            let house = try House(["limits-connections-per-address": "2"])
            let two = try (0..<2).map { _ in try house.connect() }
            for connection in two { #expect(try connection.exchange(Request("GET", "/livez")).status == 200) }
            let refused = try house.send(Request("GET", "/livez"))
            #expect(refused.status == 503 && refused.errorCode == "overloaded", "\(refused.text)")
            two[0].close()
            try eventually("room for the next") { try house.send(Request("GET", "/livez")).status == 200 }
        }

        @Test func theSoftLimitOfDescriptorsIsRaised() throws {
            let house = try House(limit: "-S -n 50")
            let text = try String(contentsOfFile: "/proc/\(house.proxy.id)/limits", encoding: .utf8)
            let words = try #require(text.split(separator: "\n").first { $0.hasPrefix("Max open files") }).split(separator: " ")
            #expect(words[3] == words[4] && words[3] != "50", "\(words)")
        }

        /// With 100 descriptors: streams go on, newcomers are told, no loop spins, and everything works again without a restart.
        @Test func aFloodOfConnectionsWithFewDescriptorsHurtsNoStream() throws {
            let house = try House(["server-threads": "2"], limit: "-n 100")
            let before = try house.proxy.descriptorCount
            let held = try (0..<5).map { try house.heldStream(alreadyHeld: $0) }
            // The kernel accepts for the proxy as many as its backlog holds.
            var flood = try (0..<400).map { _ in try house.connect() }
            for connection in flood { try connection.send("GET /livez HTTP/1.1\r\nhost: x\r\n") }
            let time = try house.proxy.processorTime
            let window = try measured {
                let end = Deadline(in: .seconds(2))
                try eventually("two seconds", within: .seconds(4)) { end.hasPassed }
            }
            let used = try house.proxy.processorTime - time
            print("400 connections for 100 descriptors: \(used) of processor time in \(window), \(try house.proxy.descriptorCount) open")
            #expect(used < window / 4, "the proxy spins: \(used)")
            #expect(try house.proxy.descriptorCount < 100)
            try house.release()
            for connection in held {
                let stream = try connection.reply().stream
                #expect(stream.finishReason == "stop" && stream.endsWithDone && stream.errorCode == nil)
            }
            for connection in flood { connection.close() }
            flood = []
            try eventually("recovery") { (try? house.stream("fast").stream.endsWithDone) == true }  // refused until there is room
            for connection in held { connection.close() }
            var open = 0
            let isBack: Void? = try? eventually("descriptors to come back", within: .seconds(8)) {
                open = try house.proxy.descriptorCount
                // The upstream connections of the streams may be kept.
                return open <= before + 8
            }
            #expect(isBack != nil, "\(open) descriptors are open, \(before) were before")
            #expect(house.proxy.state == nil)
        }
    }
}
