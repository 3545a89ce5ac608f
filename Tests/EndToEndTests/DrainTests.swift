import Foundation
import Testing

extension EndToEnd {
    /// The way out, with a hundred streams under way.
    @Suite struct DrainTests {
        private static let half = 50

        /// Streams in the middle of their answers.
        private static func held(_ count: Int, _ house: House) throws -> [RawConnection] {
            let streams = try (0..<count).map { _ in
                let connection = try house.connect()
                try connection.send(Request.chat("hold-in-answer", stream: true).bytes)
                return connection
            }
            for stream in streams { try stream.receive(text: "\"content\":\"The\"") }
            // Only those that stand still already are let go on.
            try eventually("every stream to be held") { try house.mockState()["streams"]["held"].int == count }
            return streams
        }

        @Test func aHundredStreamsFinishWithinTheGraceTime() throws {
            let house = try House(["shutdown-grace": "30s"])
            let streams = try Self.held(2 * Self.half, house)
            house.proxy.signal(SIGTERM)
            try eventually("the signal to be seen") { house.proxy.errors.text.contains("stopping") }
            // Nobody who asks whether it is ready is told that it is.
            try eventually("the listener to close") { (try? house.connect()) == nil }  // a refused connection is the point
            try house.release()
            for stream in streams {
                let reply = try stream.reply(within: .seconds(30))
                #expect(reply.stream.finishReason == "stop" && reply.stream.endsWithDone && reply.stream.errorCode == nil)
            }
            #expect(try house.proxy.waitForExit(within: .seconds(5)) == .code(0))
        }

        /// Half of them finish; the others stand still, one client does not read and one upstream never answers: all are told, in time.
        @Test func whatIsNotDoneWithinTheGraceTimeIsToldSo() throws {
            let grace = Duration.milliseconds(1500)
            let house = try House(["shutdown-grace": "1500ms", "stream-commit-delay": "50ms"])
            let finishing = try Self.held(Self.half, house)
            let stuck = try (0..<Self.half).map { _ in
                let connection = try house.connect()
                try connection.send(Request.chat("no-first-event", stream: true).bytes)
                return connection
            }
            for stream in stuck { try stream.receive(text: "[Prompt Summary]") }
            let deaf = try house.connect(receiveBuffer: 8 << 10)
            try deaf.send(Request.chat("endless", stream: true).bytes)
            try deaf.receive(text: "final_output")
            let time = try measured {
                house.proxy.signal(SIGTERM)
                try eventually("the signal to be seen") { house.proxy.errors.text.contains("stopping") }
                try house.release()
                #expect(try house.proxy.waitForExit(within: .seconds(5)) == .code(0))
            }
            for stream in finishing {
                let reply = try stream.reply(within: .seconds(30))
                #expect(reply.stream.finishReason == "stop" && reply.stream.endsWithDone && reply.stream.errorCode == nil)
            }
            for stream in stuck {
                let reply = try stream.reply(within: .seconds(30))
                #expect(reply.stream.errorCode == "server_shutdown" && reply.stream.failedProperly, "\(reply.text)")
            }
            print("SIGTERM during \(2 * Self.half + 1) streams: exit after \(Int(time.inMilliseconds)) ms, grace \(grace)")
            #expect(time < grace + .seconds(1))
        }

        @Test func aSecondSignalEndsAHundredStreamsAtOnce() throws {
            let house = try House(["shutdown-grace": "60s"])
            let streams = try Self.held(2 * Self.half, house)
            house.proxy.signal(SIGTERM)
            try eventually("the first signal to be seen") { house.proxy.errors.text.contains("stopping") }
            let time = try measured {
                house.proxy.signal(SIGINT)
                let exit = try house.proxy.waitForExit(within: .seconds(2))
                #expect(exit != .code(0))
            }
            #expect(time < .seconds(1))
            for stream in streams { try stream.receiveToEnd() }
        }
    }
}
