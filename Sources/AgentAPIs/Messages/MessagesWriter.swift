import ByteScan
import EventStream
import JSONBytes

/// Writes an answer as the Messages API's events. Each event has the `event:` line of its type; blocks have an `index` that counts from 0,
/// and one is open at a time.
///
/// | what happens | events, in this order |
/// |---|---|
/// | the response begins | `message_start` (usage zeros) |
/// | reasoning opens | `content_block_start` (thinking) |
/// | a step, raw reasoning | `content_block_delta` (thinking_delta); steps apart by a blank line |
/// | reasoning closes | `content_block_delta` (signature_delta, never empty), `content_block_stop` |
/// | a message opens | nothing yet |
/// | its text | `content_block_start` (text) once for each stretch of one kind, `content_block_delta` (text_delta)… |
/// | a message closes | `content_block_stop` |
/// | a call opens | `content_block_start` (tool_use, empty input) |
/// | its arguments | `content_block_delta` (input_json_delta)… |
/// | a call closes | `content_block_stop`, also when it was cut: the stop reason says so |
/// | the end | `message_delta` (stop reason, usage), `message_stop`; or, at any time, `error` |
/// | silence | `ping` |
///
/// A failure closes nothing: what a client does next depends on what is finished, and an open block is not.
struct MessagesWriter: ItemWriter {
    static let promptTitle: String? = nil

    private let plan: AgentPlan
    /// The block that is open, nil for none.
    private var block: OpenBlock?
    private var blockCount = 0
    /// Finished blocks with commas between them; only kept if the answer is collected.
    private var content: [UInt8] = []

    init(_ plan: AgentPlan, _ options: MessagesOptions) {
        self.plan = plan
    }

    // MARK: The message

    mutating func began(to output: inout [UInt8]) {
        event(.messageStart, to: &output) {
            $0.append(",\"message\":")
            appendMessage(to: &$0, content: [], reason: nil, sequence: nil, usage: nil)
        }
    }

    mutating func ended(_ end: AnswerEnd, hasCalls: Bool, usage: TokenUsage?, to output: inout [UInt8]) {
        var sequence: String?
        if case .stopSequence(let text) = end { sequence = text }
        let reason = end.stopReason(hasCalls: hasCalls)
        if plan.isCollected { return appendMessage(to: &output, content: content, reason: reason, sequence: sequence, usage: usage) }
        event(.messageDelta, to: &output) {
            $0.append(",\"delta\":{\"stop_reason\":\"\(reason)\",\"stop_sequence\":")
            MessagesWriter.append(sequence, to: &$0)
            $0.append("},\"usage\":")
            MessagesWriter.append(usage, to: &$0)
        }
        event(.messageStop, to: &output) { _ in }
    }

    mutating func failed(_ failure: AgentFailure, to output: inout [UInt8]) {
        event(.error, to: &output) {
            $0.append(",\"error\":{\"type\":\"\(failure.messagesType)\"")
            $0.appendMember("message", failure.messagesText)
            $0.append(UInt8(ascii: "}"))
        }
    }

    mutating func silent(to output: inout [UInt8]) {
        event(.ping, to: &output) { _ in }
    }

    private func appendMessage(to output: inout [UInt8], content: [UInt8], reason: StaticString?, sequence: String?, usage: TokenUsage?) {
        output.append("{\"id\":")
        JSONText.appendQuoted("msg_\(plan.id)", to: &output)
        output.append(",\"type\":\"message\",\"role\":\"assistant\"")
        output.appendMember("model", plan.model)
        output.append(",\"content\":[")
        output += content
        output.append("],\"stop_reason\":")
        output.append(reason.map { "\"\($0)\"" } ?? "null")
        output.append(",\"stop_sequence\":")
        MessagesWriter.append(sequence, to: &output)
        output.append(",\"usage\":")
        MessagesWriter.append(usage, to: &output)
        output.append(UInt8(ascii: "}"))
    }

    private static func append(_ text: String?, to output: inout [UInt8]) {
        if let text { JSONText.appendQuoted(text, to: &output) } else { output.append("null") }
    }

    /// The API counts cached tokens beside the others, not among them.
    private static func append(_ usage: TokenUsage?, to output: inout [UInt8]) {
        let usage = usage ?? TokenUsage(input: 0, output: 0)
        output.append("{\"input_tokens\":\(max(0, usage.input - usage.cachedInput)),\"cache_creation_input_tokens\":0")
        output.append(",\"cache_read_input_tokens\":\(usage.cachedInput),\"output_tokens\":\(usage.output)}")
    }

    // MARK: Reasoning

    mutating func reasoningOpened(to output: inout [UInt8]) {
        openBlock(OpenBlock(.thinking), to: &output)
    }

    mutating func summaryPart(title: String?, text: String, to output: inout [UInt8]) {
        breakThoughts(to: &output)
        text.withBytes { delta($0, .thinkingDelta, to: &output) }
        block?.owesBreak = true
    }

