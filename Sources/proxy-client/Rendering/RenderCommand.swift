/// What a session wants to have shown; how it looks is the renderer's business.
enum RenderCommand: Equatable, Sendable {
    /// Nothing to show yet; `what` says what is being waited for.
    case waiting(Wait, elapsed: Duration)
    /// The reply's head came.
    case head(ReplyFacts, at: Duration)
    /// A part began, with or without text.
    case began(ReplyPart, at: Duration)
    /// Text of a part, as the server sent it.
    case text(ReplyPart, String, at: Duration)
    /// Something worth knowing that is not an error.
    case note(Note)
    case usage(TokenUsage)
    /// The last command of every session.
    case ended(Ending)
}

/// What the session waits for.
enum Wait: Equatable, Sendable { case head, firstText, moreThinking }

/// What the head of a reply says about it.
struct ReplyFacts: Equatable, Sendable {
    var status: Int
    /// The style the proxy chose (`X-Phases`); nil from servers that are not this proxy.
    var style: String?
    var requestID: String?
}

/// A remark beside the answer.
enum Note: Equatable, Sendable {
    /// The answer ended at the token limit.
    case lengthReached(hadAnswer: Bool)
    case filtered
    case toolsAsked
    case unreadableEvent
    /// The model gave no text at all.
    case emptyAnswer
}

/// How one reply ended.
struct Ending: Equatable, Sendable {
    /// Nil when the answer is complete.
    var fault: Fault?
    /// The text of the answer that came, complete or not.
    var answer: String
    var finishReason: String?
    var usage: TokenUsage?
    var facts: ReplyFacts?
    var timings: Timings
    var rate: TokenRate?

    var exitStatus: ProgramExit { fault?.exitStatus ?? .ok }
}
