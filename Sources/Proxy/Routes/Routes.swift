import ChatRequests
import Logging
import NIOHTTP1
import Phases
import Settings

/// Which answer a path has.
enum Endpoint: String {
    case chat = "/v1/chat/completions"
    case models = "/v1/models"
    case health = "/health"
    case live = "/livez"
    case ready = "/readyz"
    case metrics = "/metrics"
    /// The path holds the upstream's name: `/admin/upstreams/{name}/reset`.
    case resetUpstream = "/admin/upstreams/reset"

    var methods: [HTTPMethod] {
        switch self {
        case .chat, .resetUpstream: [.POST]
        case .models, .health, .live, .ready, .metrics: [.GET, .HEAD]
        }
    }

    /// Whether it is open to everybody: what a load balancer asks.
    var isPublic: Bool {
        switch self {
        case .health, .live, .ready: true
        case .chat, .models, .metrics, .resetUpstream: false
        }
    }

    /// Paths that other servers use for the same thing.
    private static let aliases: [String: Endpoint] = ["/healthz": .health]

    init?(path: String) {
        if AdminRoute.upstreamName(in: path) != nil {
            self = .resetUpstream
        } else if let endpoint = Endpoint(rawValue: path) ?? Endpoint.aliases[path], endpoint != .resetUpstream {
            self = endpoint
        } else {
            return nil
        }
    }

    /// The endpoint and the wire style that a path names: `/inline/v1/chat/completions` is `/v1/chat/completions` in style
    /// `inline`, for programs that only let their user set a base URL.
    static func find(_ path: String) -> (endpoint: Endpoint, style: String?)? {
        let path = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
        if let endpoint = Endpoint(path: path) { return (endpoint, nil) }
        guard let prefixed = WireStyle.prefix(of: path), let endpoint = Endpoint(path: prefixed.rest) else { return nil }
        return (endpoint, prefixed.style.rawValue)
    }
}

/// Finds the answer to a request; the streaming one is a `Relay`, the others are whole at once.
struct Routes {
    let server: ServerContext

    /// Why a request is refused, as far as its head can tell; nil when it may come in.
    func refusal(of request: HTTPRequest) -> ProxyFailure? {
        if server.crossOrigin.preflight(request) != nil { return nil }
        let found = Endpoint.find(request.path).flatMap { $0.endpoint == .resetUpstream && server.adminTokens.isEmpty ? nil : $0 }
        guard mayEnter(found?.endpoint, request) else { return .unauthorized }
        guard let found else { return .notFound(request.path) }
        guard found.endpoint.methods.contains(request.method) else { return .wrongMethod(found.endpoint) }
        guard found.endpoint == .chat else { return found.endpoint == .models ? excess(request) : nil }
        if let encoding = request.headers.first(name: "content-encoding"), encoding.lowercased() != "identity" {
            return .encodedBody
        }
        if let type = request.headers.first(name: "content-type"), !Routes.isJSON(type) { return .wrongContentType }
        return server.isDraining ? .draining : excess(request)
    }

    /// Counts the request for its client, as the last of all checks; the failure if there have been too many.
    private func excess(_ request: HTTPRequest) -> ProxyFailure? {
        guard let limit = server.settings.limits.requestsPerMinute, let wait = server.rate.excess(client(of: request)) else { return nil }
        server.metrics.add(.rateLimited, [("reason", "requests")])
        return .rateLimited(wait, limit)
    }

    /// For whom a request is counted.
    func client(of request: HTTPRequest) -> ClientKey {
        server.apiTokens.index(shownBy: request.headers.first(name: "authorization")).map { .token($0) } ?? request.network
    }

    /// Whether the request shows the token that its path wants. Without a path there is nothing to show one for, but who has none is
    /// told the same wherever they knock.
    private func mayEnter(_ endpoint: Endpoint?, _ request: HTTPRequest) -> Bool {
        let shown = request.headers["authorization"]
        // Two are one too many: which of them counts must not depend on the reader.
        let token = shown.count == 1 ? shown[0] : nil
        if endpoint == .resetUpstream { return server.adminTokens.open(to: token) }
        return endpoint?.isPublic == true || server.apiTokens.isEmpty || server.apiTokens.open(to: token)
    }

    /// Answers a request that was not refused. Returns the exchange if the answer goes on after this call.
    func answer(_ request: HTTPRequest, sink: ResponseSink, loop: LoopContext, log: Logger) -> (any Exchange)? {
        guard let found = Endpoint.find(request.path) else { return nil }
        if let preflight = server.crossOrigin.preflight(request) {
            sink.respond(status: 204, headers: preflight, body: [])
            return nil
        }
        switch found.endpoint {
        case .chat: return ChatRoute(server: server, loop: loop).answer(request, pathStyle: found.style, sink: sink)
        case .models: return ModelsRoute(server: server, loop: loop).answer(request, sink: sink)
        case .health: HealthRoute(server: server).health(sink)
        case .live: HealthRoute(server: server).live(sink)
        case .ready: HealthRoute(server: server).ready(sink)
        case .metrics: HealthRoute(server: server).metrics(sink)
        case .resetUpstream: AdminRoute(server: server).resetUpstream(request, sink)
        }
        server.metrics.add(.requests, [("route", found.endpoint.rawValue), ("status", String(sink.status))])
        return nil
    }

    /// Counts and logs a request that was refused before it reached a route.
    func noteRefusal(_ failure: ProxyFailure, _ request: HTTPRequest) {
        let route = Endpoint.find(request.path)?.endpoint.rawValue ?? "other"
        server.metrics.add(.requests, [("route", route), ("status", String(failure.status))])
        guard server.settings.logging.accessLog else { return }
        server.log.info(
            "request refused",
            metadata: ["request_id": "\(request.id)", "route": "\(route)", "status": "\(failure.status)", "code": "\(failure.code)"])
    }

    private static func isJSON(_ type: String) -> Bool {
        let essence = type.prefix { $0 != ";" }.lowercased().filter { $0 != " " && $0 != "\t" }
        return essence == "application/json" || essence == "text/json" || (essence.hasPrefix("application/") && essence.hasSuffix("+json"))
    }
}

extension ProxyFailure {
    static func notFound(_ path: String) -> ProxyFailure {
        let hint =
            path.hasSuffix("/chat/completions") || path.hasSuffix("/models")
            ? " Is the base URL missing /v1?"
            : " The endpoints are /v1/chat/completions, /v1/models, /health, /livez, /readyz and /metrics."
        return .request(404, code: "not_found", "There is nothing at this path." + hint)
    }

    static func wrongMethod(_ endpoint: Endpoint) -> ProxyFailure {
        let methods = endpoint.methods.map(\.rawValue).joined(separator: ", ")
        return .request(405, code: "method_not_allowed", "\(endpoint.rawValue) answers \(methods) only.", allow: methods)
    }

    /// The same for a token that is missing, malformed or wrong.
    static let unauthorized = ProxyFailure.request(
        401, code: "invalid_api_key", "A valid API key is needed: send it as authorization: Bearer KEY.")

    static let wrongContentType = ProxyFailure.request(
        415, code: "unsupported_media_type", "The body must be JSON: set the header content-type: application/json.")

    static let encodedBody = ProxyFailure.request(
        415, code: "unsupported_media_type", "The body must not be compressed: leave out the header content-encoding.")

    static let draining = ProxyFailure(
        .proxy, status: 503, type: "server_error", code: "draining", message: "The proxy is shutting down. Send the request again.",
        retryAfter: 1)
}
