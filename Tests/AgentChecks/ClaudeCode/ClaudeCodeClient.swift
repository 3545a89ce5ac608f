import Foundation

/// A scripted Claude Code: sends what Claude Code sends and reacts to what comes as Claude Code has been seen to.
package struct ClaudeCodeClient {
    package var model: String
    package var tools: [ClaudeTool] = []
    package var idleLimit = Duration.seconds(180)
    package var maximumTokens = 32_000
    /// `thinking` and `output_config` of the requests; nil to leave them out.
    package var thinking: [String: Any]? = ["type": "adaptive", "display": "updates"]
    package var effort: String? = "high"
    package var key = "unused"
    /// Where the answer shall end; left out if empty.
    package var stopSequences: [String] = []
    /// The whole conversation as the next request will have it.
    package private(set) var messages: [[String: Any]] = []

    /// Deferred tools that ToolSearch has named.
    private var loaded: Set<String> = []
    /// The id of the last message of the assistant.
    private var lastID = ""

    private static let session = "3b1c9d20-0000-4000-8000-000000000002"
    private static let features = ["token-count", "thinking-display", "deferred-tools", "context-management", "effort"]

    /// A client before its first turn.
    package init(model: String) {
        self.model = model
    }

    /// One turn: asks, and goes on until the model calls no tools. Beside the prompt may stand `images`, PNG data in base64.
    package mutating func ask(_ prompt: String, images: [String] = [], over wire: inout some AgentWire) throws -> ClaudeTurn {
        let shown = images.map {
            ["type": "image", "source": ["type": "base64", "media_type": "image/png", "data": $0]] as [String: Any]
        }
        let isFirst = messages.isEmpty
        messages.append(["role": "user", "content": shown + [["type": "text", "text": prompt]]])
        if isFirst { messages.append(["role": "system", "content": "Today is a day like any other. The working folder is /src."]) }
        var turn = ClaudeTurn()
        try converse(&turn, &wire)
        return turn
    }

    /// What `/context` asks; nil if the server does not know.
    package func countTokens(over wire: inout some AgentWire) throws -> Int? {
        var body: [String: Any] = ["model": model, "messages": messages, "system": system, "tools": declaredTools]
        body["thinking"] = thinking
        let request = AgentHTTPRequest("/v1/messages/count_tokens?beta=true", headers: headers, body: body)
        var answer = WholeAnswer()
        try wire.exchange(request, &answer)
        return answer.status == 200 ? answer.object?["input_tokens"] as? Int : nil
    }

    // MARK: The turn

    private mutating func converse(_ turn: inout ClaudeTurn, _ wire: inout some AgentWire) throws {
        var (resumed, reminded, refused) = (0, false, false)
        for _ in 0..<30 {
            let step = try sample(&turn, &wire)
            if let failure = step.failure, !step.resumes {
                turn.failure = failure
                return
            }
            let message = step.message
            keep(message)
            turn.note(message)
            let results = answers(to: message)
            if step.resumes || message.stopReason == "max_tokens" || message.stopReason == "model_context_window_exceeded" {
                guard resumed < 3 else {
                    turn.failure = step.failure ?? "The response exceeded the output token maximum."
                    return
                }
                resumed += 1
                if !step.resumes { maximumTokens = 128_000 }
                say("Output was cut. Resume directly, without an apology or a recap.", after: results)
            } else if message.stopReason == "refusal" {
                guard !refused else {
                    turn.failure = "The model's safeguards stopped the answer."
                    return
                }
                refused = true
                say("Please answer as far as you can.", after: results)
            } else if !results.isEmpty {
                turn.results += results
                say(nil, after: results)
            } else if !message.isVisible, !reminded {
                reminded = true
                say("Your answer had no visible output. Say what you have to say.", after: [])
            } else {
                return
            }
        }
        turn.failure = "the model calls tools for ever"
    }

    private mutating func say(_ text: String?, after results: [[String: Any]]) {
        let words = text.map { [["type": "text", "text": $0] as [String: Any]] } ?? []
        messages.append(["role": "user", "content": results + words])
    }

    /// Keeps a message; one with the id of the message before it is taken for more of the same.
    private mutating func keep(_ message: ClaudeMessage) {
        guard !message.content.isEmpty else { return }
        if message.id == lastID, let place = messages.lastIndex(where: { $0["role"] as? String == "assistant" }) {
            let before = messages[place]["content"] as? [[String: Any]] ?? []
            messages[place]["content"] = before + message.content
        } else {
            messages.append(["role": "assistant", "content": message.content])
        }
        lastID = message.id
    }

    // MARK: Tools

    private mutating func answers(to message: ClaudeMessage) -> [[String: Any]] {
        message.calls.map { call in
            let id = call["id"] as? String ?? ""
            if message.unreadableCalls.contains(id) {
                return ClaudeTool.Output.error("InputValidationError: the input is not JSON; try again").result(of: id)
            }
            return run(call["name"] as? String ?? "", call["input"] as? [String: Any] ?? [:]).result(of: id)
        }
    }

    private mutating func run(_ name: String, _ input: [String: Any]) -> ClaudeTool.Output {
        if name == "ToolSearch", tools.contains(where: \.isDeferred) {
            let wanted = input["query"] as? String ?? ""
            let found = tools.filter { $0.isDeferred && (wanted.contains($0.name) || $0.name.contains(wanted)) }.map(\.name)
            loaded.formUnion(found)
            return .references(found)
        }
        guard let tool = tools.first(where: { $0.name == name && (!$0.isDeferred || loaded.contains(name)) }) else {
            return .error("Error: No such tool available: \(name)")
        }
        return tool.run(input)
    }

    private var declaredTools: [[String: Any]] {
        var declared = tools.filter { !$0.isDeferred }.map(\.json)
        if tools.contains(where: \.isDeferred) {
            declared.append(ClaudeTool("ToolSearch", schema: ClaudeCodeClient.search) { _ in .nothing }.json)
            declared.append(ClaudeTool("DeferredToolPlaceholder", isDeferred: true) { _ in .nothing }.json)
            declared += tools.filter { $0.isDeferred && loaded.contains($0.name) }.map(\.json)
        }
        return declared
    }

    private static var search: [String: Any] {
        ["type": "object", "properties": ["query": ["type": "string"]], "required": ["query"]]
    }

    // MARK: One step

    private struct Step {
        var message = ClaudeMessage()
        var failure: String?
        /// Whether the message is a part, and the model shall go on.
        var resumes = false
    }

    /// Requests until there is a message, a part of one to go on from, or no use in going on.
    private func sample(_ turn: inout ClaudeTurn, _ wire: inout some AgentWire) throws -> Step {
        var isStreamed = true
        var features = ClaudeCodeClient.features
        var counts: [String: Int] = [:]
        var tries = 0
        while true {
            let request = AgentHTTPRequest(
                "/v1/messages?beta=true", headers: headers + [("anthropic-beta", features.joined(separator: ","))],
                body: body(isStreamed: isStreamed))
            var stream = ClaudeStream(idleLimit: idleLimit, isStreamed: isStreamed)
            try wire.exchange(request, &stream)
            turn.note(stream, isStreamed: isStreamed)
            tries += 1
            if stream.ending == .complete { return Step(message: stream.message) }
            var verdict = ClaudeVerdict(stream)
            if case .status(404, _) = stream.ending, isStreamed { verdict = .plain }
            // What a plain request meets cannot be met by a plain request once more.
            if !isStreamed, verdict == .plain { verdict = .say("Connection lost") }
            if case .again(let most, let wait, let next) = verdict {
                let name = "\(stream.ending.map { "\($0)".prefix(12) } ?? "") \(stream.progress)"
                counts[name, default: 0] += 1
                if counts[name, default: 0] < most {
                    let backoff = Duration.milliseconds(min(32_000, 500 << min(tries - 1, 6)))
                    try wire.wait(max(backoff, wait ?? .zero))
                    continue
                }
                verdict = next
            }
            switch verdict {
            case .plain: isStreamed = false
            case .lessBeta(let message):
                guard !features.isEmpty else { return Step(failure: message) }
                features.removeLast()
            case .resume(let words): return Step(message: stream.message, failure: words, resumes: true)
            case .say(let words): return Step(failure: words)
            case .again: break
            }
        }
    }

    // MARK: The request

    private var headers: [(name: String, value: String)] {
        [
            ("content-type", "application/json"), ("accept", "application/json"), ("anthropic-version", "2023-06-01"), ("x-api-key", key),
            ("x-claude-code-session-id", ClaudeCodeClient.session), ("user-agent", "claude-cli/2.1.329 (external, cli)"),
            ("x-stainless-lang", "js"), ("x-stainless-retry-count", "0"), ("accept-encoding", "gzip, deflate, br, zstd"),
        ]
    }

    private var system: [[String: Any]] {
        [
            ["type": "text", "text": "x-anthropic-billing-header: cc_version=2.1.329; cc_entrypoint=cli; cch=00000;"],
            ["type": "text", "text": "You are an agent for software tasks.", "cache_control": ["type": "ephemeral"]],
        ]
    }

    private func body(isStreamed: Bool) -> [String: Any] {
        var body: [String: Any] = [
            "model": model, "max_tokens": maximumTokens, "messages": marked, "system": system, "tools": declaredTools,
            "metadata": ["user_id": "user_0_session_\(ClaudeCodeClient.session)"], "context_management": ["edits": [Any]()],
            "stream": isStreamed,
        ]
        body["thinking"] = thinking
        if !stopSequences.isEmpty { body["stop_sequences"] = stopSequences }
        if let effort { body["output_config"] = ["effort": effort] }
        return body
    }

    /// The conversation with a mark on its last block, where a prefix cache shall end.
    private var marked: [[String: Any]] {
        var marked = messages
        guard let place = marked.lastIndex(where: { $0["role"] as? String == "user" }),
            var blocks = marked[place]["content"] as? [[String: Any]], !blocks.isEmpty
        else { return marked }
        blocks[blocks.count - 1]["cache_control"] = ["type": "ephemeral"]
        marked[place]["content"] = blocks
        return marked
    }
}

/// Reads an answer that is one JSON object.
struct WholeAnswer: AgentReader {
    private(set) var status = 0
    private var body: [UInt8] = []
    private(set) var isDone = false
    let deadline = Duration.seconds(60)

    var object: [String: Any]? { (try? JSONSerialization.jsonObject(with: Data(body))) as? [String: Any] }

    mutating func receive(status: Int, headers: [String: String]) { self.status = status }
    mutating func receive(_ bytes: [UInt8], at time: Duration) { body += bytes }
    mutating func ended(isCut: Bool, at time: Duration) { isDone = true }
    mutating func idled(at time: Duration) { isDone = true }
}
