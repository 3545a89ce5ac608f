/// Shows a reply to a program: one JSON object on a line for each event, on standard output. Times are milliseconds from the
/// start of the request.
struct JSONRenderer: Renderer {
    mutating func render(_ command: RenderCommand, into writes: inout [ScreenWrite]) {
        switch command {
        case .waiting: break
        case .head(let facts, let now): write("head", Self.members(of: facts) + [Self.time(now)], &writes)
        case .began(let part, let now): write("phase", [.init("phase", .string(part.rawValue)), Self.time(now)], &writes)
        case .text(let part, let text, let now):
            // The answer comes in deltas; summaries are another event, so that a reader who wants the answer alone reads one kind.
            let members: [JSONValue.Member] = [.init("phase", .string(part.rawValue)), .init("text", .string(text)), Self.time(now)]
            write(part == .answer ? "delta" : "summary", members, &writes)
        case .note(let note): write("note", [.init("message", .string(Wording.note(note)))], &writes)
        case .usage(let usage): write("usage", Self.members(of: usage), &writes)
        case .ended(let ending):
            if let fault = ending.fault { write("error", Self.members(of: fault, ending), &writes) }
            write("end", Self.members(of: ending), &writes)
        }
    }

    private func write(_ event: String, _ members: [JSONValue.Member], _ writes: inout [ScreenWrite]) {
        let line = JSONValue.object([.init("event", .string(event))] + members).text
        writes.append(ScreenWrite(stream: .answer, text: line + "\n"))
    }

    private static func time(_ now: Duration) -> JSONValue.Member { .init("t_ms", .number(now.milliseconds)) }

    private static func members(of facts: ReplyFacts) -> [JSONValue.Member] {
        [.init("status", .integer(facts.status)), .init("style", string(facts.style)), .init("request_id", string(facts.requestID))]
    }

    private static func members(of usage: TokenUsage) -> [JSONValue.Member] {
        [
            .init("prompt_tokens", .integer(usage.promptTokens)), .init("completion_tokens", .integer(usage.completionTokens)),
            .init("reasoning_tokens", usage.reasoningTokens.map(JSONValue.integer) ?? .null),
        ]
    }

    private static func members(of fault: Fault, _ ending: Ending) -> [JSONValue.Member] {
        [
            .init("kind", .string(fault.kind)), .init("code", string(fault.code)),
            .init("message", .string(fault.sentence(afterText: !ending.answer.isEmpty))), .init("hint", string(fault.hint)),
        ]
    }

    private static func members(of ending: Ending) -> [JSONValue.Member] {
        let times = ending.timings
        return [
            .init("complete", .bool(ending.fault == nil)), .init("exit", .integer(Int(ending.exitStatus.rawValue))),
            .init("finish_reason", string(ending.finishReason)), .init("head_ms", milliseconds(times.head)),
            .init("first_frame_ms", milliseconds(times.firstFrame)), .init("first_reasoning_ms", milliseconds(times.firstReasoning)),
            .init("first_answer_ms", milliseconds(times.firstAnswer)), .init("total_ms", milliseconds(times.total)),
            .init("tokens_per_second", ending.rate.map { .number(($0.tokensPerSecond * 10).rounded() / 10) } ?? .null),
            .init("rate_is_estimate", ending.rate.map { .bool($0.isEstimate) } ?? .null),
        ]
    }

    private static func string(_ text: String?) -> JSONValue { text.map(JSONValue.string) ?? .null }

    private static func milliseconds(_ time: Duration?) -> JSONValue { time.map { .number($0.milliseconds) } ?? .null }
}
