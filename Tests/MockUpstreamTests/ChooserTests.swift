import Testing

@testable import MockUpstream

@Suite struct ChooserTests {
    let catalogue: ScenarioCatalogue

    init() throws { catalogue = try ScenarioCatalogue() }

    private func choose(_ model: String, _ order: NextOrder? = nil, _ headers: [String: String] = [:]) throws -> ScenarioChoice {
        try ScenarioChooser(catalogue: catalogue).choice(model: model, order: order) { headers[$0] }
    }

    @Test func ordersWinOverHeadersHeadersOverPortsPortsOverModels() throws {
        let order = NextOrder(scenario: try catalogue.scenario(named: "plain"))
        let headers = ["x-mock-scenario": "fast"]
        #expect(try choose("echo", order, headers).scenario.name == "plain")
        #expect(try choose("echo", nil, headers).scenario.name == "fast")
        #expect(try choose("echo").scenario.name == "echo")
        #expect(try choose("mock-reasoner").scenario.name == "default")
        #expect(try choose("anything").scenario.name == "default")
        let pinned = ScenarioChooser(catalogue: catalogue, pinned: try catalogue.scenario(named: "fast"), pinnedFault: Fault(.stall))
        #expect(try pinned.choice(model: "echo", order: nil, header: { _ in nil }).scenario.name == "fast")
        #expect(try pinned.choice(model: "echo", order: nil, header: { _ in nil }).fault?.kind == .stall)
        #expect(try pinned.choice(model: "echo!end", order: order, header: { _ in nil }).scenario.name == "plain")
        #expect(try pinned.choice(model: "echo!end", order: order, header: { _ in nil }).fault?.kind == .end)
    }

    @Test func aFaultMayComeFromOrderHeaderModelOrScenario() throws {
        #expect(try choose("fast!stall-in=answer").fault?.kind == .stall)
        #expect(try choose("fast!stall-in=answer").scenario.name == "fast")
        #expect(try choose("fast!stall", nil, ["x-mock-fault": "reset-after=2"]).fault?.kind == .reset)
        #expect(try choose("fast!stall", NextOrder(fault: Fault(.end))).fault?.kind == .end)
        #expect(try choose("fast").fault == nil)
    }

    @Test func headersChangePaceAndCut() throws {
        let scenario = try choose("default", nil, ["x-mock-tokens-per-second": "0", "x-mock-chunking": "bytes:1"]).scenario
        #expect(scenario.pacing.tokensPerSecond == 0)
        #expect(scenario.chunking.writes == .bytes(1))
    }

    @Test(arguments: ["x-mock-scenario", "x-mock-fault", "x-mock-tokens-per-second", "x-mock-chunking"])
    func aHeaderThatMeansNothingIsRefused(name: String) {
        #expect(throws: RequestProblem.self) { try choose("default", nil, [name: "-nonsense"]) }
    }

    @Test(arguments: [
        (#""fast""#, "fast", 1), (#"{"scenario":"fast","times":3}"#, "fast", 3),
        (#"{"scenario":{"name":"x","description":"d","answer":"y"}}"#, "x", 1), (#"{"name":"x","description":"d","answer":"y"}"#, "x", 1),
    ])
    func anOrderIsANameOrAWholeScenario(json: String, name: String, times: Int) throws {
        let order = try NextOrder(body: Array(json.utf8), catalogue: catalogue)
        #expect(order.scenario?.name == name)
        #expect(order.times == times)
    }

    @Test(arguments: [
        ("{}", "scenario or fault is missing"), (#"{"scenario":"fsat"}"#, "did you mean \"fast\"?"),
        (#"{"fault":"oops"}"#, "there is no fault"),
        (#"{"scenario":"fast","time":2}"#, "did you mean \"times\"?"), ("nonsense", "not valid JSON"),
        (#"{"name":"x","description":"d","recording":"/etc/hostname"}"#, "cannot be read over HTTP"),
    ])
    func anOrderThatMeansNothingIsExplained(json: String, message: String) {
        let error = #expect(throws: ScenarioError.self) { try NextOrder(body: Array(json.utf8), catalogue: catalogue) }
        #expect(error?.description.contains(message) == true, "\(error?.description ?? "none")")
    }

    @Test func ordersAreUsedUpInTurnAndByModel() throws {
        let state = ServerState()
        state.change {
            $0.orders = [NextOrder(fault: Fault(.stall), model: "a", times: 1), NextOrder(fault: Fault(.end), times: 2)]
        }
        #expect(state.takeOrder(for: "b")?.fault?.kind == .end)
        #expect(state.takeOrder(for: "a")?.fault?.kind == .stall)
        #expect(state.takeOrder(for: "a")?.fault?.kind == .end)
        #expect(state.takeOrder(for: "a") == nil)
    }

    @Test func portsMayNameAScenario() {
        #expect(PortArgument(argument: "9001=error-503") == PortArgument(port: 9001, scenario: "error-503"))
        #expect(PortArgument(argument: "0") == PortArgument(port: 0))
        #expect(PortArgument(argument: "1=!stall-in=answer") == PortArgument(port: 1, fault: "stall-in=answer"))
        #expect(PortArgument(argument: "1=demo!gzip") == PortArgument(port: 1, scenario: "demo", fault: "gzip"))
        for text in ["", "x", "70000", "-1", "=fast", "1="] { #expect(PortArgument(argument: text) == nil, "\(text)") }
    }

    @Test(arguments: [
        ("{", "The body is not valid JSON"), ("[]", "must be a JSON object"), ("{}", "'messages' must be"),
        (#"{"messages":[]}"#, "'messages'"),
        (#"{"messages":"hi"}"#, "'messages'"),
    ])
    func aBadRequestIsExplained(body: String, message: String) {
        let problem = #expect(throws: RequestProblem.self) { try ChatRequest(body: Array(body.utf8)) }
        #expect(problem?.message.contains(message) == true)
    }

    @Test func thePromptIsTheLastUserMessage() throws {
        let body =
            #"{"messages":[{"role":"user","content":"a"},{"role":"assistant","content":"b"},{"role":"user","content":[{"type":"text","text":"c"},{"type":"image_url"},{"type":"text","text":"d"}]}]}"#
        let request = try ChatRequest(body: Array(body.utf8))
        #expect(request.prompt == "c\nd")
        #expect(!request.streams)
    }
}
