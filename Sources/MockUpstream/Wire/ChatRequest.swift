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
    /// How many images the last user message holds.
    var imageCount: Int
    /// The texts of the tool messages behind the last message of the assistant.
    var toolResults: [String]

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
        let question = messages.last { $0["role"]?.text == "user" }
        prompt = question.map(Self.text(of:)) ?? ""
        imageCount = question?["content"]?.elements?.count { $0["type"]?.text == "image_url" } ?? 0
        let turn = messages.lastIndex { $0["role"]?.text == "assistant" } ?? messages.startIndex
        toolResults = messages[turn...].filter { $0["role"]?.text == "tool" }.map(Self.text(of:))
    }

    /// The text of a message: a string, or the text parts of an array.
    private static func text(of message: JSON) -> String {
        message["content"]?.text ?? (message["content"]?.elements ?? []).compactMap { $0["text"]?.text }.joined(separator: "\n")
    }

    /// Replaces `{{prompt}}`, `{{model}}`, `{{images}}` (how many), `{{tool_results}}` and `{{request}}` (the request's JSON) in a scenario's
    /// text.
    func expand(_ template: String) -> String {
        guard template.contains("{{") else { return template }
        var output = ""
        var rest = template[...]
        while let open = rest.firstRange(of: "{{"), let close = rest[open.upperBound...].firstRange(of: "}}") {
            output += rest[..<open.lowerBound]
            switch rest[open.upperBound..<close.lowerBound] {
            case "prompt": output += prompt
            case "model": output += model
            case "images": output += String(imageCount)
            case "tool_results": output += toolResults.joined(separator: "; ")
            case "request": output += json.rendered()
            default: output += rest[open.lowerBound..<close.upperBound]
            }
            rest = rest[close.upperBound...]
        }
        return output + rest
    }
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
