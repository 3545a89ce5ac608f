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

    /// Phrases by which servers say that a conversation is too long, in lower case: OpenAI's code, vLLM, SGLang, llama.cpp, TGI, Anthropic.
    static let contextPhrases = [
        "context_length_exceeded", "maximum context length", "context length", "context window", "context size",
        "exceeds the available context",
        "prompt is too long", "input is too long", "`inputs` tokens + `max_new_tokens`",
    ]

    /// Whether `text`, an upstream's error text or code, says that the conversation is longer than the model's context.
    public static func saysContextIsTooLong(_ text: String) -> Bool {
        let lowered = text.lowercased()
        return contextPhrases.contains { lowered.contains($0) }
    }

    /// A message about a conversation that is too long, in the words by which clients of the Messages API know it: with the numbers of the
    /// upstream's own words where they are found.
    public static func promptIsTooLong(_ message: String) -> String {
        if message.lowercased().contains("prompt is too long") { return message }
        guard let (tokens, maximum) = counts(in: message) else { return "prompt is too long: \(message)" }
        return "prompt is too long: \(tokens) tokens > \(maximum) maximum"
    }

    /// The words behind which servers give the size of the context.
    private static let sizePhrases = ["context length", "context window", "context size", "must be <="]

    /// How many tokens were asked for, and how many there may be: the first number behind one of the phrases, and the largest of all.
    private static func counts(in message: String) -> (tokens: Int, maximum: Int)? {
        let text = message.lowercased()
        for phrase in sizePhrases {
            guard let place = text.ranges(of: phrase).first, let maximum = numbers(in: text[place.upperBound...]).first else { continue }
            guard let tokens = numbers(in: text[...]).max(), tokens > maximum else { continue }
            return (tokens, maximum)
        }
        return nil
    }

    private static func numbers(in text: Substring) -> [Int] {
        text.split { !$0.isASCII || !$0.isNumber }.compactMap { Int($0) }
    }
}
