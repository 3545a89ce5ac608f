/// Has a small model say what was asked, while the upstream is asked already, and says it without the model when that is not quick enough.
///
/// States:
/// - *waiting*: the model was not asked yet;
/// - *asking*: the one call is under way; its result is wanted until its deadline;
/// - *ready*: a result passed every check;
/// - *standing in*: the call gave nothing;
/// - *told*: the summary has left, and nothing replaces it.
///
/// Has no clock and makes no call, and nothing waits for it: when the summary has to leave, `tell` gives the model's if it is *ready*, and
/// the extractive one if not. The owner's duty is small, because every input is legal at every time. The model sees a bounded part of
/// the user's last message, and nothing else of the conversation but the message that a short one refers to.
public struct ModelPromptSummary: Sendable {
    /// The id of the one call; those of the steps begin behind it.
    public static let callID = 0

    private enum State {
        case waiting
        case asking(SummaryCall, Asked)
        case ready(String)
        case standingIn, told
    }

    /// What the call was made from, for the checks of its result.
    private struct Asked {
        var shown: [UInt8]
        /// The language of the summary.
        var language: LanguageGuess
        /// What is counted behind the model's words.
        var counted: String
        /// Characters that are left for these.
        var limit: Int
    }

    private let options: ModelPromptOptions
    private let prompt: PromptFacts
    private let extractive: String
    private var state = State.waiting
    /// Tokens of the call: estimated, and once the model has counted them, counted.
    public private(set) var tokens = 0
    /// What happened so far.
    public private(set) var facts = ModelSummaryFacts()

    /// A summary of one prompt.
    ///
    /// - Parameters:
    ///   - options: how the model is asked.
    ///   - prompt: what the request says.
    ///   - extractive: what is told without the model; never empty.
    public init(options: ModelPromptOptions = ModelPromptOptions(), prompt: PromptFacts, extractive: String) {
        self.options = options
        self.prompt = prompt
        self.extractive = extractive
    }

    /// The call whose result is wanted, by its id; nil when none is.
    public var awaitedCall: Int? {
        if case .asking = state { Self.callID } else { nil }
    }

    /// When the call is late; nil when none is under way.
    public var nextDue: Duration? {
        if case .asking(let call, _) = state { call.deadline } else { nil }
    }

    /// What happened, when nothing more will: a call still under way is dropped.
    public var closingFacts: ModelSummaryFacts {
        var facts = facts
        if case .asking = state { facts.note(.dropped) }
        return facts
    }

    // MARK: Inputs

    /// The call, once; the owner makes it, and tells its result. Nil where there is no text to ask about.
    public mutating func takeCall(at now: Duration) -> SummaryCall? {
        guard case .waiting = state, prompt.lastUserText.contains(where: { $0 > 0x20 }) else { return nil }
        let excerpt = PromptExcerpt(prompt, limit: options.windowBytes)
        let asked = readPrompt(excerpt)
        let language = options.language ?? asked.language.language?.rawValue ?? "the language of the message"
        let call = SummaryCall(
            id: Self.callID, instructions: options.prompt.instructions(language: language, limit: asked.limit),
            content: SummaryPrompt.content(of: excerpt), maximumTokens: options.maximumTokens, deadline: now + options.deadline)
        let estimate = TokenEstimate.tokens(of: call.instructions) + TokenEstimate.tokens(of: call.content) + options.maximumTokens
        guard estimate <= options.budgetTokens else {
            standIn(.budget)
            return nil
        }
        tokens = estimate
        state = .asking(call, asked)
        return call
    }

    /// The call has ended.
    public mutating func callEnded(_ outcome: SummaryOutcome, usage: SummaryUsage? = nil, at now: Duration) {
        if let usage {
            facts.usage.prompt += usage.prompt
            facts.usage.completion += usage.completion
            tokens = facts.usage.prompt + facts.usage.completion
        }
        guard case .asking(let call, let asked) = state else {
            facts.strayResults += 1
            return
        }
        guard now < call.deadline else { return standIn(.late) }
        guard case .text(let answer, let isCut) = outcome else { return standIn(outcome.fateWithoutText ?? .failed) }
        judge(answer, isCut: isCut, asked)
    }

    /// Time has passed.
    public mutating func ticked(at now: Duration) {
        if case .asking(let call, _) = state, now >= call.deadline { standIn(.late) }
    }

    /// The summary leaves now, whatever there is. A call under way is late, and of no use any more.
    public mutating func tell(at now: Duration) -> String {
        ticked(at: now)
        let last = state
        state = .told
        switch last {
        case .ready(let text):
            facts.note(.used)
            return text
        case .asking: facts.note(.late)
        case .waiting, .standingIn, .told: break
        }
        return extractive
    }

    private mutating func standIn(_ fate: SummaryFate) {
        facts.note(fate)
        state = .standingIn
    }
}

// What may be told of an answer.
extension ModelPromptSummary {
    private func readPrompt(_ excerpt: PromptExcerpt) -> Asked {
        let counted = PromptSummary.counted(prompt, limit: options.maximumCharacters)
        return Asked(
            shown: excerpt.shown, language: language, counted: counted, limit: options.maximumCharacters - counted.count)
    }

    /// The question's language: that of a text pasted behind it says little about it.
    private var language: LanguageGuess {
        if let language = options.language { return LanguageGuess(named: language) ?? LanguageGuess([]) }
        let quoted = LanguageGuess(Array(extractive.utf8))
        return quoted.language == nil ? LanguageGuess(prompt.lastUserText) : quoted
    }

    private mutating func judge(_ answer: [UInt8], isCut: Bool, _ asked: Asked) {
        guard let clean = StepCleaner.step(from: answer, isCut: isCut, limit: asked.limit, takesQuestions: true) else {
            return standIn(.unclean)
        }
        if LanguageGuess(clean).contradicts(asked.language) { return standIn(.language) }
        // Both as the text it was made from and as the prompt: what is said in another language is not judged by shared words.
        let gate = FaithfulnessGate(prompt: asked.shown)
        guard gate.objection(to: clean, madeFrom: asked.shown) == nil else { return standIn(.unfaithful) }
        state = .ready(String(decoding: clean, as: UTF8.self) + asked.counted)  // WHY: valid UTF-8, once per prompt
    }
}
