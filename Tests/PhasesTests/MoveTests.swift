import ChatRequests
import EventStream
import Phases
import Support
import Testing

/// Failures before the commit point: the request moves to another upstream, and the client sees nothing of it.
@Suite struct MoveTests {
    static let late = Array("\n\n".utf8) + Streams.events([Streams.content("late zebrafish"), Streams.stop])
    static let answer = "It is 391. 🐟"
    static let replacement = Streams.events([
        Streams.chunk(#"{"role":"assistant","content":""}"#), Streams.reasoning("Seventeen times twenty is 340. "),
        Streams.reasoning("Adding 51 gives 391."), Streams.content("It is 391."), Streams.content(" 🐟"), Streams.stop,
        #"{"id":"u","object":"chat.completion.chunk","created":1,"model":"m","choices":[],"usage":{"total_tokens":7}}"#,
    ])

    static func plan(_ style: WireStyle, _ reasoning: StreamPlan.ReasoningMode = .extractive(.init())) -> StreamPlan {
        var plan = Streams.plan(style, reasoning)
        plan.includesUsage = true
        plan.limits = EventStreamLimits(lineBytes: 4000, eventBytes: 4000)
        return plan
    }

    static func lost(_ place: Place, _ fault: Fault) -> Moves.Attempt {
        // What comes behind the fault comes with it, and once more alone.
        let sent = place.sent + Array(fault.sends.utf8)
        if case .open = fault.ending { return Moves.Attempt(pieces: [sent + late, late], ending: .ended) }
        return Moves.Attempt(pieces: [sent], ending: fault.ending)
    }

    // MARK: Unseen

    @Test(arguments: places)
    func aFailureBeforeTheAnswerIsUnseen(_ place: Place) {
        for fault in MoveTests.faults {
            for style in Streams.styles {
                let name = "\(fault.testDescription.prefix(60)), \(style)"
                let moves = Moves(
                    MoveTests.plan(style, .off), [MoveTests.lost(place, fault), .init(pieces: [MoveTests.replacement])])
                moves.expectGood(style, name)
                #expect(!moves.text.contains("zebrafish") && !moves.text.contains("4711"), "\(name): \(moves.text)")
                // `empty` instead of `truncated` is right where no event came.
                let codes =
                    fault.code == "upstream_truncated"
                    ? [fault.code, "upstream_empty", "upstream_protocol"] : [fault.code, "upstream_protocol"]
                #expect(moves.losses.count == 1 && codes.contains(moves.losses[0].code), "\(name): \(moves.losses)")
                #expect(moves.facts.restarts == 1)
            }
        }
    }

    @Test(arguments: places)
    func withSummariesThePhasesGoOnAndNothingIsSaidTwice(_ place: Place) {
        for fault in MoveTests.faults {
            for style in Streams.styles {
                let moves = Moves(MoveTests.plan(style), [MoveTests.lost(place, fault), .init(pieces: [MoveTests.replacement])])
                let name = "\(fault.testDescription.prefix(60)), \(style)"
                let reading = moves.expectGood(style, name)
                Moves.expectNothingTwice(reading, name)
                for step in reading.summaryChunks.map(\.text) where step.contains("zebrafish") {
                    #expect(!step.contains("Seventeen") && !step.contains("391"), "\(name): a step of two streams: \(step)")
                }
            }
        }
    }

    @Test func howTheLostStreamWasCutDoesNotMatter() {
        for place in MoveTests.places {
            for fault in MoveTests.faults where fault.sends.utf8.count < 1000 {
                guard case .open = fault.ending else { continue }
                let input = place.sent + Array(fault.sends.utf8) + MoveTests.late
                let plan = MoveTests.plan(.events)
                let whole = Moves(plan, [.init(pieces: [input]), .init(pieces: [MoveTests.replacement])])
                for cutting in Chopper(seed: 3, mostSplits: 20, randomCuttings: 2).cuttings(of: input) {
                    let cut = Moves(plan, [.init(pieces: cutting.pieces), .init(pieces: [MoveTests.replacement])])
                    #expect(cut.output == whole.output && cut.losses == whole.losses, "\(place), \(fault), \(cutting)")
                }
            }
        }
    }

    @Test func theLostStreamsUsageIsForgotten() {
        let plain = Streams.events([Streams.content(MoveTests.answer), Streams.stop])
        for place in MoveTests.places {
            let moves = Moves(MoveTests.plan(.events), [MoveTests.lost(place, MoveTests.faults[0]), .init(pieces: [plain])])
            #expect(moves.expectGood(.events, place.name).usage == nil, "\(place)")
        }
    }

    @Test func nothingIsSentBetweenTheLossAndTheRestart() {
        for place in MoveTests.places {
            for fault in MoveTests.faults {
                let alone = Moves(MoveTests.plan(.events, .off), [MoveTests.lost(place, fault), .init(pieces: [])])
                #expect(alone.sentBeforeLoss == [alone.output.count], "\(place), \(fault)")
                #expect(alone.ends.isEmpty)
            }
        }
    }

    @Test func aMoveBeforeTheHeadLeavesAnOrdinaryStream() {
        let replacement = MoveTests.replacement
        let fault = StreamFailure(code: "upstream_reset", message: "It was reset.", status: 502)
        var output: [UInt8] = []
        var machine = StreamMachine(MoveTests.plan(.events))
        machine.mayRestart = true
        let action1 = machine.upstreamFailed(fault, at: .zero, into: &output)
        #expect(action1 == .lost(fault))
        #expect(output.isEmpty)
        machine.upstreamRestarted(profile: Streams.profile("default"))
        machine.opened(at: .zero, into: &output)
        let action2 = machine.upstreamSent(replacement.span, at: .zero, into: &output)
        #expect(action2 == .end(.finished))
        #expect(output == Playing([MoveTests.replacement], MoveTests.plan(.events)).output)
    }

    @Test func theReplacementIsReadWithItsOwnProfile() {
        let tagged = Streams.events([
            Streams.content("Deep. "), Streams.content("</seed:think>It is"), Streams.content(" 391. 🐟"), Streams.stop,
        ])
        for place in MoveTests.places {
            let first = MoveTests.lost(place, MoveTests.faults[0])
            let moves = Moves(MoveTests.plan(.events, .off), [first, .init(pieces: [tagged], profile: "seed-oss")])
            moves.expectGood(.events, place.name)
            // The same text under the first upstream's profile is all answer.
            let wrong = Moves(MoveTests.plan(.events, .off), [first, .init(pieces: [tagged])])
            #expect(String(decoding: wrong.output, as: UTF8.self).contains("Deep."))
        }
    }

    @Test func aWholeCompletionTakesOver() {
        let body = Array(
            #"{"id":"c","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"It is 391. 🐟"},"finish_reason":"stop"}]}"#
                .utf8)
        for place in MoveTests.places {
            for style in Streams.styles {
                let moves = Moves(
                    MoveTests.plan(style, .off),
                    [MoveTests.lost(place, MoveTests.faults[0]), .init(pieces: [body], ending: .whole)])
                moves.expectGood(style, place.name)
            }
        }
        // And the other way round: what is no completion is left behind.
        for page in [#"{"hello":"zebrafish"}"#, "<html>zebrafish</html>", #"{"error":{"message":"zebrafish"}}"#] {
            let moves = Moves(
                MoveTests.plan(.events, .off),
                [.init(pieces: [Array(page.utf8)], ending: .whole), .init(pieces: [MoveTests.replacement])])
            moves.expectGood(.events, page)
            #expect(!moves.text.contains("zebrafish") && moves.losses.count == 1)
        }
    }

    @Test func severalMovesInARow() {
        for style in Streams.styles {
            let attempts = MoveTests.places.enumerated().map {
                MoveTests.lost($1, MoveTests.faults[$0 % MoveTests.faults.count])
            }
            let moves = Moves(MoveTests.plan(style), attempts + [.init(pieces: [MoveTests.replacement])])
            Moves.expectNothingTwice(moves.expectGood(style, "\(style)"), "\(style)")
            #expect(moves.losses.count == attempts.count && moves.facts.restarts == attempts.count)
        }
    }

    @Test func whatTwoUpstreamsThoughtAlikeIsSaidOnce() {
        let thoughts = (1...40).map {
            "Step \($0) multiplies the number \($0 * 37) by the factor \($0 + 11), which gives the product \($0 * 37 * ($0 + 11))."
        }
        let reasoning = thoughts.map { Streams.reasoning($0 + " ") }
        var options = StreamPlan.ReasoningMode.extractive(.init())
        if case .extractive(var pace) = options {
            pace.minimumStepInterval = .zero
            options = .extractive(pace)
        }
        for style in Streams.styles {
            let first = Moves.Attempt(pieces: [Streams.events(reasoning, done: false)], ending: .ended)
            let second = Moves.Attempt(pieces: [Streams.events(reasoning + [Streams.content(MoveTests.answer), Streams.stop])])
            let moves = Moves(Streams.plan(style, options), [first, second])
            let reading = moves.expectGood(style, "\(style)", usage: false)
            Moves.expectNothingTwice(reading, "\(style)")
            #expect(moves.facts.summarySteps >= 2, "no steps, so this shows nothing")
        }
    }

    @Test func rawThoughtsOfTwoUpstreamsStandApart() {
        let first = Moves.Attempt(pieces: [Streams.events([Streams.reasoning("One thing")], done: false)], ending: .ended)
        let second = Moves.Attempt(pieces: [
            Streams.events([Streams.reasoning("Another."), Streams.content(MoveTests.answer), Streams.stop])
        ])
        for style in Streams.styles {
            let moves = Moves(Streams.plan(style, .full), [first, second])
            let reading = moves.expectGood(style, "\(style)", usage: false)
            #expect(reading.summaries["reasoning_summary"]?.contains("One thing\n\nAnother.") == true, "\(style): \(reading.summaries)")
        }
    }

    // MARK: Style off

    @Test func inStyleOffARequestMovesUntilAByteHasPassed() {
        let fault = MoveTests.faults[0]
        let moved = Moves(MoveTests.plan(.off), [MoveTests.lost(MoveTests.places[0], fault), .init(pieces: [MoveTests.replacement])])
        #expect(moved.output == MoveTests.replacement && moved.losses.count == 1)
        for place in MoveTests.places.dropFirst() {
            let told = Moves(MoveTests.plan(.off), [MoveTests.lost(place, fault), .init(pieces: [MoveTests.replacement])])
            #expect(told.losses.isEmpty && told.text.contains("upstream_reset") && !told.text.contains("391"), "\(place)")
        }
    }
}
