import ChatRequests
import Detect
import Phases
import Support
import Testing

/// Before the commit point the request may move to another upstream, and the client sees nothing of it.
@Suite struct RestartTests {
    static let beginnings: [[String]] = [
        [],
        [Streams.chunk(#"{"role":"assistant","content":""}"#)],
        [Streams.reasoning("The zebrafish thinks of 17. "), Streams.reasoning("And")],
        [Streams.content("<think>The zebrafish thinks"), Streams.content(" of 17 <")],
        [Streams.chunk(#"{"reasoning_content":"The zebrafish"}"#, more: #","usage":{"total_tokens":7}"#)],
    ]
    static let losses: [String] = [
        #"{"error":{"message":"The zebrafish died."}}"#, "not JSON", Streams.chunk("{}", finish: "error"), "cut",
    ]
    static let second = Streams.events([
        Streams.content("<think>A quokka"), Streams.content(" knows.</think>"), Streams.content("391"), Streams.stop,
    ])

    /// Plays the first upstream's stream in pieces; returns what came of it.
    private func lose(_ machine: inout StreamMachine, _ pieces: [[UInt8]], into output: inout [UInt8]) -> [StreamAction] {
        var actions: [StreamAction] = []
        for piece in pieces { actions.append(machine.upstreamSent(piece.span, at: .zero, into: &output)) }
        actions.append(machine.upstreamEnded(at: .zero, into: &output))
        return actions.filter { $0 != .proceed }
    }

    private func first(_ beginning: [String], _ loss: String) -> [UInt8] {
        loss == "cut" ? Streams.events(beginning, done: false) + Array("data: {\"id\"".utf8) : Streams.events(beginning + [loss])
    }

    @Test func theSecondUpstreamGoesOnWhereTheFirstWasLost() {
        let profile = ProfileCatalogue.builtIn.profile(forModel: "unknown")
        for style in Streams.styles {
            for beginning in RestartTests.beginnings {
                for loss in RestartTests.losses {
                    let input = first(beginning, loss)
                    for cutting in Chopper(seed: 5, mostSplits: 12, randomCuttings: 2).cuttings(of: input) {
                        var machine = StreamMachine(Streams.plan(style, .off))
                        machine.mayRestart = true
                        var output: [UInt8] = []
                        machine.opened(at: .zero, into: &output)
                        let actions = lose(&machine, cutting.pieces, into: &output)
                        guard actions.count == 1, case .lost = actions[0] else {
                            Issue.record("\(style), \(loss), \(cutting): \(actions)")
                            continue
                        }
                        machine.upstreamRestarted(profile: profile)
                        let action = machine.upstreamSent(RestartTests.second.span, at: .zero, into: &output)
                        #expect(action == .end(.finished), "\(style), \(loss), \(cutting)")
                        let validator = WireValidator(output, style: style)
                        #expect(validator.problems.isEmpty, "\(style), \(loss), \(cutting): \(validator.problems)")
                        #expect(validator.reading.choices[0]?.answer == Array("391".utf8), "\(style), \(loss), \(cutting)")
                        #expect(!String(decoding: output, as: UTF8.self).contains("zebrafish"), "\(style), \(loss)")
                    }
                }
            }
        }
    }

    @Test func givingUpTellsWhatWouldHaveBeenTold() {
        for style in Streams.styles {
            for beginning in RestartTests.beginnings {
                let input = first(beginning, "cut")
                var machine = StreamMachine(Streams.plan(style))
                machine.mayRestart = true
                var output: [UInt8] = []
                machine.opened(at: .zero, into: &output)
                guard case .lost(let failure)? = lose(&machine, [input], into: &output).first else {
                    Issue.record("\(style): not lost")
                    continue
                }
                let action = machine.gaveUp(failure, at: .zero, into: &output)
                #expect(action == .end(.failed(failure)), "\(style)")
                #expect(output == Playing([input], Streams.plan(style)).output, "\(style)")
            }
        }
    }

    /// Whatever the client has seen of any choice cannot be taken back.
    @Test(arguments: [
        Streams.content("An answer"), Streams.content("Other", index: 1), Streams.chunk("{}", index: 1, finish: "stop"),
        Streams.chunk(#"{"tool_calls":[{"index":0,"id":"c","function":{"name":"f","arguments":"{"}}]}"#),
    ])
    func afterTheCommitPointAFailureIsTold(_ committing: String) {
        var machine = StreamMachine(Streams.plan(.events))
        machine.mayRestart = true
        var output: [UInt8] = []
        machine.opened(at: .zero, into: &output)
        let input = Streams.events([Streams.reasoning("Hm."), committing], done: false)
        let actions = lose(&machine, [input], into: &output)
        #expect(actions == [.end(.failed(.truncated))], "\(actions)")
        let problems = WireValidator(output, style: .events).problems
        #expect(problems.isEmpty, "\(problems)")
    }

    @Test func nothingIsReadBehindTheLoss() {
        let both = #"{"id":"up","choices":[{"index":0,"delta":{},"finish_reason":"error"},{"index":1,"delta":{"content":"late"}}]}"#
        var machine = StreamMachine(Streams.plan(.events))
        machine.mayRestart = true
        var output: [UInt8] = []
        machine.opened(at: .zero, into: &output)
        let before = output
        let input = Streams.events([both, Streams.content("later"), Streams.stop])
        let action = machine.upstreamSent(input.span, at: .zero, into: &output)
        guard case .lost = action else {
            Issue.record("\(action)")
            return
        }
        #expect(output == before)
    }
}
