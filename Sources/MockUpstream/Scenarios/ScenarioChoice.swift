/// What one request plays.
struct ScenarioChoice: Sendable, Equatable {
    var scenario: Scenario
    /// Already tested for occurrence.
    var fault: Fault?
}

/// One order of `POST /mock/next`.
struct NextOrder: Sendable, Equatable {
    /// nil keeps the choice by header or model.
    var scenario: Scenario?
    var fault: Fault?
    /// Only for requests that name this model.
    var model: String?
    var times = 1
}

/// Settings of the command line that win over every scenario.
struct Overrides: Sendable, Equatable {
    var tokensPerSecond: Double?
    var jitter: Double?
    var seed: UInt64?
    var chunking: Chunking?

    func apply(to scenario: inout Scenario) {
        if let tokensPerSecond {
            scenario.pacing.tokensPerSecond = tokensPerSecond
            if tokensPerSecond == 0 { scenario.pacing.firstTokenDelay = 0 }
        }
        if let jitter { scenario.pacing.jitter = jitter }
        if let seed { scenario.pacing.seed = seed }
        if let chunking { scenario.chunking = chunking }
    }
}

/// Chooses by order, header, port, model, default; in this sequence.
struct ScenarioChooser: Sendable {
    /// For models that nobody claims.
    static let defaultName = "default"

    let catalogue: ScenarioCatalogue
    /// The scenario this port always plays, whatever the model.
    var pinned: Scenario?
    /// The fault of this port, for requests that bring none.
    var pinnedFault: Fault?
    var overrides = Overrides()

    /// A model name may carry a fault: `demo!stall-in=reasoning`, because headers do not survive a proxy.
    static func split(model: String) -> (name: String, fault: String?) {
        guard let mark = model.firstIndex(of: "!") else { return (model, nil) }
        return (String(model[..<mark]), String(model[model.index(after: mark)...]))
    }

    /// The choice for a request. Its fault is the scenario's own unless the order, a header, the model name or the port gives another.
    ///
    /// - Parameters:
    ///   - model: the name in the request.
    ///   - order: what `/mock/next` asked for, if it is this request's turn.
    ///   - header: the value of a request header, by lowercase name.
    /// - Returns: the scenario, with overrides and headers applied, and the fault.
    /// - Throws: `RequestProblem` for a name or a header that means nothing.
    func choice(model: String, order: NextOrder?, header: (String) -> String?) throws(RequestProblem) -> ScenarioChoice {
        let parts = Self.split(model: model)
        var scenario: Scenario
        do throws(ScenarioError) {
            if let ordered = order?.scenario {
                scenario = ordered
            } else if let name = header("x-mock-scenario") {
                scenario = try catalogue.scenario(named: name)
            } else if let pinned {
                scenario = pinned
            } else if let claimed = catalogue.scenario(forModel: parts.name) {
                scenario = claimed
            } else {
                scenario = try catalogue.scenario(named: Self.defaultName)
            }
        } catch { throw RequestProblem("\(error)", parameter: "x-mock-scenario") }
        overrides.apply(to: &scenario)
        try applyHeaders(to: &scenario, header)
        let asked = try Self.fault(header("x-mock-fault") ?? parts.fault)
        return ScenarioChoice(scenario: scenario, fault: order?.fault ?? asked ?? pinnedFault ?? scenario.fault)
    }

    private func applyHeaders(to scenario: inout Scenario, _ header: (String) -> String?) throws(RequestProblem) {
        if let text = header("x-mock-tokens-per-second") {
            guard let rate = Double(text), rate >= 0 else {
                throw RequestProblem("x-mock-tokens-per-second must be a number", parameter: "x-mock-tokens-per-second")
            }
            Overrides(tokensPerSecond: rate).apply(to: &scenario)
        }
        if let text = header("x-mock-chunking") {
            guard let chunking = Chunking(text) else {
                throw RequestProblem("x-mock-chunking must be one of \(Chunking.spellings)", parameter: "x-mock-chunking")
            }
            scenario.chunking = chunking
        }
    }

    private static func fault(_ shorthand: String?) throws(RequestProblem) -> Fault? {
        guard let shorthand else { return nil }
        do throws(FaultSpellingError) { return try Fault(shorthand: shorthand) } catch {
            throw RequestProblem("\(error)", parameter: "x-mock-fault")
        }
    }
}
