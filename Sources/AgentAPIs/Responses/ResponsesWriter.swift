import EventStream
import JSONBytes

/// Writes an answer as the Responses API's events. Each event has the `event:` line of its type and a `sequence_number` that counts from 0;
/// items have an `output_index` that counts from 0.
///
/// | what happens | events, in this order |
/// |---|---|
/// | the response begins | `created`, `in_progress` |
/// | reasoning opens | `output_item.added` (reasoning, no summary yet) |
/// | a step | `reasoning_summary_part.added`, `reasoning_summary_text.delta`…, `reasoning_summary_text.done`, `reasoning_summary_part.done` |
/// | raw reasoning | once `content_part.added` (reasoning_text), `reasoning_text.delta`…; at its end `reasoning_text.done`, `content_part.done` |
/// | reasoning closes | `output_item.done` with all parts, and `encrypted_content` if something is carried |
/// | a message opens | `output_item.added` (message, no content yet) |
/// | its text | for each stretch of one kind `content_part.added`, `output_text.delta`… or `refusal.delta`…, then `….done`, `content_part.done` |
/// | a message closes | `output_item.done`; `incomplete` if it was cut |
/// | a call opens | `output_item.added` (function_call or custom_tool_call) |
/// | its arguments | `function_call_arguments.delta`…; of a custom tool one or more `custom_tool_call_input.delta`, when all is there |
/// | a call closes | `function_call_arguments.done` or `custom_tool_call_input.done`, `output_item.done`; nothing if it was cut |
/// | the end | `completed`; `incomplete` with `max_output_tokens` or `content_filter`; or, at any time, `failed` |
/// | silence | `in_progress` once more, or `ping` |
///
/// A call that was cut is never done, because clients run what is done: half a patch or script must not be run. It stands in the last
/// event's output as incomplete. In the same way a failure closes nothing: what is done stays in a client's history, and the next try
/// would begin with it.
struct ResponsesWriter: ItemWriter {
    static let promptTitle: String? = "Reading the request"
    /// Stands above a step that has no title of its own: clients show the title as what is going on.
    static let otherTitle = "Thinking"

    private let object: ResponseObject
    private let plan: AgentPlan
    private let heartbeat: ResponsesOptions.Heartbeat
    private var sequenceNumber = 0
    /// The closed items, with commas between them.
    private var items: [UInt8] = []
    private var itemCount = 0
    private var open: OpenItem?

    init(_ plan: AgentPlan, _ options: ResponsesOptions) {
        self.plan = plan
        object = ResponseObject(plan, options.echo)
        heartbeat = options.heartbeat
    }

    // MARK: The response

    mutating func began(to output: inout [UInt8]) {
        appendWhole(.created, .inProgress, to: &output)
        appendWhole(.inProgress, .inProgress, to: &output)
    }

    /// An event that holds the response.
    private mutating func appendWhole(
        _ kind: ResponsesEvent, _ status: ResponseObject.Status, items: [UInt8] = [], usage: TokenUsage? = nil, to output: inout [UInt8]
    ) {
        let object = object
        event(kind, to: &output) {
            $0.beginMember("response")
            object.append(status, items: items, usage: usage, to: &$0)
        }
    }

    mutating func ended(_ end: AnswerEnd, hasCalls: Bool, usage: TokenUsage?, to output: inout [UInt8]) {
        let (kind, status): (ResponsesEvent, ResponseObject.Status) =
            switch end {
            case .complete, .stopSequence: (.completed, .completed)
            case .length: (.incomplete, .incomplete(reason: "max_output_tokens"))
            case .contentFilter: (.incomplete, .incomplete(reason: "content_filter"))
            }
        if plan.isCollected { return object.append(status, items: items, usage: usage, to: &output) }
        appendWhole(kind, status, items: items, usage: usage, to: &output)
    }

    mutating func failed(_ failure: AgentFailure, to output: inout [UInt8]) {
        if let open { keep(open.json(isWhole: false)) }
        appendWhole(.failed, .failed(code: failure.responsesCode, message: failure.message), items: items, to: &output)
    }

