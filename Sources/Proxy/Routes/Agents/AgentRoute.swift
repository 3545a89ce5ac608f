import AgentAPIs
import AgentRequests
import ChatRequests
import Foundation
import NIOHTTP1
import Phases
import Settings
import Summaries

/// The routes of coding agents: reads a request of the Responses or Messages API, translates it for chat completions, and has the answer
/// told in the client's API. Between the two it is a request like any other: what every route does is `RelayEntry`'s.
struct AgentRoute {
    /// Which API.
    enum API {
        case responses, messages

        var endpoint: Endpoint {
            switch self {
            case .responses: .responses
            case .messages: .messages
            }
        }
    }

    private let api: API
    private let entry: RelayEntry

    init(_ api: API, _ entry: RelayEntry) {
        self.api = api
        self.entry = entry
    }

    private var server: ServerContext { entry.server }

    /// Answers `request`: with a relay that goes on after this call, or with an error at once.
    func answer(_ request: HTTPRequest, sink: ResponseSink) -> (any Exchange)? {
        entry.answer(request, sink: sink) { () throws(ProxyFailure) in try job(for: request) }
    }

    // MARK: Steps

    private func job(for request: HTTPRequest) throws(ProxyFailure) -> RelayJob {
        let client = server.routes.client(of: request)
        let agent = try translated(request.body, client)
        server.noteLeftOut(agent.leftOut)
        let request = chatRequest(request, agent)
        let chat = try entry.read(request.body, limits)
        let served = try entry.served(chat.model)
        let profile = try entry.requestedProfile(nil, request)
        let facts = PromptFacts(chat, agent)
        var plan = try entry.plan(chat, facts, asked: agent.summary, served, profile, style: .events, request)
        if plan.showsReasoning, server.settings.agents.showsPrompt { plan.promptSummary = PromptSummary.text(of: facts) }
        plan.agent = agentPlan(agent, served.model, showsReasoning: plan.showsReasoning)
        if agent.includesEncryptedReasoning {
            plan.agent?.carrier = CarriedReasoning(server, model: served.model, client: client).carrier
        }
        return RelayJob(
            route: api.endpoint, model: served.model, isStream: chat.stream, plan: plan, requestedProfile: profile,
            upstreams: served.upstreams, request: request, chat: chat, client: client)
    }

    private func translated(_ body: [UInt8], _ client: ClientKey) throws(ProxyFailure) -> AgentRequest {
        let limits = AgentRequestLimits(server.settings.limits, requiresModel: !entry.hasDefaultModel)
        do {
            return switch api {
            case .responses: try AgentRequest.responses(body, limits: limits) { options(for: $0, client) }
            case .messages: try AgentRequest.messages(body, limits: limits) { options(for: $0, client) }
            }
        } catch {
            throw .request(code: error.code, error.message, param: error.field)
        }
    }

    /// What a translation must know of the model that the client names.
    private func options(for name: String?, _ client: ClientKey) -> AgentRequestOptions {
        let settings = server.settings
        var options = AgentRequestOptions()
        options.efforts = settings.agents.efforts
        // A model that nobody serves is refused when the translation is read.
        guard let served = try? entry.served(name.map(AgentRoute.withoutStyle)) else { return options }
        let model = served.model
        if let field = settings.agents.lengthFields.value(for: model) { options.lengthField = .init(field) }
        options.thinkingSwitch = settings.agents.thinkingSwitches.value(for: model).map { .init($0) }
        options.clampsLength = settings.agents.contextWindow(of: model).map { AgentRequestOptions.leftOfContext(tokens: $0) }
        options.opensReasoning = CarriedReasoning(server, model: model, client: client).opener
        return options
    }

    /// A model's name without the style that chat clients may put behind it: here it says nothing.
    private static func withoutStyle(_ name: String) -> String {
        name.lastIndex(of: "#").map { String(name[..<$0]) } ?? name
    }

    /// The request as a chat client would have sent it. The agent's own body is not needed any more, nor is what it says of its own API.
    private func chatRequest(_ request: HTTPRequest, _ agent: AgentRequest) -> HTTPRequest {
        var request = request
        request.body = agent.body
        request.headers.remove(name: "openai-beta")
        return request
    }

    /// Bounds of a translated body: the client's own were checked before it was written, and merged messages hold more parts.
    private var limits: ChatRequestLimits {
        let limits = server.settings.limits
        return ChatRequestLimits(
            depth: limits.jsonDepth, messages: 2 * limits.messages + 64, parts: .max, requiresModel: !entry.hasDefaultModel)
    }

    private func agentPlan(_ agent: AgentRequest, _ model: String, showsReasoning: Bool) -> AgentPlan {
        var plan = AgentPlan(
            // WALL: the date in a response.
            api: api(agent), id: AgentRoute.freshID(), model: agent.model ?? model, created: Int(Date().timeIntervalSince1970))
        plan.isCollected = !agent.stream
        plan.tools = agent.tools
        plan.stopSequences = agent.stopSequences
        plan.showsReasoning = showsReasoning
        return plan
    }

    private func api(_ agent: AgentRequest) -> AgentPlan.API {
        switch api {
        case .responses:
            var options = ResponsesOptions()
            options.echo = agent.echo
            return .responses(options)
        case .messages:
            return .messages(MessagesOptions())
        }
    }

    /// What no other response has. Never the request's id, which clients choose and repeat: they merge what has equal ids.
    private static func freshID() -> String {
        let halves = [UInt64.random(in: .min ... .max), UInt64.random(in: .min ... .max)]
        return halves.map { half in
            let digits = String(half, radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }.joined()
    }
}

extension AgentRequestLimits {
    /// How many levels deeper a translation may nest what it was given.
    private static let addedDepth = 8

    init(_ limits: LimitSettings, requiresModel: Bool) {
        self.init()
        depth = max(1, limits.jsonDepth - AgentRequestLimits.addedDepth)
        items = limits.messages
        self.requiresModel = requiresModel
    }
}

extension PromptFacts {
    /// What an agent's prompt is about: the words of its user, without what the agent puts beside them.
    init(_ chat: ChatRequest, _ agent: AgentRequest) {
        self.init(chat)
        lastUserText = agent.question
        images = agent.questionParts.images
        files = agent.questionParts.files
        audio = agent.questionParts.audio
    }
}

extension StreamPlan {
    /// Whether anything is said of the reasoning.
    fileprivate var showsReasoning: Bool {
        if case .off = reasoning { false } else { true }
    }
}

// MARK: - Settings

extension Array {
    /// What the first pattern that fits has for a model.
    fileprivate func value<Value>(for model: String) -> Value? where Element == PatternChoice<Value> {
        first { $0.pattern.matches(model) }?.value
    }
}

extension AgentRequestOptions.LengthField {
    fileprivate init(_ name: LengthFieldName) {
        switch name {
        case .maxTokens: self = .maxTokens
        case .maxCompletionTokens: self = .maxCompletionTokens
        }
    }
}

extension AgentRequestOptions.ThinkingSwitch {
    fileprivate init(_ name: TemplateSwitchName) {
        switch name {
        case .enableThinking: self = .enableThinking
        case .thinking: self = .thinking
        }
    }
}
