/// One question to a small model: what to say next about the reasoning, or what was asked.
public struct SummaryCall: Sendable, Equatable {
    /// Tells the stream's calls apart; a result has to name its call.
    public let id: Int
    /// What the model is told to do; nothing in it comes from the conversation.
    public let instructions: String
    /// The question, the last steps and the new reasoning, or the message: data, between marks that it cannot close.
    public let content: String
    /// The most tokens of the answer.
    public let maximumTokens: Int
    /// When the result is late, on the stream's clock.
    public let deadline: Duration
}

/// What came of a call, as the owner found it.
public enum SummaryOutcome: Sendable, Equatable {
    /// The model's answer without its reasoning, UTF-8; cut when it used up its tokens.
    case text([UInt8], isCut: Bool)
    /// The model answered with nothing, or with nothing but reasoning.
    case empty
    /// No connection, an error status, a reset, or something that is no completion.
    case failed
    /// Not called: as many calls as are allowed are under way.
    case busy
    /// Not called: the summariser has failed and is left alone for a while.
    case leftAlone
}

extension SummaryOutcome {
    /// What became of a call that gave no text; nil of one that did.
    var fateWithoutText: SummaryFate? {
        switch self {
        case .text: nil
        case .empty: .empty
        case .failed: .failed
        case .busy: .busy
        case .leftAlone: .leftAlone
        }
    }
}

/// Tokens that the summariser counted.
public struct SummaryUsage: Sendable, Equatable {
    /// Tokens of the question.
    public var prompt: Int
    /// Tokens of the answer, reasoning included.
    public var completion: Int

    /// So many of each.
    public init(prompt: Int = 0, completion: Int = 0) {
        self.prompt = prompt
        self.completion = completion
    }
}

/// What became of a step, or of a prompt summary, that a model was to make. All but `used` and `dropped` hand it to the extractive engine.
public enum SummaryFate: String, Sendable, CaseIterable {
    /// It was said.
    case used
    /// Its deadline passed, or what it was to say had to leave without it.
    case late
    /// The call failed.
    case failed
    /// The model said nothing.
    case empty
    /// What it said is no plain sentence of a bearable length.
    case unclean
    /// It holds a number or a name that neither the reasoning nor the prompt has, or shares no words with them.
    case unfaithful
    /// It is in another language than was asked for.
    case language
    /// It says what was said.
    case repeated
    /// The answer began, or the upstream changed, while the call was under way.
    case dropped
    /// No call: the limit of calls at the same time was reached.
    case busy
    /// No call: the summariser's circuit breaker is open.
    case leftAlone = "left_alone"
    /// No call: the stream's tokens are used up.
    case budget

    /// Whether a call was made.
    public var wasCalled: Bool {
        switch self {
        case .busy, .leftAlone, .budget: false
        default: true
        }
    }

    /// Whether the extractive engine has to say the step.
    public var isFallback: Bool { self != .used && self != .dropped }
}

/// What the model engine did for one stream; no text.
public struct ModelSummaryFacts: Sendable, Equatable {
    /// How often each thing happened.
    public internal(set) var fates: [SummaryFate: Int] = [:]
    /// Results of calls that had been given up.
    public internal(set) var strayResults = 0
    /// Tokens of all calls, as the summariser counted them.
    public internal(set) var usage = SummaryUsage()

    /// Calls that were made.
    public var callCount: Int { fates.reduce(0) { $0 + ($1.key.wasCalled ? $1.value : 0) } }

    /// Nothing has happened.
    public init() {}

    mutating func note(_ fate: SummaryFate) { fates[fate, default: 0] += 1 }
}
