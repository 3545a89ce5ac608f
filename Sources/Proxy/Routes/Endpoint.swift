import ChatRequests
import NIOHTTP1

/// Which answer a path has.
enum Endpoint: String {
    case chat = "/v1/chat/completions"
    case responses = "/v1/responses"
    case messages = "/v1/messages"
    case countTokens = "/v1/messages/count_tokens"
    case models = "/v1/models"
    /// The path holds the model's id, which may have slashes.
    case model = "/v1/models/{id}"
    case health = "/health"
    case live = "/livez"
    case ready = "/readyz"
    case metrics = "/metrics"
    /// The path holds the upstream's name: `/admin/upstreams/{name}/reset`.
    case resetUpstream = "/admin/upstreams/reset"

    var methods: [HTTPMethod] {
        switch self {
        case .chat, .responses, .messages, .countTokens, .resetUpstream: [.POST]
        case .models, .model, .health, .live, .ready, .metrics: [.GET, .HEAD]
        }
    }

    /// Whether it is open to everybody: what a load balancer asks.
    var isPublic: Bool {
        switch self {
        case .health, .live, .ready: true
        case .chat, .responses, .messages, .countTokens, .models, .model, .metrics, .resetUpstream: false
        }
    }

    /// Whether a request holds a conversation: its body is JSON, and it is counted for its client.
    var takesConversation: Bool {
        switch self {
        case .chat, .responses, .messages, .countTokens: true
        case .models, .model, .health, .live, .ready, .metrics, .resetUpstream: false
        }
    }

    /// Paths that other servers use for the same thing.
    private static let aliases: [String: Endpoint] = ["/healthz": .health]

    init?(path: String) {
        if AdminRoute.upstreamName(in: path) != nil {
            self = .resetUpstream
        } else if let endpoint = Endpoint(rawValue: path) ?? Endpoint.aliases[path], endpoint != .resetUpstream {
            self = endpoint
        } else if path.hasPrefix(Endpoint.models.rawValue + "/"), ModelsRoute.id(in: path) != nil {
            self = .model
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
