import Foundation

/// A complete request, as the connection read it.
struct ReceivedRequest: Sendable {
    var method: String
    /// With the query.
    var uri: String
    var isHTTP10: Bool
    var keepsAlive: Bool
    var headers: [Header]
    var body: [UInt8]

    var path: String { String(uri.prefix { $0 != "?" }) }

    /// The first value of a header, by lowercase name.
    func header(_ name: String) -> String? { headers.first { $0.name.lowercased() == name }?.value }

    func query(_ name: String) -> String? {
        guard let mark = uri.firstIndex(of: "?") else { return nil }
        for pair in uri[uri.index(after: mark)...].split(separator: "&") {
            let sides = pair.split(separator: "=", maxSplits: 1)
            if sides.first.map(String.init) == name { return sides.count == 2 ? String(sides[1]) : "" }
        }
        return nil
    }
}

/// A response to play, and what the log says about it.
struct RoutedResponse: Sendable {
    var script: ResponseScript
    var number: Int
    /// For chat answers only.
    var answer: ServerState.OpenAnswer?
    var fault: Fault?
}

/// Turns requests into responses. One per server; decides everything, sends nothing.
struct Router: Sendable {
    let chooser: ScenarioChooser
    let state: ServerState
    var apiKey: String?

    func response(to request: ReceivedRequest) -> RoutedResponse {
        let isControl = request.path.hasPrefix("/mock/")
        let number = isControl ? 0 : state.received(request)
        // WALL: the date in a completion.
        let identity = ResponseIdentity(number: number, created: Int(Date().timeIntervalSince1970))
        let context = ResponseContext(identity: identity, isHTTP10: request.isHTTP10, keepsAlive: request.keepsAlive)
        if isControl {
            let control = ControlRoutes(state: state, catalogue: chooser.catalogue)
            return RoutedResponse(script: ResponseScript(control.response(to: request, context)), number: number)
        }
        switch request.path {
        case "/v1/chat/completions", "/chat/completions": return chat(request, number, context)
        case "/v1/models", "/models": return fixed(number, only("GET", request, context) { models($0) })
        case "/health", "/": return fixed(number, only("GET", request, context) { $0.response(200, body: JSON.render(["status": "ok"])) })
        default:
            let message = "Unknown path \(request.path). The mock knows /v1/chat/completions, /v1/models, /health and /mock/."
            return fixed(number, context.error(404, message, code: "not_found"))
        }
    }

    private func chat(_ request: ReceivedRequest, _ number: Int, _ context: ResponseContext) -> RoutedResponse {
        guard request.method == "POST" else { return fixed(number, methodNotAllowed("POST", context)) }
        if let refusal = refusal(request, context) { return fixed(number, refusal) }
        do throws(RequestProblem) {
            let chat = try ChatRequest(body: request.body)
            if try isStrict(request) { try refuseOffCommonGround(chat, number) }
            return try play(chat, request, number, context)
        } catch {
            return fixed(number, context.error(400, error.message, parameter: error.parameter))
        }
    }

    /// Whether this request is held to the common ground: the header `X-Mock-Strict` says so, else the server's own state.
    private func isStrict(_ request: ReceivedRequest) throws(RequestProblem) -> Bool {
        switch request.header("x-mock-strict") {
        case nil: return state.snapshot.isStrict
        case "on": return true
        case "off": return false
        default: throw RequestProblem("x-mock-strict must be on or off", parameter: "x-mock-strict")
        }
    }

    /// Counts every violation, and answers the first.
    private func refuseOffCommonGround(_ chat: ChatRequest, _ number: Int) throws(RequestProblem) {
        let violations = CommonGround(chat.json).violations
        guard let first = violations.first else { return }
        state.refused(number, violations)
        throw RequestProblem(first.message, parameter: first.field)
    }

    private func play(
        _ chat: ChatRequest, _ request: ReceivedRequest, _ number: Int, _ context: ResponseContext
    ) throws(RequestProblem) -> RoutedResponse {
        let choice = try chooser.choice(model: chat.model, order: state.takeOrder(for: chat.model), header: request.header)
        let occurrence = state.chose(model: chat.model, scenario: choice.scenario.name)
        let fault = choice.fault.flatMap { $0.occurrence.includes(request: occurrence) ? $0 : nil }
        let answer = ServerState.OpenAnswer(
            model: chat.model, scenario: choice.scenario.name, streams: chat.streams, started: ContinuousClock.now)
        return RoutedResponse(
            script: script(choice.scenario, chat, fault, context), number: number, answer: answer, fault: fault)
    }

    private func script(_ scenario: Scenario, _ chat: ChatRequest, _ fault: Fault?, _ context: ResponseContext) -> ResponseScript {
        guard chat.streams else { return WholeAnswer.script(scenario, chat, fault: fault, context) }
        if let fault, let actions = FaultAnswer.actions(fault, scenario: scenario, request: chat, context) {
            return ResponseScript(actions)
        }
        return ResponseScript(preamble: FaultAnswer.preamble(fault), StreamScript(scenario, for: chat, fault: fault, context))
    }

    private func models(_ context: ResponseContext) -> [WireAction] {
        let models = chooser.catalogue.modelNames.map { name -> JSON in
            ["id": .string(name), "object": "model", "created": 1_763_692_800, "owned_by": "mock-upstream"]
        }
        return context.response(200, body: JSON.render(["object": "list", "data": .array(models)]))
    }

    private func only(
        _ method: String, _ request: ReceivedRequest, _ context: ResponseContext, _ answer: (ResponseContext) -> [WireAction]
    ) -> [WireAction] {
        guard request.method == method else { return methodNotAllowed(method, context) }
        return request.path == "/health" || request.path == "/" ? answer(context) : refusal(request, context) ?? answer(context)
    }

    private func methodNotAllowed(_ method: String, _ context: ResponseContext) -> [WireAction] {
        context.error(405, "Use \(method) here.", code: "method_not_allowed", headers: [Header("allow", method)])
    }

    private func refusal(_ request: ReceivedRequest, _ context: ResponseContext) -> [WireAction]? {
        guard let apiKey, request.header("authorization") != "Bearer \(apiKey)" else { return nil }
        return context.error(401, "Incorrect API key provided.", code: "invalid_api_key")
    }

    private func fixed(_ number: Int, _ actions: [WireAction]) -> RoutedResponse {
        RoutedResponse(script: ResponseScript(actions), number: number)
    }
}
