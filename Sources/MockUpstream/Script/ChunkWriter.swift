/// Renders chunks and whole completions for one request.
struct ChunkWriter: Sendable {
    let dialect: Dialect
    let envelope: Envelope
    let usage: UsagePlan
    let counts: TokenCounts
    let includesUsage: Bool
    let logprobs: [Bool]
    let id: String
    let created: Int
    let model: String

    init(_ scenario: Scenario, for request: ChatRequest, counts: TokenCounts, identity: ResponseIdentity) {
        dialect = scenario.format
        envelope = scenario.envelope
        usage = scenario.usage
        self.counts = counts
        includesUsage = request.includesUsage
        logprobs = scenario.scripts(for: request).map { $0.logprobs || request.wantsLogprobs }
        id = envelope.id ?? identity.completionID
        created = envelope.created ?? identity.created
        model = envelope.model ?? (request.model.isEmpty ? scenario.name : request.model)
    }

    /// The data of the event for `piece`; nil for pauses. `soFar` counts the text events sent, for usage on every chunk.
    func payload(_ piece: Piece, soFar: Int) -> [UInt8]? {
        switch piece.content {
        case .pause: nil
        case .raw(let line): Array(line.utf8)
        case .recorded(let line): line.payload
        case .chunk(let chunk): chunk.bytes(envelope.spelling)
        case .filterResults: Self.filterResults.bytes(envelope.spelling)
        case .usage: chunk(choices: [], usage: usageObject(completion: counts.completion)).bytes(envelope.spelling)
        case .finish(let reason):
            chunk(
                choices: [choice(piece.choice, finishDelta, finishReason: .string(reason), text: nil)],
                usage: usage.moment == .onFinish ? usageObject(completion: counts.completion) : runningUsage(soFar)
            ).bytes(envelope.spelling)
        case .role, .reasoning, .content, .refusal, .toolHead, .toolArguments, .delta:
            chunk(choices: [choice(piece.choice, delta(piece), finishReason: nil, text: piece.answerText)], usage: runningUsage(soFar))
                .bytes(envelope.spelling)
        }
    }

    /// A chunk of answer text outside the plan, for faults.
    func contentChunk(_ text: String) -> [UInt8] {
        chunk(choices: [choice(0, ["content": .string(text)], finishReason: nil, text: nil)], usage: nil).bytes(envelope.spelling)
    }

    /// The whole completion of a request that does not stream.
    func completion(_ scenario: Scenario, _ request: ChatRequest) -> JSON {
        let choices = scenario.scripts(for: request).enumerated().map { index, script -> JSON in
            .object([
                .init(key: "index", value: .integer(index)),
                .init(key: "message", value: .object(message(script, scenario, request))),
                .init(key: "logprobs", value: nil),
                .init(key: "finish_reason", value: .optional(script.effectiveFinishReason.isEmpty ? nil : script.effectiveFinishReason)),
            ])
        }
        let usage = usage.moment == .never ? nil : usageObject(completion: counts.completion)
        return enclosed(object: "chat.completion", choices: choices, usage: usage)
    }

    private func message(_ script: ChoiceScript, _ scenario: Scenario, _ request: ChatRequest) -> [JSON.Member] {
        var single = scenario
        single.choices = [script]
        single.chunking.text = .whole
        var plain = request
        plain.choiceCount = 1
        var reasoning = ""
        var answer = ""
        var refusal = ""
        var calls: [JSON] = []
        var pieces = ToolCallFolder()
        for piece in PiecePlan(single, for: plain).pieces {
            switch piece.content {
            case .reasoning(let text): reasoning += text
            case .content(let text): answer += text
            case .refusal(let text): refusal += text
            case .toolHead(_, let call):
                let function: JSON = ["name": .string(call.name), "arguments": .string(call.arguments)]
                calls.append(["id": .string(call.id), "type": "function", "function": function])
            case .delta(let delta):
                let text = ChunkText(delta)
                reasoning += text.reasoning
                answer += text.answer
                pieces.add(delta["tool_calls"]?.elements ?? [])
            default: break
            }
        }
        calls += pieces.json.elements ?? []
        var members = dialect.message(reasoning: reasoning, answer: answer, inline: answer)
        members.append(.init(key: "refusal", value: refusal.isEmpty ? nil : .string(refusal)))
        if !calls.isEmpty { members.append(.init(key: "tool_calls", value: .array(calls))) }
        return members
    }

