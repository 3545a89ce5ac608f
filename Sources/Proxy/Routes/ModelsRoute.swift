import Detect
import Foundation
import JSONBytes
import NIOCore
import Settings
import Synchronization
import Upstream

/// The upstreams' model lists, kept for a while. Shared by all loops.
final class ModelsCache: Sendable {
    private struct Entry {
        var models: [ListedModel]
        var read: NIODeadline
    }

    private let lifetime: Duration
    private let entries = Mutex<[String: Entry]>([:])

    init(lifetime: Duration) {
        self.lifetime = lifetime
    }

    func models(of upstream: String) -> [ListedModel]? {
        entries.withLock { entries in
            guard let entry = entries[upstream], entry.read.elapsed < lifetime else { return nil }
            return entry.models
        }
    }

    /// The last list that was read, however old: better than none while the upstream does not answer.
    func lastModels(of upstream: String) -> [ListedModel] {
        entries.withLock { $0[upstream]?.models ?? [] }
    }

    func keep(_ models: [ListedModel], of upstream: String) {
        entries.withLock { $0[upstream] = Entry(models: models, read: .now()) }
    }
}

/// One model as an upstream lists it.
struct ListedModel: Sendable, Equatable {
    var id: String
    var created: Int?
    var owner: String?
}

/// `GET /v1/models`: what the upstreams list and what is configured, each with what the proxy does for it.
struct ModelsRoute {
    let server: ServerContext
    let loop: LoopContext

    func answer(_ request: HTTPRequest, sink: ResponseSink) -> (any Exchange)? {
        let missing = server.upstreams.entries.filter { server.models.models(of: $0.name) == nil }
        let gathering = ModelsGathering(self, sink: sink)
        gathering.begin(missing, client: request)
        return sink.hasEnded ? nil : gathering
    }

    func respond(_ sink: ResponseSink) {
        var list = JSONObjectWriter()
        list.string("object", "list")
        list.array("data", server.upstreams.entries.flatMap(describe))
        sink.respond(status: 200, headers: [("content-type", "application/json")], body: list.finished() + [0x0A])
        server.metrics.add(.requests, [("route", Endpoint.models.rawValue), ("status", "200")])
    }

    private func describe(_ upstream: UpstreamEntry) -> [[UInt8]] {
        var models = server.models.models(of: upstream.name) ?? server.models.lastModels(of: upstream.name)
        // Configured names that the upstream does not list: aliases, plain names and the default model.
        let configured =
            upstream.settings.aliases.map(\.name) + upstream.settings.models.map(\.description).filter { !$0.contains("*") }
            + [upstream.settings.model].compactMap { $0 }
        for name in configured where !models.contains(where: { $0.id == name }) { models.append(ListedModel(id: name)) }
        return models.filter { upstream.settings.serves($0.id) }.map { describe($0, upstream) }
    }

    private func describe(_ model: ListedModel, _ upstream: UpstreamEntry) -> [UInt8] {
        let profile = server.profile(forModel: model.id, at: upstream)
        var entry = JSONObjectWriter()
        entry.string("id", model.id)
        entry.string("object", "model")
        entry.number("created", model.created ?? 0)
        entry.string("owned_by", model.owner ?? upstream.name)
        var capabilities = JSONObjectWriter()
        capabilities.string("upstream", upstream.name)
        capabilities.string("detection_profile", profile.profile.name)
        var silent = ThinkingRequest()
        silent.beginsInside = server.settings.detection.learns && server.learned.knows(model.id, at: upstream.name)
        let start = profile.startState(for: silent)
        capabilities.string("start_state", start.name)
        if silent.beginsInside, start == .inside { capabilities.boolean("learned", true) }
        capabilities.boolean("prompt_summary", server.settings.summaries.prompt)
        capabilities.string("reasoning_summary", server.settings.summaries.reasoning.rawValue)
        capabilities.string("summary_level", SummaryChoice(settings: server.settings.summaries).configured(for: model.id).rawValue)
        capabilities.string("style", styleName(model.id))
        entry.raw("reasoning_proxy", capabilities.finished())
        return entry.finished()
    }

