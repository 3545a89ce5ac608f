import NIOHTTP1

/// What a request's head may be refused for.
extension ProxyFailure {
    static func notFound(_ path: String) -> ProxyFailure {
        .request(404, code: "not_found", "There is nothing at this path. " + hint(path))
    }

    private static func hint(_ path: String) -> String {
        if path.hasPrefix("/v1/responses/") { return "Responses are not kept here: none can be fetched, continued or cancelled later." }
        if path.hasPrefix("/v1/messages/") { return "Of this API there are /v1/messages and /v1/messages/count_tokens." }
        if path.hasPrefix("/v1/v1/") { return "Does the base URL have one /v1 too many?" }
        let isKnown = ["/chat/completions", "/models", "/responses", "/messages"].contains { path.hasSuffix($0) }
        if isKnown { return "Is the base URL missing /v1?" }
        return "The endpoints are /v1/chat/completions, /v1/responses, /v1/messages, /v1/models, /health, /livez, /readyz and /metrics."
    }

    static func wrongMethod(_ endpoint: Endpoint) -> ProxyFailure {
        let methods = endpoint.methods.map(\.rawValue).joined(separator: ", ")
        return .request(405, code: "method_not_allowed", "\(endpoint.rawValue) answers \(methods) only.", allow: methods)
    }

    /// The same for a token that is missing, malformed or wrong.
    static let unauthorized = ProxyFailure.request(
        401, code: "invalid_api_key", "A valid API key is needed: send it as authorization: Bearer KEY, or as x-api-key: KEY.")

    /// A client that would rather speak WebSocket falls back to plain requests at once when it reads this status, and at no other.
    static let noWebSocket = ProxyFailure.request(
        426, code: "upgrade_not_supported", "There are no WebSockets here: send the request with POST and read its event stream.")

    static let wrongContentType = ProxyFailure.request(
        415, code: "unsupported_media_type", "The body must be JSON: set the header content-type: application/json.")

    static let encodedBody = ProxyFailure.request(
        415, code: "unsupported_media_type", "The body must not be compressed: leave out the header content-encoding.")

    static let draining = ProxyFailure(
        .proxy, status: 503, type: "server_error", code: "draining", message: "The proxy is shutting down. Send the request again.",
        retryAfter: 1)
}
