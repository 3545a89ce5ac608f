import EventStream

/// One request's answer in an agent's API: news in, bytes out. Pure: no clock, no I/O.
///
/// Closed over the APIs there are, chosen once. Price: the answer's text is kept once for the Responses API, whose last events repeat it,
/// and for collected answers; arguments of calls are kept in any case. The plan's `maximumAnswerBytes` bounds both.
public struct AgentRendering {
    private var responses: ItemSequence<ResponsesWriter>?
    private var messages: ItemSequence<MessagesWriter>?

    /// A rendering at the start of its stream.
    public init(_ plan: AgentPlan) {
        switch plan.api {
        case .responses(let options): responses = ItemSequence(ResponsesWriter(plan, options), plan)
        case .messages(let options): messages = ItemSequence(MessagesWriter(plan, options), plan)
        }
    }

    /// Whether the answer is longer than the plan allows; the teller then ends the stream with a failure.
    public var isTooLong: Bool { responses?.isTooLong ?? messages?.isTooLong ?? false }

    /// Appends what the client is to be told of `news`; whole events only. Nothing follows the last news.
    public mutating func tell(_ news: borrowing StreamNews, to output: inout [UInt8]) {
        responses?.tell(news, to: &output)
        messages?.tell(news, to: &output)
    }
}
