/// The endpoints under `/mock/`, for tests and demonstrations.
struct ControlRoutes: Sendable {
    let state: ServerState
    let catalogue: ScenarioCatalogue

    func response(to request: ReceivedRequest, _ context: ResponseContext) -> [WireAction] {
        switch (request.method, request.path) {
        case ("GET", "/mock/state"): context.response(200, body: state.stateJSON.bytes())
        case ("GET", "/mock/requests"):
            context.response(200, body: state.requestsJSON(last: request.query("last").flatMap { Int($0) } ?? 10).bytes())
        case ("GET", "/mock/scenarios"): context.response(200, body: scenarios.bytes())
        case ("POST", "/mock/next"): next(request, context)
        case ("POST", "/mock/release"): release(context)
        case ("POST", "/mock/strict"): strict(request, context)
        case ("POST", "/mock/reset"): reset(context)
        default:
            context.error(
                404,
                "The control endpoints are GET /mock/state, /mock/requests?last=N, /mock/scenarios, "
                    + "POST /mock/next, /mock/release, /mock/strict, /mock/reset.",
                code: "not_found")
        }
    }

    private var scenarios: JSON {
        .array(
            catalogue.scenarios.values.sorted { $0.name < $1.name }.map {
                ["name": .string($0.name), "description": .string($0.summary), "models": .array($0.models.map(JSON.string))]
            })
    }

    private func next(_ request: ReceivedRequest, _ context: ResponseContext) -> [WireAction] {
        do throws(ScenarioError) {
            let order = try NextOrder(body: request.body, catalogue: catalogue)
            let isAccepted = state.change { contents in
                guard contents.orders.count < ServerState.orderLimit else { return false }
                contents.orders.append(order)
                return true
            }
            guard isAccepted else { return context.error(429, "Too many orders are waiting; POST /mock/reset forgets them.") }
            return context.response(200, body: JSON.render(["ok": true, "orders_waiting": .integer(state.snapshot.orders.count)]))
        } catch {
            return context.error(400, "\(error)")
        }
    }

    private func release(_ context: ResponseContext) -> [WireAction] {
        context.response(200, body: JSON.render(["ok": true, "released": .integer(state.releaseHeld())]))
    }

    private func strict(_ request: ReceivedRequest, _ context: ResponseContext) -> [WireAction] {
        guard let isOn = (try? JSON(parsing: request.body))?.truth else { return context.error(400, "The body must be true or false.") }
        state.change { $0.isStrict = isOn }
        return context.response(200, body: JSON.render(["ok": true, "strict": .bool(isOn)]))
    }

    private func reset(_ context: ResponseContext) -> [WireAction] {
        state.reset()
        return context.response(200, body: JSON.render(["ok": true]))
    }
}

extension NextOrder {
    /// Reads `{"scenario": NAME or OBJECT, "fault": SHORTHAND or OBJECT, "model": NAME, "times": N}`; a bare string is a scenario's name,
    /// and an object with `name` and `description` is a whole scenario.
    init(body: [UInt8], catalogue: ScenarioCatalogue) throws(ScenarioError) {
        let file = "the request body"
        let value: JSON
        do throws(JSONProblem) { value = try JSON(parsing: body) } catch { throw .syntax(file: file, problem: error) }
        if value.text != nil || value["description"] != nil {
            scenario = try Self.scenario(value, file: file, catalogue)
            return
        }
        var fields = try StrictFields(value, file: file, path: "")
        if let scenario = fields.value("scenario") { self.scenario = try Self.scenario(scenario, file: file, catalogue) }
        if let fault = fields.value("fault") { self.fault = try Fault(fault, file: file, path: "fault") }
        model = try fields.string("model")
        times = try fields.integer("times") ?? 1
        try fields.finish()
        guard scenario != nil || fault != nil else { throw .missing(file: file, path: "scenario or fault") }
    }

    private static func scenario(_ value: JSON, file: String, _ catalogue: ScenarioCatalogue) throws(ScenarioError) -> Scenario {
        if let name = value.text { return try catalogue.scenario(named: name) }
        return try Scenario(value, file: file) { path throws(ScenarioError) in
            throw .invalid(file: file, path: "recording", problem: "\"\(path)\" cannot be read over HTTP; name a recording/… scenario")
        }
    }
}
