import ChatRequests
import EventStream
import Phases
import Support
import Testing

/// Two upstreams answer one request at once; the first word of an answer decides.
@Suite struct RaceTests {
    static let lanes: [StreamLane] = [.first, .second]
    static let failure = StreamFailure(code: "upstream_reset", message: "It was reset.", status: 502)

    /// The winner's stream costs nothing: the client gets, byte for byte, what it would have got without a race.
    @Test(arguments: Streams.styles)
    func aWinnerWhoseRivalIsSilentIsHeardAsIfAlone(style: WireStyle) {
        for stream in [Race.stream("quokka"), Race.tagged("quokka"), Race.stream("quokka", thinks: 0)] {
            let alone = Playing([stream], RaceTests.plan(style)).output
            for lane in RaceTests.lanes {
                for cutting in Chopper(seed: 3, mostSplits: 100, randomCuttings: 5).cuttings(of: stream) {
                    let ping = Race.Step.sent(lane.opposite, Array(": zebra\n\n".utf8))
                    let race = Race(RaceTests.plan(style), cutting.pieces.flatMap { [ping, .sent(lane, $0)] })
                    #expect(race.winner == lane && race.output == alone, "\(style), \(lane), \(cutting): \(race.text)")
                }
            }
        }
    }

    /// Of two that think, the first to speak is told, and only that one: its summary does not depend on the other.
    @Test(arguments: Streams.styles)
    func theSummaryFollowsTheOneThatSpeaksFirst(style: WireStyle) {
        for reasoning in [StreamPlan.ReasoningMode.extractive(.init()), .full] {
            let plan = RaceTests.plan(style, reasoning)
            let quokka = Race.stream("quokka")
            let alone = Playing([quokka], plan).output
            let thoughts = Race.stream("zebra", ends: false).prefix(Race.commitOffset(Race.stream("zebra"), plan) - 60)
            for cutting in Chopper(seed: 4, mostSplits: 60, randomCuttings: 5).cuttings(of: quokka) {
                // The other begins to think behind the first thought, and stands before its answer.
                let start = Race.Step.sent(.first, Array(quokka.prefix(600)))
                var steps = [start, .sent(.second, Array(thoughts))]
                var skipped = 0
                for piece in cutting.pieces {
                    let rest = piece.dropFirst(max(0, 600 - skipped))
                    skipped += piece.count
                    if !rest.isEmpty { steps.append(.sent(.first, Array(rest))) }
                }
                let race = Race(plan, steps)
                #expect(race.winner == .first && race.output == alone, "\(style), \(cutting): \(race.text)")
            }
        }
    }

    /// Any two streams, cut and mixed in any way: the first whose answer begins wins, whole, in an ordinary stream.
    @Test(arguments: Streams.styles)
    func howeverTheTwoAreMixedTheFirstAnswerWins(style: WireStyle) {
        let plan = RaceTests.plan(style)
        let streams: [[UInt8]] = [Race.stream("quokka"), Race.tagged("quokka"), Race.stream("quokka", thinks: 0)]
        let rivals: [[UInt8]] = [Race.stream("zebra"), Race.tagged("zebra"), Race.stream("zebra", thinks: 40)]
        for (first, second) in streams.flatMap({ first in rivals.map { (first, $0) } }) {
            let offsets = [Race.commitOffset(first, plan), Race.commitOffset(second, plan)]
            for seed in 1...60 {
                var random = SeededRandom(seed: UInt64(seed))
                let (steps, winner) = RaceTests.mixed(first, second, offsets, &random)
                let race = Race(plan, steps)
                let what = "\(style), seed \(seed)"
                #expect(race.winner == winner, "\(what): \(race.text)")
                race.expectGood(winner == .first ? "quokka" : "zebra", style, what)
                #expect(!race.text.contains(winner == .first ? "The zebra says" : "The quokka says"), "\(what)")
            }
        }
    }

