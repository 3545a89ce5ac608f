import AgentAPIs
import ChatDelta
import ChatRequests
import Detect
import EventStream
import JSONBytes
import Phases
import Summaries

/// The stages, from the ground up.
enum Stage: String, CaseIterable {
    /// Only makes the input: what every other stage's figures contain, too.
    case input
    case framing, reading
    /// Every chunk read in full, as if none were like the one before.
    case fullReading
    /// Plain words: with an unknown model's profile, in tagged reasoning, and after it; and reasoning full of `<`.
    case detection, taggedReasoning, taggedAnswer, angles
    case summary
    /// The whole machine, answer and reasoning.
    case machine, reasoning
    /// The same with answer chunks that have to be written anew: they lack a member that clients need.
    case rewriting
    /// Style `off`: the upstream's own bytes, watched.
    case bypass
    /// The whole machine, the answer told in an agent's API.
    case responses, messages

    /// Runs the stage over all of `input`; the result depends on everything it did, so that nothing can be left out.
    func run(_ input: BenchInput) -> Int {
        switch self {
        case .input: input.texts.count
        case .framing: Stage.frame(input.answer)
        case .reading: Stage.read(input.answer)
        case .fullReading: Stage.readInFull(input.answer)
        case .detection: Stage.detect(input.texts, profile: "default")
        case .taggedReasoning: Stage.detect(input.texts, profile: "think", opening: "<think>Now ")
        case .taggedAnswer: Stage.detect(input.texts, profile: "think", opening: "<think>Now</think>So ")
        case .angles: Stage.detect(input.angles, profile: "think", opening: "<think>Now ")
        case .summary: Stage.summarise(input.thoughts)
        case .machine: Stage.transform(input.answer)
        case .reasoning: Stage.transform(input.reasoning)
        case .rewriting: Stage.transform(input.incomplete)
        case .bypass: Stage.transform(input.answer, style: .off)
        case .responses: Stage.transform(input.answer, agent: .responses(ResponsesOptions()))
        case .messages: Stage.transform(input.answer, agent: .messages(MessagesOptions()))
        }
    }

    private static func frame(_ pieces: [[UInt8]]) -> Int {
        var framer = EventFramer()
        var events = 0
        for piece in pieces {
            do { try framer.receive(piece.span) { _, data in events += data.count } } catch { return -1 }
        }
        return events
    }

    private static func read(_ pieces: [[UInt8]]) -> Int {
        var reader = ChunkReader()
        var texts = 0
        for piece in pieces {
            let data = piece.span.extracting(6..<piece.count - 2)
            if !reader.readAlike(data) {
                do { try reader.read(data) } catch { return -1 }
            }
            texts += reader.delta.texts.count
        }
        return texts
    }

    private static func readInFull(_ pieces: [[UInt8]]) -> Int {
        var delta = Delta()
        var texts = 0
        for piece in pieces {
            do { try DeltaReader.read(piece.span.extracting(6..<piece.count - 2), into: &delta) } catch { return -1 }
            texts += delta.texts.count
        }
        return texts
    }

    private static func detect(_ texts: [[UInt8]], profile name: String, opening: String = "") -> Int {
        guard let profile = ProfileCatalogue.builtIn.named(name) else { return -1 }
        var detector = Detector(profile: profile, start: .outside)
        var bytes = 0
        let first = Array(opening.utf8)
        detector.receive(first.span) { _, span in bytes += span.count }
        for text in texts { detector.receive(text.span) { _, span in bytes += span.count } }
        detector.finish(.stop) { _, span in bytes += span.count }
        return bytes
    }

    private static func summarise(_ texts: [[UInt8]]) -> Int {
        var summary = ReasoningSummary()
        var now = Duration.zero
        var steps = 0
        for text in texts {
            summary.received(text.span, at: now)
            if summary.step(at: now) != nil { steps += 1 }
            now += .milliseconds(20)
        }
        return steps
    }

    private static func transform(_ pieces: [[UInt8]], style: WireStyle = .events, agent: AgentPlan.API? = nil) -> Int {
        let profile = ProfileCatalogue.builtIn.profile(forModel: "bench")
        var plan = StreamPlan(
            style: style, identity: ChunkIdentity(id: "chatcmpl-bench", created: 1_700_000_000, model: "bench"),
            promptSummary: "A bench.", promptFacts: PromptFacts(), reasoning: .extractive(ReasoningSummaryOptions()), profile: profile,
            thinking: ThinkingRequest())
        plan.agent = agent.map { AgentPlan(api: $0, id: "bench", model: "bench", created: 1_700_000_000) }
        var machine = StreamMachine(plan)
        var output: [UInt8] = []
        var bytes = 0
        var now = Duration.zero
        machine.opened(at: now, into: &output)
        for piece in pieces {
            _ = machine.upstreamSent(piece.span, at: now, into: &output)
            bytes += output.count
            output.removeAll(keepingCapacity: true)
            now += .milliseconds(20)
        }
        return bytes
    }
}
