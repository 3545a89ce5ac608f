/// A piece of output for one of the two streams.
struct ScreenWrite: Equatable, Sendable {
    enum Stream: Equatable, Sendable {
        /// Standard output: the answer, tables, JSON lines.
        case answer
        /// Standard error: summaries, headings, spinner, times, errors.
        case decoration
    }

    var stream: Stream
    var text: String
}

/// Turns a session's commands into output.
protocol Renderer {
    /// Renders one command.
    mutating func render(_ command: RenderCommand, into writes: inout [ScreenWrite])
}
