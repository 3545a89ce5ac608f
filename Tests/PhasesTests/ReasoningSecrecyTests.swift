import ChatRequests
import Detect
import Phases
import Summaries
import Support
import Testing

/// What a model thinks leaves the machine as steps of a summary alone: with both engines, in every rendering, whatever happens in the
/// middle of it, and though the summariser says back every thought that it is shown.
@Suite struct ReasoningSecrecyTests {
    enum Engine: CaseIterable { case extractive, model }

    /// What happens in the middle of the thoughts.
    enum Fault: CaseIterable {
        case none, end, reset, errorEvent, garbage, wordsOfError, errorQuotesChunk, moves
        /// Servers say thoughts again beside the fields that are read: with the answer, with its end, and in whole.
        case copies
    }

    /// The chat styles and the agents' APIs.
    enum Rendering: CaseIterable, CustomTestStringConvertible {
        case events, inline, reasoning, think, responses, messages

        var testDescription: String { "\(self)" }

        func plan(_ plan: (WireStyle) -> StreamPlan) -> StreamPlan {
            switch self {
            case .events: plan(.events)
            case .inline: plan(.inline)
            case .reasoning: plan(.reasoning)
            case .think: plan(.think)
            case .responses: AgentKind.responses.plan(plan(.events))
            case .messages: AgentKind.messages.plan(plan(.events))
            }
        }
    }

    private static let sentenceCount = 60
    private static let code = "CODECANARY"
    /// Made of letters alone, and no form of another: a step that has one is made of this sentence.
    private static func canary(_ number: Int) -> String {
        let letters = Array("bcdfghjklm")
        return "qzx\(letters[number / 10])\(letters[number % 10])vw"
    }

    private static let thoughts = (0..<sentenceCount).map { number in
        let sentence = "The measured value of sensor \(canary(number)) is compared with the limit of this station. "
        return number % 12 == 5 ? sentence + "\n```\nlet \(code) = \(canary(number))\n```\n" : sentence
    }

    private static func plan(_ style: WireStyle, _ engine: Engine, _ mode: StreamPlan.ReasoningMode) -> StreamPlan {
        var plan = Streams.plan(style, mode)
        plan.promptFacts.lastUserText = Array("Is the station fine?".utf8)
        plan.promptSummary = "Is the station fine?"
        if engine == .model {
            plan.modelSummary = ModelSummaryOptions()
            plan.modelPrompt = ModelPromptOptions()
        }
        return plan
    }

    /// Everything that left for the client, its failures included.
    private static func play(_ plan: StreamPlan, _ fault: Fault) -> String {
        var machine = StreamMachine(plan)
        var output: [UInt8] = []
        ask(&machine, at: .zero, into: &output)
        machine.opened(at: .milliseconds(300), into: &output)
        machine.mayRestart = fault == .moves
        var now = Duration.milliseconds(300)
        for (number, thought) in thoughts.enumerated() {
            now += .milliseconds(400)
            _ = machine.upstreamSent(Streams.events([Streams.reasoning(thought)], done: false).span, at: now, into: &output)
            ask(&machine, at: now, into: &output)
            machine.ticked(at: now, into: &output)
            if number == sentenceCount / 2 { interrupt(&machine, fault, at: now, into: &output) }
        }
        let answer = answer(fault)
        _ = machine.upstreamSent(answer.span, at: now, into: &output)
        _ = machine.upstreamEnded(at: now, into: &output)
        return String(decoding: output, as: UTF8.self)
    }

    /// The summariser answers with what it was shown, without the marks around it.
    private static func ask(_ machine: inout StreamMachine, at now: Duration, into output: inout [UInt8]) {
        guard let call = machine.takeSummaryCall(at: now) else { return }
        let shown = call.content.split(separator: "\n").filter { !$0.contains("<<<") && !$0.hasSuffix(":") }.joined(separator: "\n")
        machine.summaryCallEnded(call.id, .text(Array(shown.utf8), isCut: false), at: now + .milliseconds(100), into: &output)
    }

