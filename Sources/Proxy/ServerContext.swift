import Detect
import Logging
import NIOCore
import Phases
import Settings
import Synchronization

/// What all connections of the process share.
final class ServerContext: Sendable {
    let settings: ProxySettings
    let log: Logger
    let metrics = Metrics()
    let upstreams: UpstreamDirectory
    let profiles: ProfileCatalogue
    let models: ModelsCache
    let started = NIODeadline.now()
    private let draining = Atomic<Bool>(false)
    private let streams = Atomic<Int>(0)
    private let clientConnections = Atomic<Int>(0)

    init(settings: ProxySettings, log: Logger, profiles: ProfileCatalogue = .builtIn) {
        self.settings = settings
        self.log = log
        self.profiles = profiles
        upstreams = UpstreamDirectory(settings.upstreams)
        models = ModelsCache(lifetime: settings.models.cacheLifetime)
    }

    var routes: Routes { Routes(server: self) }

    /// Whether the process is on its way out: no new work is taken.
    var isDraining: Bool { draining.load(ordering: .relaxed) }

    func drain() {
        draining.store(true, ordering: .relaxed)
    }

    var openStreamCount: Int { streams.load(ordering: .relaxed) }

    /// Takes a place among the concurrent streams; false when all are taken.
    func takeStreamPlace() -> Bool {
        let (_, count) = streams.add(1, ordering: .relaxed)
        guard count > settings.limits.concurrentStreams else { return true }
        streams.subtract(1, ordering: .relaxed)
        return false
    }

    func leaveStreamPlace() {
        streams.subtract(1, ordering: .relaxed)
    }

    var openConnectionCount: Int { clientConnections.load(ordering: .relaxed) }

    func connectionOpened() {
        clientConnections.add(1, ordering: .relaxed)
    }

    func connectionClosed() {
        clientConnections.subtract(1, ordering: .relaxed)
    }

    var uptime: Duration { started.elapsed }

    /// The detection profile for a model: by upstream, by pattern, by family, else the default one.
    func profile(forModel model: String, at upstream: UpstreamEntry) -> CompiledProfile {
        ProfileChoice(model: model, upstream: upstream.settings, detection: settings.detection, catalogue: profiles).profile
    }
}

extension NIODeadline {
    /// How long ago this was.
    var elapsed: Duration {
        .nanoseconds(Int64(NIODeadline.now().uptimeNanoseconds) - Int64(uptimeNanoseconds))
    }
}
