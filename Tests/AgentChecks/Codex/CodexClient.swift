import Foundation

/// A scripted Codex: sends what Codex sends and reacts to what comes as Codex has been seen to.
///
/// It keeps one active item, believes finished items only, sends its whole history with each request, runs the calls it knows, and tries again
/// as often as the real one does. What a user would see stands in the ``CodexTurn``.
package struct CodexClient {
    /// Tries of a request that is answered 5xx, beside the first.
    package static let requestRetries = 4
    /// Tries of a stream that broke, beside the first.
    package static let streamRetries = 5

    /// Where a request has its tools.
    package enum ToolPlace {
        /// In its `tools`, with a hosted one.
        case tools
        /// In an item at the beginning of its input, and no `tools`: what Codex does for the models it knows by name.
        case item
        /// In an empty list: the request for a thread's title has none.
        case none
    }

    package var model: String
    package var tools: [CodexTool] = []
    package var toolPlace = ToolPlace.tools
    package var idleLimit = Duration.seconds(300)
    package var effort = "medium"
    package var key: String?
    /// The whole conversation as the next request will have it.
    package private(set) var history: [[String: Any]]

    private static let session = "0d9f6a1e-0000-4000-8000-000000000001"

    /// A client before its first turn.
    package init(model: String, instructions: String = "You are a coding agent. Keep going until the task is done.") {
        self.model = model
        history = [
            CodexClient.message("developer", [["type": "input_text", "text": instructions]]),
            CodexClient.message(
                "user", [["type": "input_text", "text": "<environment_context>\n  <cwd>/src</cwd>\n</environment_context>"]]),
        ]
    }

    private static func message(_ role: String, _ parts: [[String: Any]]) -> [String: Any] {
        ["type": "message", "role": role, "content": parts]
    }

    /// One turn: asks, and goes on until the model calls no tools. Beside the prompt may stand `images`, data URLs; the answer must look as
    /// `schema` says (`--output-schema`).
    package mutating func ask(
        _ prompt: String, images: [String] = [], schema: [String: Any]? = nil, over wire: inout some AgentWire
    ) throws -> CodexTurn {
        let shown = images.map { ["type": "input_image", "image_url": $0, "detail": "high"] as [String: Any] }
        history.append(CodexClient.message("user", shown + [["type": "input_text", "text": prompt]]))
        var turn = CodexTurn()
        for _ in 0..<20 {
            let first = turn.items.count
            try sample(schema, &turn, &wire)
            guard turn.failure == nil else { return turn }
            let answers = turn.items[first...].compactMap { tools.answer($0) }
            guard !answers.isEmpty else { return turn }
            // In the order of the calls, behind all of them.
            turn.outputs += answers.map(\.output)
            turn.notices += answers.compactMap(\.complaint)
            history += answers.map(\.output)
        }
        turn.failure = "the model calls tools for ever"
        return turn
    }

    /// The hand-over summary at the context's limit, and the rewritten history behind it.
    package mutating func compact(over wire: inout some AgentWire) throws -> CodexTurn {
        let question = [["type": "input_text", "text": "Write a hand-over summary for another model that goes on with the task."]]
        history.append(CodexClient.message("user", question))
        var turn = CodexTurn()
        let before = tools
        tools = []
        try sample(nil, &turn, &wire)
        tools = before
        let asked = history.filter { $0["role"] as? String == "user" }.dropLast()
        history =
            [history[0]] + asked + [CodexClient.message("user", [["type": "input_text", "text": "Summary so far: \(turn.lastMessage)"]])]
        return turn
    }

    // MARK: One step

    /// Requests until a response completes or there is no use in going on.
    private mutating func sample(_ schema: [String: Any]?, _ turn: inout CodexTurn, _ wire: inout some AgentWire) throws {
        var tries = 0
        while true {
            let stream = try request(body(schema), &turn, &wire)
            turn.note(stream)
            // A finished item stays, also of a stream that broke: the next request ends with it.
            history += stream.items.map(CodexClient.kept)
            guard let verdict = CodexVerdict(stream) else { return }
            if let note = verdict.developerNote {
                history.append(CodexClient.message("developer", [["type": "input_text", "text": note]]))
            }
            guard verdict.mayPass, tries < CodexClient.streamRetries else {
                turn.failure = verdict.words
                return
            }
            tries += 1
            turn.notices.append("Reconnecting... \(tries)/\(CodexClient.streamRetries)")
            try wire.wait(verdict.wait ?? .milliseconds(100 << tries))
        }
    }

    /// One request, repeated while the server says 5xx.
    private func request(_ body: [String: Any], _ turn: inout CodexTurn, _ wire: inout some AgentWire) throws -> CodexStream {
        var tries = 0
        while true {
            let request = AgentHTTPRequest("/v1/responses", headers: headers, body: body)
            var stream = CodexStream(idleLimit: idleLimit, target: request.target)
            turn.requestCount += 1
            try wire.exchange(request, &stream)
            guard case .status(let status, _) = stream.ending, status >= 500, tries < CodexClient.requestRetries else { return stream }
            tries += 1
            try wire.wait(CodexVerdict.retryAfter(stream) ?? .milliseconds(100 << tries))
        }
    }

    /// An item as the history keeps it: a reasoning item has its content spelled out.
    private static func kept(_ item: [String: Any]) -> [String: Any] {
        var item = item
        if item["type"] as? String == "reasoning", item["content"] == nil { item["content"] = NSNull() }
        item["status"] = nil
        return item
    }

    // MARK: The request

    private var headers: [(name: String, value: String)] {
        var headers = [
            ("content-type", "application/json"), ("accept", "text/event-stream"), ("originator", "codex_cli_rs"),
            ("user-agent", "codex_cli_rs/0.163.0 (Linux; x86_64)"), ("session-id", CodexClient.session), ("thread-id", CodexClient.session),
            ("x-client-request-id", CodexClient.session), ("x-codex-turn-metadata", "{}"),
        ]
        if let key { headers.append(("authorization", "Bearer \(key)")) }
        return headers
    }

    private func body(_ schema: [String: Any]?) -> [String: Any] {
        var body: [String: Any] = [
            "model": model, "input": history, "tool_choice": "auto", "parallel_tool_calls": true,
            "reasoning": ["effort": effort, "summary": "auto"], "store": false, "stream": true,
            "include": ["reasoning.encrypted_content"], "prompt_cache_key": CodexClient.session,
            "client_metadata": ["x-codex-installation-id": CodexClient.session],
        ]
        var text: [String: Any] = [:]
        if let schema {
            text["format"] = ["type": "json_schema", "name": "codex_output_schema", "strict": true, "schema": schema]
        }
        switch toolPlace {
        case .tools: body["tools"] = CodexTool.declared(tools) + [["type": "web_search", "external_web_access": true]]
        case .none: body["tools"] = [Any]()
        case .item:
            body["input"] = [["type": "additional_tools", "role": "developer", "tools": CodexTool.declared(tools)]] + history
            body["parallel_tool_calls"] = false
            body["reasoning"] = ["effort": effort, "summary": "auto", "context": "all_turns"]
            text["verbosity"] = "low"
        }
        if !text.isEmpty { body["text"] = text }
        return body
    }
}
