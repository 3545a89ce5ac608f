/// Whether a piece of the model's output is reasoning or the answer.
public enum SegmentKind: Sendable {
    /// Text the model wrote for itself.
    case reasoning
    /// Text the model wrote for the reader.
    case answer
}

/// Where the output begins, as profile and request say it: the chat template may have written the start marker into the prompt.
public enum StartState: Sendable {
    /// In the answer; reasoning needs a start marker.
    case outside
    /// In the reasoning, without a start marker.
    case inside
    /// Not known: text is held, up to the profile's window, until a marker tells.
    case undecided
}

/// What happens to white space beside a marker.
public enum WhitespacePolicy: Sendable {
    /// It is removed with the marker: what people read.
    case trim
    /// Every byte that is not a marker comes out: what token-exact users need.
    case exact
}

/// How the text ended.
public enum TextEnd: Sendable {
    /// The model said that it was done.
    case stop
    /// A token limit cut the text.
    case length
    /// An error or a cancellation cut it.
    case cut
}
