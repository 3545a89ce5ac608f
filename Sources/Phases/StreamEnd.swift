/// How one request's stream ended; delivered exactly once. Access log, metrics and breaker hang on it.
public enum StreamEnd: Sendable, Equatable {
    /// The answer is complete and the client has been told so.
    case finished
    /// The client has been told, inside the stream, what went wrong.
    case failed(StreamFailure)
    /// The client went away.
    case clientLeft
}

/// Something that ends a stream badly, as the client reads it.
public struct StreamFailure: Error, Sendable, Equatable {
    /// A stable code, such as `upstream_truncated`.
    public var code: String
    /// The kind of error in OpenAI's terms, such as `server_error`.
    public var type: String
    /// One or two sentences that say what happened and what can be done.
    public var message: String
    /// The HTTP status this would have been before the head was sent.
    public var status: Int
    /// Whether it speaks against the upstream's health.
    public var countsAgainstUpstream: Bool

    /// A failure from its parts.
    public init(code: String, type: String = "server_error", message: String, status: Int, countsAgainstUpstream: Bool = true) {
        self.code = code
        self.type = type
        self.message = message
        self.status = status
        self.countsAgainstUpstream = countsAgainstUpstream
    }
}

extension StreamFailure {
    /// The upstream's stream ended before its answer did.
    public static let truncated = StreamFailure(
        code: "upstream_truncated",
        message: "The upstream closed the stream before the answer was complete. What was delivered is incomplete.",
        status: 502)

    /// The upstream answered with nothing.
    public static let empty = StreamFailure(
        code: "upstream_empty", message: "The upstream accepted the request and sent no answer.", status: 502)

    /// The upstream sent something that is not an event of a chat stream.
    public static let malformed = StreamFailure(
        code: "upstream_protocol", message: "The upstream sent an event that is not valid JSON. What was delivered is incomplete.",
        status: 502)

    /// The upstream sent more choices than a stream may have.
    static let tooManyChoices = StreamFailure(
        code: "upstream_protocol", message: "The upstream sent more choices than the proxy tracks in one stream.", status: 502)

    /// The answer is longer than the client's API lets the proxy send: the last events repeat all of it.
    static let answerTooLong = StreamFailure(
        code: "answer_too_large", message: "The answer is larger than the proxy keeps for this API. Ask for less at once.", status: 502,
        countsAgainstUpstream: false)

    static func eventTooLarge(_ message: String) -> StreamFailure {
        StreamFailure(code: "upstream_event_too_large", message: message, status: 502)
    }
}

/// What the owner of a machine has to do after an input, besides sending the bytes the machine appended.
public enum StreamAction: Sendable, Equatable {
    /// Nothing but sending what was appended.
    case proceed
    /// The upstream is of no use, and the client has seen nothing of its answer: restart with another, or give up.
    case lost(StreamFailure)
    /// The stream is over: send what was appended, end the response, let the upstream go.
    case end(StreamEnd)
}
