import Descriptors
import Detect
import Logging
import NIOCore
import Phases
import Sealing
import Settings
import Synchronization
import Upstream

/// What all connections of the process share.
final class ServerContext: Sendable {
    let settings: ProxySettings
    let log: Logger
    let metrics = Metrics()
    let upstreams: UpstreamDirectory
    let profiles: ProfileCatalogue
    let learned = LearnedStarts()
    let models: ModelsCache
    /// The model that makes the steps of summaries; nil for none, and then nobody but the upstreams is ever called.
    let summariser: Summariser?
    /// Whose requests are served; empty for everybody's.
    let apiTokens: AccessTokens
    /// Whose orders are followed; empty for nobody's.
    let adminTokens: AccessTokens
    /// For raw reasoning that travels through clients.
    let seal: ReasoningSeal
    private let retries: Mutex<RetryBudget>
    let started = NIODeadline.now()
    private let draining = Atomic<Bool>(false)
    /// The places of requests that are answered, and the line before them.
    let streams: StreamDesk
    let rate: RequestRate
    let memory: MemoryWatch
    let crossOrigin: CrossOrigin
    /// What agents' requests held and chat completions have no place for.
    let leftOut = OnceLog()
    let budget: DescriptorBudget
    let connections: ConnectionCount
    /// Threads that serve connections.
    let loopCount: Int

    init(settings: ProxySettings, log: Logger, profiles: ProfileCatalogue = .builtIn) {
        self.settings = settings
        self.log = log
        self.profiles = profiles
        upstreams = UpstreamDirectory(settings.upstreams, breaker: BreakerSettings(settings.breaker))
        apiTokens = AccessTokens(settings.server.apiTokens)
        adminTokens = AccessTokens([settings.server.adminToken].compactMap { $0 })
        retries = Mutex(
            RetryBudget(share: Double(settings.retries.percent) / 100, tokensPerSecond: Double(settings.retries.perSecond)))
        seal = ReasoningSeal(keys: settings.agents.reasoningKeys.map(\.exposed))
        summariser = Summariser(settings, profiles: profiles)
        models = ModelsCache(lifetime: settings.models.cacheLifetime)
        streams = StreamDesk(settings.limits)
        rate = RequestRate(perMinute: settings.limits.requestsPerMinute)
        memory = MemoryWatch(limit: settings.limits.memoryBytes)
        crossOrigin = CrossOrigin(settings.cors)
        loopCount = settings.server.threads ?? min(System.coreCount, Cores.allowedCount ?? .max)
        budget = DescriptorBudget(limits: settings.limits, loopCount: loopCount)
        connections = ConnectionCount(budget, perAddress: settings.limits.connectionsPerAddress)
    }

    var routes: Routes { Routes(server: self) }

    /// Whether the process is on its way out: no new work is taken.
    var isDraining: Bool { draining.load(ordering: .relaxed) }

    func drain() {
        draining.store(true, ordering: .relaxed)
    }

    /// Requests that are answered.
    var openStreamCount: Int { streams.takenCount }

    /// A request has come that may need more than one attempt.
    func noteRequest() {
        retries.withLock { $0.requestCame() }
    }

    /// Takes the token for one further attempt of a request; false when there is none.
    func takeRetryToken() -> Bool {
        let now = uptime
        return retries.withLock { $0.takeToken(now: now) }
    }

    var openConnectionCount: Int { connections.total }

    var uptime: Duration { started.elapsed }

    /// Logs, each once in the process's life, types of tools and parts that a translation had to leave out.
    func noteLeftOut(_ types: [String]) {
        let new = leftOut.firsts(of: types)
        guard !new.isEmpty else { return }
        log.notice("left out what chat completions have no place for", metadata: ["types": "\(new.joined(separator: ", "))"])
    }

    /// Takes from a stream what it shows about where its model's output begins.
    ///
    /// A learned start that was wrong (the whole output came out as reasoning and was the answer) is forgotten.
    func learn(from facts: StreamFacts, _ job: RelayJob, at upstream: UpstreamEntry) {
        // A message that the client began says nothing about the template.
        guard settings.detection.learns, job.plan.thinking.prefill == nil else { return }
        let model = job.model
        let metadata: Logger.Metadata = [
            "model": "\(model)", "upstream": "\(upstream.name)", "profile": "\(job.plan.profile.profile.name)",
        ]
        if facts.sawOrphanEnd, learned.learn(model, at: upstream.name) {
            metrics.add(.startsLearned, [("upstream", upstream.name)])
            log.notice("learned that a model begins inside reasoning", metadata: metadata)
        } else if facts.wasPromoted, learned.forget(model, at: upstream.name) {
            log.notice("forgot that a model begins inside reasoning", metadata: metadata)
        }
    }

    /// Whether earlier answers showed that a model's output begins inside reasoning; for a request that is about to ask it.
    func beginsInside(_ model: String, at upstream: UpstreamEntry) -> Bool {
        settings.detection.learns && learned.use(model, at: upstream.name)
    }

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

extension ProxySettings {
    /// What happens to white space beside markers: as the settings say, else as the profile does.
    func whitespacePolicy(of profile: Profile) -> WhitespacePolicy {
        guard origins["detection.whitespace"] != nil else { return profile.whitespace }
        return detection.whitespace == .exact ? .exact : .trim
    }
}
