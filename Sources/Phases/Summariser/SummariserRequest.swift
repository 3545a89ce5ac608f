import JSONBytes
public import Summaries

/// The body of a request to a summariser: an OpenAI-compatible chat completion, not streamed.
public enum SummariserRequest {
    /// The JSON body.
    ///
    /// - Parameters:
    ///   - call: what to ask.
    ///   - model: the model's name.
    ///   - thinking: how the model is kept from thinking; not `auto`.
    /// - Returns: UTF-8.
    public static func body(_ call: SummaryCall, model: String, thinking: ThinkingOff) -> [UInt8] {
        let suffix = thinking == .noThink ? " /no_think" : ""
        var body = Array("{\"model\": ".utf8)
        body.append(quoted: model)
        body += Array(", \"messages\": [{\"role\": \"system\", \"content\": ".utf8)
        body.append(quoted: call.instructions + suffix)
        body += Array("}, {\"role\": \"user\", \"content\": ".utf8)
        body.append(quoted: call.content + suffix)
        body += Array("}], \"stream\": false, \"\(limitField(thinking))\": \(call.maximumTokens)".utf8)
        switch thinking {
        case .enableThinking: body += Array(", \"chat_template_kwargs\": {\"enable_thinking\": false}".utf8)
        case .thinking: body += Array(", \"chat_template_kwargs\": {\"thinking\": false}".utf8)
        case .template: body += Array(", \"chat_template_kwargs\": {\"enable_thinking\": false, \"thinking\": false}".utf8)
        case .lowEffort: body += Array(", \"reasoning_effort\": \"low\"".utf8)
        case .noEffort: body += Array(", \"reasoning_effort\": \"none\"".utf8)
        case .auto, .noThink, .none: break
        }
        // Models that take an effort refuse a temperature.
        if thinking != .lowEffort, thinking != .noEffort { body += Array(", \"temperature\": 0".utf8) }
        body.append(UInt8(ascii: "}"))
        return body
    }

    /// Models that take an effort want the newer name; everybody knows the older one.
    private static func limitField(_ thinking: ThinkingOff) -> String {
        thinking == .lowEffort || thinking == .noEffort ? "max_completion_tokens" : "max_tokens"
    }
}

extension [UInt8] {
    fileprivate mutating func append(quoted text: String) {
        let bytes = Array(text.utf8)
        JSONText.appendQuoted(bytes.span, to: &self)
    }
}
