import Foundation
import JSONBytes
import NIOCore
import Settings
import Upstream

/// Asks several upstreams for their lists at once; answers when all have answered, failed, or taken too long.
final class ModelsGathering: Exchange {
    /// How long the upstreams may take together.
    static let deadline = TimeAmount.seconds(5)

    private let route: ModelsRoute
    private let request: HTTPRequest
    private let sink: ResponseSink
    private var calls: [ModelsCall] = []
    private var alarm: Scheduled<Void>?
    private var isOver = false

    init(_ route: ModelsRoute, for request: HTTPRequest, sink: ResponseSink) {
        self.route = route
        self.request = request
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
        route.respond(to: request, sink)
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
        var data: [ListedModel]
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
        end(list?.data)
    }

    private func end(_ models: [ListedModel]?) {
        guard !isOver else { return }
        isOver = true
        transfer?.cancel()
        transfer = nil
        onEnd(models)
    }
}
