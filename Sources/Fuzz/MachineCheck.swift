import ChatDelta
import ChatRequests
import Detect
import EventStream
import JSONBytes
import Phases
import Summaries

/// The whole way from the upstream's bytes to the client's: the same output for any cutting, and always a valid stream.
enum MachineCheck {
    struct Result: Equatable {
        var output: [UInt8] = []
        var ends: [StreamEnd] = []
        var facts: StreamFacts
    }

    /// A stream made from a text in one of the dialects.
    static func runOnText(_ input: inout FuzzInput) {
        let plan = self.plan(&input)
        let dialect = input.choice(of: FuzzStream.Dialect.allCases)
        let shape = input.byte()
        let chunking = input.cutting()
        let cutting = input.cutting()
        let text = UTF8Repair.repaired(input.rest().span)
        let stream = FuzzStream(dialect, shape: shape)
        let bytes = stream.bytes(of: chunking.characterPieces(of: text))
        let output = check(bytes, plan, cutting)
        guard plan.style == .reasoning, dialect == .content, stream.isOneCompleteAnswer else { return }
        let oneChunk = play([stream.bytes(of: [text])], plan).output
        promise(answer(in: output) == answer(in: oneChunk), "the answer depends on the chunks")
    }

    /// Bytes that nobody meant to be a stream, and bytes that nobody meant to be a whole completion.
    static func runOnBytes(_ input: inout FuzzInput) {
        let plan = self.plan(&input)
        let cutting = input.cutting()
        let bytes = input.rest()
        // A document is no stream's beginning, so the first byte tells what is wanted.
        if bytes.first == UInt8(ascii: "{") { checkWhole(bytes, plan) } else { _ = check(bytes, plan, cutting) }
    }

    private static func checkWhole(_ body: [UInt8], _ plan: StreamPlan) {
        var machine = StreamMachine(plan)
        var output: [UInt8] = []
        machine.opened(at: .zero, into: &output)
        var ends = 0
        if case .end = machine.upstreamSentWhole(body.span, at: .zero, into: &output) { ends += 1 }
        if case .end = machine.upstreamEnded(at: .zero, into: &output) { ends += 1 }
        promise(ends == 1, "a whole completion that ended \(ends) times")
        WireCheck.run(output)
    }

    private static func plan(_ input: inout FuzzInput) -> StreamPlan {
        let profile = input.choice(of: DetectionCheck.profiles)
        let style = input.choice(of: WireStyle.allCases)
        let options = input.byte()
        let modes: [StreamPlan.ReasoningMode] = [.extractive(ReasoningSummaryOptions()), .off, .full]
        var plan = StreamPlan(
            style: style, identity: ChunkIdentity(id: "chatcmpl-fuzz", created: 1_700_000_000, model: "fuzz"),
            promptSummary: options & 1 == 0 ? nil : "What is asked.", promptFacts: PromptFacts(),
            reasoning: modes[Int(options >> 1 & 3) % 3], profile: profile,
            thinking: ThinkingRequest(
                enableThinking: options & 8 == 0 ? nil : true, thinking: options & 16 == 0 ? nil : false,
                constrainedToJSON: options & 32 != 0),
            whitespace: options & 64 == 0 ? .trim : .exact)
        plan.includesUsage = options & 128 != 0
        return plan
    }

    private static func check(_ bytes: [UInt8], _ plan: StreamPlan, _ cutting: FuzzCutting) -> [UInt8] {
        let whole = play([bytes], plan)
        promise(play(cutting.pieces(of: bytes), plan) == whole, "the output depends on the cutting")
        if bytes.count < 4096 { promise(play(bytes.map { [$0] }, plan) == whole, "the output differs byte by byte") }
        promise(whole.ends.count == 1, "a stream that ended \(whole.ends.count) times")
        if plan.style != .off { WireCheck.run(whole.output) }
        return whole.output
    }

    private static func play(_ pieces: [[UInt8]], _ plan: StreamPlan) -> Result {
        var machine = StreamMachine(plan)
        var result = Result(facts: machine.facts)
        machine.opened(at: .zero, into: &result.output)
        for piece in pieces {
            if case .end(let end) = machine.upstreamSent(piece.span, at: .zero, into: &result.output) { result.ends.append(end) }
        }
        if case .end(let end) = machine.upstreamEnded(at: .zero, into: &result.output) { result.ends.append(end) }
        result.facts = machine.facts
        return result
    }

    /// The `content` of choice 0 over all chunks: in style `reasoning` the answer and nothing else.
    private static func answer(in output: [UInt8]) -> [UInt8] {
        var answer: [UInt8] = []
        var decoder = JSONTextDecoder()
        var delta = Delta()
        for event in FramingCheck.frame([output]).events {
            do { try DeltaReader.read(event.data.span, into: &delta) } catch { continue }
            for text in delta.texts where text.kind == .content { decoder.decode(text.string, in: event.data.span, to: &answer) }
        }
        return answer
    }
}

/// The narrow grammar of our own streams: an optional name, one data line, a blank line, or a heartbeat.
enum WireCheck {
    static func run(_ output: [UInt8]) {
        promise(UTF8Repair.isValid(output.span), "the output is not UTF-8")
        promise(!output.contains(0x0D), "a carriage return in the output")
        var lines = output.split(separator: 0x0A, omittingEmptySubsequences: false).map(Array.init)[...]
        promise(lines.popLast() == [], "the output does not end with a line end")
        var isDone = false
        while var line = lines.popFirst() {
            if line == Array(": ping".utf8) { continue }
            promise(!isDone, "something after [DONE]")
            if line.starts(with: Array("event: ".utf8)) { line = lines.popFirst() ?? [] }
            promise(line.starts(with: Array("data: ".utf8)), "a line that is neither a name, data nor a heartbeat")
            promise(lines.popFirst() == [], "an event without its blank line")
            let data = Array(line.dropFirst(6))
            isDone = data == Array("[DONE]".utf8)
            promise(isDone || data.first == 0x7B && ReadingCheck.isJSON(data), "a payload that is no JSON object")
        }
        promise(isDone, "a stream without [DONE]")
    }
}
