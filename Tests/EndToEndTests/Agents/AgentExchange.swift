import AgentChecks
import Foundation
import Testing

/// The two APIs that coding agents speak.
enum AgentAPI: String, CaseIterable, CustomStringConvertible {
    case responses, messages

    var path: String { "/v1/\(rawValue)" }
    var description: String { rawValue }

    /// A request with one question; `members` are further members of its body, as JSON text with a comma before each. The Messages API shows
    /// thinking only to those who asked for it.
    func request(_ model: String, stream: Bool = true, members: String = "", question: String = Request.question) -> Request {
        let body =
            switch self {
            case .responses:
                "{\"model\": \"\(model)\", \"stream\": \(stream), \"input\": [{\"role\": \"user\", \"content\": \"\(question)\"}]\(members)}"
            case .messages:
                "{\"model\": \"\(model)\", \"stream\": \(stream), \"max_tokens\": 4096, "
                    + "\"messages\": [{\"role\": \"user\", \"content\": \"\(question)\"}], \"thinking\": {\"type\": \"adaptive\"}\(members)}"
            }
        var request = Request("POST", path, body: body)
        if self == .messages { request.headers.append(("anthropic-version", "2023-06-01")) }
        return request
    }

    /// What a client holds after `body`, and what was wrong with it.
    func read(_ body: [UInt8], stream: Bool = true) -> (problems: [String], reading: AgentReading, types: [String]) {
        switch self {
        case .responses:
            if !stream {
                let whole = ResponsesValidator.collected(body)
                return (whole.problems, whole.reading, [])
            }
            let validator = ResponsesValidator(body)
            return (validator.problems, validator.reading, validator.types)
        case .messages:
            if !stream {
                let whole = MessagesValidator.collected(body)
                return (whole.problems, whole.reading, [])
            }
            let validator = MessagesValidator(body)
            return (validator.problems, validator.reading, validator.types)
        }
    }

    /// How a good answer ends, with calls or without.
    func goodEnding(hasCalls: Bool = false) -> String {
        self == .responses ? "completed" : hasCalls ? "tool_use" : "end_turn"
    }

    /// The type or code in an error body.
    func errorName(_ reply: Reply) -> String? {
        self == .responses ? reply.json["error"]["code"].string : reply.json["error"]["type"].string
    }
}

extension House {
    /// An agent's answer, read to its end and checked from its first byte to its last.
    func agentAnswer(
        _ api: AgentAPI, _ model: String, stream: Bool = true, members: String = "", question: String = Request.question,
        within limit: Duration = .seconds(10)
    ) throws -> AgentReading {
        try answer(api, api.request(model, stream: stream, members: members, question: question), stream: stream, within: limit)
    }

    /// The answer to any request of an agent.
    func answer(_ api: AgentAPI, _ request: Request, stream: Bool = true, within limit: Duration = .seconds(10)) throws -> AgentReading {
        let reply = try send(request, within: limit)
        #expect(reply.status == 200, "\(reply.text)")
        #expect(reply.isComplete)
        let type = stream ? "text/event-stream; charset=utf-8" : "application/json"
        #expect(reply.header("content-type") == type)
        let answer = api.read(reply.body, stream: stream)
        #expect(answer.problems.isEmpty, "\(api): \(answer.problems)\n\(reply.text)")
        return answer.reading
    }

    /// What the upstream was asked last.
    func lastUpstreamBody() throws -> Value { try lastUpstreamRequest()["body"] }
}
