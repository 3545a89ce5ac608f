/// What a user of Codex has seen of one turn.
package struct CodexTurn {
    /// The texts of the finished messages.
    package internal(set) var messages: [String] = []
    /// The summaries, one for each finished reasoning item, its parts joined by line breaks.
    package internal(set) var summaries: [String] = []
    /// The parts of the summary as the status line showed them while they came.
    package internal(set) var liveSummaries: [String] = []
    /// The messages as the screen showed them while they came.
    package internal(set) var liveTexts: [String] = []
    /// "Reconnecting…" and the like.
    package internal(set) var notices: [String] = []
    /// Why the turn failed; nil if it did not.
    package internal(set) var failure: String?
    /// The finished items of all kinds, in order.
    package internal(set) var items: [[String: Any]] = []
    /// The outputs of the calls.
    package internal(set) var outputs: [[String: Any]] = []
    /// The counts of the last response.
    package internal(set) var usage: [String: Int]?
    /// HTTP requests, those again included.
    package internal(set) var requestCount = 0

    /// The finished calls.
    package var calls: [[String: Any]] { items.filter { ["function_call", "custom_tool_call"].contains($0["type"] as? String) } }
    /// What is printed at the end.
    package var lastMessage: String { messages.last ?? "" }

    /// The title in the status line for a part of the summary: what stands in bold at its beginning.
    package static func header(of part: String) -> String? {
        guard part.hasPrefix("**"), let end = part.dropFirst(2).firstRange(of: "**") else { return nil }
        return String(part[part.index(part.startIndex, offsetBy: 2)..<end.lowerBound])
    }

    /// The titles that the status line has shown.
    package var headers: [String] { liveSummaries.compactMap { CodexTurn.header(of: $0) } }

    mutating func note(_ stream: CodexStream) {
        liveSummaries += stream.liveSummaries
        liveTexts += stream.liveTexts
        usage = stream.usage ?? usage
        for item in stream.items {
            items.append(item)
            switch item["type"] as? String {
            case "message": messages.append(CodexTurn.texts(item["content"], "output_text").joined())
            case "reasoning": summaries.append(CodexTurn.texts(item["summary"], "summary_text").joined(separator: "\n"))
            default: break
            }
        }
    }

    private static func texts(_ parts: Any?, _ type: String) -> [String] {
        (parts as? [[String: Any]] ?? []).filter { $0["type"] as? String == type }.compactMap { $0["text"] as? String }
    }
}
