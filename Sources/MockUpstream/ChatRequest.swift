/// What the mock needs to know of a chat request. Everything else stays in `json`.
struct ChatRequest: Sendable, Equatable {
    var json: JSON
    var model: String
    var streams: Bool
    var includesUsage: Bool
    /// How many choices are asked for, at most `choiceLimit`.
    var choiceCount: Int
    var wantsLogprobs: Bool
    /// The text of the last user message.
    var prompt: String

    static let choiceLimit = 16

    /// Reads a request body; the error is what the client gets as a 400.
    init(body: [UInt8]) throws(RequestProblem) {
        let json: JSON
        do throws(JSONProblem) { json = try JSON(parsing: body) } catch { throw RequestProblem("The body is not valid JSON: \(error)") }
        guard json.members != nil else { throw RequestProblem("The body must be a JSON object.") }
        guard let messages = json["messages"]?.elements, !messages.isEmpty else {
            throw RequestProblem("'messages' must be an array with at least one message.", parameter: "messages")
        }
        self.json = json
        model = json["model"]?.text ?? ""
        streams = json["stream"]?.truth ?? false
        includesUsage = json["stream_options"]?["include_usage"]?.truth ?? false
        choiceCount = min(max(json["n"]?.integer ?? 1, 1), Self.choiceLimit)
        wantsLogprobs = json["logprobs"]?.truth ?? false
        prompt = messages.last { $0["role"]?.text == "user" }.map(Self.text(of:)) ?? ""
    }

    /// The text of a message: a string, or the text parts of an array.
    private static func text(of message: JSON) -> String {
        message["content"]?.text ?? (message["content"]?.elements ?? []).compactMap { $0["text"]?.text }.joined(separator: "\n")
    }

    /// Replaces `{{prompt}}`, `{{model}}` and `{{request}}` (the request's JSON) in a scenario's text.
    func expand(_ template: String) -> String {
        guard template.contains("{{") else { return template }
        var output = ""
        var rest = template[...]
        while let open = rest.firstRange(of: "{{"), let close = rest[open.upperBound...].firstRange(of: "}}") {
            output += rest[..<open.lowerBound]
            switch rest[open.upperBound..<close.lowerBound] {
            case "prompt": output += prompt
            case "model": output += model
            case "request": output += json.rendered()
            default: output += rest[open.lowerBound..<close.upperBound]
            }
            rest = rest[close.upperBound...]
        }
        return output + rest
    }

    /// The first top-level field that the Chat Completions specification does not know, for `--strict`.
    var unknownField: String? {
        json.members?.first { !Self.knownFields.contains($0.key) }?.key
    }

    /// The fields of the Chat Completions request (OpenAI API reference), and those that reasoning servers document.
    private static let knownFields: Set<String> = [
        "audio", "chat_template_kwargs", "enable_thinking", "frequency_penalty", "function_call", "functions", "include_reasoning",
        "logit_bias", "logprobs", "max_completion_tokens", "max_tokens", "messages", "metadata", "min_p", "modalities", "model", "n",
        "parallel_tool_calls", "prediction", "presence_penalty", "prompt_cache_key", "prompt_cache_retention", "reasoning",
        "reasoning_effort", "reasoning_format", "repetition_penalty", "response_format", "safety_identifier", "seed", "service_tier",
        "skip_special_tokens", "stop", "store", "stream", "stream_options", "temperature", "thinking", "tool_choice", "tools", "top_k",
        "top_logprobs", "top_p", "user", "verbosity", "web_search_options",
    ]
}

/// Why a request is answered with a 400.
struct RequestProblem: Error, Equatable {
    var message: String
    var parameter: String?

    init(_ message: String, parameter: String? = nil) {
        self.message = message
        self.parameter = parameter
    }
}
