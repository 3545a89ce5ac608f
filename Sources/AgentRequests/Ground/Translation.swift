import AgentAPIs

/// Makes the chat-completions body of what a request says.
struct Translation {
    private let request: NeutralRequest
    private let options: AgentRequestOptions
    private let tools: [AgentTool]
    private let names: ToolNames

    init(_ request: NeutralRequest, _ options: AgentRequestOptions) throws(AgentRequestError) {
        self.request = request
        self.options = options
        tools = try Translation.offered(request, options)
        names = ToolNames(tools.map(\.key))
    }

    /// The translation.
    func made() throws(AgentRequestError) -> AgentRequest {
        var builder = ConversationBuilder(request.events, names: names, opensReasoning: options.opensReasoning)
        let messages = builder.build()
        guard !messages.isEmpty else { throw .nothingToAnswer(field: request.conversationField) }
        let tokens = TokenEstimate(messages, tools: tools, format: request.format).tokens
        let question = Question(request.events)
        let effort = request.effort.flatMap { EffortLadder.nearest(to: $0, among: options.efforts) }
        return AgentRequest(
            body: body(messages, length: length(prompt: tokens), effort: effort), model: request.model, stream: request.stream,
            tools: names.routes, summary: request.summary, thinking: request.thinking, effort: effort,
            includesEncryptedReasoning: request.includesEncryptedReasoning,
            // WHY: a handful of short sequences, once per request.
            stopSequences: request.stops.map { String(decoding: $0, as: UTF8.self) },
            leftOut: request.leftOut.names, question: question.text, questionParts: question.parts, estimatedPromptTokens: tokens,
            echo: request.echo)
    }

    private func length(prompt: Int) -> Int? {
        guard let wanted = request.length, let clamp = options.clampsLength else { return request.length }
        return clamp(AgentRequestOptions.LengthWish(wanted: wanted, prompt: prompt))
    }

    private func body(_ messages: [ChatMessage], length: Int?, effort: String?) -> [UInt8] {
        var writer = ChatBodyWriter(capacity: 1 << 10)
        if let model = request.model { writer.member("model", text: model) }
        writer.messages(messages)
        if request.stream {
            writer.member("stream", json: "true")
            writer.member("stream_options", json: #"{"include_usage":true}"#)
        }
        if let length { writer.member(options.lengthField.rawValue, json: "\(length)") }
        for (name, value) in request.sampling { writer.member(name, raw: value) }
        if !request.stops.isEmpty { writer.member("stop", texts: request.stops) }
        if !tools.isEmpty {
            writer.tools(tools, names: names)
            writer.toolUse(request.choice, parallel: request.parallelCalls, names: names)
        }
        if let format = request.format { writer.format(format) }
        if let effort { writer.member("reasoning_effort", text: effort) }
        if let thinking = request.thinking, let name = options.thinkingSwitch {
            writer.member("chat_template_kwargs", json: "{\"\(name.rawValue)\":\(thinking)}")
        }
        writer.finish()
        return writer.output
    }
}

// MARK: - Tools

extension Translation {
    /// The tools that the model shall know: each once, deferred ones once they were named, and only those that the choice allows.
    private static func offered(_ request: NeutralRequest, _ options: AgentRequestOptions) throws(AgentRequestError) -> [AgentTool] {
        var tools: [AgentTool] = []
        var places: [ToolKey: Int] = [:]
        for tool in request.tools {
            if let place = places[tool.key] {
                tools[place] = tool
            } else {
                places[tool.key] = tools.count
                tools.append(tool)
            }
        }
        var needed: Set<ToolKey> = []
        if case .tool(let key) = request.choice {
            guard places[key] != nil else { throw .outOfRange(field: "tool_choice", expected: "a choice among the request's tools") }
            needed.insert(key)
        }
        if options.withholdsDeferredTools {
            for case .call(let call) in request.events { needed.insert(call.tool) }
            tools.removeAll { $0.isDeferred && !needed.contains($0.key) && !request.namedTools.contains($0.key.name) }
        }
        if case .among(let allowed, _) = request.choice { tools.removeAll { !allowed.contains($0.key) } }
        return tools
    }
}
