import ChatRequests
import JSONBytes

/// Reads a request of the Messages API. Members that a translation has no use for are not looked at: clients send many.
struct MessagesReader {
    let limits: AgentRequestLimits
    let fields: BodyFields
    var request = NeutralRequest(conversationField: "messages")
    /// Names of tools that only the API's own servers can run.
    var serverTools: Set<String> = []

    private static let members = [
        "model", "messages", "system", "tools", "tool_choice", "max_tokens", "temperature", "top_p", "top_k", "stop_sequences", "stream",
        "thinking", "output_config", "output_format", "thread",
    ]

    init(_ body: [UInt8], _ limits: AgentRequestLimits) throws(AgentRequestError) {
        self.limits = limits
        let body = try BodyValue.checked(body, limits)
        fields = try body.fields(MessagesReader.members, atMost: limits.members, refusesRepeated: true)
    }

    /// Reads everything.
    mutating func read() throws(AgentRequestError) -> NeutralRequest {
        // Left unread, a client would go on with the new messages alone: the model would answer half a conversation, for ever.
        if fields["thread"] != nil { throw .needsState(field: "thread", instead: "send the whole conversation with every request") }
        request.model = try fields.word("model").flatMap { $0.isEmpty ? nil : $0 }
        guard request.model != nil || !limits.requiresModel else { throw .missing(field: "model") }
        request.stream = try fields.boolean("stream") ?? false
        request.includesEncryptedReasoning = true
        if let system = fields["system"] { try readSystem(system) }
        if let tools = fields["tools"] { try readTools(tools) }
        try readMessages()
        try readToolChoice()
        try readSampling()
        try readThinking()
        try readOutput()
        return request
    }

    private mutating func readSampling() throws(AgentRequestError) {
        request.length = try fields["max_tokens"]?.integer(from: 1)
        for name in ["temperature", "top_p", "top_k"] {
            if let number = try fields.number(name) { request.sampling.append((name, number)) }
        }
        guard let stop = fields["stop_sequences"] else { return }
        guard stop.kind == .array else { throw stop.wrong("an array of strings") }
        request.stops = try stop.stopSequences(atMost: limits.stops)
    }

    /// The budget has no counterpart in chat completions, and is not looked at. Who does not ask for thinking is shown none: programs
    /// written for such answers take the first block for the text.
    private mutating func readThinking() throws(AgentRequestError) {
        guard let thinking = try fields["thinking"]?.fields(["type", "display"]) else { return request.summary = .off }
        switch try thinking.required("type").word() {
        case "enabled", "adaptive": request.thinking = true
        case "disabled": request.thinking = false
        default: break
        }
        let isHidden = thinking.wordIfAny("display") == "omitted"
        if request.thinking == false || isHidden { request.summary = .off }
    }

    private mutating func readOutput() throws(AgentRequestError) {
        let output = try fields["output_config"]?.fields(["effort", "format"])
        request.effort = try output?.word("effort")
        // The second is the older name.
        guard let format = try (output?["format"] ?? fields["output_format"])?.fields(["type", "schema"]) else { return }
        let type = try format.required("type")
        guard try type.word() == "json_schema" else { throw .outOfRange(field: type.field, expected: "\"json_schema\"") }
        request.format = .schema(try format.required("schema").object(), name: "answer", isStrict: true)
    }
}
