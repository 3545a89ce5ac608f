/// What the strictest servers and chat templates insist on, all of them at once (`--strict`).
///
/// No one server refuses all of this. But a request that has to work with any server must keep to what all of them take: one system
/// message, first; only the roles system, user, assistant and tool; no two messages of one side in a row; every call answered by exactly one
/// tool message before anything else; strings as content unless there is an image, and images only in messages of the user; no empty list of
/// tools, and nothing about tools without one; functions with valid, unique names and an object for a schema; no member that only some
/// servers know.
struct CommonGround {
    /// The rules, by the names under which `/mock/state` counts them.
    enum Rule: String, Sendable, CaseIterable {
        case unknownField = "unknown_field"
        case null
        case role
        case systemNotFirst = "system_not_first"
        case repeatedRole = "repeated_role"
        case content
        case image
        case callForm = "call_form"
        case unansweredCall = "unanswered_call"
        case strayResult = "stray_result"
        case emptyTools = "empty_tools"
        case toolForm = "tool_form"
        case functionName = "function_name"
        case repeatedName = "repeated_name"
        case parameters
        case choiceWithoutTools = "choice_without_tools"
        case toolChoice = "tool_choice"
        case streamOptions = "stream_options"
        case stop
    }

    /// Where a request leaves the ground.
    struct Violation: Sendable, Equatable {
        var rule: Rule
        /// As a path: `messages[2].content`.
        var field: String
        var problem: String

        var message: String { "\(field): \(problem)" }
    }

    private(set) var violations: [Violation] = []

    /// Checks a whole body; finds every violation, in the order of the rules and not of the text.
    init(_ body: JSON) {
        checkMembers(body, "", Self.members)
        checkMessages(body["messages"]?.elements ?? [])
        let names = checkTools(body)
        checkToolUse(body, names)
        checkRest(body)
    }

    /// What all servers know of the Chat Completions request, and the switch that open models' templates read.
    private static let members: Set<String> = [
        "chat_template_kwargs", "frequency_penalty", "logit_bias", "logprobs", "max_completion_tokens", "max_tokens", "messages", "model",
        "n", "parallel_tool_calls", "presence_penalty", "reasoning_effort", "response_format", "seed", "stop", "stream", "stream_options",
        "temperature", "tool_choice", "tools", "top_k", "top_logprobs", "top_p", "user",
    ]

    mutating func found(_ rule: Rule, _ field: String, _ problem: String) {
        violations.append(Violation(rule: rule, field: field, problem: problem))
    }

    /// Refuses members nobody knows, and nulls: some servers take them for a value of the wrong type.
    mutating func checkMembers(_ value: JSON, _ place: String, _ known: Set<String>) {
        for member in value.members ?? [] {
            let field = place.isEmpty ? member.key : "\(place).\(member.key)"
            if !known.contains(member.key) {
                let isTop = place.isEmpty
                found(.unknownField, field, isTop ? "Unrecognized request argument supplied: \(member.key)" : "a member that nobody knows")
            } else if member.value == .null {
                found(.null, field, "is null; leave it out")
            }
        }
    }

    private mutating func checkRest(_ body: JSON) {
        if let options = body["stream_options"] {
            checkMembers(options, "stream_options", ["include_usage"])
            if body["stream"]?.truth != true { found(.streamOptions, "stream_options", "only with stream: true") }
        }
        if let stop = body["stop"], stop != .null {
            let words = stop.text.map { [$0] } ?? stop.elements?.map { $0.text ?? "" } ?? [""]
            if words.isEmpty || words.contains("") { found(.stop, "stop", "must be a string or a list of strings, none of them empty") }
        }
    }
}
