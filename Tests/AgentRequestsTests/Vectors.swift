import AgentRequests
import ChatRequests
import Foundation
import Support
import Testing

/// The APIs.
enum AgentAPI: String, CaseIterable, Sendable {
    case responses, messages

    func translate(_ body: [UInt8], _ options: AgentRequestOptions = AgentRequestOptions()) throws -> AgentRequest {
        switch self {
        case .responses: try AgentRequest.responses(body, options: options)
        case .messages: try AgentRequest.messages(body, options: options)
        }
    }
}

/// A request, what becomes of it, and what is known about it besides; a line of `Fixtures/agents/requests/API.json`.
///
/// The fixtures' JSON is kept as objects, because the comparison must not depend on white space or the order of members.
struct Vector: @unchecked Sendable, CustomTestStringConvertible {
    // Never changed after it was read: that is what makes it fit to be shared.
    let object: [String: Any]
    let api: AgentAPI

    static let folder = "agents/requests"

    static func all(_ api: AgentAPI) throws -> [Vector] {
        let data = Data(try Fixtures.bytes("\(folder)/\(api.rawValue).json"))
        return (try JSONSerialization.jsonObject(with: data) as? [[String: Any]] ?? []).map { Vector(object: $0, api: api) }
    }

    var name: String { object["name"] as? String ?? "" }
    var testDescription: String { "\(api.rawValue): \(name)" }
    var input: [UInt8] { Vector.bytes(object["in"]) }

    static func bytes(_ value: Any?) -> [UInt8] {
        (value.flatMap { try? JSONSerialization.data(withJSONObject: $0, options: [.sortedKeys, .fragmentsAllowed]) }).map(Array.init) ?? []
    }

    /// The request's members, and around them what every request needs; `in` may leave that out.
    var body: [UInt8] {
        var members = object["in"] as? [String: Any] ?? [:]
        if members["model"] == nil { members["model"] = "m" }
        switch api {
        case .responses: if members["input"] == nil { members["input"] = "x" }
        case .messages: if members["messages"] == nil { members["messages"] = [["role": "user", "content": "x"]] }
        }
        return Vector.bytes(members)
    }

    var options: AgentRequestOptions {
        var options = AgentRequestOptions()
        let wishes = object["options"] as? [String: Any] ?? [:]
        if wishes["reasoning"] as? Bool == true {
            // The carrier of the tests: whatever begins with this is ours.
            options.opensReasoning = { value in
                value.starts(with: "ours:".utf8) ? Array(value.dropFirst(5)) : nil
            }
        }
        if let efforts = wishes["efforts"] as? [String] { options.efforts = efforts }
        if let context = wishes["context"] as? Int { options.clampsLength = AgentRequestOptions.leftOfContext(tokens: context) }
        if let name = wishes["switch"] as? String { options.thinkingSwitch = AgentRequestOptions.ThinkingSwitch(rawValue: name) }
        if wishes["completion tokens"] as? Bool == true { options.lengthField = .maxCompletionTokens }
        if wishes["all tools"] as? Bool == true { options.withholdsDeferredTools = false }
        return options
    }

    /// What the body says, without the model and, if it is the default one, without the conversation.
    static func shown(_ body: [UInt8]) -> [String: Any] {
        var members = (try? JSONSerialization.jsonObject(with: Data(body))) as? [String: Any] ?? [:]
        if members["model"] as? String == "m" { members["model"] = nil }
        if bytes(members["messages"]) == Array(#"[{"content":"x","role":"user"}]"#.utf8) { members["messages"] = nil }
        return members
    }

    /// What the translation says beside the body, without what it does not say.
    static func facts(_ request: AgentRequest, names: [String]) -> [String: Any] {
        var facts: [String: Any] = [:]
        if request.stream { facts["stream"] = true }
        if let summary = request.summary { facts["summary"] = summary.rawValue }
        if let thinking = request.thinking { facts["thinking"] = thinking }
        if let effort = request.effort { facts["effort"] = effort }
        if request.includesEncryptedReasoning { facts["encrypted"] = true }
        if !request.stopSequences.isEmpty { facts["stops"] = request.stopSequences }
        if !request.leftOut.isEmpty { facts["left out"] = request.leftOut }
        let question = String(decoding: request.question, as: UTF8.self)
        if question != "x" { facts["question"] = question }
        let parts = request.questionParts
        if parts != .init() { facts["parts"] = [parts.images, parts.files, parts.audio, parts.other] }
        let routes = names.compactMap { name in
            request.tools[name].map { "\(name) → \($0.kind) \($0.namespace.map { "\($0) / " } ?? "")\($0.name)" }
        }
        if !routes.isEmpty { facts["routes"] = routes }
        return facts
    }

    /// The names of the functions in a body.
    static func functions(_ body: [UInt8]) -> [String] {
        let tools = shown(body)["tools"] as? [[String: Any]] ?? []
        return tools.compactMap { ($0["function"] as? [String: Any])?["name"] as? String }
    }
}
