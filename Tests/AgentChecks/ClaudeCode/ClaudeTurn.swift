/// What a user of Claude Code has seen of one turn.
package struct ClaudeTurn {
    /// What `claude -p` prints.
    package internal(set) var result = ""
    /// The finished thinking blocks' texts.
    package internal(set) var thinking: [String] = []
    /// The pieces of the thinking as they came.
    package internal(set) var liveThinking: [String] = []
    /// The pieces of the text as they came.
    package internal(set) var liveTexts: [String] = []
    /// Why the turn failed; nil if it did not.
    package internal(set) var failure: String?
    /// The calls, in order.
    package internal(set) var calls: [[String: Any]] = []
    /// The blocks that answered them.
    package internal(set) var results: [[String: Any]] = []
    /// For each request whether it was streamed.
    package internal(set) var streams: [Bool] = []
    /// The ids of the messages, in order.
    package internal(set) var messageIDs: [String] = []
    /// Why the last response ended.
    package internal(set) var stopReason: String?
    /// The stop sequence that came up last.
    package internal(set) var stopSequence: String?
    /// The counts of the last response.
    package internal(set) var usage: [String: Int] = [:]
    /// The longest that a body went on behind its `message_stop`.
    package internal(set) var lingering = Duration.zero

    mutating func note(_ stream: ClaudeStream, isStreamed: Bool) {
        streams.append(isStreamed)
        liveThinking += stream.liveThinking
        liveTexts += stream.liveTexts
        lingering = max(lingering, stream.lingering)
    }

    mutating func note(_ message: ClaudeMessage) {
        thinking += message.thinking
        calls += message.calls
        messageIDs.append(message.id)
        stopReason = message.stopReason
        stopSequence = message.stopSequence
        usage = message.usage
        result = message.result
    }
}
