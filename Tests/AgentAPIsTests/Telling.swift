import AgentAPIs
import AgentChecks

/// News that can be kept and written down.
enum Said: Equatable {
    case opened
    case prompt(String)
    case reasoning(String)
    case step(String?, String)
    case raw(String)
    case rawEnded
    case movedOn(isFromStart: Bool = true)
    case answerBegan
    case text(String)
    case refusal(String)
    case call(Int?, id: String = "", name: String = "", _ arguments: String)
    case finished(AnswerEnd)
    case ended(TokenUsage?)
    case failed(AgentFailure)
    case silent
}

/// The APIs, for data-driven tests.
enum Kind: String, CaseIterable {
    case responses, messages

    var plan: AgentPlan {
        AgentPlan(
            api: self == .responses ? .responses(ResponsesOptions()) : .messages(MessagesOptions()), id: "t1", model: "m",
            created: 1_763_692_801)
    }
}

/// One answer as it was told.
struct Telling {
    private(set) var output: [UInt8] = []
    /// What was appended for each news.
    private(set) var parts: [String] = []
    private(set) var isTooLong = false

    var text: String { String(decoding: output, as: UTF8.self) }

    init(_ said: [Said], _ plan: AgentPlan) {
        var rendering = AgentRendering(plan)
        for word in said {
            let before = output.count
            Telling.tell(word, &rendering, &output)
            parts.append(String(decoding: output[before...], as: UTF8.self))
        }
        isTooLong = rendering.isTooLong
    }

    private static func tell(_ word: Said, _ rendering: inout AgentRendering, _ output: inout [UInt8]) {
        switch word {
        case .opened: rendering.tell(.opened, to: &output)
        case .prompt(let text): rendering.tell(.promptSummary(text), to: &output)
        case .reasoning(let text): tell(text) { rendering.tell(.reasoning($0), to: &output) }
        case .step(let title, let text): rendering.tell(.step(title: title, text: text), to: &output)
        case .raw(let text): tell(text) { rendering.tell(.rawReasoning($0), to: &output) }
        case .rawEnded: rendering.tell(.rawReasoningEnded, to: &output)
        case .movedOn(let isFromStart): rendering.tell(.movedOn(isFromStart: isFromStart), to: &output)
        case .answerBegan: rendering.tell(.answerBegan, to: &output)
        case .text(let text): tell(text) { rendering.tell(.text($0), to: &output) }
        case .refusal(let text): tell(text) { rendering.tell(.refusal($0), to: &output) }
        case .call(let index, let id, let name, let arguments):
            let (id, name, arguments) = (Array(id.utf8), Array(name.utf8), Array(arguments.utf8))
            rendering.tell(.call(CallPiece(index: index, id: id.span, name: name.span, arguments: arguments.span)), to: &output)
        case .finished(let end): rendering.tell(.finished(end), to: &output)
        case .ended(let usage): rendering.tell(.ended(usage), to: &output)
        case .failed(let failure): rendering.tell(.failed(failure), to: &output)
        case .silent: rendering.tell(.silent, to: &output)
        }
    }

    private static func tell(_ text: String, _ body: (Span<UInt8>) -> Void) {
        let bytes = Array(text.utf8)
        body(bytes.span)
    }

    /// What a client holds, and what is wrong with it.
    func read(_ kind: Kind, isWhole: Bool = true) -> (problems: [String], reading: AgentReading, types: [String]) {
        switch kind {
        case .responses:
            let validator = ResponsesValidator(output, isWhole: isWhole)
            return (validator.problems, validator.reading, validator.types)
        case .messages:
            let validator = MessagesValidator(output, isWhole: isWhole)
            return (validator.problems, validator.reading, validator.types)
        }
    }
}

/// Answers that between them say everything that can be said.
enum Answers {
    static let usage = TokenUsage(input: 100, cachedInput: 40, output: 30, reasoning: 12)

    static let all: [(name: String, said: [Said])] = [
        ("text alone", [.opened, .answerBegan, .text("Hel"), .text("lo."), .finished(.complete), .ended(usage)]),
        (
            "thinking, then text",
            [
                .opened, .prompt("What is asked."), .reasoning("a"), .step("Counting", "It counts."), .silent, .reasoning("b"),
                .step(nil, "It sums up."), .answerBegan, .text("Six."), .finished(.complete), .ended(nil),
            ]
        ),
        (
            "raw thoughts",
            [
                .opened, .prompt("What is asked."), .reasoning("a"), .raw("First "), .raw("thought."), .rawEnded, .movedOn(),
                .raw("Second."),
                .rawEnded, .step(nil, "No answer."), .answerBegan, .finished(.length), .ended(usage),
            ]
        ),
        (
            "two calls, one after the other",
            [
                .opened, .reasoning("a"), .answerBegan, .text("I look."), .call(0, id: "c1", name: "shell", ""), .call(0, #"{"a":"#),
                .call(0, "1}"), .call(1, id: "c2", name: "shell", #"{"b":2}"#), .finished(.complete), .ended(usage),
            ]
        ),
        (
            "mixed calls, late names, text between",
            [
                .opened, .answerBegan, .call(0, id: "c1", ""), .call(1, id: "c2", name: "files__read", #"{"p":"#), .text("Meanwhile."),
                .call(0, name: "shell", #"{"a":"#), .call(1, #""x"}"#), .call(0, #""{\"}"}"#), .refusal("No."), .finished(.complete),
                .ended(usage),
            ]
        ),
        (
            "a custom tool",
            [
                .opened, .answerBegan, .call(0, id: "c1", name: "patch", #"{"inp"#), .call(0, #"ut":"*** Begin\n+\"é\"\n"}"#),
                .finished(.complete), .ended(usage),
            ]
        ),
        ("a refusal behind text", [.opened, .answerBegan, .text("Well, "), .refusal("I cannot."), .finished(.complete), .ended(usage)]),
        ("a filter", [.opened, .answerBegan, .text("Half a se"), .finished(.contentFilter), .ended(usage)]),
        (
            "a call that is cut",
            [.opened, .answerBegan, .text("So:"), .call(0, id: "c", name: "shell", #"{"a":"#), .finished(.length), .ended(usage)]
        ),
        ("a failure in reasoning", [.opened, .prompt("p"), .reasoning("a"), .failed(AgentFailure(.passing, "It broke."))]),
        ("a failure in a text", [.opened, .answerBegan, .text("Half"), .failed(AgentFailure(.overloaded, "It broke."))]),
        (
            "a failure in a call",
            [.opened, .answerBegan, .text("So:"), .call(0, name: "shell", "{"), .failed(AgentFailure(.rejected, "It broke."))]
        ),
    ]

    static var tools: ToolRoutes {
        var tools = ToolRoutes()
        tools["shell"] = ToolRoute(name: "shell")
        tools["get"] = ToolRoute(name: "get")
        tools["get_weather"] = ToolRoute(name: "get_weather")
        tools["files__read"] = ToolRoute(namespace: "files", name: "read")
        tools["patch"] = ToolRoute(kind: .custom, name: "patch")
        return tools
    }

    static func plan(_ kind: Kind) -> AgentPlan {
        var plan = kind.plan
        plan.tools = tools
        return plan
    }
}