    private func delta(_ piece: Piece) -> JSON {
        switch piece.content {
        case .role: dialect.openingDelta(nulls: envelope.nullFields)
        case .reasoning(let text): dialect.reasoningDelta(text, nulls: envelope.nullFields)
        case .content(let text): dialect.answerDelta(text, nulls: envelope.nullFields)
        case .refusal(let text): ["refusal": .string(text)]
        case .toolHead(let index, let call):
            [
                "tool_calls": [
                    [
                        "index": .integer(index), "id": .string(call.id), "type": "function",
                        "function": ["name": .string(call.name), "arguments": ""],
                    ]
                ]
            ]
        case .toolArguments(let index, let fragment):
            ["tool_calls": [["index": .integer(index), "function": ["arguments": .string(fragment)]]]]
        case .delta(let delta): delta
        default: [:]
        }
    }

    private var finishDelta: JSON {
        envelope.nullFields && dialect == .reasoningContent ? ["content": "", "reasoning_content": nil] : [:]
    }

    private func choice(_ index: Int, _ delta: JSON, finishReason: JSON?, text: String?) -> JSON {
        var members: [JSON.Member] = [.init(key: "index", value: .integer(index)), .init(key: "delta", value: delta)]
        if let text, index < logprobs.count, logprobs[index] {
            members.append(.init(key: "logprobs", value: Self.logprobs(text)))
        } else if envelope.nullFields {
            members.append(.init(key: "logprobs", value: nil))
        }
        members.append(.init(key: "finish_reason", value: finishReason ?? .null))
        return .object(members)
    }

    private func chunk(choices: [JSON], usage: JSON?) -> JSON {
        enclosed(object: "chat.completion.chunk", choices: choices, usage: usage)
    }

    private func enclosed(object: String, choices: [JSON], usage: JSON?) -> JSON {
        let head: [JSON.Member] = [
            .init(key: "id", value: .string(id)), .init(key: "object", value: .string(object)),
            .init(key: "created", value: .integer(created)), .init(key: "model", value: .string(model)),
        ]
        var middle: [JSON.Member] = []
        if let print = envelope.systemFingerprint { middle.append(.init(key: "system_fingerprint", value: .string(print))) }
        var tail: [JSON.Member] = []
        if let usage { tail.append(.init(key: "usage", value: usage)) }
        tail += envelope.extra
        if envelope.obfuscationLength > 0 {
            tail.append(.init(key: "obfuscation", value: .string(String(repeating: "x", count: envelope.obfuscationLength))))
        }
        let list = JSON.Member(key: "choices", value: .array(choices))
        switch envelope.keyOrder {
        case .idFirst: return .object(head + middle + [list] + tail)
        case .choicesFirst: return .object([list] + tail + middle + head.reversed())
        }
    }

    /// The usage member of chunks before the last: absent, null, or the count so far.
    private func runningUsage(_ soFar: Int) -> JSON? {
        switch usage.moment {
        case .everyChunk: usageObject(completion: min(soFar, counts.completion))
        case .asked: includesUsage || envelope.nullFields ? .null : nil
        case .always, .onFinish: envelope.nullFields ? .null : nil
        case .never: nil
        }
    }

    private func usageObject(completion: Int) -> JSON {
        [
            "prompt_tokens": .integer(counts.prompt), "completion_tokens": .integer(completion),
            "total_tokens": .integer(counts.prompt + completion), "prompt_tokens_details": ["cached_tokens": .integer(usage.cachedTokens)],
            "completion_tokens_details": ["reasoning_tokens": .integer(min(counts.reasoning, completion))],
        ]
    }

    private static func logprobs(_ text: String) -> JSON {
        let bytes = JSON.array(text.utf8.map { .integer($0) })
        let entry: JSON = ["token": .string(text), "logprob": .number("-0.0123"), "bytes": bytes, "top_logprobs": []]
        return ["content": [entry], "refusal": nil]
    }

    private static let filterResults: JSON = {
        let safe: JSON = ["filtered": false, "severity": "safe"]
        let results: JSON = ["hate": safe, "self_harm": safe, "sexual": safe, "violence": safe]
        return [
            "choices": [], "created": 0, "id": "", "model": "", "object": "",
            "prompt_filter_results": [["prompt_index": 0, "content_filter_results": results]],
        ]
    }()
}

/// What makes one answer different from the next.
struct ResponseIdentity: Sendable, Equatable {
    /// Counts the requests of one server from 1.
    var number: Int
    /// Seconds since 1970.
    var created: Int

    var completionID: String { "chatcmpl-mock-\(padded)" }
    var requestID: String { "req-mock-\(padded)" }
    private var padded: String { String(repeating: "0", count: max(0, 6 - String(number).count)) + String(number) }
}

extension Piece {
    /// The text that log probabilities belong to.
    fileprivate var answerText: String? {
        if case .content(let text) = content { text } else { nil }
    }
}
