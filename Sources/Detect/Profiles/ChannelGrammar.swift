/// Messages with headers: `<|channel|>analysis<|message|>body<|end|>`.
///
/// A header begins with a start marker and runs to its end marker. Its text decides what the body is.
public struct ChannelGrammar: Sendable, Equatable {
    /// What a body is.
    public enum Body: Sendable, Equatable {
        case reasoning
        case answer
        /// A call with its name in the header: neither shown nor lost, see ``Detector/takeToolCalls()``.
        case toolCall
    }

    /// A header that contains `pattern` announces `body`.
    public struct Rule: Sendable, Equatable {
        /// A PCRE2 pattern searched in the header's text, markers included.
        public var pattern: String
        /// What the body is then.
        public var body: Body

        /// Headers with `pattern` announce `body`.
        public init(_ pattern: String, _ body: Body) {
            self.pattern = pattern
            self.body = body
        }
    }

    /// What begins a header. At the very start of the output an end marker counts as well: the prompt may have begun the header.
    public var headerStarts: [Marker]
    /// What ends it.
    public var headerEnds: [Marker]
    /// What ends a body; a header's start does, too.
    public var bodyEnds: [Marker]
    /// Tried in order; a header that fits none announces reasoning, so that an unknown channel is never shown as the answer.
    public var rules: [Rule]
    /// A PCRE2 pattern whose match in a header is the name of a call's recipient.
    public var recipient: String
    /// How long a header may be, in bytes, before it is taken for text.
    public var longestHeader = 256

    /// A grammar from its markers and rules.
    public init(headerStarts: [Marker], headerEnds: [Marker], bodyEnds: [Marker], rules: [Rule], recipient: String) {
        self.headerStarts = headerStarts
        self.headerEnds = headerEnds
        self.bodyEnds = bodyEnds
        self.rules = rules
        self.recipient = recipient
    }
}
