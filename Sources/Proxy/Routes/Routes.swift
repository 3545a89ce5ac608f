import ChatRequests
import Logging
import NIOHTTP1
import Phases
import Settings

/// Finds the answer to a request; the streaming one is a `Relay`, the others are whole at once.
struct Routes {
    let server: ServerContext

    /// Why a request is refused, as far as its head can tell; nil when it may come in.
    func refusal(of request: HTTPRequest) -> ProxyFailure? {
        if server.crossOrigin.preflight(request) != nil { return nil }
        let found = Endpoint.find(request.path).flatMap { $0.endpoint == .resetUpstream && server.adminTokens.isEmpty ? nil : $0 }
        guard mayEnter(found?.endpoint, request) else { return .unauthorized }
        guard let found else { return .notFound(request.path) }
        guard found.endpoint.methods.contains(request.method) else {
            let wantsSocket = found.endpoint == .responses && request.method == .GET && request.headers.contains(name: "upgrade")
            return wantsSocket ? .noWebSocket : .wrongMethod(found.endpoint)
        }
        guard found.endpoint.takesConversation else { return [.models, .model].contains(found.endpoint) ? excess(request) : nil }
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
        server.apiTokens.index(shownBy: request.authorization).map { .token($0) } ?? request.network
    }

    /// Whether the request shows the token that its path wants. Without a path there is nothing to show one for, but who has none is
    /// told the same wherever they knock.
    private func mayEnter(_ endpoint: Endpoint?, _ request: HTTPRequest) -> Bool {
        if endpoint == .resetUpstream { return server.adminTokens.open(to: request.authorization) }
        return endpoint?.isPublic == true || server.apiTokens.isEmpty || server.apiTokens.open(to: request.authorization)
    }

    /// Answers a request that was not refused. Returns the exchange if the answer goes on after this call.
    func answer(_ request: HTTPRequest, sink: ResponseSink, loop: LoopContext, log: Logger) -> (any Exchange)? {
        guard let found = Endpoint.find(request.path) else { return nil }
        if let preflight = server.crossOrigin.preflight(request) {
            sink.respond(status: 204, headers: preflight, body: [])
            return nil
        }
        switch found.endpoint {
        case .chat: return ChatRoute(entry: RelayEntry(server: server, loop: loop)).answer(request, pathStyle: found.style, sink: sink)
        case .responses: return AgentRoute(.responses, RelayEntry(server: server, loop: loop)).answer(request, sink: sink)
        case .messages: return AgentRoute(.messages, RelayEntry(server: server, loop: loop)).answer(request, sink: sink)
        case .countTokens: CountTokensRoute(server: server).answer(request, sink: sink)
        case .models, .model: return ModelsRoute(server: server, loop: loop).answer(request, sink: sink)
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
        let status = ErrorShape(request).status(of: failure)
        server.metrics.add(.requests, [("route", route), ("status", String(status))])
        guard server.settings.logging.accessLog else { return }
        server.log.info(
            "request refused",
            metadata: ["request_id": "\(request.id)", "route": "\(route)", "status": "\(status)", "code": "\(failure.code)"])
    }

    private static func isJSON(_ type: String) -> Bool {
        let essence = type.prefix { $0 != ";" }.lowercased().filter { $0 != " " && $0 != "\t" }
        return essence == "application/json" || essence == "text/json" || (essence.hasPrefix("application/") && essence.hasSuffix("+json"))
    }
}
