/// An answer that is not streamed.
enum WholeAnswer {
    /// The completion object of a scenario.
    static func body(_ scenario: Scenario, _ request: ChatRequest, _ identity: ResponseIdentity) -> [UInt8] {
        if let recording = scenario.recording { return folded(recording, model: request.model).bytes() }
        let plan = PiecePlan(scenario, for: request)
        return ChunkWriter(scenario, for: request, counts: plan.counts, identity: identity)
            .completion(scenario, request).bytes(scenario.envelope.spelling)
    }

    /// The response: it comes when a stream of the same scenario would have ended.
    static func script(_ scenario: Scenario, _ request: ChatRequest, fault: Fault?, _ context: ResponseContext) -> ResponseScript {
        if let fault, let actions = FaultAnswer.actions(fault, scenario: scenario, request: request, context) {
            return ResponseScript(actions)
        }
        var actions = FaultAnswer.preamble(fault)
        let wait = duration(scenario, request)
        if wait > 0 { actions.append(.wait(wait)) }
        var body = body(scenario, request, context.identity)
        switch fault?.kind {
        case .errorEvent, .flatError, .stringError:
            let error = fault.map { Array(StreamScript.errorText($0).utf8) } ?? []
            return ResponseScript(actions + context.response(500, scenario: scenario.name, body: error))
        case .garbageEvent, .truncatedJSON:
            body = Array(body.prefix(body.count / 2))
        case .invalidUTF8:
            body = StreamScript.replacingText(in: body, with: StreamScript.notUTF8)
        case .pause, .hold, .stall, .reset, .close, .end, .cutChunk, .badChunkSize, .shortLength, .endless, .endlessLine, .comments:
            return ResponseScript(actions + interrupted(fault, context.response(200, scenario: scenario.name, body: body)))
        default: break
        }
        return ResponseScript(actions + context.response(200, scenario: scenario.name, body: body))
    }

    /// Half of the response, the fault, and what comes after it.
    private static func interrupted(_ fault: Fault?, _ response: [WireAction]) -> [WireAction] {
        guard case .write(let bytes)? = response.first, let end = response.last else { return response }
        let half: WireAction = .write(Array(bytes.prefix(bytes.count / 2)))
        let rest: [WireAction] = [.write(Array(bytes.dropFirst(bytes.count / 2))), end]
        switch fault?.kind {
        case .pause: return [half, .wait(Nanoseconds(fault?.milliseconds ?? 5000) * 1_000_000)] + rest
        case .hold: return [half, .hold] + rest
        case .reset: return [half, .wait(StreamScript.graceBeforeReset), .reset]
        case .stall, .endless, .endlessLine, .comments: return [half, .stall]
        default: return [half, .close]
        }
    }

    private static func duration(_ scenario: Scenario, _ request: ChatRequest) -> Nanoseconds {
        var pace = PaceMaker(scenario.pacing)
        return PiecePlan(scenario, for: request).pieces.reduce(0) { sum, piece in
            if case .pause(let pause) = piece.content { sum + pause } else { piece.isPaced ? sum + pace.gap() : sum }
        }
    }

    /// A recording's chunks as one completion.
    private static func folded(_ recording: Recording, model: String) -> JSON {
        var text = ChunkText([:])
        var finish: JSON = nil
        var usage: JSON = nil
        var calls = ToolCallFolder()
        for chunk in recording.chunks {
            if let told = chunk["usage"], told != .null { usage = told }
            guard let choice = chunk["choices"]?.elements?.first else { continue }
            if let reason = choice["finish_reason"], reason != .null { finish = reason }
            guard let delta = choice["delta"] else { continue }
            let more = ChunkText(delta)
            text.reasoning += more.reasoning
            text.answer += more.answer
            calls.add(delta["tool_calls"]?.elements ?? [])
        }
        var message: [JSON.Member] = [
            .init(key: "role", value: "assistant"), .init(key: "content", value: .string(text.answer)),
            .init(key: "reasoning_content", value: .string(text.reasoning)),
        ]
        if !calls.calls.isEmpty { message.append(.init(key: "tool_calls", value: calls.json)) }
        let first = recording.chunks.first { $0["id"]?.text?.isEmpty == false } ?? [:]
        return [
            "id": first["id"] ?? "chatcmpl-mock", "object": "chat.completion", "created": first["created"] ?? 0,
            "model": first["model"] ?? .string(model),
            "choices": [["index": 0, "message": .object(message), "logprobs": nil, "finish_reason": finish]], "usage": usage,
        ]
    }
}

/// Joins the fragments of streamed tool calls.
struct ToolCallFolder {
    private(set) var calls: [ToolCall] = []

    mutating func add(_ fragments: [JSON]) {
        for fragment in fragments {
            let index = fragment["index"]?.integer ?? calls.count
            while calls.count <= min(index, 127) { calls.append(ToolCall(id: "", name: "", arguments: "")) }
            guard calls.indices.contains(index) else { continue }
            calls[index].id += fragment["id"]?.text ?? ""
            calls[index].name += fragment["function"]?["name"]?.text ?? ""
            calls[index].arguments += fragment["function"]?["arguments"]?.text ?? ""
        }
    }

    var json: JSON {
        .array(
            calls.map {
                ["id": .string($0.id), "type": "function", "function": ["name": .string($0.name), "arguments": .string($0.arguments)]]
            })
    }
}
