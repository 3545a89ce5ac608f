import AgentAPIs
import AgentChecks
import Foundation
import Phases
import Summaries
import Support
import Testing

/// Every stream of the fixtures in both APIs of agents: a valid stream, the same texts as in the chat styles, nothing else.
@Suite struct AgentVectorTests {
    private static let modes: [StreamPlan.ReasoningMode] = [.extractive(ReasoningSummaryOptions()), .full, .off]

    @Test(arguments: try PhaseVector.all(), AgentKind.allCases)
    func everyAPISaysWhatTheUpstreamSaid(_ vector: PhaseVector, _ kind: AgentKind) throws {
        let input = try vector.input()
        for (number, mode) in Self.modes.enumerated() {
            let playing = Playing([input], kind.plan(vector.plan(.events, mode)))
            let (problems, reading, _) = kind.read(playing.output)
            #expect(problems.isEmpty, "\(number): \(problems.joined(separator: "\n"))\n\(playing.text)")
            #expect(playing.ends.count == 1)
            check(reading, vector, kind, playing)
        }
    }

    private func check(_ reading: AgentReading, _ vector: PhaseVector, _ kind: AgentKind, _ playing: Playing) {
        // Where other choices alone were answered, the summaries ride on a choice 0 that the upstream does not have.
        let hasFirstChoice = vector.stream != "odd-indexes.jsonl" && (vector.answers["0"] != nil || vector.answers.isEmpty)
        guard vector.end == "finished", hasFirstChoice else {
            // Failed, or no choice 0: then the client is told so.
            #expect(reading.ending?.hasPrefix(kind == .responses ? "failed" : "error") == true, "\(reading)")
            if let says = vector.says { #expect(reading.message?.contains(says) == true) }
            return
        }
        var calls = vector.toolCalls?["0"] ?? []
        // Chat styles pass the old kind on as it is.
        if vector.stream == "function-call.jsonl" {
            calls = [WireReading.ToolCall(id: nil, name: "f", arguments: reading.calls.first?.arguments ?? "")]
        }
        #expect(reading.text + (kind == .messages ? "" : reading.refusal) == (vector.answers["0"] ?? "") + (vector.refusals?["0"] ?? ""))
        #expect(reading.calls.map(\.name) == calls.map { $0.name.map { $0.replacing("functions.", with: "") } })
        if reading.cutCalls.isEmpty {
            for (told, said) in zip(reading.calls, calls) { #expect(told.arguments == (said.arguments.isEmpty ? "{}" : said.arguments)) }
        }
        #expect(reading.ending == kind.ending(vector.finish?["0"], hasCalls: !reading.calls.isEmpty), "\(playing.text)")
        let says = reading.summary.joined().contains("length limit")
        #expect(says == (vector.answerIsMissing ?? false))
    }

    @Test(arguments: try PhaseVector.all(), AgentKind.allCases)
    func anyCuttingGivesTheSameBytes(_ vector: PhaseVector, _ kind: AgentKind) throws {
        let input = try vector.input()
        let plan = kind.plan(vector.plan(.events))
        let whole = Playing([input], plan)
        for cutting in Cuttings.chopper(for: input).cuttings(of: input) {
            let playing = Playing(cutting.pieces, plan)
            #expect(playing.output == whole.output && playing.ends == whole.ends && playing.facts == whole.facts, "\(cutting)")
            #expect(playing.releases.allSatisfy { $0.suffix(2) == [0x0A, 0x0A] }, "half an event, \(cutting)")
        }
    }

    /// Cut anywhere, the stream is valid, and so is what a client holds of it if its own connection breaks.
    @Test(arguments: try PhaseVector.all(), AgentKind.allCases)
    func everyBeginningOfAStreamIsValid(_ vector: PhaseVector, _ kind: AgentKind) throws {
        let input = try vector.input()
        let places = stride(from: 0, to: input.count, by: max(1, input.count / 60))
        for place in places {
            let begun = Array(input[..<place])
            let cut = Playing([begun], kind.plan(vector.plan(.events)))
            let problems = kind.read(cut.output).problems
            #expect(problems.isEmpty, "cut at \(place): \(problems.joined(separator: "\n"))")
            let open = Playing([begun], kind.plan(vector.plan(.events)), ending: .nothing)
            let rest =
                kind == .responses
                ? ResponsesValidator(open.output, isWhole: false).problems : MessagesValidator(open.output, isWhole: false).problems
            #expect(rest.isEmpty, "open at \(place): \(rest.joined(separator: "\n"))")
        }
    }

    @Test(arguments: try PhaseVector.all(), AgentKind.allCases)
    func aCollectedStreamHoldsWhatTheStreamSaid(_ vector: PhaseVector, _ kind: AgentKind) throws {
        let input = try vector.input()
        let streamed = Playing([input], kind.plan(vector.plan(.events)))
        let collected = Playing([input], kind.plan(vector.plan(.events), isCollected: true))
        #expect(collected.ends == streamed.ends && collected.facts == streamed.facts)
        guard streamed.end == .finished else { return #expect(collected.output.isEmpty) }
        #expect(collected.releases.count == 1)
        let (problems, reading) = kind.readCollected(collected.output)
        #expect(problems.isEmpty, "\(problems)\n\(collected.text)")
        expectSame(reading, kind.read(streamed.output).reading, kind)
    }

    private func expectSame(_ reading: AgentReading, _ streamed: AgentReading, _ kind: AgentKind) {
        var (left, right) = (reading, streamed)
        // A collected message has its arguments as objects, and refusals of both are text.
        for (index, call) in right.calls.enumerated() where kind == .messages { right.calls[index].arguments = Self.sorted(call.arguments) }
        (left.heartbeats, right.heartbeats) = (0, 0)
        #expect(left == right)
    }

    private static func sorted(_ json: String) -> String {
        guard let object = try? JSONSerialization.jsonObject(with: Data((json.isEmpty ? "{}" : json).utf8)),
            let data = try? JSONSerialization.data(withJSONObject: object, options: .sortedKeys)
        else { return json }
        return String(decoding: data, as: UTF8.self)
    }

    /// Nothing of the reasoning leaves but summaries, and nothing at all where they are off.
    @Test(arguments: try PhaseVector.all().filter { $0.secrets != nil }, AgentKind.allCases)
    func rawReasoningStaysInside(_ vector: PhaseVector, _ kind: AgentKind) throws {
        let input = try vector.input()
        let silent = Playing([input], kind.plan(vector.plan(.events, .off)))
        for secret in vector.secrets ?? [] { #expect(!silent.text.contains(secret), "\(secret)") }
        let (_, reading, _) = kind.read(Playing([input], kind.plan(vector.plan(.events))).output)
        for secret in vector.secrets ?? [] { #expect(!reading.text.contains(secret) && !reading.rawReasoning.contains(secret)) }
    }

    @Test(arguments: try PhaseVector.all().filter { $0.thoughts != nil }, AgentKind.allCases)
    func theCarrierGetsTheRawReasoning(_ vector: PhaseVector, _ kind: AgentKind) throws {
        let carrier = ReasoningCarrier { "sealed-" + $0.map { String($0, radix: 16) }.joined(separator: ".") }
        for mode in Self.modes {
            let playing = Playing([try vector.input()], kind.plan(vector.plan(.events, mode), carrier: carrier))
            let (problems, reading, _) = kind.read(playing.output)
            #expect(problems.isEmpty, "\(problems)\n\(playing.text)")
            guard vector.end == "finished", let thoughts = vector.thoughts, !thoughts.isEmpty else { continue }
            let bytes = Array(thoughts.utf8).map { String($0, radix: 16) }.joined(separator: ".")
            #expect(reading.sealed == "sealed-" + bytes)
        }
        let small = ReasoningCarrier(maximumBytes: 3) { _ in "sealed" }
        let reading = kind.read(Playing([try vector.input()], kind.plan(vector.plan(.events), carrier: small)).output).reading
        #expect(reading.sealed != "sealed", "half a thought was carried")
    }
}
