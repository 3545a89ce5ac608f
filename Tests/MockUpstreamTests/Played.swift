@testable import MockUpstream

/// A script played to its end without a socket and without waiting.
struct Played {
    var writes: [[UInt8]] = []
    var waits: [Nanoseconds] = []
    var last: WireAction = .stall
    var progress = StreamProgress()

    /// Stops at the first final action, at a hold, or after `limit` actions.
    init(_ script: ResponseScript, limit: Int = 200_000) {
        var script = script
        for _ in 0..<limit {
            let action = script.next()
            switch action {
            case .write(let bytes): writes.append(bytes)
            case .wait(let duration): waits.append(duration)
            case .stall, .hold, .close, .reset, .complete:
                last = action
                progress = script.progress
                return
            }
        }
        progress = script.progress
    }

    var bytes: [UInt8] { Array(writes.joined()) }
    var response: WireReader { WireReader(bytes) }
    /// The data of the events, `[DONE]` included.
    var data: [String] { EventReader(response.body).events.map(\.data) }
}

/// The texts of a stream, per choice.
struct StreamTexts {
    var reasoning: [Int: String] = [:]
    var content: [Int: String] = [:]
    var refusal: [Int: String] = [:]
    var arguments: [Int: String] = [:]
    var finishReasons: [Int: String] = [:]
    var usage: JSON?

    init(_ data: [String]) throws {
        for payload in data where payload != "[DONE]" && payload.hasPrefix("{") {
            let chunk = try JSON(parsing: payload)
            if let told = chunk["usage"], told != .null { usage = told }
            for choice in chunk["choices"]?.elements ?? [] { add(choice) }
        }
    }

    private mutating func add(_ choice: JSON) {
        let index = choice["index"]?.integer ?? 0
        let delta = choice["delta"] ?? [:]
        let text = ChunkText(delta)
        reasoning[index, default: ""] += text.reasoning
        content[index, default: ""] += text.answer
        refusal[index, default: ""] += delta["refusal"]?.text ?? ""
        for call in delta["tool_calls"]?.elements ?? [] {
            arguments[call["index"]?.integer ?? 0, default: ""] += call["function"]?["arguments"]?.text ?? ""
        }
        if let reason = choice["finish_reason"]?.text { finishReasons[index] = reason }
    }
}

enum Example {
    static let context = ResponseContext(identity: ResponseIdentity(number: 1, created: 1_763_692_800))

    static func request(_ extra: String = "", stream: Bool = true, prompt: String = "Why?") throws -> ChatRequest {
        let text = #"{"model":"m","stream":\#(stream),"messages":[{"role":"user","content":"\#(prompt)"}]\#(extra)}"#
        return try ChatRequest(body: Array(text.utf8))
    }

    static func scenario(_ json: String) throws -> Scenario {
        try ScenarioCatalogue.decode(Array(json.utf8), file: "test.json")
    }

    /// Three words of reasoning, two of answer, no delays.
    static func short(_ members: String = "") throws -> Scenario {
        try scenario(
            #"{"name":"s","description":"d","reasoning":"I think so","answer":"Indeed yes","pacing":{"tokens_per_second":0,"first_token_delay_ms":0}\#(members)}"#
        )
    }

    static func play(_ scenario: Scenario, _ request: ChatRequest? = nil, fault: Fault? = nil, limit: Int = 200_000) throws -> Played {
        let request = try request ?? Self.request()
        if let fault, let actions = FaultAnswer.actions(fault, scenario: scenario, request: request, context) {
            return Played(ResponseScript(actions))
        }
        let stream = StreamScript(scenario, for: request, fault: fault ?? scenario.fault, context)
        return Played(ResponseScript(preamble: FaultAnswer.preamble(fault ?? scenario.fault), stream), limit: limit)
    }
}
