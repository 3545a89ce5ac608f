public import AgentAPIs
import ChatDelta
import Detect
import JSONBytes
import Summaries

/// Tells an agent's rendering what happens, in its words: takes apart what chat styles pass on whole.
///
/// Only choice 0 is told: agents ask for one answer.
///
/// A class, owned by one `Rendering` and never handed out: it is large, and streams of chat completions have none.
final class AgentTeller {
    private var rendering: AgentRendering
    private let stopSequences: [String]
    private var reader = AnswerReader()
    private var refusal = JSONTextDecoder()
    /// Decoders of the calls' arguments, by index: servers cut between the two escapes of one character.
    private var arguments: [(index: Int?, decoder: JSONTextDecoder)] = []
    private var writtenCallCount = 0

    init(_ plan: AgentPlan) {
        rendering = AgentRendering(plan)
        stopSequences = plan.stopSequences
    }

    /// Whether the answer is longer than the plan allows.
    var isTooLong: Bool { rendering.isTooLong }

    func tell(_ news: borrowing StreamNews, to output: inout [UInt8]) {
        rendering.tell(news, to: &output)
    }

    // MARK: Answer

    func answer(
        _ text: [UInt8], from chunk: borrowing ChunkAtHand, isCompletion: Bool, to output: inout [UInt8]
    ) throws(JSONError) {
        guard chunk.choice.index == 0 else { return }
        rendering.tell(.text(text.span), to: &output)
        guard !chunk.choice.payload.isDisjoint(with: [.toolCalls, .refusal]) else { return }
        try reader.read(chunk.data, choice: chunk.ordinal, isCompletion: isCompletion)
        if let string = reader.refusal {
            var words: [UInt8] = []
            refusal.decode(string, in: chunk.data, to: &words)
            rendering.tell(.refusal(words.span), to: &output)
        }
        for call in reader.calls { self.call(call, chunk.data, to: &output) }
    }

    private func call(_ call: AnswerReader.Call, _ data: Span<UInt8>, to output: inout [UInt8]) {
        let (id, name) = (AgentTeller.text(call.id, data), AgentTeller.text(call.name, data))
        var text: [UInt8] = []
        if let string = call.arguments {
            let place = decoder(of: call.index)
            arguments[place].decoder.decode(string, in: data, to: &text)
        } else if let object = call.object {
            text.append(data.extracting(object))
        }
        rendering.tell(.call(CallPiece(index: call.index, id: id.span, name: name.span, arguments: text.span)), to: &output)
    }

    private func decoder(of index: Int?) -> Int {
        if let place = arguments.firstIndex(where: { $0.index == index }) { return place }
        arguments.append((index, JSONTextDecoder()))
        return arguments.count - 1
    }

    private static func text(_ string: JSONString?, _ data: Span<UInt8>) -> [UInt8] {
        var text: [UInt8] = []
        guard let string else { return text }
        var decoder = JSONTextDecoder()
        decoder.decode(string, in: data, to: &text)
        decoder.finish(to: &text)
        return text
    }

    /// Where the numbers of calls begin that the model wrote as text: behind all that upstreams give.
    private static let firstWrittenIndex = 1 << 20

    /// A call that the model wrote as text: whole, whatever its arguments are.
    func writtenCall(_ call: ToolCall, to output: inout [UInt8]) {
        let none: [UInt8] = []
        let index = AgentTeller.firstWrittenIndex + writtenCallCount
        writtenCallCount += 1
        rendering.tell(
            .call(CallPiece(index: index, id: none.span, name: call.recipient.span, arguments: call.arguments.span)), to: &output)
    }

    // MARK: Endings

    func finish(from chunk: borrowing ChunkAtHand, isCompletion: Bool, to output: inout [UInt8]) throws(JSONError) {
        guard chunk.choice.index == 0, let reason = chunk.choice.finishReason else { return }
        switch FinishReason(chunk.data.extracting(reason.content)) {
        case .length: rendering.tell(.finished(.length), to: &output)
        case .contentFilter: rendering.tell(.finished(.contentFilter), to: &output)
        case .stop: rendering.tell(.finished(try stop(chunk, isCompletion)), to: &output)
        case .toolCalls, .functionCall, .other: rendering.tell(.finished(.complete), to: &output)
        }
    }

    /// Which stop sequence of the request ended the answer, if the upstream tells.
    private func stop(_ chunk: borrowing ChunkAtHand, _ isCompletion: Bool) throws(JSONError) -> AnswerEnd {
        guard !stopSequences.isEmpty else { return .complete }
        try reader.read(chunk.data, choice: chunk.ordinal, isCompletion: isCompletion)
        let text = AgentTeller.text(reader.stopSequence, chunk.data)
        return stopSequences.first { $0.utf8.elementsEqual(text) }.map { .stopSequence($0) } ?? .complete
    }

    func end(usage: [UInt8]?, to output: inout [UInt8]) {
        rendering.tell(.ended(usage.flatMap { TokenUsage($0) }), to: &output)
    }

    func fail(_ failure: StreamFailure, to output: inout [UInt8]) {
        rendering.tell(.failed(AgentFailure(failure)), to: &output)
    }
}

extension TokenUsage {
    /// Usage from an upstream's object; nil if it counts neither prompt nor output.
    init?(_ object: [UInt8]) {
        let bytes = object.span
        guard let usage = try? UsageReader(bytes) else { return nil }  // it was read as an object before; broken, it says nothing
        guard usage.prompt != nil || usage.completion != nil else { return nil }
        self.init(
            input: usage.prompt ?? 0, cachedInput: usage.cached ?? 0, output: usage.completion ?? 0, reasoning: usage.reasoning ?? 0,
            total: usage.total)
    }
}

extension AgentFailure {
    /// A failure of the stream, as agents are told of it.
    public init(_ failure: StreamFailure) {
        let kind: Kind =
            switch failure.status {
            case _ where failure.code == StreamFailure.answerTooLong.code || failure.code == StreamFailure.credentials.code: .rejected
            case 429: .rateLimited
            case 503, 529: .overloaded
            case 400, 413, 422: failure.saysContextIsTooLong ? .contextTooLong : .rejected
            case 401...404: .rejected
            default: .passing
            }
        self.init(kind, failure.message)
    }
}

extension StreamFailure {
    /// Whether its code or its words say that the conversation is longer than the model's context.
    fileprivate var saysContextIsTooLong: Bool {
        AgentFailure.saysContextIsTooLong(code) || AgentFailure.saysContextIsTooLong(message)
    }
}