    mutating func silent(to output: inout [UInt8]) {
        guard !plan.isCollected else { return }
        switch heartbeat {
        case .inProgress: appendWhole(.inProgress, .inProgress, to: &output)
        case .ping:
            EventWriter.beginEvent(ResponsesEvent.ping, to: &output)
            output.append("{\"type\":\"ping\"}")
            EventWriter.endEvent(to: &output)
        }
    }

    // MARK: Reasoning

    mutating func reasoningOpened(to output: inout [UInt8]) {
        openItem(OpenItem(.reasoning, id: "rs_\(plan.id)_\(itemCount)"), to: &output)
    }

    mutating func summaryPart(title: String?, text: String, to output: inout [UInt8]) {
        rawReasoningEnded(to: &output)
        guard let index = open?.summaryCount else { return }
        var whole: [UInt8] = Array("**".utf8)
        whole.append(ResponsesWriter.plain(title) ?? ResponsesWriter.otherTitle)
        whole.append("**\n\n")
        whole.append(text)
        itemEvent(.summaryPartAdded, "summary_index", index, to: &output) {
            $0.append(",\"part\":{\"type\":\"summary_text\",\"text\":\"\"}")
        }
        TextPieces.forEach(whole.span) { piece in
            itemEvent(.summaryTextDelta, "summary_index", index, to: &output) { $0.appendMember("delta", piece) }
        }
        itemEvent(.summaryTextDone, "summary_index", index, to: &output) { $0.appendMember("text", whole.span) }
        open?.addSummary(whole.span)
        let part = open?.lastPart ?? []
        itemEvent(.summaryPartDone, "summary_index", index, to: &output) { $0.appendMember("part", json: part) }
    }

    mutating func rawReasoning(_ text: Span<UInt8>, to output: inout [UInt8]) {
        partText(text, .reasoning, to: &output)
    }

    mutating func rawReasoningEnded(to output: inout [UInt8]) {
        closePart(to: &output)
    }

    mutating func reasoningClosed(sealed: String?, to output: inout [UInt8]) {
        closePart(to: &output)
        open?.sealed = sealed
        closeItem(isWhole: true, to: &output)
    }

    // MARK: Message

    mutating func messageOpened(to output: inout [UInt8]) {
        openItem(OpenItem(.message, id: "msg_\(plan.id)_\(itemCount)"), to: &output)
    }

    mutating func text(_ text: Span<UInt8>, _ kind: TextKind, to output: inout [UInt8]) {
        partText(text, kind == .answer ? .text : .refusal, to: &output)
    }

    mutating func messageClosed(isCut: Bool, to output: inout [UInt8]) {
        closePart(to: &output)
        closeItem(isWhole: !isCut, to: &output)
    }

    private mutating func partText(_ text: Span<UInt8>, _ kind: ContentPart.Kind, to output: inout [UInt8]) {
        if open?.part?.kind != kind {
            closePart(to: &output)
            open?.beginPart(kind)
            let empty = ContentPart(kind).json
            contentEvent(.partAdded, to: &output) { $0.appendMember("part", json: empty) }
        }
        open?.part?.text.append(text)
        TextPieces.forEach(text) { piece in
            contentEvent(kind.delta, to: &output) {
                $0.appendMember("delta", piece)
                if kind == .text { $0.append(",\"logprobs\":[]") }
            }
        }
    }

    private mutating func closePart(to output: inout [UInt8]) {
        guard let part = open?.part else { return }
        contentEvent(part.kind.done, to: &output) {
            $0.appendMember(part.kind.textMember, part.text.span)
            if part.kind == .text { $0.append(",\"logprobs\":[]") }
        }
        contentEvent(.partDone, to: &output) { $0.appendMember("part", json: part.json) }
        open?.endPart()
    }

    // MARK: Calls

    mutating func callOpened(_ call: CallHead, to output: inout [UInt8]) {
        let prefix = call.route.kind == .function ? "fc" : "ctc"
        openItem(OpenItem(.call(call), id: "\(prefix)_\(plan.id)_\(itemCount)"), to: &output)
    }

