import ChatRequests
import NIOHTTP1
import Settings
import Upstream

/// Builds the requests that go upstream: the address from configuration, the body with as few edits as possible, and of the client's
/// headers only those on a list.
enum UpstreamCall {
    /// Headers of the client that mean something to upstreams and tell nothing about the way to the proxy.
    static let forwardedHeaders = [
        "openai-organization", "openai-project", "openai-beta", "idempotency-key", "traceparent", "tracestate", "http-referer", "x-title",
    ]

    static func chat(
        _ request: HTTPRequest, _ chat: ChatRequest, model: String, to upstream: UpstreamEntry, strips: Bool, isBypass: Bool
    ) -> UpstreamRequest {
        let settings = upstream.settings
        let body = chat.upstreamBody(
            from: request.body, model: settings.ownName(of: model), stripHistory: strips, keepsSummaryLevel: isBypass)
        var call = UpstreamRequest(
            url: settings.url.endpoint("chat/completions"), method: .post,
            headers: headers(settings, client: request, accept: chat.stream ? "text/event-stream" : "application/json"), body: body)
        call.headers.append(("content-type", "application/json"))
        configure(&call, settings)
        return call
    }

    static func models(_ upstream: UpstreamEntry, client request: HTTPRequest) -> UpstreamRequest {
        var call = UpstreamRequest(
            url: upstream.settings.url.endpoint("models"), headers: headers(upstream.settings, client: request, accept: "application/json"))
        configure(&call, upstream.settings)
        return call
    }

    private static func configure(_ call: inout UpstreamRequest, _ settings: UpstreamSettings) {
        call.connectTimeout = settings.timeouts.connect
        call.caFile = settings.caFile
        switch settings.http2 {
        case .auto: call.httpVersion = .automatic
        case .off: call.httpVersion = .http1
        case .priorKnowledge: call.httpVersion = .http2PriorKnowledge
        }
    }

    private static func headers(_ settings: UpstreamSettings, client: HTTPRequest, accept: String) -> [(name: String, value: String)] {
        var headers: [(name: String, value: String)] = [("accept", accept), ("x-request-id", client.id)]
        for name in forwardedHeaders {
            if let value = client.headers.first(name: name), isPlain(value) { headers.append((name, value)) }
        }
        switch settings.authorization {
        case .key: if let key = settings.apiKey { headers.append(("authorization", "Bearer \(key.exposed)")) }
        case .forward:
            if let value = client.authorization, isPlain(value) { headers.append(("authorization", value)) }
        case .none: break
        }
        for field in settings.headers { headers.append((field.name, field.value.exposed)) }
        return headers
    }

    /// A value without control characters; anything else is left out rather than passed on.
    private static func isPlain(_ value: String) -> Bool {
        value.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F }
    }
}
