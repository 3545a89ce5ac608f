import ChatRequests
import NIOHTTP1
import Phases
import Settings
import Summaries

/// Chat completions: reads a request and decides how its answer is shown; the rest is what every route does.
struct ChatRoute {
    let entry: RelayEntry

    private var server: ServerContext { entry.server }

    /// Answers `request`: with a relay that goes on after this call, or with an error at once.
    func answer(_ request: HTTPRequest, pathStyle: String?, sink: ResponseSink) -> (any Exchange)? {
        entry.answer(request, sink: sink) { () throws(ProxyFailure) in try job(for: request, pathStyle: pathStyle) }
    }

    // MARK: Steps

    private func job(for request: HTTPRequest, pathStyle: String?) throws(ProxyFailure) -> RelayJob {
        let limits = server.settings.limits
        let chat = try entry.read(
            request.body,
            ChatRequestLimits(depth: limits.jsonDepth, messages: limits.messages, requiresModel: !entry.hasDefaultModel))
        let served = try entry.served(chat.model)
        let style = try style(chat, served.model, request, pathStyle)
        let profile = try entry.requestedProfile(chat.phases?.profile, request)
        let facts = PromptFacts(chat)
        var plan = try entry.plan(chat, facts, asked: chat.summaryLevel, served, profile, style: style, request)
        plan.promptSummary = server.settings.summaries.prompt ? PromptSummary.text(of: facts) : nil
        plan.reasoningField = server.settings.style.reasoningField.rawValue
        plan.showsTitles = server.settings.summaries.titles
        plan.includesUsage = chat.includesUsage
        plan.heartbeatForm = server.settings.stream.heartbeatForm == .chunk ? .chunk : .comment
        return RelayJob(
            route: .chat, model: served.model, isStream: chat.stream, plan: plan, requestedProfile: profile, upstreams: served.upstreams,
            request: request, chat: chat, client: server.routes.client(of: request))
    }

    private func style(
        _ chat: ChatRequest, _ model: String, _ request: HTTPRequest, _ pathStyle: String?
    ) throws(ProxyFailure) -> WireStyle {
        var inputs = StyleChoice.Inputs()
        inputs.bodyField = chat.phases?.style
        inputs.header = request.headers.first(name: "x-phases")
        inputs.query = request.query["phases"]
        inputs.modelSuffix = chat.modelSuffix
        inputs.pathPrefix = pathStyle.flatMap { WireStyle(rawValue: $0) }
        inputs.responseFormat = chat.responseFormat
        inputs.userAgent = request.headers.first(name: "user-agent")
        inputs.packageVersion = request.headers.first(name: "x-stainless-package-version")
        inputs.usesUserAgentTable = server.settings.style.usesUserAgentTable
        inputs.configured = server.settings.style.models.first { $0.pattern.matches(model) }.flatMap { WireStyle($0.value) }
        inputs.standard = WireStyle(server.settings.style.standard) ?? .events
        let choice: StyleChoice
        do {
            choice = try StyleChoice.choose(inputs)
        } catch {
            throw .request(code: "unknown_style", error.message, param: error.field)
        }
        // The operator who configures the style gives what it shows.
        let given = inputs.configured ?? inputs.standard
        if choice.style == .off, given != .off, !server.settings.style.allowsOff { throw .bypassRefused(param: choice.reason.field) }
        return choice.style
    }
}

extension WireStyle {
    init?(_ name: StyleName) {
        self.init(rawValue: name.rawValue)
    }
}
