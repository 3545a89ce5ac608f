/// How the phases of a stream are written on the wire when a request does not choose for itself.
public enum StyleName: String, Sendable, CaseIterable {
    case events, inline, reasoning, think, off
}

/// The name of the field that carries reasoning text towards the client; exactly one of the two is ever written.
public enum ReasoningFieldName: String, Sendable, CaseIterable {
    case reasoningContent = "reasoning_content"
    case reasoning
}

/// Whose credentials an upstream sees.
public enum UpstreamAuthorization: String, Sendable, CaseIterable {
    /// The configured key, as `Authorization: Bearer`.
    case key
    /// The `Authorization` header of the client.
    case forward
    /// No `Authorization` header.
    case none
}

/// Whether HTTP/2 is spoken to an upstream.
public enum HTTP2Choice: String, Sendable, CaseIterable {
    /// Where TLS negotiates it.
    case auto
    /// Never.
    case off
    /// From the first byte, also without TLS.
    case priorKnowledge = "prior-knowledge"
}

/// How an event loop learns that upstreams have sent something.
public enum ReadinessChoice: String, Sendable, CaseIterable {
    /// By the kernel if it can, else by a helper thread.
    case auto
    /// By the kernel: asynchronous poll requests, which some sandboxes forbid.
    case kernel
    /// By a helper thread for each loop, which works everywhere.
    case thread
}

/// What keeps a silent stream alive.
public enum HeartbeatForm: String, Sendable, CaseIterable {
    /// A comment line, `: ping`.
    case comment
    /// A chunk with an empty delta, for clients whose idle timers see only events.
    case chunk
}

/// What happens to a request when all its upstreams are left alone.
public enum WhenAllOpen: String, Sendable, CaseIterable {
    /// It is refused at once, with the time after which it may come again.
    case fail
    /// The upstream that would be called first again is called now.
    case `try`
}

/// What becomes of the model's reasoning.
public enum ReasoningSummaryChoice: String, Sendable, CaseIterable {
    /// Short steps made of the reasoning's own sentences.
    case extractive
    /// Nothing.
    case off
    /// The raw reasoning.
    case full
}

/// How much of the reasoning is shown.
public enum SummaryLevelName: String, Sendable, CaseIterable {
    /// A step every few seconds.
    case auto
    /// Fewer and shorter steps.
    case concise
    /// More and longer steps.
    case detailed
    /// Nothing.
    case off
    /// The raw reasoning.
    case full
}

/// What happens to white space around reasoning markers.
public enum MarkerWhitespace: String, Sendable, CaseIterable {
    case trim, exact
}

/// The least severe message that is logged.
public enum LogLevel: String, Sendable, CaseIterable {
    case trace, debug, info, notice, warning, error, critical
}

/// The form of a log line.
public enum LogFormat: String, Sendable, CaseIterable {
    case text, json
}