    mutating func rawReasoning(_ text: Span<UInt8>, to output: inout [UInt8]) {
        breakThoughts(to: &output)
        delta(text, .thinkingDelta, to: &output)
    }

    mutating func rawReasoningEnded(to output: inout [UInt8]) {
        block?.owesBreak = true
    }

    /// A blank line before the next thought, if there was one before it.
    private mutating func breakThoughts(to output: inout [UInt8]) {
        guard block?.owesBreak == true else { return }
        block?.owesBreak = false
        let blankLine: [UInt8] = [0x0A, 0x0A]
        if block?.hasText == true { delta(blankLine.span, .thinkingDelta, to: &output) }
    }

    mutating func reasoningClosed(sealed: String?, to output: inout [UInt8]) {
        let signature = sealed ?? MessagesOptions.plainSignature
        block?.signature = signature
        signature.withBytes { deltaEvent(.signatureDelta, $0, to: &output) }
        closeBlock(arguments: [], to: &output)
    }

    // MARK: Text

    mutating func messageOpened(to output: inout [UInt8]) {}

    mutating func text(_ text: Span<UInt8>, _ kind: TextKind, to output: inout [UInt8]) {
        let wanted: OpenBlock.Kind = kind == .answer ? .text : .refusal
        if block?.kind != wanted {
            closeBlock(arguments: [], to: &output)
            openBlock(OpenBlock(wanted), to: &output)
        }
        delta(text, .textDelta, to: &output)
    }

    mutating func messageClosed(isCut: Bool, to output: inout [UInt8]) {
        closeBlock(arguments: [], to: &output)
    }

    // MARK: Calls

    mutating func callOpened(_ call: CallHead, to output: inout [UInt8]) {
        var opened = OpenBlock(.call)
        opened.head = call
        openBlock(opened, to: &output)
    }

    mutating func callArguments(_ text: Span<UInt8>, to output: inout [UInt8]) {
        delta(text, .inputDelta, to: &output)
    }

    mutating func callClosed(arguments: [UInt8], isCut: Bool, to output: inout [UInt8]) {
        closeBlock(arguments: arguments, to: &output)
    }

    // MARK: Blocks and events

    private mutating func openBlock(_ opened: OpenBlock, to output: inout [UInt8]) {
        block = opened
        let index = blockCount
        event(.blockStart, to: &output) {
            $0.appendMember("index", index)
            $0.appendMember("content_block", json: opened.emptyJSON)
        }
    }

    private mutating func closeBlock(arguments: [UInt8], to output: inout [UInt8]) {
        guard let closed = block else { return }
        let index = blockCount
        event(.blockStop, to: &output) { $0.appendMember("index", index) }
        if plan.isCollected {
            if index > 0 { content.append(UInt8(ascii: ",")) }
            content += closed.json(arguments: arguments)
        }
        blockCount += 1
        block = nil
    }

    private mutating func delta(_ text: Span<UInt8>, _ kind: MessagesEvent.Delta, to output: inout [UInt8]) {
        guard !text.isEmpty else { return }
        block?.hasText = true
        if plan.isCollected, block?.kind != .call { block?.text.append(text) }
        TextPieces.forEach(text) { piece in deltaEvent(kind, piece, to: &output) }
    }

    private mutating func deltaEvent(_ kind: MessagesEvent.Delta, _ text: Span<UInt8>, to output: inout [UInt8]) {
        let index = blockCount
        event(.blockDelta, to: &output) {
            $0.appendMember("index", index)
            $0 += kind.opening
            JSONText.appendQuoted(text, to: &$0)
            $0.append(UInt8(ascii: "}"))
        }
    }

    private func event(_ kind: MessagesEvent, to output: inout [UInt8], _ write: (inout [UInt8]) -> Void) {
        guard !plan.isCollected else { return }
        EventWriter.beginEvent(kind.name, to: &output)
        output += kind.opening
        write(&output)
        output.append(UInt8(ascii: "}"))
        EventWriter.endEvent(to: &output)
    }
}

extension AnswerEnd {
    /// A call outweighs the upstream's own word: some say `stop` behind one.
    func stopReason(hasCalls: Bool) -> StaticString {
        switch self {
        case .complete: hasCalls ? "tool_use" : "end_turn"
        case .stopSequence: hasCalls ? "tool_use" : "stop_sequence"
        case .length: "max_tokens"
        case .contentFilter: "refusal"
        }
    }
}

extension AgentFailure {
    /// The types that clients act on: `invalid_request_error` is shown at once, the others may be tried again.
    var messagesType: StaticString {
        switch kind {
        case .passing: "api_error"
        case .overloaded: "overloaded_error"
        case .rateLimited: "rate_limit_error"
        case .rejected, .contextTooLong: "invalid_request_error"
        }
    }

    /// Clients know a conversation that is too long by these words.
    var messagesText: String {
        kind == .contextTooLong ? AgentFailure.promptIsTooLong(message) : message
    }
}
