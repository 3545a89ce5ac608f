/// How a stream tells the client about phases.
public enum WireStyle: String, Sendable, CaseIterable {
    /// `event: phase` markers and tagged chunks.
    case events
    /// Tagged chunks without `event:` lines.
    case inline
    /// Summaries in the reasoning field, the answer alone in `content`.
    case reasoning
    /// Summaries inside `<think>` tags in `content`.
    case think
    /// The upstream's stream as it is.
    case off
}
