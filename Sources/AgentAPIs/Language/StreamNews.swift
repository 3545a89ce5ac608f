/// What happens in one request's stream, in the words of no wire format. Texts are UTF-8; spans end between characters.
///
/// The order is the teller's promise:
///
/// | news | when |
/// |---|---|
/// | `opened` | first, once |
/// | `promptSummary` | behind it, at most once |
/// | `reasoning`, `step`, `rawReasoning`, `rawReasoningEnded`, `movedOn` | any number, until `answerBegan` |
/// | `answerBegan` | once; from here on nothing but the answer |
/// | `text`, `refusal`, `call` | any number, in the order of the upstream |
/// | `finished` | the answer is complete, or was cut by a limit |
/// | `ended` or `failed` | last, one of the two, once; `failed` at any time |
/// | `silent` | at any time between `opened` and the last |
public enum StreamNews: ~Escapable {
    /// The head of the client's response goes out now.
    case opened
    /// What was understood of the question.
    case promptSummary(String)
    /// A piece of the model's reasoning, not meant to be seen; it comes whether or not any of it is shown.
    case reasoning(Span<UInt8>)
    /// One step of the reasoning summary: a few words on what it is about, if there are good ones, and one or two sentences.
    case step(title: String?, text: String)
    /// A piece of the reasoning itself, for those who see the raw thoughts.
    case rawReasoning(Span<UInt8>)
    /// Raw reasoning has ended; more of it belongs to another train of thought.
    case rawReasoningEnded
    /// Another upstream answers; what was reasoned so far is not the answer's reasoning. `isFromStart` is false when it has reasoned
    /// before without being told: then what is told of it is not all.
    case movedOn(isFromStart: Bool)
    /// The thinking is over.
    case answerBegan
    /// A piece of the answer's text.
    case text(Span<UInt8>)
    /// A piece of the words with which the model refuses.
    case refusal(Span<UInt8>)
    /// A piece of a tool call.
    case call(CallPiece)
    /// The answer is complete, or was cut.
    case finished(AnswerEnd)
    /// The stream is complete.
    case ended(TokenUsage?)
    /// The stream ends badly.
    case failed(AgentFailure)
    /// Nothing has been said for a while.
    case silent
}

/// A piece of a tool call as upstreams send them: pieces of several calls may be mixed, id and name may be missing, late or repeated.
public struct CallPiece: ~Escapable {
    /// The call's number among the answer's calls; nil where the upstream gives none.
    public let index: Int?
    /// The call's id; empty where the piece has none.
    public let id: Span<UInt8>
    /// The function's name, or a part of it; empty where the piece has none.
    public let name: Span<UInt8>
    /// A part of the arguments, which are JSON as text; may be empty.
    public let arguments: Span<UInt8>

    /// A piece from its parts.
    @_lifetime(copy id, copy name, copy arguments)
    public init(index: Int?, id: Span<UInt8>, name: Span<UInt8>, arguments: Span<UInt8>) {
        self.index = index
        self.id = id
        self.name = name
        self.arguments = arguments
    }
}

/// Why an answer is over.
public enum AnswerEnd: Sendable, Equatable {
    /// The model had said everything, or waits for its calls to be answered.
    case complete
    /// A stop sequence of the request came up.
    case stopSequence(String)
    /// The token limit came first.
    case length
    /// A filter cut it.
    case contentFilter
}

/// Tokens as the upstream counted them.
public struct TokenUsage: Sendable, Equatable {
    /// Tokens of the prompt, cached ones included.
    public var input: Int
    /// Those of them that came from a cache.
    public var cachedInput: Int
    /// Tokens of the output, reasoning included.
    public var output: Int
    /// Those of them that were reasoning.
    public var reasoning: Int
    /// All of them.
    public var total: Int

    /// Usage from the upstream's counts; without a total it is the sum.
    public init(input: Int, cachedInput: Int = 0, output: Int, reasoning: Int = 0, total: Int? = nil) {
        self.input = input
        self.cachedInput = cachedInput
        self.output = output
        self.reasoning = reasoning
        self.total = total ?? input &+ output
    }
}