    mutating func callArguments(_ text: Span<UInt8>, to output: inout [UInt8]) {
        guard case .call(let call) = open?.kind, call.route.kind == .function else { return }
        open?.arguments.append(text)
        TextPieces.forEach(text) { piece in itemEvent(.argumentsDelta, to: &output) { $0.appendMember("delta", piece) } }
    }

    mutating func callClosed(arguments: [UInt8], isCut: Bool, to output: inout [UInt8]) {
        guard case .call(let call) = open?.kind else { return }
        if isCut {
            if let open { keep(open.json(isWhole: false)) }
            open = nil
            return
        }
        switch call.route.kind {
        case .function:
            // No arguments at all are an empty object: clients parse the text.
            let empty = Array("{}".utf8)
            if arguments.allSatisfy({ $0 <= 0x20 }) { callArguments(empty.span, to: &output) }
            let whole = open?.arguments ?? []
            itemEvent(.argumentsDone, to: &output) {
                $0.appendMember("name", call.route.name)
                $0.appendMember("arguments", whole.span)
            }
        case .custom:
            let input = ToolInput.text(of: arguments)
            open?.arguments = input
            TextPieces.forEach(input.span) { piece in itemEvent(.inputDelta, to: &output) { $0.appendMember("delta", piece) } }
            itemEvent(.inputDone, to: &output) { $0.appendMember("input", input.span) }
        }
        closeItem(isWhole: true, to: &output)
    }

    // MARK: Items and events

    private mutating func openItem(_ item: OpenItem, to output: inout [UInt8]) {
        open = item
        let json = item.emptyJSON
        let place = itemCount
        event(.itemAdded, to: &output) {
            $0.appendMember("output_index", place)
            $0.appendMember("item", json: json)
        }
    }

    private mutating func closeItem(isWhole: Bool, to output: inout [UInt8]) {
        guard let item = open else { return }
        let (json, place) = (item.json(isWhole: isWhole), itemCount)
        event(.itemDone, to: &output) {
            $0.appendMember("output_index", place)
            $0.appendMember("item", json: json)
        }
        keep(json)
        open = nil
    }

    private mutating func keep(_ json: [UInt8]) {
        if itemCount > 0 { items.append(UInt8(ascii: ",")) }
        items += json
        itemCount += 1
    }

    private mutating func contentEvent(_ kind: ResponsesEvent, to output: inout [UInt8], _ write: (inout [UInt8]) -> Void) {
        itemEvent(kind, "content_index", open?.contentCount ?? 0, to: &output, write)
    }

    /// An event about the open item, with its id and index and, if asked for, the index of a part.
    private mutating func itemEvent(
        _ kind: ResponsesEvent, _ indexName: StaticString? = nil, _ index: Int = 0, to output: inout [UInt8],
        _ write: (inout [UInt8]) -> Void
    ) {
        let (id, place) = (open?.id ?? "", itemCount)
        event(kind, to: &output) {
            $0.appendMember("item_id", id)
            $0.appendMember("output_index", place)
            if let indexName { $0.appendMember(indexName, index) }
            write(&$0)
        }
    }

    private mutating func event(_ kind: ResponsesEvent, to output: inout [UInt8], _ write: (inout [UInt8]) -> Void) {
        guard !plan.isCollected else { return }
        EventWriter.beginEvent(kind.name, to: &output)
        output += kind.opening
        output.append(decimal: sequenceNumber)
        sequenceNumber += 1
        write(&output)
        output.append(UInt8(ascii: "}"))
        EventWriter.endEvent(to: &output)
    }

    /// A title that cannot end its own bold type; nil if nothing is left.
    private static func plain(_ title: String?) -> String? {
        let text = title?.filter { $0 != "*" && !$0.isNewline }
        return text?.isEmpty == false ? text : nil
    }
}

extension AgentFailure {
    /// The codes that clients act on: all that may pass shares the one with which they show the message and try again.
    var responsesCode: StaticString {
        switch kind {
        case .passing, .overloaded: "server_error"
        case .rateLimited: "rate_limit_exceeded"
        case .rejected: "invalid_prompt"
        case .contextTooLong: "context_length_exceeded"
        }
    }
}
