/// A message of the chat-completions body.
enum ChatMessage: Sendable {
    case system([UInt8])
    case user([ContentPiece])
    case assistant(AssistantMessage)
    case tool(id: [UInt8], text: [UInt8])
}

/// A message of the assistant.
struct AssistantMessage: Sendable {
    var texts: [[UInt8]] = []
    /// Reasoning that the upstream wants back.
    var reasoning: [[UInt8]] = []
    var calls: [ChatCall] = []
}

/// A call in a message of the assistant.
struct ChatCall: Sendable {
    /// Different from the other calls of its message.
    var id: [UInt8]
    /// The function's name in the body.
    var name: String
    /// A JSON object.
    var arguments: [UInt8]
    /// The index of its result among the events.
    var result: Int?
}
