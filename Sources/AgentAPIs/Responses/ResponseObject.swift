import JSONBytes

/// The `response` object, which the first events and the last one hold whole.
struct ResponseObject {
    /// How far the response is.
    enum Status {
        case inProgress, completed
        case incomplete(reason: StaticString)
        case failed(code: StaticString, message: String)
    }

    /// `{"id":…,"object":"response","created_at":…,"status":`
    private let opening: [UInt8]
    /// The members that never change.
    private let constant: [UInt8]

    init(_ plan: AgentPlan, _ echo: RequestEcho) {
        var opening = Array("{\"id\":".utf8)
        JSONText.appendQuoted("resp_\(plan.id)", to: &opening)
        opening.append(",\"object\":\"response\"")
        opening.appendMember("created_at", plan.created)
        opening.beginMember("status")
        self.opening = opening
        var constant: [UInt8] = []
        constant.append(",\"background\":false")
        constant.appendMember("instructions", json: echo.instructions)
        constant.appendMember("max_output_tokens", json: echo.maximumOutputTokens)
        constant.append(",\"max_tool_calls\":null")
        constant.appendMember("model", plan.model)
        constant.appendMember("parallel_tool_calls", json: echo.parallelToolCalls)
        constant.append(",\"previous_response_id\":null")
        constant.appendMember("reasoning", json: echo.reasoning)
        constant.append(",\"store\":false")
        constant.appendMember("temperature", json: echo.temperature)
        constant.appendMember("text", json: echo.text)
        constant.appendMember("tool_choice", json: echo.toolChoice)
        constant.appendMember("tools", json: echo.tools)
        constant.append(",\"top_logprobs\":0")
        constant.appendMember("top_p", json: echo.topP)
        constant.append(",\"truncation\":\"disabled\",\"user\":null")
        constant.appendMember("metadata", json: echo.metadata)
        self.constant = constant
    }

    /// Appends the object; `items` are the output's items, with commas between them.
    func append(_ status: Status, items: [UInt8] = [], usage: TokenUsage? = nil, to output: inout [UInt8]) {
        output += opening
        switch status {
        case .inProgress: output.append("\"in_progress\",\"error\":null,\"incomplete_details\":null")
        case .completed: output.append("\"completed\",\"error\":null,\"incomplete_details\":null")
        case .incomplete(let reason):
            output.append("\"incomplete\",\"error\":null,\"incomplete_details\":{\"reason\":\"\(reason)\"}")
        case .failed(let code, let message):
            output.append("\"failed\",\"error\":{\"code\":\"\(code)\"")
            output.appendMember("message", message)
            output.append("},\"incomplete_details\":null")
        }
        output += constant
        output.append(",\"output\":[")
        output += items
        output.append("],\"usage\":")
        ResponseObject.append(usage, to: &output)
        output.append(UInt8(ascii: "}"))
    }

    private static func append(_ usage: TokenUsage?, to output: inout [UInt8]) {
        guard let usage else { return output.append("null") }
        output.append(
            "{\"input_tokens\":\(usage.input),\"input_tokens_details\":{\"cached_tokens\":\(usage.cachedInput),\"cache_write_tokens\":0}")
        output.append(",\"output_tokens\":\(usage.output),\"output_tokens_details\":{\"reasoning_tokens\":\(usage.reasoning)}")
        output.append(",\"total_tokens\":\(usage.total)}")
    }
}
