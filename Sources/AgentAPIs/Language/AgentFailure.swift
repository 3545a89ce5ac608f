/// Why a stream ended badly, in the terms agents act on: each API has codes of its own for what may pass and what will not.
public struct AgentFailure: Sendable, Equatable {
    /// What a client may do about it.
    public enum Kind: Sendable, Equatable, CaseIterable {
        /// May pass: another try is worth it.
        case passing
        /// May pass, once there is less to do.
        case overloaded
        /// May pass, after the time that the message names.
        case rateLimited
        /// Will not pass: the same request would be refused again.
        case rejected
        /// The conversation is longer than the model's context.
        case contextTooLong
    }

    /// What a client may do about it.
    public var kind: Kind
    /// One or two sentences for people.
    public var message: String

    /// A failure from both.
    public init(_ kind: Kind, _ message: String) {
        self.kind = kind
        self.message = message
    }

    /// Whether `text`, an upstream's error text or code, says that the conversation is longer than the model's context.
    public static func saysContextIsTooLong(_ text: String) -> Bool { ContextComplaint(text) != nil }

    /// A message about a conversation that is too long, in the words by which clients of the Messages API know it: with the numbers of the
    /// upstream's own words where they are found.
    public static func promptIsTooLong(_ message: String) -> String {
        if message.lowercased().contains("prompt is too long") { return message }
        guard let complaint = ContextComplaint(message), let tokens = complaint.tokens, let maximum = complaint.maximum else {
            return "prompt is too long: \(message)"
        }
        return "prompt is too long: \(tokens) tokens > \(maximum) maximum"
    }
}
