import Foundation
import Testing

extension EndToEnd {
    /// A client that goes away takes its upstream request with it.
    @Suite struct CancellationTests {
        enum Leaving: String, CaseIterable {
            case fin, rst

            func leave(_ connection: RawConnection) {
                switch self {
                case .fin: connection.close()
                case .rst: connection.reset()
                }
            }
        }

        /// Where a stream stands when its client leaves.
        enum Point: String, CaseIterable {
            case beforeTheHead = "before the head"
            case inThePrompt = "in the prompt summary"
            case beforeTheFirstEvent = "before the first event"
            case inTheReasoning = "in the reasoning"
            case inTheAnswer = "in the answer"
            case beforeTheHeadWhole = "before the head, not streaming"
            case inTheReasoningWhole = "in the reasoning, not streaming"
            case inTheAnswerWhole = "in the answer, not streaming"

            var isStream: Bool { !rawValue.hasSuffix("not streaming") }

            var model: String {
                switch self {
                case .beforeTheHead, .inThePrompt, .beforeTheHeadWhole: "slow-head"
                case .beforeTheFirstEvent: "no-first-event"
                case .inTheReasoning, .inTheReasoningWhole: "hold-in-reasoning"
                case .inTheAnswer, .inTheAnswerWhole: "hold-in-answer"
                }
            }

            /// What has to have come.
            var sign: String? {
                switch self {
                case .inThePrompt, .beforeTheFirstEvent: "[Prompt Summary]"
                case .inTheReasoning: "\"reasoning_summary\""
                case .inTheAnswer: "\"content\":\"The\""
                default: nil
                }
            }

            /// Long enough for a test that leaves before the head, short enough for one that wants the prompt summary.
            var commitDelay: String { self == .beforeTheHead ? "5s" : "20ms" }
        }

        private static let limit = Duration.seconds(2)
        /// How often each client leaves; `TRIALS=200` measures.
        private static let trials = ProcessInfo.processInfo.environment["TRIALS"].flatMap { Int($0) } ?? 5

        @Test(arguments: Point.allCases, Leaving.allCases)
        func aLeavingClientEndsItsUpstreamRequestInEveryPhase(point: Point, leaving: Leaving) throws {
            let house = try House(["stream-commit-delay": point.commitDelay, "logging-access-log": "on"])
            let descriptors = try Self.descriptorsAtRest(house)
            let control = try RawConnection(port: house.mockPort)
            var times = try (0..<Self.trials).map { try Self.leave(leaving, point, house, control, earlier: $0) }
            times.sort()
            let high = times[min(times.count - 1, times.count * 99 / 100)]
            print(
                "cancelled \(point.rawValue), \(leaving.rawValue): \(times.count) times, the upstream saw it after "
                    + "p50 \(times[times.count / 2]) ms, p99 \(high) ms, at most \(times[times.count - 1]) ms")
            // A measurement has to hold the promise; a short run on a busy machine only that it happens at all.
            #expect(high < (Self.trials >= 200 ? 100 : 1000))
            #expect(try house.mockState()["streams"]["completed"].int == 1)
            try Self.expectNothingLeft(house, descriptors)
        }

        @Test func aClientThatClosesItsSendingSideCountsAsGone() throws {
            let house = try House()
            let descriptors = try Self.descriptorsAtRest(house)
            let connection = try house.connect()
            try connection.send(Request.chat("hold-in-answer", stream: true).bytes)
            try connection.receive(text: "\"content\":\"The\"")
            connection.closeSending()
            try eventually("the upstream's close", within: Self.limit) { try Self.cancelled(house) == 1 }
            try connection.receiveToEnd()
            try Self.expectNothingLeft(house, descriptors)
        }

        /// Returns how many milliseconds after the client left the mock saw its connection closed, a little too many at most.
        private static func leave(
            _ leaving: Leaving, _ point: Point, _ house: House, _ control: RawConnection, earlier: Int
        ) throws -> Int {
            func state() throws -> Value { try control.exchange(Request("GET", "/mock/state")).json }
            let connection = try house.connect()
            try connection.send(Request.chat(point.model, stream: point.isStream).bytes)
            try eventually("the upstream to have the request") { try state()["streams"]["open"].int == 1 }
            if let sign = point.sign { try connection.receive(text: sign) }
            let start = ContinuousClock.now
            leaving.leave(connection)
            return try eventually("the upstream's close", within: limit) {
                let state = try state()
                guard state["streams"]["cancelled_by_client"].int == earlier + 1 else { return nil }
                return max(0, Int((ContinuousClock.now - start).inMilliseconds) - (state["cancelled"].array.last?["ago_ms"].int ?? 0))
            }
        }

        private static func descriptorsAtRest(_ house: House) throws -> Int {
            _ = try house.stream("fast")
            try eventually("the connection to close") {
                try house.send(Request("GET", "/metrics")).text.contains("reasoning_proxy_client_connections_open 1\n")
            }
            return try house.proxy.descriptorCount
        }

        private static func cancelled(_ house: House) throws -> Int {
            try house.mockState()["streams"]["cancelled_by_client"].int ?? -1
        }

        /// No stream, no connection and no descriptor stays behind.
        private static func expectNothingLeft(_ house: House, _ descriptors: Int) throws {
            try eventually("no stream left open") {
                let text = try house.send(Request("GET", "/metrics")).text
                return text.contains("reasoning_proxy_streams_open 0\n")
                    && text.contains("reasoning_proxy_upstream_in_flight{upstream=\"default\"} 0\n")
                    && text.contains("reasoning_proxy_client_connections_open 1\n")
            }
            let state = try house.mockState()
            #expect(state["streams"]["open"].int == 0)
            // A connection to the upstream may stay open for the next request.
            try eventually("descriptors to be closed") { try house.proxy.descriptorCount <= descriptors + 1 }
            #expect(house.proxy.errors.text.contains("end=client_left"))
            #expect(house.proxy.errors.text.contains("status=499"))
        }
    }
}
