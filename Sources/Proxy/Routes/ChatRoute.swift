import ChatDelta
import ChatRequests
import Detect
import EventStream
import Foundation
import NIOHTTP1
import Phases
import Settings
import Summaries
import Upstream

/// Reads a chat request, decides who answers it and how it is shown, and hands it to a relay.
struct ChatRoute {
    let server: ServerContext
    let loop: LoopContext

    /// Answers `request`: with a relay that goes on after this call, or with an error at once.
    func answer(_ request: HTTPRequest, pathStyle: String?, sink: ResponseSink) -> (any Exchange)? {
        do throws(ProxyFailure) {
            let job = try job(for: request, pathStyle: pathStyle)
            guard server.openStreamCount == 0 || !server.memory.isPressed else { throw shed() }
            let chat = WaitingChat(job, server: server, loop: loop, sink: sink)
            chat.begin()
            return chat.isOver ? nil : chat
        } catch {
            server.routes.noteRefusal(error, request)
            sink.respond(error)
            return nil
        }
    }

    /// There is too little memory for one more. A process that answers nobody takes the next all the same: else it might never again.
    private func shed() -> ProxyFailure {
        server.metrics.add(.overloadRefusals, [("reason", "memory")])
        return .outOfMemory
    }

    // MARK: Steps

    private func job(for request: HTTPRequest, pathStyle: String?) throws(ProxyFailure) -> RelayJob {
        let chat = try read(request)
        let upstreams = try upstreams(for: chat.model)
        let model = chat.model ?? upstreams[0].settings.model ?? ""
        let style = try style(chat, model, request, pathStyle)
        let profile = try requestedProfile(chat, request)
        let plan = try plan(chat, model: model, style: style, profile, upstreams[0], request)
        return RelayJob(
            model: model, isStream: chat.stream, plan: plan, requestedProfile: profile, upstreams: upstreams, request: request, chat: chat,
            client: server.routes.client(of: request))
    }

    private func read(_ request: HTTPRequest) throws(ProxyFailure) -> ChatRequest {
        let limits = server.settings.limits
        let hasDefaultModel = server.upstreams.entries.contains { $0.settings.model != nil }
        do {
            return try ChatRequest.read(
                request.body,
                limits: ChatRequestLimits(depth: limits.jsonDepth, messages: limits.messages, requiresModel: !hasDefaultModel))
        } catch {
            throw .request(code: error.code, error.message, param: error.field)
        }
    }

    /// The upstreams that may answer, the preferred one first; never empty.
    private func upstreams(for model: String?) throws(ProxyFailure) -> [UpstreamEntry] {
        let all = server.upstreams
        let found = model.map { all.serving($0) } ?? all.entries.filter { $0.settings.model != nil }
        guard found.isEmpty else { return found }
        throw .request(
            404, code: "model_not_found", "No configured upstream serves this model. GET /v1/models lists those that are served.",
            param: "model")
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
        do {
            return try StyleChoice.choose(inputs).style
        } catch {
            throw .request(code: "unknown_style", error.message, param: error.field)
        }
    }

    /// The profile that the request names, in its body or else in a header; nil if it names none.
    private func requestedProfile(_ chat: ChatRequest, _ request: HTTPRequest) throws(ProxyFailure) -> CompiledProfile? {
        guard let name = chat.phases?.profile ?? request.headers.first(name: "x-reasoning-profile") else { return nil }
        if let profile = server.profiles.named(name) { return profile }
        throw .unknownProfile(server.profiles.profiles.map(\.name), param: chat.phases?.profile == nil ? nil : "phases.profile")
    }

    private func plan(
        _ chat: ChatRequest, model: String, style: WireStyle, _ requested: CompiledProfile?, _ upstream: UpstreamEntry,
        _ request: HTTPRequest
    ) throws(ProxyFailure) -> StreamPlan {
        let facts = PromptFacts(chat)
        let settings = server.settings
        let profile = requested ?? server.profile(forModel: model, at: upstream)
        var plan = StreamPlan(
            style: style,
            // WALL: the date in a completion.
            identity: ChunkIdentity(id: "chatcmpl-\(request.id)", created: Int(Date().timeIntervalSince1970), model: model),
            promptSummary: settings.summaries.prompt ? PromptSummary.text(of: facts) : nil,
            promptFacts: facts,
            reasoning: try SummaryChoice(settings: settings.summaries).mode(for: chat, model: model),
            profile: profile,
            thinking: ThinkingRequest(chat))
        // A whole answer does not wait for summaries: only streams have them made by a model.
        plan.modelSummary = chat.stream ? server.summariser?.steps : nil
        plan.modelPrompt = chat.stream ? server.summariser?.prompts : nil
        plan.reasoningField = settings.style.reasoningField.rawValue
        plan.showsTitles = settings.summaries.titles
        plan.includesUsage = chat.includesUsage
        plan.limits = EventStreamLimits(lineBytes: settings.limits.lineBytes, eventBytes: settings.limits.eventBytes)
        plan.heartbeatInterval = settings.stream.heartbeatInterval
        plan.heartbeatForm = settings.stream.heartbeatForm == .chunk ? .chunk : .comment
        plan.secrets = secrets(request)
        return plan
    }

    /// Header values of at least so many bytes are taken for keys.
    private static let keyByteCount = 16

    /// Keys that must not come back in an upstream's words: the client's own, and those of all upstreams, for the request may move.
    private func secrets(_ request: HTTPRequest) -> [[UInt8]] {
        var secrets = server.upstreams.entries.flatMap { upstream in
            let headers = upstream.settings.headers.map { Array($0.value.exposed.utf8) }.filter { $0.count >= ChatRoute.keyByteCount }
            return headers + [upstream.settings.apiKey].compactMap { $0.map { Array($0.exposed.utf8) } }
        }
        if let sent = request.headers.first(name: "authorization") {
            secrets.append(Array((sent.lowercased().hasPrefix("bearer ") ? String(sent.dropFirst(7)) : sent).utf8))
        }
        return secrets
    }
}

// MARK: - Conversions

extension WireStyle {
    init?(_ name: StyleName) {
        self.init(rawValue: name.rawValue)
    }
}

extension PromptFacts {
    init(_ chat: ChatRequest) {
        self.init()
        let conversation = chat.conversation
        lastUserText = conversation.lastUserText
        previousUserText = conversation.previousUserText
        earlierUserTurns = max(0, conversation.roles.user - 1)
        images = conversation.lastUserParts.images
        files = conversation.lastUserParts.files
        audio = conversation.lastUserParts.audio
        tools = chat.tools
        toolResults = conversation.toolResultsSinceUser
    }
}

extension ThinkingRequest {
    init(_ chat: ChatRequest) {
        let format = chat.responseFormat
        self.init(
            enableThinking: chat.thinking.enableThinking ?? chat.thinking.enabled, thinking: chat.thinking.thinking,
            reasoningEffort: chat.thinking.effort, prefill: chat.conversation.prefill,
            constrainedToJSON: format != nil && format != "text")
    }
}
