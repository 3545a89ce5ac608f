/// How one family of models marks its reasoning: data, nothing else.
///
/// A profile is checked and compiled once, into a ``CompiledProfile``. The facts behind the built-in ones are in the families
/// table of the detection reference.
public struct Profile: Sendable, Equatable {
    /// What it is called in configuration, logs and `/v1/models`.
    public var name: String
    /// One line for people.
    public var summary: String
    /// PCRE2 patterns searched, ignoring ASCII case, in a model's id.
    public var modelPatterns: [String] = []
    /// What opens reasoning.
    public var starts: [Marker] = []
    /// What closes it.
    public var ends: [Marker] = []
    /// What closes it and belongs to the answer: tool openers. Each pattern must look ahead to a payload character, so that a model
    /// that only mentions the tag goes on thinking.
    public var implicitEnds: [Marker] = []
    /// What some models put around the answer.
    public var frames: [AnswerFrame] = []
    /// Special tokens that leak into the text and are dropped wherever they appear outside code spans.
    public var strays: [Marker] = []
    /// Whether further blocks of reasoning may follow once the answer has begun. If not, tags in the answer are text.
    public var isInterleaved = false
    /// Whether the first start marker must stand at the start of a line once text has come before it.
    public var laterStartsNeedLineStart = false
    /// Phrases in plain words, the last resort; off once an explicit marker was seen.
    public var prose: ProseMarkers?
    /// Messages with headers (gpt-oss and its kin) instead of tags.
    public var channels: ChannelGrammar?
    /// The markers are special tokens: they vanish when the server decodes with special tokens skipped, and then no reader of the
    /// text can see the boundary. A proxy may ask for `skip_special_tokens: false`.
    public var markersAreSpecialTokens = false
    /// Where the output begins.
    public var startRule = StartRule.outside
    /// `reasoning_effort` values that mean "do not think" whatever the switches say.
    public var effortsThatDisable: [String] = []
    /// The white space policy when nobody configured another.
    public var whitespace = WhitespacePolicy.trim
    /// How much text an undecided start may hold, in bytes; past it the text is the answer.
    public var undecidedWindow = 4096

    /// A profile with nothing but a name and a line for people.
    public init(name: String, summary: String) {
        self.name = name
        self.summary = summary
    }
}

/// Markers around the answer, as in `<response>…</response>`.
public struct AnswerFrame: Sendable, Equatable {
    /// Found at the very start of the answer.
    public var open: Marker
    /// Found in an answer whose frame was opened.
    public var close: Marker

    /// A frame from `open` to `close`.
    public init(open: Marker, close: Marker) {
        self.open = open
        self.close = close
    }
}

/// Reasoning announced and ended in plain words. Nothing is removed: an opener stays in the reasoning, an end in the answer.
public struct ProseMarkers: Sendable, Equatable {
    /// Phrases at the very start of the output that begin reasoning.
    public var openers: [Marker]
    /// Phrases at the start of a line that begin the answer.
    public var ends: [Marker]
    /// Signs of a written-out answer, such as headings: all of the text is the answer then.
    public var vetoes: [Marker]
    /// How much reasoning may pass without an end before all of it becomes the answer, in bytes.
    public var bound: Int

    /// Phrases that open, phrases that end, signs against, and the bound.
    public init(openers: [Marker], ends: [Marker], vetoes: [Marker] = [], bound: Int = 32 * 1024) {
        self.openers = openers
        self.ends = ends
        self.vetoes = vetoes
        self.bound = bound
    }
}
