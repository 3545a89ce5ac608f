import Foundation

/// An assistant's message as Claude Code has it after a response.
package struct ClaudeMessage {
    /// Its id: messages of the same id are one message.
    package var id = ""
    /// Its finished blocks, in the order of their ends.
    package var content: [[String: Any]] = []
    /// Why it ended; nil for null or nothing.
    package var stopReason: String?
    /// The stop sequence that came up.
    package var stopSequence: String?
    /// The counts, those of the end over those of the beginning.
    package var usage: [String: Int] = [:]
    /// Ids of calls whose input was not JSON.
    package var unreadableCalls: Set<String> = []

    func blocks(_ type: String) -> [[String: Any]] { content.filter { $0["type"] as? String == type } }

    /// The calls.
    package var calls: [[String: Any]] { blocks("tool_use") }
    /// The thinking that is shown: redacted blocks are not.
    package var thinking: [String] { blocks("thinking").compactMap { $0["thinking"] as? String } }
    /// Whether there is anything for the user or the tools.
    package var isVisible: Bool { !calls.isEmpty || blocks("text").contains { ($0["text"] as? String)?.isEmpty == false } }
    /// What is printed as the result: the text at the end; nothing if thinking stands behind it.
    package var result: String { content.last?["type"] as? String == "text" ? content.last?["text"] as? String ?? "" : "" }

    init() {}

    /// A whole message, of an answer that was not streamed; nil if it is none.
    init?(whole object: [String: Any]) {
        guard object["type"] as? String == "message", let blocks = object["content"] as? [[String: Any]] else { return nil }
        id = object["id"] as? String ?? ""
        content = blocks
        stopReason = object["stop_reason"] as? String
        stopSequence = object["stop_sequence"] as? String
        usage = object["usage"] as? [String: Int] ?? [:]
    }
}
