import ChatRequests
import EventStream
import Phases
import Support
import Testing

/// Failures before the commit point: the request moves to another upstream, and the client sees nothing of it.
@Suite struct MoveTests {
    /// What the first upstream has sent when it fails. None of it is answer; "zebrafish" must never reach the client.
    struct Place: CustomTestStringConvertible, Sendable {
        var name: String
        var sent: [UInt8]
        var testDescription: String { name }

        init(_ name: String, _ chunks: [String], tail: String = "") {
            self.name = name
            sent = Streams.events(chunks, done: false) + Array(tail.utf8)
        }
    }

    static let places = [
        Place("before its first byte", []),
        Place("behind a keep-alive", [], tail: ": zebrafish\n\n"),
        Place("behind the role", [Streams.chunk(#"{"role":"assistant","content":""}"#)]),
        Place("in the reasoning", [Streams.reasoning("The zebrafish is odd. "), Streams.reasoning("So is the zebrafish")]),
        Place("in tagged reasoning, a tag held", [Streams.content("<think>The zebrafish is odd. "), Streams.content("</thi")]),
        Place("with an undecided tail held", [Streams.content("<thi")]),
        Place("behind the reasoning's end", [Streams.content("<think>The zebrafish.</think>"), Streams.content("\n\n")]),
        Place("in the reasoning of another choice", [Streams.reasoning("The zebrafish.", index: 1), Streams.content("<think>z", index: 2)]),
        Place("in half an event", [Streams.reasoning("The zebrafish.")], tail: #"data: {"choices":[{"index":0,"delta":{"content":"zebrafish"#),
        Place("in half a line end", [Streams.reasoning("The zebrafish.")], tail: "data: {\"zebrafish\":1}\r"),
        Place("in half a character", [Streams.reasoning("The zebrafish."), Streams.chunk(#"{"content":"\ud83d"}"#)]),
        Place("in half a character of reasoning", [Streams.chunk(#"{"reasoning_content":"The zebrafish \ud83d"}"#)]),
        Place("with usage on the way", [Streams.chunk(#"{"reasoning_content":"z"}"#, more: #","usage":{"total_tokens":4711}"#)]),
    ]

    /// How it fails. What stands in `sends` comes in one piece with `late`, which must not be read.
    struct Fault: CustomTestStringConvertible, Sendable {
        var sends: String
        var ending = Moves.Ending.open
        var code: String
        var testDescription: String { code + " " + sends }
    }

    static let faults = [
        Fault(sends: "", ending: .failed(StreamFailure(code: "upstream_reset", message: "It was reset.", status: 502)), code: "upstream_reset"),
        Fault(sends: "", ending: .failed(StreamFailure(code: "upstream_idle_timeout", message: "It was silent.", status: 504)), code: "upstream_idle_timeout"),
        Fault(sends: "\n\n", ending: .ended, code: "upstream_truncated"),
        Fault(sends: "\n\ndata: {nope\n\n", code: "upstream_protocol"),
        Fault(sends: "\n\ndata: {\"error\":{\"message\":\"zebrafish\"}}\n\n", code: "upstream_error"),
        Fault(sends: "\n\nevent: error\ndata: {\"message\":\"zebrafish\"}\n\n", code: "upstream_error"),
        Fault(sends: "\n\ndata: {\"error\":{\"message\":\"zebrafish\",\"code\":429}}\n\n", code: "upstream_rate_limited"),
        Fault(sends: "\n\ndata: \(Streams.chunk("{}", finish: "error"))\n\n", code: "upstream_error"),
        Fault(sends: "\n\ndata: \"\(String(repeating: "z", count: 9000))\"\n\n", code: "upstream_event_too_large"),
    ]

    private static let late = Array("\n\n".utf8) + Streams.events([Streams.content("late zebrafish"), Streams.stop])
    private static let answer = "It is 391. 🐟"
    private static let replacement = Streams.events([
        Streams.chunk(#"{"role":"assistant","content":""}"#), Streams.reasoning("Seventeen times twenty is 340. "),
        Streams.reasoning("Adding 51 gives 391."), Streams.content("It is 391."), Streams.content(" 🐟"), Streams.stop,
        #"{"id":"u","object":"chat.completion.chunk","created":1,"model":"m","choices":[],"usage":{"total_tokens":7}}"#,
    ])

    private static func plan(_ style: WireStyle, _ reasoning: StreamPlan.ReasoningMode = .extractive(.init())) -> StreamPlan {
        var plan = Streams.plan(style, reasoning)
        plan.includesUsage = true
        plan.limits = EventStreamLimits(lineBytes: 4000, eventBytes: 4000)
        return plan
    }

    private static func lost(_ place: Place, _ fault: Fault) -> Moves.Attempt {
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
                expectGood(moves, style, name)
                #expect(!moves.text.contains("zebrafish") && !moves.text.contains("4711"), "\(name): \(moves.text)")
                // `empty` instead of `truncated` is right where no event came.
                let codes = fault.code == "upstream_truncated" ? [fault.code, "upstream_empty", "upstream_protocol"] : [fault.code, "upstream_protocol"]
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
                let reading = expectGood(moves, style, name)
                expectNothingTwice(reading, name)
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
                for cutting in Chopper(seed: 3, mostSplits: 40, randomCuttings: 4).cuttings(of: input) {
                    let cut = Moves(plan, [.init(pieces: cutting.pieces), .init(pieces: [MoveTests.replacement])])
                    #expect(cut.output == whole.output && cut.losses == whole.losses, "\(place), \(fault), \(cutting)")
                }
            }
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
        let fault = StreamFailure(code: "upstream_reset", message: "It was reset.", status: 502)
        var output: [UInt8] = []
        var machine = StreamMachine(MoveTests.plan(.events))
        machine.mayRestart = true
        let action1 = machine.upstreamFailed(fault, at: .zero, into: &output)
        #expect(action1 == .lost(fault))
        #expect(output.isEmpty)
        machine.upstreamRestarted(profile: Streams.profile("default"))
        machine.opened(at: .zero, into: &output)
        let action2 = machine.upstreamSent(MoveTests.replacement.span, at: .zero, into: &output)
        #expect(action2 == .end(.finished))
        #expect(output == Playing([MoveTests.replacement], MoveTests.plan(.events)).output)
    }

    @Test func theReplacementIsReadWithItsOwnProfile() {
        let tagged = Streams.events([Streams.content("Deep. "), Streams.content("</seed:think>It is"), Streams.content(" 391. 🐟"), Streams.stop])
        for place in MoveTests.places {
            let first = MoveTests.lost(place, MoveTests.faults[0])
            let moves = Moves(MoveTests.plan(.events, .off), [first, .init(pieces: [tagged], profile: "seed-oss")])
            expectGood(moves, .events, place.name)
            // The same text under the first upstream's profile is all answer.
            let wrong = Moves(MoveTests.plan(.events, .off), [first, .init(pieces: [tagged])])
            #expect(String(decoding: wrong.output, as: UTF8.self).contains("Deep."))
        }
    }

    @Test func aWholeCompletionTakesOver() {
        let body = Array(
            #"{"id":"c","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"It is 391. 🐟"},"finish_reason":"stop"}]}"#.utf8)
        for place in MoveTests.places {
            for style in Streams.styles {
                let moves = Moves(
                    MoveTests.plan(style, .off),
                    [MoveTests.lost(place, MoveTests.faults[0]), .init(pieces: [body], ending: .whole)])
                expectGood(moves, style, place.name)
            }
        }
        // And the other way round: what is no completion is left behind.
        for page in [#"{"hello":"zebrafish"}"#, "<html>zebrafish</html>", #"{"error":{"message":"zebrafish"}}"#] {
            let moves = Moves(
                MoveTests.plan(.events, .off),
                [.init(pieces: [Array(page.utf8)], ending: .whole), .init(pieces: [MoveTests.replacement])])
            expectGood(moves, .events, page)
            #expect(!moves.text.contains("zebrafish") && moves.losses.count == 1)
        }
    }

    @Test func severalMovesInARow() {
        for style in Streams.styles {
            let attempts = MoveTests.places.enumerated().map {
                MoveTests.lost($1, MoveTests.faults[$0 % MoveTests.faults.count])
            }
            let moves = Moves(MoveTests.plan(style), attempts + [.init(pieces: [MoveTests.replacement])])
            expectNothingTwice(expectGood(moves, style, "\(style)"), "\(style)")
            #expect(moves.losses.count == attempts.count && moves.facts.restarts == attempts.count)
        }
    }

    @Test func whatTwoUpstreamsThoughtAlikeIsSaidOnce() {
        let thoughts = (1...40).map { "Step \($0) multiplies the number \($0 * 37) by the factor \($0 + 11), which gives the product \($0 * 37 * ($0 + 11))." }
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
            let reading = expectGood(moves, style, "\(style)", usage: false)
            expectNothingTwice(reading, "\(style)")
            #expect(moves.facts.summarySteps > 2, "no steps, so this shows nothing")
        }
    }

    @Test func rawThoughtsOfTwoUpstreamsStandApart() {
        let first = Moves.Attempt(pieces: [Streams.events([Streams.reasoning("One thing")], done: false)], ending: .ended)
        let second = Moves.Attempt(pieces: [Streams.events([Streams.reasoning("Another."), Streams.content(MoveTests.answer), Streams.stop])])
        for style in Streams.styles {
            let moves = Moves(Streams.plan(style, .full), [first, second])
            let reading = expectGood(moves, style, "\(style)", usage: false)
            #expect(reading.summaries["reasoning_summary"]?.contains("One thing\n\nAnother.") == true, "\(style): \(reading.summaries)")
        }
    }

    // MARK: Told

    /// Where the request is committed: something of the answer, or that there is none, has been sent.
    static let committed: [(name: String, chunks: [String])] = [
        ("the first byte of the answer", [Streams.reasoning("Hm."), Streams.content("I")]),
        ("a tagged answer's first byte", [Streams.content("<think>Hm.</think>I")]),
        ("a held tail behind an answer", [Streams.content("It is <thi")]),
        ("the answer of another choice", [Streams.reasoning("Hm.", index: 3), Streams.content("I", index: 3)]),
        ("a tool call", [Streams.chunk(#"{"tool_calls":[{"index":0,"id":"c","function":{"name":"f","arguments":""}}]}"#)]),
        ("a refusal", [Streams.chunk(#"{"refusal":"No"}"#)]),
        ("a finish chunk without an answer", [Streams.reasoning("Hm."), Streams.chunk("{}", finish: "length"), Streams.reasoning("z", index: 1)]),
        ("another choice's finish without an answer", [Streams.reasoning("Hm.", index: 1), Streams.chunk("{}", index: 1, finish: "length"), Streams.reasoning("Hm.")]),
    ]

    @Test func aFailureBehindTheCommitPointIsTold() {
        for (name, chunks) in MoveTests.committed {
            for fault in MoveTests.faults {
                for style in Streams.styles {
                    let place = Place(name, chunks)
                    let moves = Moves(MoveTests.plan(style), [MoveTests.lost(place, fault), .init(pieces: [MoveTests.replacement])])
                    let validator = WireValidator(moves.output, style: style, usage: true)
                    #expect(validator.problems.isEmpty, "\(name), \(fault), \(style): \(validator.problems)")
                    #expect(moves.losses.isEmpty && moves.facts.restarts == 0, "\(name), \(fault), \(style)")
                    #expect(validator.reading.error?["code"] as? String == fault.code, "\(name), \(fault), \(style)")
                    #expect(!moves.text.contains("391"), "\(name), \(fault), \(style)")
                }
            }
        }
    }

    @Test func aRestartBehindTheCommitPointDoesNothing() {
        for (name, chunks) in MoveTests.committed {
            let input = Streams.events(chunks, done: false)
            let rest = Streams.events([Streams.content(" am"), Streams.stop])
            var plain = StreamMachine(MoveTests.plan(.events))
            var restarted = StreamMachine(MoveTests.plan(.events))
            var outputs: ([UInt8], [UInt8]) = ([], [])
            _ = plain.upstreamSent(input.span, at: .zero, into: &outputs.0)
            _ = restarted.upstreamSent(input.span, at: .zero, into: &outputs.1)
            let isCommitted = restarted.isCommitted
            #expect(isCommitted, "\(name)")
            restarted.upstreamRestarted(profile: Streams.profile("seed-oss"))
            _ = plain.upstreamSent(rest.span, at: .zero, into: &outputs.0)
            _ = restarted.upstreamSent(rest.span, at: .zero, into: &outputs.1)
            #expect(outputs.0 == outputs.1, "\(name)")
        }
    }

    /// One chunk holds a choice that failed and one that answers: the answer must not get out.
    @Test func aChunkIsNotReadOnBehindALoss() {
        let both = #"{"id":"u","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{},"finish_reason":"error"},{"index":1,"delta":{"content":"zebrafish"},"finish_reason":null}]}"#
        let moves = Moves(
            MoveTests.plan(.events), [.init(pieces: [Streams.events([both], done: false)]), .init(pieces: [MoveTests.replacement])])
        expectGood(moves, .events, "both")
        #expect(!moves.text.contains("zebrafish"))
    }

    @Test func withoutAnotherUpstreamTheLastFailureIsTold() {
        for place in MoveTests.places {
            for style in Streams.styles {
                let attempts = [MoveTests.lost(place, MoveTests.faults[0]), MoveTests.lost(place, MoveTests.faults[1])]
                let moves = Moves(MoveTests.plan(style, .off), attempts)
                let validator = WireValidator(moves.output, style: style)
                #expect(validator.problems.isEmpty, "\(place), \(style): \(validator.problems)")
                #expect(validator.reading.error?["code"] as? String == "upstream_idle_timeout", "\(place), \(style)")
                #expect(moves.ends == [.failed(moves.losses[1])])
                #expect(validator.reading.finishes.isEmpty)
            }
        }
    }

    @Test func aClientThatLeavesDuringTheSearchEndsIt() {
        let fault = StreamFailure(code: "upstream_reset", message: "It was reset.", status: 502)
        var machine = StreamMachine(MoveTests.plan(.events))
        machine.mayRestart = true
        var output: [UInt8] = []
        machine.opened(at: .zero, into: &output)
        let action3 = machine.upstreamFailed(fault, at: .zero, into: &output)
        #expect(action3 == .lost(fault))
        let action4 = machine.clientLeft()
        #expect(action4 == .end(.clientLeft))
        output = []
        machine.upstreamRestarted(profile: Streams.profile("default"))
        let action5 = machine.upstreamSent(MoveTests.replacement.span, at: .zero, into: &output)
        #expect(action5 == .proceed)
        let action6 = machine.gaveUp(fault, at: .zero, into: &output)
        #expect(action6 == .proceed)
        #expect(output.isEmpty)
    }

    @Test func withoutPermissionToMoveNothingChanges() {
        for place in MoveTests.places {
            var machine = StreamMachine(MoveTests.plan(.events))
            var output: [UInt8] = []
            machine.opened(at: .zero, into: &output)
            var actions = [machine.upstreamSent(place.sent.span, at: .zero, into: &output)]
            actions.append(machine.upstreamEnded(at: .zero, into: &output))
            #expect(!actions.contains { if case .lost = $0 { true } else { false } }, "\(place)")
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

    // MARK: Parts

    @discardableResult
    private func expectGood(_ moves: Moves, _ style: WireStyle, _ name: String, usage: Bool = true) -> WireReading {
        let validator = WireValidator(moves.output, style: style, usage: usage)
        #expect(validator.problems.isEmpty, "\(name): \(validator.problems.joined(separator: "\n"))")
        #expect(moves.ends == [.finished], "\(name): \(moves.ends)")
        let reading = validator.reading
        #expect(reading.error == nil && reading.answers == [0: Array(MoveTests.answer.utf8)], "\(name): \(moves.text)")
        #expect(reading.finishes == [0: "stop"], "\(name)")
        if usage, let told = reading.usage { #expect(told["total_tokens"] as? Int == 7, "\(name)") }
        return reading
    }

    private func expectNothingTwice(_ reading: WireReading, _ name: String) {
        let texts = reading.summaryChunks.map(\.text).filter { !$0.hasPrefix("<") }
        #expect(Set(texts).count == texts.count, "\(name): \(texts)")
    }
}