    private static func interrupt(_ machine: inout StreamMachine, _ fault: Fault, at now: Duration, into output: inout [UInt8]) {
        let words = thoughts[3]
        switch fault {
        case .none: break
        case .end: _ = machine.upstreamEnded(at: now, into: &output)
        case .reset: _ = machine.upstreamFailed(.notACompletion, at: now, into: &output)
        case .errorEvent:
            _ = machine.upstreamSent(Array("event: error\ndata: {\"message\":\"no\"}\n\n".utf8).span, at: now, into: &output)
        case .garbage: _ = machine.upstreamSent(Array("data: {\"choices\": [\(words)\n\n".utf8).span, at: now, into: &output)
        // An upstream that tells its thoughts as an error's text, in a body that is no object of an error.
        case .wordsOfError: _ = machine.upstreamSent(Array("event: error\ndata: \(words)\n\n".utf8).span, at: now, into: &output)
        // LiteLLM puts a chunk that it cannot read into its error's text.
        case .errorQuotesChunk:
            let message = "Error parsing chunk, received: {'choices': [{'delta': {'reasoning_content': '\(thoughts.prefix(4).joined())'}}]}"
            _ = machine.upstreamSent(Array("data: {\"error\": {\"message\": \"\(message)\"}}\n\n".utf8).span, at: now, into: &output)
        case .copies: break
        case .moves:
            _ = machine.upstreamEnded(at: now, into: &output)
            machine.upstreamRestarted(profile: ProfileCatalogue.builtIn.profile(forModel: "unknown"))
        }
    }

    private static func answer(_ fault: Fault) -> [UInt8] {
        guard fault == .copies else { return Streams.events([Streams.content("It is fine."), Streams.stop]) }
        let all = thoughts.joined().replacing("\n", with: "\\n")
        let own = "\"provider_specific_fields\": {\"reasoning_content\": \"\(all)\"}"
        let head = "{\"id\": \"c\", \"object\": \"chat.completion.chunk\", \"created\": 1, \"model\": \"m\""
        return Array(
            """
            data: \(head), "choices": [{"index": 0, "delta": {"content": "It is fine.", \(own)}, "finish_reason": null, \(own)}], \(own)}

            data: \(head), "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}], "__verbose": {"content": "\(all)"}}

            data: [DONE]


            """.utf8)
    }

    private static func told(_ text: String) -> Int { (0..<sentenceCount).count { text.contains(canary($0)) } }

    @Test(arguments: Rendering.allCases, Engine.allCases)
    func noThoughtIsToldButAsAStep(rendering: Rendering, engine: Engine) {
        for fault in Fault.allCases {
            // Of so many sentences the level's share is said (README, levels), and up to four for the conclusion and the ends of streams.
            for (level, percent) in [(ReasoningSummaryOptions.Level.concise, 8), (.auto, 15), (.detailed, 30)] {
                let plan = rendering.plan { Self.plan($0, engine, .extractive(ReasoningSummaryOptions(level: level))) }
                let text = Self.play(plan, fault)
                #expect(Self.told(text) <= Self.sentenceCount * percent / 100 + 4, "\(fault) \(level): \(Self.told(text))\n\(text)")
                #expect(!text.contains(Self.code), "\(fault) \(level)")
                if fault == .none { #expect(Self.told(text) > 0, "nothing was said: the test sees nothing") }
            }
            let silent = Self.play(rendering.plan { Self.plan($0, engine, .off) }, fault)
            #expect(Self.told(silent) == 0 && !silent.contains(Self.code), "\(fault): \(silent)")
        }
        let full = Self.play(rendering.plan { Self.plan($0, engine, .full) }, .none)
        #expect(Self.told(full) == Self.sentenceCount && full.contains(Self.code))
    }
}