    /// What the slower thinker had thought is not concluded when the other's answer comes.
    @Test func theLosersThoughtsAreNotConcluded() {
        let plan = RaceTests.plan(.events)
        let thoughts = Streams.events([Streams.reasoning("The zebra is odd. So the answer is 5.")], done: false)
        let race = Race(plan, [.sent(.first, thoughts), .sent(.second, Race.stream("quokka"))])
        let reading = race.expectGood("quokka", .events, "concluded")
        #expect(!(reading.summaries["reasoning_summary"] ?? "").contains("answer is 5"), "\(race.text)")
        #expect(
            !(reading.summaries["reasoning_summary"] ?? "").contains("quokka"), "the winner's thoughts were not told before: \(race.text)")
    }

    // MARK: Failures

    @Test(arguments: MoveTests.places)
    func ifOneFailsTheOtherGoesOn(_ place: MoveTests.Place) {
        for fault in MoveTests.faults {
            for style in Streams.styles {
                for lane in RaceTests.lanes {
                    for isLate in [false, true] {
                        let what = "\(fault.testDescription.prefix(50)), \(style), \(lane), \(isLate)"
                        let good = Race.stream("quokka")
                        let split = isLate ? 300 : 0
                        var steps = [Race.Step.sent(lane.opposite, Array(good.prefix(split))), .sent(lane, place.sent)]
                        steps += RaceTests.steps(fault, lane)
                        steps += [.sent(lane, MoveTests.late), .ended(lane), .sent(lane.opposite, Array(good.dropFirst(split)))]
                        let race = Race(RaceTests.plan(style, .off), steps)
                        #expect(race.losses == [lane], "\(what): \(race.losses)")
                        race.expectGood("quokka", style, what)
                        #expect(!race.text.contains("zebrafish") && !race.text.contains("4711"), "\(what): \(race.text)")
                    }
                }
            }
        }
    }

    @Test func ifTheSpeakerFailsTheOthersThoughtsAreTold() {
        for lane in RaceTests.lanes {
            let thoughts = Streams.events([Streams.reasoning("The zebra is odd and thinks of 17 times 23 in peace. ")], done: false)
            let later = Streams.events([
                Streams.reasoning("A quokka knows that 17 times 20 is 340. "), Streams.content("The quokka says 391. 🐟"), Streams.stop,
            ])
            let race = Race(
                RaceTests.plan(.events),
                [.sent(lane, thoughts), .passed(.seconds(10)), .failed(lane, RaceTests.failure), .sent(lane.opposite, later)])
            let told = WireValidator(race.output, style: .events).reading.summaries["reasoning_summary"] ?? ""
            #expect(told.contains("quokka knows"), "\(lane): \(race.text)")
            #expect(race.ends == [.finished])
        }
    }

    @Test(arguments: Streams.styles)
    func ifBothFailItIsToldOnce(style: WireStyle) {
        for lane in RaceTests.lanes {
            let thoughts = Streams.events([Streams.reasoning("Hm. So it is.")], done: false)
            let race = Race(
                RaceTests.plan(style, .off),
                [.sent(lane, thoughts), .failed(lane, RaceTests.failure), .sent(lane.opposite, thoughts), .ended(lane.opposite)])
            let validator = WireValidator(race.output, style: style)
            #expect(validator.problems.isEmpty, "\(validator.problems)")
            #expect(validator.reading.error?["code"] as? String == "upstream_truncated")
            #expect(race.ends.count == 1)
        }
    }

    @Test func behindTheRaceTheRequestMayMoveAgain() {
        var machine = StreamMachine(RaceTests.plan(.events, .off))
        var output: [UInt8] = []
        machine.opened(at: .zero, into: &output)
        _ = machine.upstreamJoined(TextReading(profile: Streams.profile("default")))
        machine.upstreamDropped(.first)
        machine.mayRestart = true
        let half = Streams.events([Streams.content("<think>zebra")], done: false) + Array("data: {\"zebra".utf8)
        let stream = Race.stream("quokka")
        let action = machine.upstreamSent(half.span, lane: .second, at: .zero, into: &output)
        #expect(action == .proceed)
        machine.upstreamRestarted(profile: Streams.profile("default"))
        let late = machine.upstreamSent(stream.span, lane: .second, at: .zero, into: &output)
        #expect(late == .proceed)
        // A second race, in the other lanes' places.
        let joined = machine.upstreamJoined(TextReading(profile: Streams.profile("default")))
        #expect(joined == .second)
        let end = machine.upstreamSent(stream.span, lane: .second, at: .zero, into: &output)
        #expect(end == .end(.finished))
        #expect(output == Playing([stream], RaceTests.plan(.events, .off)).output)
    }

    // MARK: Borders

    @Test func behindTheCommitPointNobodyJoins() {
        for (name, chunks) in ToldMoveTests.committed {
            var machine = StreamMachine(RaceTests.plan(.events))
            var output: [UInt8] = []
            machine.opened(at: .zero, into: &output)
            let input = Streams.events(chunks, done: false)
            _ = machine.upstreamSent(input.span, at: .zero, into: &output)
            let joined = machine.upstreamJoined(TextReading(profile: Streams.profile("default")))
            #expect(joined == nil && !machine.isRacing, "\(name)")
        }
    }

    /// Everything that commits a request wins a race.
    @Test func whateverCommitsWins() {
        for (name, chunks) in ToldMoveTests.committed {
            for style in Streams.styles {
                let input = Streams.events(chunks, done: false)
                let race = Race(
                    RaceTests.plan(style),
                    [.sent(.first, MoveTests.places[3].sent), .sent(.second, input), .sent(.first, Race.stream("zebra"))])
                #expect(race.winner == .second, "\(name), \(style): \(race.text)")
                #expect(!race.text.contains("zebra says"), "\(name), \(style)")
            }
        }
    }

    @Test func aWholeCompletionWinsAtOnce() {
        let whole = Array(
            #"{"id":"c","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"The quokka says 391. 🐟","reasoning_content":"The quokka thinks of 391."},"finish_reason":"stop"}],"usage":{"total_tokens":6}}"#
                .utf8)
        for style in Streams.styles {
            let race = Race(RaceTests.plan(style), [.sent(.first, MoveTests.places[3].sent), .sentWhole(.second, whole)])
            #expect(race.winner == .second)
            race.expectGood("quokka", style, "\(style)")
        }
    }

    @Test func inStyleOffTheFirstByteWins() {
        let stream = Race.stream("quokka")
        for lane in RaceTests.lanes {
            let race = Race(
                RaceTests.plan(.off),
                [.sent(lane, Array(stream.prefix(1))), .sent(lane.opposite, Race.stream("zebra")), .sent(lane, Array(stream.dropFirst()))])
            #expect(race.winner == lane && race.output == stream, "\(race.text)")
        }
    }

    @Test func aClientThatLeavesEndsTheRace() {
        var machine = StreamMachine(RaceTests.plan(.events))
        var output: [UInt8] = []
        machine.opened(at: .zero, into: &output)
        _ = machine.upstreamJoined(TextReading(profile: Streams.profile("default")))
        let action = machine.clientLeft()
        #expect(action == .end(.clientLeft))
        let before = output
        let stream = Race.stream("quokka")
        for lane in RaceTests.lanes {
            let late = machine.upstreamSent(stream.span, lane: lane, at: .zero, into: &output)
            #expect(late == .proceed && output == before)
        }
    }

    // MARK: Parts

    static func plan(_ style: WireStyle, _ reasoning: StreamPlan.ReasoningMode = .extractive(.init())) -> StreamPlan {
        MoveTests.plan(style, reasoning)
    }

    private static func steps(_ fault: MoveTests.Fault, _ lane: StreamLane) -> [Race.Step] {
        let sent = Race.Step.sent(lane, Array(fault.sends.utf8))
        switch fault.ending {
        case .failed(let failure): return [sent, .failed(lane, failure)]
        case .ended: return [sent, .ended(lane)]
        case .open, .whole: return [sent]
        }
    }

    /// Both streams in random pieces, mixed at random; and who, by the place where each stream's answer begins, has to win.
    private static func mixed(
        _ first: [UInt8], _ second: [UInt8], _ offsets: [Int], _ random: inout SeededRandom
    ) -> ([Race.Step], StreamLane) {
        var rests = [first[...], second[...]]
        var steps: [Race.Step] = []
        var winner: StreamLane?
        let longest = 1 << Int.random(in: 2...10, using: &random)
        while rests.contains(where: { !$0.isEmpty }) {
            let lane = Int.random(in: 0...1, using: &random)
            let piece = rests[lane].prefix(Int.random(in: 0...longest, using: &random))
            rests[lane] = rests[lane].dropFirst(piece.count)
            steps.append(.sent(lanes[lane], Array(piece)))
            let read = (lane == 0 ? first.count : second.count) - rests[lane].count
            if winner == nil, read >= offsets[lane] { winner = lanes[lane] }
        }
        return (steps, winner ?? .first)
    }
}

extension StreamLane {
    var opposite: StreamLane { self == .first ? .second : .first }
}
