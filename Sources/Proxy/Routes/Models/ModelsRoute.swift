import Foundation
import NIOHTTP1
import Settings

/// `GET /v1/models` and `GET /v1/models/{id}`: what the upstreams list and what is configured, in the form that the client reads.
struct ModelsRoute {
    /// How a list is written.
    enum Form {
        /// OpenAI's, with what the proxy does for each model.
        case openAI
        /// Anthropic's.
        case anthropic
        /// Codex's catalogue, which says how a model is to be used.
        case codex

        /// Codex tells its version, Anthropic's clients that of their API; all others read OpenAI's form.
        init(_ request: HTTPRequest) {
            if request.query["client_version"] != nil {
                self = .codex
            } else if request.headers.contains(name: "anthropic-version") {
                self = .anthropic
            } else {
                self = .openAI
            }
        }
    }

    let server: ServerContext
    let loop: LoopContext

    func answer(_ request: HTTPRequest, sink: ResponseSink) -> (any Exchange)? {
        let missing = server.upstreams.entries.filter { server.models.models(of: $0.name) == nil }
        let gathering = ModelsGathering(self, for: request, sink: sink)
        gathering.begin(missing, client: request)
        return sink.hasEnded ? nil : gathering
    }

    /// The model's id in `…/v1/models/{id}`, percent-decoded; it may hold slashes. Nil for the list's own path.
    static func id(in path: String) -> String? {
        let parts = path.components(separatedBy: Endpoint.models.rawValue + "/")
        guard parts.count > 1 else { return nil }
        let id = parts.dropFirst().joined(separator: Endpoint.models.rawValue + "/")
        return id.isEmpty ? nil : id.removingPercentEncoding
    }

    func respond(to request: HTTPRequest, _ sink: ResponseSink) {
        let id = ModelsRoute.id(in: request.path)
        let endpoint: Endpoint = id == nil ? .models : .model
        do throws(ProxyFailure) {
            let body = if let id { try describe(id, Form(request)) } else { try list(request) }
            sink.respond(status: 200, headers: [("content-type", "application/json")], body: body + [0x0A])
            server.metrics.add(.requests, [("route", endpoint.rawValue), ("status", "200")])
        } catch {
            server.routes.noteRefusal(error, request)
            sink.respond(error)
        }
    }

    private func list(_ request: HTTPRequest) throws(ProxyFailure) -> [UInt8] {
        switch Form(request) {
        case .openAI: return OpenAIModelList(server: server).list(server.upstreams.entries.flatMap(models))
        case .anthropic: return try AnthropicModelList(request).list(unique)
        case .codex: return CodexCatalogue(server.settings).list(unique)
        }
    }

    private func describe(_ id: String, _ form: Form) throws(ProxyFailure) -> [UInt8] {
        guard let model = unique.first(where: { $0.id == id }) else {
            throw .request(
                404, code: "model_not_found",
                "No configured upstream lists a model of this name. GET /v1/models has those that are listed.",
                param: "model")
        }
        switch form {
        case .openAI: return OpenAIModelList(server: server).describe(model)
        case .anthropic: return AnthropicModelList.describe(model)
        case .codex: return CodexCatalogue(server.settings).describe(model, priority: 0)
        }
    }

    // MARK: Models

    /// Each model once, of the upstream that is preferred for it.
    private var unique: [KnownModel] {
        var seen: Set<String> = []
        return server.upstreams.entries.flatMap(models).filter { seen.insert($0.id).inserted }
    }

    private func models(of upstream: UpstreamEntry) -> [KnownModel] {
        var models = server.models.models(of: upstream.name) ?? server.models.lastModels(of: upstream.name)
        // Configured names that the upstream does not list: aliases, plain names and the default model.
        let configured =
            upstream.settings.aliases.map(\.name) + upstream.settings.models.map(\.description).filter { !$0.contains("*") }
            + [upstream.settings.model].compactMap { $0 }
        for name in configured where !models.contains(where: { $0.id == name }) { models.append(ListedModel(id: name)) }
        return models.filter { upstream.settings.serves($0.id) }.map { KnownModel(listed: $0, upstream: upstream, server) }
    }
}

/// A model, and what is known of it.
struct KnownModel {
    let id: String
    /// Seconds since 1970; 0 if nobody knows.
    let created: Int
    let owner: String
    let upstream: UpstreamEntry
    /// Tokens of its context: as configured, else as the upstream lists it.
    let contextWindow: Int?

    init(listed: ListedModel, upstream: UpstreamEntry, _ server: ServerContext) {
        id = listed.id
        created = listed.created ?? 0
        owner = listed.owner ?? upstream.name
        self.upstream = upstream
        contextWindow = server.settings.agents.contextWindow(of: listed.id) ?? listed.contextWindow
    }
}
