import AgentAPIs
import JSONBytes
import NIOHTTP1

/// How a failure is told: each API's clients read an error object of their own, and act on statuses in ways of their own.
enum ErrorShape {
    /// Chat completions, and everything that belongs to no agent.
    case chat
    /// OpenAI's Responses.
    case responses
    /// Anthropic's Messages.
    case messages

    /// A response to a failure.
    struct Response {
        var status: Int
        var headers: [(String, String)]
        var body: [UInt8]
    }

    /// The shape that the request's sender understands: by its path, also below it and where it leads nowhere.
    init(_ request: HTTPRequest) {
        let path = request.path
        if path.contains("/chat/completions") {
            self = .chat
        } else if path.contains("/responses") {
            self = .responses
        } else if path.contains("/messages") || request.headers.contains(name: "anthropic-version") {
            self = .messages
        } else {
            self = .chat
        }
    }

    /// The status under which the failure is told. Agents never show the message of a 500, but fixed words: 502 says as much and is shown.
    func status(of failure: ProxyFailure) -> Int {
        self == .responses && failure.status == 500 ? 502 : failure.status
    }

    func response(to failure: ProxyFailure, requestID: String) -> Response {
        var failure = failure
        failure.status = status(of: failure)
        if self != .chat { adapt(&failure) }
        var headers = failure.headers
        if self != .chat, isHopeless(failure) { headers.append(("x-should-retry", "false")) }
        return Response(status: failure.status, headers: headers, body: self == .messages ? failure.messagesBody(requestID) : failure.body)
    }

    private func adapt(_ failure: inout ProxyFailure) {
        // It paces the tries that agents make on their own: some make thirty.
        if [502, 503, 504].contains(failure.status), failure.retryAfter == nil { failure.retryAfter = 1 }
        if failure.saysContextIsTooLong {
            failure.status = 400
            failure.code = "context_length_exceeded"
        } else if failure.status == 404, failure.code == "upstream_rejected" {
            failure.code = "model_not_found"
        }
    }

    /// Whether the same request would be refused in the same way, however often it came.
    private func isHopeless(_ failure: ProxyFailure) -> Bool {
        switch failure.status {
        case 408, 409, 429: false
        case 400..<500: true
        default: failure.code == "upstream_auth"
        }
    }
}

extension ProxyFailure {
    /// Whether the conversation is longer than the model's context.
    var saysContextIsTooLong: Bool {
        origin == .client && [400, 413, 422].contains(status) && code != "request_too_large"
            && (AgentFailure.saysContextIsTooLong(code) || AgentFailure.saysContextIsTooLong(message))
    }

    /// The error object of the Messages API; `code` is the proxy's own, which clients let pass.
    fileprivate func messagesBody(_ requestID: String) -> [UInt8] {
        var output: [UInt8] = []
        output.append("{\"type\": \"error\", \"error\": {\"type\": \"\(messagesType)\", \"message\": ")
        JSONText.appendQuoted(saysContextIsTooLong ? AgentFailure.promptIsTooLong(message) : message, to: &output)
        output.append(", \"code\": ")
        JSONText.appendQuoted(code, to: &output)
        // By this the vendor's package knows that it has to go on without threads, and does.
        if code == "unsupported_parameter", param == "thread" {
            output.append(", \"details\": {\"error_code\": \"thread_unsupported_request\", \"unsupported\": [\"thread\"]}")
        }
        output.append("}, \"request_id\": ")
        JSONText.appendQuoted(requestID, to: &output)
        output.append("}\n")
        return output
    }

    /// The types that the API's documentation has for statuses.
    private var messagesType: String {
        switch status {
        case 401: "authentication_error"
        case 402: "billing_error"
        case 403: "permission_error"
        case 404: "not_found_error"
        case 413: "request_too_large"
        case 429: "rate_limit_error"
        case 503, 529: "overloaded_error"
        case 504: "timeout_error"
        case 400..<500: "invalid_request_error"
        default: "api_error"
        }
    }
}
