import Detect
import Phases
import Settings
import Summaries
import Upstream

/// The small model that makes summaries, as the whole process sees it: where it is, how it is asked, its circuit breaker, the calls under way. Shared by all
/// loops. It is a stranger to the upstreams: neither's failures count for the other.
final class Summariser: Sendable {
    /// Why a call may not be made.
    enum Refusal: Error {
        case busy, leftAlone
    }

    /// What the machine of a stream gets whose steps it makes; nil where it makes none.
    let steps: ModelSummaryOptions?
    /// What the machine of a stream gets whose prompt it sums up; nil where it does not.
    let prompts: ModelPromptOptions?
    /// Which markers the model writes if it thinks all the same.
    let profile: CompiledProfile
    /// Breaker and count of calls.
    let entry: UpstreamEntry
    private let model: String
    private let thinking: ThinkingOff
    private let concurrency: Int

    /// Nil unless the settings want a model and say which.
    init?(_ settings: ProxySettings, profiles: ProfileCatalogue) {
        let summaries = settings.summaries
        guard summaries.engine == .model || summaries.promptEngine == .model, let url = summaries.model.url, let name = summaries.model.name
        else { return nil }
        var upstream = UpstreamSettings()
        upstream.name = Summariser.name
        upstream.url = url
        upstream.apiKey = summaries.model.apiKey
        upstream.auth = summaries.model.apiKey == nil ? UpstreamAuthorization.none : .key
        upstream.caFile = summaries.model.caFile
        upstream.timeouts.connect = summaries.model.deadline
        entry = UpstreamEntry(upstream, breaker: BreakerSettings(settings.breaker))
        model = name
        concurrency = summaries.model.concurrency
        let family = profiles.profile(forModel: name)
        // An unknown model's plain words are its summary: only tags are taken for thinking.
        profile = family.profile.name == profiles.lastResortName ? profiles.named("think") ?? family : family
        thinking = ThinkingOff(rawValue: summaries.model.thinking.rawValue).flatMap { $0 == .auto ? nil : $0 } ?? .way(for: family.profile)
        steps = summaries.engine == .model ? ModelSummaryOptions(summaries.model) : nil
        prompts = summaries.promptEngine == .model ? ModelPromptOptions(summaries.model) : nil
    }

    /// Its name in health reports and metrics.
    static let name = "summaries.model"

    /// The right to make one call, to be given back through `report` exactly once.
    func admit() throws(Refusal) -> BreakerPermit {
        // Two loops may see the last free place at once: the limit may be passed by the number of loops.
        guard entry.inFlightCount < concurrency else { throw .busy }
        switch entry.admit() {
        case .admitted(let permit, _): return permit
        case .refused: throw .leftAlone
        }
    }

    /// A call is over. Returns the change of the breaker's state, if there is one.
    func report(_ verdict: BreakerVerdict, for permit: BreakerPermit) -> BreakerTransition? {
        entry.callEnded()
        return entry.report(verdict, for: permit)
    }

    /// The request of one call. Nothing of the client's headers is in it.
    func request(_ call: SummaryCall, requestID: String) -> UpstreamRequest {
        var headers = [(name: "accept", value: "application/json"), ("content-type", "application/json"), ("x-request-id", requestID)]
        if let key = entry.settings.apiKey { headers.append(("authorization", "Bearer \(key.exposed)")) }
        var request = UpstreamRequest(
            url: entry.settings.url.endpoint("chat/completions"), method: .post, headers: headers,
            body: SummariserRequest.body(call, model: model, thinking: thinking))
        request.connectTimeout = entry.settings.timeouts.connect
        request.caFile = entry.settings.caFile
        // Asked twice it says the same twice.
        request.isIdempotent = true
        return request
    }
}

extension ModelSummaryOptions {
    /// The engine as configured; its pace is that of every summary.
    init(_ settings: SummaryModelSettings) {
        self.init()
        if let template = settings.prompt { prompt = SummaryPrompt(template: template) }
        language = settings.language
        deadline = settings.deadline
        maximumTokens = settings.maxTokens
        windowBytes = settings.windowBytes
        budgetTokens = settings.budgetTokens
    }
}

extension ModelPromptOptions {
    /// The prompt summary's model as configured.
    init(_ settings: SummaryModelSettings) {
        self.init()
        if let template = settings.promptInstructions { prompt = SummaryPrompt(template: template) }
        language = settings.language
        deadline = settings.promptDeadline
        windowBytes = settings.promptWindowBytes
        maximumTokens = settings.maxTokens
        budgetTokens = settings.budgetTokens
    }
}
