import AgentAPIs
import AgentChecks
import ChatRequests
import Detect
import Foundation
import Phases
import Summaries
import Support
import Testing

/// Real shapes, whole bodies, and moves between upstreams, in both APIs of agents.
@Suite struct AgentRecordingTests {
    @Test(arguments: try Recording.all(), AgentKind.allCases)
    func everyAPIDeliversTheRecordedAnswer(_ recording: Recording, _ kind: AgentKind) {
        for mode in [StreamPlan.ReasoningMode.extractive(ReasoningSummaryOptions()), .full] {
            let playing = Playing([recording.input], kind.plan(Streams.plan(.events, mode)))
            let (problems, reading, _) = kind.read(playing.output)
            #expect(problems.isEmpty, "\(problems.joined(separator: "\n"))")
            #expect(reading.text == recording.content)
            let calls = recording.calls.keys.sorted().compactMap { recording.calls[$0] }
            #expect(reading.calls.map(\.id) == calls.map { $0.id ?? "" } && reading.calls.map(\.name) == calls.map { $0.name ?? "" })
            #expect(reading.calls.map(\.arguments) == calls.map(\.arguments))
            #expect(reading.ending == kind.ending(recording.finish, hasCalls: !calls.isEmpty))
            if recording.hasUsage { #expect((reading.usage?["output_tokens"] ?? 0) > 0) }
            if case .full = mode {
                let shown = kind == .responses ? reading.rawReasoning : reading.summary.joined()
                #expect(recording.reasoning.isEmpty || shown.contains(recording.reasoning))
            }
        }
    }

    @Test(arguments: try Recording.all(), AgentKind.allCases)
    func anyCuttingGivesTheSameBytes(_ recording: Recording, _ kind: AgentKind) {
        let plan = kind.plan(Streams.plan(.events))
        let whole = Playing([recording.input], plan)
        for cutting in Cuttings.chopper(for: recording.input, budget: 100_000).cuttings(of: recording.input)
        where cutting.pieces.count < 30_000 {
            let playing = Playing(cutting.pieces, plan)
            #expect(playing.output == whole.output && playing.ends == whole.ends, "\(cutting)")
        }
    }

    /// Streams made from seeds, whole, and cut anywhere by the upstream's end.
    @Test(arguments: AgentKind.allCases)
    func generatedStreamsAreToldWholeAndValid(_ kind: AgentKind) {
        for seed in PropertyTests.seeds {
            let stream = GeneratedStream(seed: seed)
            let (problems, reading, _) = kind.read(Playing([stream.input], kind.plan(Streams.plan(.events))).output)
            #expect(problems.isEmpty, "seed \(seed): \(problems.joined(separator: "\n"))")
            #expect(reading.text == stream.answer, "seed \(seed), \(stream.dialect)")
            #expect(!reading.text.contains(GeneratedStream.canary), "seed \(seed)")
            let silent = Playing([stream.input], kind.plan(Streams.plan(.events, .off)))
            #expect(!silent.text.contains(GeneratedStream.canary), "seed \(seed)")
            var random = SeededRandom(seed: seed)
            let place = Int.random(in: 0..<stream.input.count, using: &random)
            let cut = Playing([Array(stream.input[..<place])], kind.plan(Streams.plan(.events)))
            #expect(kind.read(cut.output).problems.isEmpty, "seed \(seed), cut at \(place)")
        }
    }

    // MARK: Whole bodies

    private static let full: [StreamPlan.ReasoningMode] = [.extractive(ReasoningSummaryOptions()), .full, .off]

    @Test(arguments: try CompletionTests.Case.all(), AgentKind.allCases)
    func aWholeBodyBecomesOneObject(_ test: CompletionTests.Case, _ kind: AgentKind) throws {
        for mode in Self.full {
            let plan = kind.plan(
                Streams.plan(.events, mode, thinking: ThinkingRequest(enableThinking: test.thinking), profile: test.profile ?? "default"))
            let outcome = try CompletionTransform(plan).transform(test.body)
            let (problems, reading) = kind.readCollected(outcome.body)
            #expect(problems.isEmpty, "\(problems)\n\(String(decoding: outcome.body, as: UTF8.self))")
            // What follows a refusal is in the same text where the API knows no refusals.
            #expect(reading.text.hasPrefix(test.answer ?? ""))
            #expect(reading.ending == kind.ending(test.finish, hasCalls: !reading.calls.isEmpty))
            let says = reading.summary.joined().contains("length limit")
            #expect(says == (test.answerIsMissing ?? false))
            // Told as a stream, the same is said.
            var streamed: [UInt8] = []
            var machine = StreamMachine(plan)
            machine.opened(at: .zero, into: &streamed)
            #expect(machine.upstreamSentWhole(test.body.span, at: .zero, into: &streamed) == .end(.finished))
            let (others, told, _) = kind.read(streamed)
            #expect(others.isEmpty, "\(others)")
            #expect(told.text == reading.text && told.refusal == reading.refusal && told.calls.map(\.name) == reading.calls.map(\.name))
        }
    }

    @Test(arguments: AgentKind.allCases)
    func whatIsNoCompletionIsAFailure(_ kind: AgentKind) {
        let plan = kind.plan(Streams.plan(.events))
        for body in [
            "not JSON", "[]", "{\"choices\":[]}", "{\"error\":{\"message\":\"no\"}}",
            #"{"choices":[{"index":3,"message":{"content":"x"}}]}"#,
        ] {
            #expect(throws: StreamFailure.self) { try CompletionTransform(plan).transform(Array(body.utf8)) }
        }
    }

    // MARK: Moves

    /// Before the answer's first byte another upstream takes over: the client sees one valid stream and nothing of the change.
    @Test(arguments: MoveTests.places, AgentKind.allCases)
    func aMoveIsUnseen(_ place: MoveTests.Place, _ kind: AgentKind) {
        let good = Streams.events([Streams.reasoning("It is simple."), Streams.content("391."), Streams.stop])
        for mode in Self.full {
            let carrier = ReasoningCarrier { "sealed \(String(decoding: $0, as: UTF8.self))" }
            let plan = kind.plan(Streams.plan(.events, mode), carrier: carrier)
            let failure = StreamFailure(code: "upstream_reset", message: "It failed.", status: 502)
            let moves = Moves(plan, [Moves.Attempt(pieces: [place.sent], ending: .failed(failure)), Moves.Attempt(pieces: [good])])
            let (problems, reading, _) = kind.read(moves.output)
            #expect(problems.isEmpty, "\(problems)\n\(moves.text)")
            #expect(moves.ends == [.finished] && reading.text == "391.", "\(moves.text)")
            #expect(reading.sealed == "sealed It is simple.", "what is carried is the last upstream's reasoning")
            let lost = Moves(plan, [Moves.Attempt(pieces: [place.sent], ending: .failed(failure))])
            #expect(kind.read(lost.output).problems.isEmpty)
            #expect(kind.read(lost.output).reading.ending == (kind == .responses ? "failed server_error" : "error api_error"))
        }
    }

    /// In a race only one is listened to; if the other answers, what is known of its thoughts is not all.
    @Test(arguments: AgentKind.allCases)
    func halfThoughtsOfARaceAreNotCarried(_ kind: AgentKind) throws {
        let carrier = ReasoningCarrier { "sealed \(String(decoding: $0, as: UTF8.self))" }
        for winner in [StreamLane.first, .second] {
            let plan = kind.plan(Streams.plan(.events), carrier: carrier)
            var machine = StreamMachine(plan)
            var output: [UInt8] = []
            machine.opened(at: .zero, into: &output)
            let first = Streams.events([Streams.reasoning("First thought.")], done: false)
            let second = Streams.events([Streams.reasoning("Second thought.")], done: false)
            _ = machine.upstreamSent(first.span, at: .zero, into: &output)
            let joined = machine.upstreamJoined(TextReading(profile: Streams.profile("default")))
            #expect(joined == .second)
            _ = machine.upstreamSent(second.span, lane: .second, at: .zero, into: &output)
            let answer = Streams.events([Streams.content("391."), Streams.stop])
            _ = machine.upstreamSent(answer.span, lane: winner, at: .zero, into: &output)
            let (problems, reading, _) = kind.read(output)
            #expect(problems.isEmpty && reading.text == "391.", "\(problems)")
            let expected = winner == .first ? "sealed First thought." : kind == .messages ? MessagesOptions.plainSignature : nil
            #expect(reading.sealed == expected)
        }
    }

    // MARK: Endings

    @Test(arguments: AgentKind.allCases)
    func theStopSequenceIsTold(_ kind: AgentKind) {
        for member in ["stop_reason", "matched_stop"] {
            let finish = #"{"id":"u","choices":[{"index":0,"delta":{},"finish_reason":"stop","\#(member)":"END"}]}"#
            var plan = kind.plan(Streams.plan(.events))
            plan.agent?.stopSequences = ["OTHER", "END"]
            let reading = kind.read(Playing([Streams.events([Streams.content("x"), finish])], plan).output).reading
            #expect(reading.ending == (kind == .responses ? "completed" : "stop_sequence"))
            #expect(reading.stopSequence == (kind == .messages ? "END" : nil))
            plan.agent?.stopSequences = ["OTHER"]
            #expect(kind.read(Playing([Streams.events([Streams.content("x"), finish])], plan).output).reading.stopSequence == nil)
        }
    }

    @Test(arguments: AgentKind.allCases)
    func anAnswerBeyondTheLimitFails(_ kind: AgentKind) {
        var plan = kind.plan(Streams.plan(.events))
        plan.agent?.maximumAnswerBytes = 20
        let input = Streams.events([Streams.content("0123456789"), Streams.content("0123456789"), Streams.content("!"), Streams.stop])
        let playing = Playing([input], plan)
        #expect(kind.read(playing.output).problems.isEmpty)
        guard case .failed(let failure) = playing.end else { return #expect(Bool(false), "\(playing.text)") }
        #expect(
            failure.code == "answer_too_large" && failure.message.contains("larger than the proxy keeps") && !failure.countsAgainstUpstream)
    }

    /// One character's two escapes, and its bytes, may come in two pieces of a call's arguments.
    @Test(arguments: AgentKind.allCases)
    func halfCharactersMeetInArguments(_ kind: AgentKind) {
        let pieces = [#""{\"x\":\"\ud83d""#, #""\ude42\"}""#].enumerated().map { number, text in
            Streams.chunk(
                #"{"tool_calls":[{"index":0,\#(number == 0 ? #""id":"c","# : "")"function":{\#(number == 0 ? #""name":"shell","# : "")"arguments":\#(text)}}]}"#
            )
        }
        let reading = kind.read(
            Playing([Streams.events(pieces + [Streams.chunk("{}", finish: "tool_calls")])], kind.plan(Streams.plan(.events))).output
        ).reading
        #expect(reading.calls.map(\.arguments) == [#"{"x":"🙂"}"#])
    }

    @Test(arguments: AgentKind.allCases)
    func argumentsThatAreAnObjectBecomeText(_ kind: AgentKind) {
        let chunk = Streams.chunk(#"{"tool_calls":[{"function":{"name":"shell","arguments":{"cmd": ["ls"]}}}]}"#)
        let reading = kind.read(Playing([Streams.events([chunk, Streams.stop])], kind.plan(Streams.plan(.events))).output).reading
        #expect(reading.calls.map(\.arguments) == [#"{"cmd": ["ls"]}"#])
        #expect(reading.ending == (kind == .responses ? "completed" : "tool_use"))
    }
}
