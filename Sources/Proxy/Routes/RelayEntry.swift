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

/// The steps that every route takes on its way to a relay, whichever API its client speaks: who serves the model, how the upstream's text is
/// read, what is said of the reasoning, and at last a place among the requests that are answered.
struct RelayEntry {
    /// A model's name after the configured map, and who serves it.
    struct Served {
        var model: String
        /// The preferred one first; never empty.
        var upstreams: [UpstreamEntry]
    }

    let server: ServerContext
    let loop: LoopContext

    /// Answers `request` with the job that `makeJob` makes of it: with an exchange that goes on after this call, or with an error at once.
    func answer(
        _ request: HTTPRequest, sink: ResponseSink, _ makeJob: () throws(ProxyFailure) -> RelayJob
    ) -> (any Exchange)? {
        do throws(ProxyFailure) {
            let job = try makeJob()
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

    /// Whether requests may name no model.
    var hasDefaultModel: Bool { server.upstreams.entries.contains { $0.settings.model != nil } }

    /// Reads a chat request, as the client sent it or as it was made for an agent.
    func read(_ body: [UInt8], _ limits: ChatRequestLimits) throws(ProxyFailure) -> ChatRequest {
        do {
            return try ChatRequest.read(body, limits: limits)
        } catch {
            throw .request(code: error.code, error.message, param: error.field)
        }
    }

    /// The model that is asked for in place of the one a client names. A star alone is the map's default: it leaves names alone that an
    /// upstream lists as its own.
    func model(named name: String) -> String {
        let isListed = server.upstreams.entries.contains { $0.settings.lists(name) }
        return server.settings.models.map.first { $0.pattern.matches(name) && !($0.pattern.description == "*" && isListed) }?.value ?? name
    }

    /// Who serves the model of this name; nil is the default model.
    func served(_ name: String?) throws(ProxyFailure) -> Served {
        let name = name.map { model(named: $0) }
        let all = server.upstreams
        let found = name.map { all.serving($0) } ?? all.entries.filter { $0.settings.model != nil }
        guard let first = found.first else {
            throw .request(
                404, code: "model_not_found", "No configured upstream serves this model. GET /v1/models lists those that are served.",
                param: "model")
        }
        return Served(model: name ?? first.settings.model ?? "", upstreams: found)
    }

    /// The profile that the request names, in its body or else in a header; nil if it names none.
    func requestedProfile(_ name: String?, _ request: HTTPRequest) throws(ProxyFailure) -> CompiledProfile? {
        guard let wanted = name ?? request.headers.first(name: "x-reasoning-profile") else { return nil }
        if let profile = server.profiles.named(wanted) { return profile }
        throw .unknownProfile(server.profiles.profiles.map(\.name), param: name == nil ? nil : "phases.profile")
    }

    /// The plan of a request, but for what only its own route knows.
    ///
    /// - Parameters:
    ///   - chat: what the request says.
    ///   - facts: what its prompt is about.
    ///   - asked: how much of the reasoning it wants to see; nil if it does not say.
    ///   - served: its model, and who serves it.
    ///   - profile: the profile it names.
    ///   - style: the wire style, where it is chat completions'.
    ///   - request: the request as it came.
    /// - Returns: the plan, without a prompt summary.
    /// - Throws: a failure if it wants to see more of the reasoning than it may.
    func plan(
        _ chat: ChatRequest, _ facts: PromptFacts, asked: SummaryLevel?, _ served: Served, _ profile: CompiledProfile?, style: WireStyle,
        _ request: HTTPRequest
    ) throws(ProxyFailure) -> StreamPlan {
        let settings = server.settings
        var plan = StreamPlan(
            style: style,
            // WALL: the date in a completion.
            identity: ChunkIdentity(id: "chatcmpl-\(request.id)", created: Int(Date().timeIntervalSince1970), model: served.model),
            promptSummary: nil,
            promptFacts: facts,
            reasoning: try SummaryChoice(settings: settings.summaries).mode(asked: asked, for: chat, model: served.model),
            profile: profile ?? server.profile(forModel: served.model, at: served.upstreams[0]),
            thinking: ThinkingRequest(chat))
        // A whole answer does not wait for summaries: only streams have them made by a model.
        plan.modelSummary = chat.stream ? server.summariser?.steps : nil
        plan.modelPrompt = chat.stream ? server.summariser?.prompts : nil
        plan.limits = EventStreamLimits(lineBytes: settings.limits.lineBytes, eventBytes: settings.limits.eventBytes)
        plan.heartbeatInterval = settings.stream.heartbeatInterval
        plan.secrets = secrets(request)
        return plan
    }

    /// Keys that must not come back in an upstream's words: the client's own, and those of all upstreams, for the request may move.
    private func secrets(_ request: HTTPRequest) -> [[UInt8]] {
        var secrets = server.upstreams.secrets
        for sent in request.headers["authorization"] + request.headers["x-api-key"] {
            secrets.append(Array((sent.lowercased().hasPrefix("bearer ") ? String(sent.dropFirst(7)) : sent).utf8))
        }
        return secrets
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
