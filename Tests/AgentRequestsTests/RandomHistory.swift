import Foundation
import Support

/// A conversation that nobody would have: anything in any order, each text with a word of its own in it.
struct RandomHistory {
    private var random: SeededRandom
    private var words = 0
    private var ids: [String] = []
    /// The words of users, of tools that were or were not called, of the assistant, and of whoever runs the model.
    private(set) var said: [String] = []
    /// The one of them that the last message of the user consists of.
    private(set) var question = ""
    private(set) var body: [String: Any] = [:]

    init(seed: UInt64, _ api: AgentAPI) {
        random = SeededRandom(seed: seed)
        let count = Int.random(in: 1...24, using: &random)
        let system = chance(2) ? word() : nil
        switch api {
        case .responses:
            let items = (0..<count).map { _ in item() } + [["role": "user", "content": word()]]
            body = ["model": "m", "input": items, "tools": responsesTools(), "parallel_tool_calls": true]
            body["instructions"] = system
        case .messages:
            let messages = (0..<count).map { _ in message() } + [["role": "user", "content": word()]]
            body = ["model": "m", "messages": messages, "tools": messagesTools(), "max_tokens": 100]
            body["system"] = system.map { [["type": "text", "text": $0]] }
        }
        question = said.last ?? ""
        if chance(3) { body["stream"] = true }
    }

    private mutating func chance(_ of: Int) -> Bool { Int.random(in: 0..<of, using: &random) == 0 }

    private mutating func pick<Element>(_ elements: [Element]) -> Element { elements[Int.random(in: 0..<elements.count, using: &random)] }

    /// A text with a word that is nowhere else, which must not be lost.
    private mutating func word() -> String {
        words += 1
        let word = "word\(words)z"
        said.append(word)
        return pick(["", "\"", "\\", "\n", "é", "漢字 ", "😀", "<system-reminder>", "\u{2028}", "\u{0}"]) + word
    }

    private mutating func id(isNew: Bool) -> String {
        if !isNew, !ids.isEmpty, !chance(6) { return pick(ids) }
        let id = pick(["call_\(words)", "0", "", "functions.f:1", "call", "call_2"])
        ids.append(id)
        return id
    }

    private mutating func name() -> String { pick(["f", "g", "a.b", "a_b", "unheard of", "", String(repeating: "n", count: 80)]) }

    private mutating func responsesTools() -> [Any] {
        (0..<Int.random(in: 0...5, using: &random)).map { _ -> [String: Any] in
            let tool: [String: Any] = [
                "type": pick(["function", "custom"]), "name": name(), "parameters": ["$schema": "x"], "strict": false,
            ]
            return chance(3) ? ["type": "namespace", "name": name(), "tools": [tool]] : chance(5) ? ["type": "web_search"] : tool
        }
    }

    private mutating func messagesTools() -> [Any] {
        (0..<Int.random(in: 0...5, using: &random)).map { _ in
            ["name": name(), "input_schema": ["type": "object"], "defer_loading": chance(3)]
        }
    }
}

// MARK: - Responses

extension RandomHistory {
    private mutating func item() -> [String: Any] {
        switch Int.random(in: 0..<12, using: &random) {
        case 0, 1: return ["type": "message", "role": "user", "content": parts()]
        case 2: return ["role": "user", "content": chance(4) ? "" : word()]
        case 3, 4: return ["type": "message", "role": "assistant", "content": [["type": "output_text", "text": chance(5) ? "" : word()]]]
        case 5: return ["role": pick(["developer", "system"]), "content": word()]
        case 6: return ["type": "reasoning", "summary": [], "encrypted_content": "ours:thought"]
        case 7, 8:
            let arguments = pick(["", "{}", "{\"a\":1}", "{broken", "[]"])
            return ["type": "function_call", "call_id": id(isNew: true), "name": name(), "arguments": arguments]
        case 9: return ["type": "custom_tool_call", "call_id": id(isNew: true), "name": name(), "input": word()]
        case 10: return ["type": "function_call_output", "call_id": id(isNew: false), "output": word()]
        default: return ["type": "custom_tool_call_output", "call_id": id(isNew: false), "output": parts()]
        }
    }

    private mutating func parts() -> [Any] {
        (0..<Int.random(in: 0...3, using: &random)).map { _ in
            chance(3) ? ["type": "input_image", "image_url": "data:image/png;base64," + word()] : ["type": "input_text", "text": word()]
        }
    }
}

// MARK: - Messages

extension RandomHistory {
    private mutating func message() -> [String: Any] {
        switch Int.random(in: 0..<8, using: &random) {
        case 0: return ["role": "user", "content": chance(4) ? "" : word()]
        case 1: return ["role": "system", "content": word()]
        case 2: return ["role": "assistant", "content": word()]
        case 3, 4: return ["role": "assistant", "content": (0..<Int.random(in: 0...4, using: &random)).map { _ in assistantBlock() }]
        default: return ["role": "user", "content": (0..<Int.random(in: 0...4, using: &random)).map { _ in userBlock() }]
        }
    }

    private mutating func assistantBlock() -> [String: Any] {
        switch Int.random(in: 0..<4, using: &random) {
        case 0: ["type": "text", "text": word()]
        case 1: ["type": "thinking", "thinking": "t", "signature": "ours:thought"]
        default: ["type": "tool_use", "id": id(isNew: true), "name": name(), "input": ["a": word()]]
        }
    }

    private mutating func userBlock() -> [String: Any] {
        switch Int.random(in: 0..<4, using: &random) {
        case 0: ["type": "text", "text": word()]
        case 1: ["type": "image", "source": ["type": "url", "url": "https://example.com/" + word()]]
        default:
            ["type": "tool_result", "tool_use_id": id(isNew: false), "content": [["type": "text", "text": word()]], "is_error": chance(3)]
        }
    }
}
