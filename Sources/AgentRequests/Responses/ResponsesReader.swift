import AgentAPIs
import ChatRequests
import JSONBytes

/// Reads a request of the Responses API. Members that a translation has no use for are not looked at: clients send many.
struct ResponsesReader {
    let limits: AgentRequestLimits
    let fields: BodyFields
    var request = NeutralRequest(conversationField: "input")

    private static let members = [
        "model", "input", "instructions", "tools", "tool_choice", "parallel_tool_calls", "max_output_tokens", "reasoning", "text",
        "temperature", "top_p", "top_k", "presence_penalty", "frequency_penalty", "seed", "stop", "stream", "include", "metadata",
        "previous_response_id", "conversation", "background", "prompt",
    ]

    init(_ body: [UInt8], _ limits: AgentRequestLimits) throws(AgentRequestError) {
        self.limits = limits
        let body = try BodyValue.checked(body, limits)
        fields = try body.fields(ResponsesReader.members, atMost: limits.members, refusesRepeated: true)
    }

    /// Reads everything.
    mutating func read() throws(AgentRequestError) -> NeutralRequest {
        try refuseState()
        request.model = try fields.word("model").flatMap { $0.isEmpty ? nil : $0 }
        guard request.model != nil || !limits.requiresModel else { throw .missing(field: "model") }
        request.stream = try fields.boolean("stream") ?? false
        try readInstructions()
        if let tools = fields["tools"] { try readTools(tools) }
        try readInput()
        try readToolChoice()
        request.parallelCalls = try fields.boolean("parallel_tool_calls")
        try readSampling()
        try readReasoning()
        try readFormat()
        try readInclude()
        readEcho()
        return request
    }

    /// Refuses what needs stored responses; a null or false asks for nothing.
    private func refuseState() throws(AgentRequestError) {
        let whole = "send the whole conversation in \"input\""
        if fields["previous_response_id"] != nil { throw .needsState(field: "previous_response_id", instead: whole) }
        if fields["conversation"] != nil { throw .needsState(field: "conversation", instead: whole) }
        if fields["prompt"] != nil { throw .needsState(field: "prompt", instead: "send its text in \"instructions\" or \"input\"") }
        if try fields.boolean("background") == true { throw .needsState(field: "background", instead: "stream the response") }
    }

    private mutating func readInstructions() throws(AgentRequestError) {
        guard let text = try fields.text("instructions") else { return }
        request.events.append(.system(text))
    }

    private mutating func readSampling() throws(AgentRequestError) {
        request.length = try fields["max_output_tokens"]?.integer(from: 1)
        for name in ["temperature", "top_p", "top_k", "presence_penalty", "frequency_penalty", "seed"] {
            if let number = try fields.number(name) { request.sampling.append((name, number)) }
        }
        guard let stop = fields["stop"] else { return }
        request.stops = try stop.stopSequences(atMost: limits.stops)
    }

    /// Who speaks of reasoning and of no summary wants none: clients leave the word out when their user has switched summaries off.
    private mutating func readReasoning() throws(AgentRequestError) {
        guard let reasoning = try fields["reasoning"]?.fields(["effort", "summary", "generate_summary"]) else { return }
        request.effort = try reasoning.word("effort")
        request.thinking = request.effort.flatMap(EffortLadder.asksForThinking)
        let words = [try reasoning.word("summary"), try reasoning.word("generate_summary")]
        request.summary =
            switch words.compactMap({ $0 }).first {
            case "none", "off": .off
            case "auto": .auto
            case "concise": .concise
            case "detailed": .detailed
            case nil: .off
            default: nil
            }
    }

    private mutating func readFormat() throws(AgentRequestError) {
        let text = try fields["text"]?.fields(["format"])
        guard let format = try text?["format"]?.fields(["type", "name", "schema", "strict"]) else { return }
        let type = try format.required("type")
        switch try type.word() {
        case "text": return
        case "json_object": request.format = .object
        case "json_schema":
            let schema = try format.required("schema")
            guard schema.kind == .object else { throw schema.wrong("an object") }
            let name = ToolNames.valid(try format.word("name") ?? "answer")
            request.format = .schema(schema.raw, name: name, isStrict: try format.boolean("strict"))
        default: throw .outOfRange(field: type.field, expected: "\"text\", \"json_object\" or \"json_schema\"")
        }
    }

    private mutating func readInclude() throws(AgentRequestError) {
        guard let include = fields["include"] else { return }
        for element in try include.elements(atMost: limits.parts) {
            if try element.word() == "reasoning.encrypted_content" { request.includesEncryptedReasoning = true }
        }
    }
}
