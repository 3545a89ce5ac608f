import ChatRequests
import Support

extension ChatRequest {
    /// Everything a request says, line by line, without what it does not say.
    var facts: String {
        var lines = ["model: \(model ?? "none")"]
        func say(_ name: String, _ value: some Any, if isSaid: Bool) {
            if isSaid { lines.append("\(name): \(value)") }
        }
        say("suffix", modelSuffix ?? "", if: modelSuffix != nil)
        say("stream", stream, if: stream)
        say("choices", choices, if: choices != 1)
        say("usage", includesUsage, if: includesUsage)
        say("phases", "\(phases?.style ?? "-") \(phases?.summary?.rawValue ?? "-")", if: phases != nil)
        say("summary", summaryLevel?.rawValue ?? "", if: summaryLevel != nil)
        say("response format", responseFormat ?? "", if: responseFormat != nil)
        say("tools", tools, if: tools != 0)
        say("stops", stops, if: stops != 0)
        let switches = [thinking.enableThinking, thinking.thinking, thinking.enabled, thinking.excluded]
        let words = switches.map { $0.map { "\($0)" } ?? "-" } + [thinking.effort ?? "-"]
        say("thinking", words.joined(separator: " "), if: thinking != ThinkingFields())
        let roles = conversation.roles
        lines.append("roles: \(roles.system) \(roles.user) \(roles.assistant) \(roles.tool) \(roles.other)")
        say("parts", conversation.parts.shown, if: conversation.parts != .init())
        say(
            "last user", "\(String(decoding: conversation.lastUserText, as: UTF8.self).debugDescription) \(conversation.lastUserTextBytes)",
            if: true)
        say("last user parts", conversation.lastUserParts.shown, if: conversation.lastUserParts != .init())
        say("tool results", conversation.toolResultsSinceUser, if: conversation.toolResultsSinceUser != 0)
        say(
            "prefill", conversation.prefill.map { String(decoding: $0, as: UTF8.self).debugDescription } ?? "",
            if: conversation.prefill != nil)
        return lines.map { $0 + "\n" }.joined()
    }
}

extension Conversation.Parts {
    var shown: String { "\(images) \(files) \(audio) \(other)" }
}

/// A request around one more member.
func body(around member: String) -> [UInt8] {
    Array("{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"x\"}],\"extra\":".utf8) + Array(member.utf8) + [
        UInt8(ascii: "}")
    ]
}

/// The body for the upstream with nothing wished for but the stripping of history.
func upstreamBody(_ body: [UInt8]) throws -> [UInt8] {
    try ChatRequest.read(body).upstreamBody(from: body, model: nil, stripHistory: true)
}
