import ChatRequests
import Phases
import Testing

/// Behind the commit point, and where no other upstream is left, a failure is told.
@Suite struct ToldMoveTests {
    /// Where the request is committed: something of the answer, or that there is none, has been sent.
    static let committed: [(name: String, chunks: [String])] = [
        ("the first byte of the answer", [Streams.reasoning("Hm."), Streams.content("I")]),
        ("a tagged answer's first byte", [Streams.content("<think>Hm.</think>I")]),
        ("a held tail behind an answer", [Streams.content("It is <thi")]),
        ("the answer of another choice", [Streams.reasoning("Hm.", index: 3), Streams.content("I", index: 3)]),
        ("a tool call", [Streams.chunk(#"{"tool_calls":[{"index":0,"id":"c","function":{"name":"f","arguments":""}}]}"#)]),
        ("a refusal", [Streams.chunk(#"{"refusal":"No"}"#)]),
        (
            "a finish chunk without an answer",
            [Streams.reasoning("Hm."), Streams.chunk("{}", finish: "length"), Streams.reasoning("z", index: 1)]
        ),
        (
            "another choice's finish without an answer",
            [Streams.reasoning("Hm.", index: 1), Streams.chunk("{}", index: 1, finish: "length"), Streams.reasoning("Hm.")]
        ),
    ]

    @Test func aFailureBehindTheCommitPointIsTold() {
        for (name, chunks) in ToldMoveTests.committed {
            for fault in MoveTests.faults {
                // A choice that has its finish reason is over: a second one is not read.
                if name.hasPrefix("a finish chunk"), fault.sends.contains(#""finish_reason":"error""#) { continue }
                for style in Streams.styles {
                    let place = MoveTests.Place(name, chunks)
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
        for (name, chunks) in ToldMoveTests.committed {
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
        let both =
            #"{"id":"u","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{},"finish_reason":"error"},{"index":1,"delta":{"content":"zebrafish"},"finish_reason":null}]}"#
        let moves = Moves(
            MoveTests.plan(.events), [.init(pieces: [Streams.events([both], done: false)]), .init(pieces: [MoveTests.replacement])])
        moves.expectGood(.events, "both")
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
        let replacement = MoveTests.replacement
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
        let action5 = machine.upstreamSent(replacement.span, at: .zero, into: &output)
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
}
