/// Where in the output a detector stands.
enum Place: Equatable {
    /// Nothing is known; everything is held, up to the profile's window.
    case undecided
    /// In the answer, before any reasoning.
    case outside
    /// In reasoning.
    case reasoning
    /// Reasoning has closed; only white space since.
    case between
    /// The answer has begun.
    case answer
    /// The upstream splits reasoning itself; a stray closer may still stand before the first text.
    case split
    /// Nothing is looked for any more.
    case passing
    /// In a channel header.
    case header
    /// In a channel body.
    case body(ChannelGrammar.Body)
    /// `finish` was called.
    case ended
}

/// Why the text is thought to be reasoning: decides what may be promoted to the answer at the end.
enum Origin: Equatable {
    /// Profile and request said so; no marker was seen.
    case inferred
    /// A start marker where one belongs.
    case explicit
    /// A start marker after text that looked like an answer.
    case late
    /// A phrase in plain words.
    case prose
}
