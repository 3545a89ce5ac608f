import ArgumentParser

/// How the proxy is asked to lay the phases onto the wire (request header `X-Phases`).
enum WireStyle: String, CaseIterable, ExpressibleByArgument, Sendable {
    /// Phase markers as named events, tagged chunks.
    case events
    /// The same chunks without named events.
    case inline
    /// Summaries in `reasoning_content`, the answer alone in `content`.
    case reasoning
    /// Summaries between `<think>` and `</think>` inside `content`.
    case think
    /// The upstream's own stream, untouched.
    case off
}
