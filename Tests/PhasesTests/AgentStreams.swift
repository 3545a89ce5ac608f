import AgentAPIs
import AgentChecks
import Phases
import Summaries
import Testing

/// The two APIs that agents speak, for tests.
enum AgentKind: String, CaseIterable {
    case responses, messages

    /// A plan like that of the chat styles, for this API.
    func plan(_ plan: StreamPlan, isCollected: Bool = false, carrier: ReasoningCarrier? = nil) -> StreamPlan {
        var plan = plan
        var agent = AgentPlan(
            api: self == .responses ? .responses(ResponsesOptions()) : .messages(MessagesOptions()), id: "t1", model: "asked-model",
            created: 1_763_692_801)
        agent.isCollected = isCollected
        agent.carrier = carrier
        agent.tools = AgentKind.tools
        if case .off = plan.reasoning { agent.showsReasoning = false }
        plan.agent = agent
        return plan
    }

    static var tools: ToolRoutes {
        var tools = ToolRoutes()
        tools["shell"] = ToolRoute(name: "shell")
        tools["weather"] = ToolRoute(name: "weather")
        tools["files__read"] = ToolRoute(namespace: "files", name: "read")
        tools["patch"] = ToolRoute(kind: .custom, name: "patch")
        return tools
    }

    /// What a client holds after a whole stream, and what is wrong with it.
    func read(_ output: [UInt8]) -> (problems: [String], reading: AgentReading, types: [String]) {
        switch self {
        case .responses:
            let validator = ResponsesValidator(output)
            return (validator.problems, validator.reading, validator.types)
        case .messages:
            let validator = MessagesValidator(output)
            return (validator.problems, validator.reading, validator.types)
        }
    }

    func readCollected(_ body: [UInt8]) -> (problems: [String], reading: AgentReading) {
        self == .responses ? ResponsesValidator.collected(body) : MessagesValidator.collected(body)
    }

    /// How a stream ends that the chat styles finish for this reason.
    func ending(_ finish: String?, hasCalls: Bool) -> String {
        switch (self, finish) {
        case (.responses, "length"): "incomplete max_output_tokens"
        case (.responses, "content_filter"): "incomplete content_filter"
        case (.responses, _): "completed"
        case (.messages, "length"): "max_tokens"
        case (.messages, "content_filter"): "refusal"
        case (.messages, _): hasCalls ? "tool_use" : "end_turn"
        }
    }
}
