/// A tool call that a model wrote as a channel message (gpt-oss): neither reasoning nor answer.
public struct ToolCall: Sendable, Equatable {
    /// The recipient in the header, such as `functions.get`.
    public var recipient: [UInt8]
    /// The body as written: usually a JSON object.
    public var arguments: [UInt8]

    /// A call of `recipient` with `arguments`.
    public init(recipient: [UInt8], arguments: [UInt8]) {
        self.recipient = recipient
        self.arguments = arguments
    }
}

extension Detector {
    /// The calls completed so far, each handed out once. Empty for families that write calls as tagged text.
    public mutating func takeToolCalls() -> [ToolCall] {
        let finished = toolCalls.dropLast(callIsOpen ? 1 : 0)
        toolCalls.removeFirst(finished.count)
        return Array(finished)
    }
}
