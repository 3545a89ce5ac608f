import AgentAPIs
import AgentRequests
import ChatRequests
import Foundation
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
        let agent = try translated(request.body)
        // The agent's own body is not needed any more.
        var request = request
        request.body = agent.body
        let chat = try entry.read(agent.body, limits)
        let served = try entry.served(chat.model)
        let profile = try entry.requestedProfile(nil, request)
        var plan = try entry.plan(chat, PromptFacts(chat, agent), asked: agent.summary, served, profile, style: .events, request)
        plan.agent = agentPlan(agent, served.model, showsReasoning: plan.showsReasoning)
        return RelayJob(
            route: api.endpoint, model: served.model, isStream: chat.stream, plan: plan, requestedProfile: profile,
            upstreams: served.upstreams, request: request, chat: chat, client: server.routes.client(of: request))
    }

    private func translated(_ body: [UInt8]) throws(ProxyFailure) -> AgentRequest {
        var options = AgentRequestOptions()
        options.limits = AgentRequestLimits(server.settings.limits, requiresModel: !entry.hasDefaultModel)
        do {
            return switch api {
            case .responses: try AgentRequest.responses(body, options: options)
            case .messages: try AgentRequest.messages(body, options: options)
            }
        } catch {
            throw .request(code: error.code, error.message, param: error.field)
        }
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
