import ChatDelta
import ChatRequests
import Detect
import EventStream
import JSONBytes
import Phases
import Summaries

/// Runs one stage of the pipeline over a made stream and prints the cost per chunk.
///
/// usage: Bench STAGE CHUNKS [quiet]
///
/// `quiet` prints nothing: for instruction counters, which compare N and 10 N chunks so that the start drops out.
@main
enum Main {
    static func main() {
        let arguments = CommandLine.arguments
        guard arguments.count >= 3, let stage = Stage(rawValue: arguments[1]), let count = Int(arguments[2]), count > 0 else {
            print("usage: Bench \(Stage.allCases.map(\.rawValue).joined(separator: "|")) CHUNKS [quiet]")
            return
        }
        let input = BenchInput(chunks: count)
        let clock = ContinuousClock()
        var outcome = 0
        let time = clock.measure { outcome = stage.run(input) }
        guard arguments.count == 3 else { return }
        let nanoseconds = Double(time.components.seconds) * 1e9 + Double(time.components.attoseconds) / 1e9
        print("\(stage.rawValue): \(count) chunks, \(Int(nanoseconds / Double(count))) ns per chunk, outcome \(outcome)")
    }
}

/// The stages, from the ground up.
enum Stage: String, CaseIterable {
    case framing, reading, detection, summary, machine, reasoning

    /// Runs the stage over all of `input`; the result depends on everything it did, so that nothing can be left out.
    func run(_ input: BenchInput) -> Int {
        switch self {
        case .framing: Stage.frame(input.answer)
        case .reading: Stage.read(input.answer)
        case .detection: Stage.detect(input.texts)
        case .summary: Stage.summarise(input.texts)
        case .machine: Stage.transform(input.answer)
        case .reasoning: Stage.transform(input.reasoning)
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
        var delta = Delta()
        var texts = 0
        for piece in pieces {
            do { try DeltaReader.read(piece.span.extracting(6..<piece.count - 2), into: &delta) } catch { return -1 }
            texts += delta.texts.count
        }
        return texts
    }

    private static func detect(_ texts: [[UInt8]]) -> Int {
        let profile = ProfileCatalogue.builtIn.profile(forModel: "bench")
        var detector = Detector(profile: profile, start: .outside)
        var bytes = 0
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

    private static func transform(_ pieces: [[UInt8]]) -> Int {
        let profile = ProfileCatalogue.builtIn.profile(forModel: "bench")
        var machine = StreamMachine(
            StreamPlan(
                style: .events, identity: ChunkIdentity(id: "chatcmpl-bench", created: 1_700_000_000, model: "bench"),
                promptSummary: "A bench.", promptFacts: PromptFacts(), reasoning: .extractive(ReasoningSummaryOptions()), profile: profile,
                thinking: ThinkingRequest()))
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

/// A made stream: one event a piece, the words of a plain text over and over.
struct BenchInput {
    private static let words = Array(
        "The quick answer is that every train leaves on time, so the plan holds and nobody has to wait for the next connection. ".utf8)

    /// Plain texts of one word.
    let texts: [[UInt8]]
    /// Events with `content`.
    let answer: [[UInt8]]
    /// Events with `reasoning_content`.
    let reasoning: [[UInt8]]

    init(chunks count: Int) {
        let words = BenchInput.words.split(separator: 0x20).map { Array($0) + [0x20] }
        texts = (0..<count).map { words[$0 % words.count] }
        answer = texts.map { BenchInput.event("content", $0) }
        reasoning = texts.map { BenchInput.event("reasoning_content", $0) }
    }

    private static func event(_ field: String, _ text: [UInt8]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(
            "data: {\"id\":\"chatcmpl-3556c041-562b-471f-9a90\",\"object\":\"chat.completion.chunk\",\"created\":1770770846,\"model\":\"qwen3-32b\",\"system_fingerprint\":\"fp_78ac7f3229\",\"choices\":[{\"index\":0,\"delta\":{\""
        )
        bytes.append(field)
        bytes.append("\":")
        JSONText.appendQuoted(text.span, to: &bytes)
        bytes.append("},\"logprobs\":null,\"finish_reason\":null}]}\n\n")
        return bytes
    }
}