    private func styleName(_ model: String) -> String {
        (server.settings.style.models.first { $0.pattern.matches(model) }?.value ?? server.settings.style.standard).rawValue
    }
}

/// Asks several upstreams for their lists at once; answers when all have answered, failed, or taken too long.
final class ModelsGathering: Exchange {
    /// How long the upstreams may take together.
    static let deadline = TimeAmount.seconds(5)

    private let route: ModelsRoute
    private let sink: ResponseSink
    private var calls: [ModelsCall] = []
    private var alarm: Scheduled<Void>?
    private var isOver = false

    init(_ route: ModelsRoute, sink: ResponseSink) {
        self.route = route
        self.sink = sink
    }

    func begin(_ upstreams: [UpstreamEntry], client request: HTTPRequest) {
        for upstream in upstreams {
            let call = ModelsCall(upstream, limit: route.server.settings.limits.modelsBytes) { [weak self] models in
                if let models { self?.route.server.models.keep(models, of: upstream.name) }
                self?.lookWhetherDone()
            }
            calls.append(call)
            call.start(UpstreamCall.models(upstream, client: request), on: route.loop.upstream)
        }
        if !isOver {
            let bound = NIOLoopBound(self, eventLoop: route.loop.eventLoop)
            alarm = route.loop.eventLoop.scheduleTask(in: ModelsGathering.deadline) { bound.value.finish() }
        }
        lookWhetherDone()
    }

    private func lookWhetherDone() {
        if calls.allSatisfy(\.isOver) { finish() }
    }

    private func finish() {
        guard !isOver else { return }
        stop()
        route.respond(sink)
    }

    private func stop() {
        isOver = true
        alarm?.cancel()
        for call in calls { call.cancel() }
    }

    func clientLeft() {
        if !isOver { stop() }
    }

    func clientWritabilityChanged(isWritable: Bool) {}

    func clientStalled() {}

    func serverStopping() {
        finish()
    }
}

/// One upstream's answer to `GET /v1/models`.
private final class ModelsCall: TransferReceiver {
    private struct List: Decodable {
        struct Model: Decodable {
            var id: String
            var created: Int?
            var owned_by: String?
        }
        var data: [Model]
    }

    private let upstream: UpstreamEntry
    private let limit: Int
    private let onEnd: ([ListedModel]?) -> Void
    private var transfer: Transfer?
    private var status = 0
    private var body: [UInt8] = []
    private(set) var isOver = false

    init(_ upstream: UpstreamEntry, limit: Int, onEnd: @escaping ([ListedModel]?) -> Void) {
        self.upstream = upstream
        self.limit = limit
        self.onEnd = onEnd
    }

    func start(_ request: UpstreamRequest, on client: UpstreamClient) {
        // Why a list could not be asked for does not matter here: the configured names are listed all the same.
        transfer = try? client.start(request, receiver: self)
        if transfer == nil { isOver = true }
    }

    func cancel() {
        transfer?.cancel()
        transfer = nil
        isOver = true
    }

    func receivedHead(_ head: ResponseHead) {
        status = head.status
    }

    func received(_ bytes: Span<UInt8>) {
        guard body.count + bytes.count <= limit else { return end(nil) }
        body.append(bytes)
    }

    func roundEnded() {}

    func ended(_ result: Result<TransferStatistics, UpstreamError>) {
        transfer = nil
        guard case .success = result, status == 200 else { return end(nil) }
        // A list that cannot be read is no list; the configured names are listed all the same.
        let list = try? JSONDecoder().decode(List.self, from: Data(body))
        end(list?.data.map { ListedModel(id: $0.id, created: $0.created, owner: $0.owned_by) })
    }

    private func end(_ models: [ListedModel]?) {
        guard !isOver else { return }
        isOver = true
        transfer?.cancel()
        transfer = nil
        onEnd(models)
    }
}
