/// What one search found. Offsets are bytes into the subject that was searched.
public enum MatchOutcome: Equatable, Sendable {
    /// Nothing here, and nothing that more text could turn into a match.
    case none
    /// A match of alternative `index` at `start ..< end`; in partial mode no further text can change it.
    case match(start: Int, end: Int, index: Int)
    /// More text might make a match that begins at `start`; every byte before it is free.
    case partial(start: Int)
    /// The match limit or the matcher's stack ran out: nothing is known. The caller should not ask this pattern again for this stream.
    case limit
}

/// Whether the subject's end is the end of all text.
public enum SubjectEnd: Sendable {
    /// More text may follow: report a match that could still grow or begin as partial.
    case open
    /// This is all the text there is.
    case final
}
