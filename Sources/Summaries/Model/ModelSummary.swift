/// Makes the steps of a reasoning summary with the help of a small model, and with the extractive engine whenever the model does not help.
///
/// States:
/// - *listening*: reasoning comes in; a call is due when there is enough of it and the last step is long enough ago;
/// - *asking*: one call is under way; its result is wanted until its deadline;
/// - *standing in*: the last call gave nothing; the extractive engine says the next step, then listening goes on. If it finds none for as
///   long as a step may be away, the model is asked again;
/// - *alone*: the stream's tokens are used up; the extractive engine goes on;
/// - *finished*: nothing is due any more, unless another upstream takes over.
///
/// Has no clock and makes no call: the owner says what time it is, takes the calls from `takeCall`, makes them, and hands their results
/// to `callEnded`. The owner's duty is small, because every result is legal at every time: late, twice, of another state, never.
/// The answer waits for nothing: `finish` gives the closing step at once, from the extractive engine.
///
/// A call shows what is new and the last few steps, never everything again. Memory: the extractive engine's, twice the window and the
/// window of the call under way.
public struct ModelSummary: ~Copyable, Sendable {
    /// Steps that a call shows.
    static let shownSteps = 3
    /// Characters of the user's question that a call shows.
    static let shownQuestion = 600
    /// The shortest time a first call is given, even if the first step is nearly due.
    static let shortestDeadline = Duration.milliseconds(300)

    private enum State {
        case listening
        case asking(SummaryCall, window: [UInt8], ordinal: Int, estimate: Int)
        case standingIn(since: Duration)
        case alone, finished
    }

    private let options: ModelSummaryOptions
    private let prompt: PromptFacts
    /// What the prompt says, read with the first call: the stream's first frame does not wait for it.
    private var asked: Asked?
    private var extractive: ReasoningSummary
    private var window: ReasoningWindow
    private var state = State.listening
    private var steps: [String] = []
    private var begun: Duration?
    private var lastStep: Duration?
    private var callCount = 0
    private var tokens = 0

    private struct Asked {
        var question: String
        /// The language of the steps.
        var language: LanguageGuess
        var languageName: String
        var gate: FaithfulnessGate
    }

    /// What happened so far.
    public private(set) var facts = ModelSummaryFacts()

    /// A summary of one stream's reasoning.
    public init(options: ModelSummaryOptions = ModelSummaryOptions(), prompt: PromptFacts = PromptFacts()) {
        self.options = options
        self.prompt = prompt
        extractive = ReasoningSummary(options: options.pace, prompt: prompt)
        window = ReasoningWindow(limit: options.windowBytes)
    }

    /// Times the model began to repeat itself word by word.
    public var repetitionCount: Int { extractive.repetitionCount }

    /// What happened, when nothing more will: a call still under way is dropped.
    public var closingFacts: ModelSummaryFacts {
        var facts = facts
        if case .asking = state { facts.note(.dropped) }
        return facts
    }

    /// The call whose result is wanted, by its id; nil when none is.
    public var awaitedCall: Int? {
        if case .asking(let call, _, _, _) = state { call.id } else { nil }
    }

    // MARK: Inputs

    /// Something else asked the model for the same stream: its tokens are the stream's, too.
    public mutating func charge(_ tokens: Int) { self.tokens += tokens }

    /// Takes reasoning text, UTF-8, cut anywhere. `now` counts from the stream's begin.
    public mutating func received(_ text: Span<UInt8>, at now: Duration) {
        guard text.count > 0 else { return }
        if case .finished = state { return }
        if begun == nil { begun = now }
        extractive.received(text, at: now)
        window.append(text)
    }

    /// The call that is due now, or nil. The owner makes it, and tells its result.
    public mutating func takeCall(at now: Duration) -> SummaryCall? {
        guard let due = callDue, now >= due else { return nil }
        let ordinal = extractive.latestOrdinal
        let asked = readPrompt()
        let (text, isShortened) = window.take()
        callCount += 1
        let wait = lastStep == nil ? max(Self.shortestDeadline, (begun ?? now) + options.pace.firstStepDelay - now) : options.deadline
        let call = SummaryCall(
            id: callCount,
            instructions: options.prompt.instructions(language: asked.languageName, limit: options.pace.maximumStepCharacters),
            content: SummaryPrompt.content(question: asked.question, steps: steps, reasoning: text, isShortened: isShortened),
            maximumTokens: options.maximumTokens, deadline: now + min(options.deadline, wait))
        let estimate = TokenEstimate.tokens(of: call.instructions) + TokenEstimate.tokens(of: call.content) + options.maximumTokens
        guard tokens + estimate <= options.budgetTokens, extractive.remainingCharacters > 0 else {
            facts.note(.budget)
            state = .alone
            return nil
        }
        tokens += estimate
        state = .asking(call, window: text, ordinal: ordinal, estimate: estimate)
        return call
    }

    /// A call has ended. Returns the step that it gave, if it did.
    public mutating func callEnded(_ id: Int, _ outcome: SummaryOutcome, usage: SummaryUsage? = nil, at now: Duration) -> Step? {
        if let usage {
            facts.usage.prompt += usage.prompt
            facts.usage.completion += usage.completion
        }
        guard case .asking(let call, let text, let ordinal, let estimate) = state, call.id == id else {
            facts.strayResults += 1
            return nil
        }
        if let usage { tokens += usage.prompt + usage.completion - estimate }
        guard now < call.deadline else {
            standIn(.late, at: now)
            return nil
        }
        if case .text(let answer, let isCut) = outcome {
            return judged(answer, isCut: isCut, madeFrom: text, upTo: ordinal, at: now)
        }
        standIn(outcome.fateWithoutText ?? .failed, at: now)
        return nil
    }

    /// The step that is due now without a result, or nil.
    public mutating func step(at now: Duration) -> Step? {
        if case .asking(let call, _, _, _) = state, now >= call.deadline { standIn(.late, at: now) }
        guard mayStandIn(at: now) || extractive.isNoticeDue(at: now), let step = extractive.step(at: now) else { return nil }
        if case .standingIn = state, step.kind == .thought { state = .listening }
        return said(step, at: now)
    }

    /// When a call, a deadline or a step is due if no more text comes; nil when that needs more text.
    public var nextDue: Duration? {
        switch state {
        case .listening:
            let times = [callDue, openingDue, extractive.noticeTime]
            return times.compactMap { $0 }.min()
        case .asking(let call, _, _, _): return extractive.noticeTime.map { min($0, call.deadline) } ?? call.deadline
        case .standingIn: return [extractive.nextDue, callDue].compactMap { $0 }.min()
        case .alone: return extractive.nextDue
        case .finished: return nil
        }
    }

    /// The reasoning ended, and the answer begins: the conclusion, if it has not been said. A call under way is of no use any more.
    public mutating func finish(at now: Duration) -> Step? {
        if case .asking = state { facts.note(.dropped) }
        state = .finished
        return extractive.finish(at: now)
    }

    /// Another upstream took over and begins anew. What was said stays said; what a call was to say about the old one is dropped.
    public mutating func restarted() {
        if case .asking = state { facts.note(.dropped) }
        if case .alone = state {} else { state = .listening }
        extractive.restarted()
        window.removeAll()
    }
}

// The steps of the machine.
extension ModelSummary {
    /// The first step must not wait for a call that has not enough to ask about.
    private func mayStandIn(at now: Duration) -> Bool {
        switch state {
        case .standingIn, .alone: true
        case .listening: lastStep == nil && begun.map { now >= $0 + options.pace.firstStepDelay } ?? false
        case .asking, .finished: false
        }
    }

    /// When the extractive engine says the first step, because there is not enough to ask a model about.
    private var openingDue: Duration? {
        guard lastStep == nil, let begun, let standIn = extractive.nextDue else { return nil }
        return max(standIn, begun + options.pace.firstStepDelay)
    }

    /// When the next call may be made; nil while there is not enough to ask about.
    private var callDue: Duration? {
        // Of a loop there is nothing new to say.
        guard let begun, !extractive.isLooping else { return nil }
        guard window.byteCount >= (lastStep == nil ? options.firstCallBytes : options.pace.minimumNewCharacters) else { return nil }
        let due = lastStep.map { $0 + options.pace.minimumStepInterval } ?? begun + options.firstCallDelay
        switch state {
        case .listening: return due
        case .standingIn(let since): return max(due, since + options.pace.maximumStepInterval)
        case .asking, .alone, .finished: return nil
        }
    }

    private mutating func readPrompt() -> Asked {
        if let asked { return asked }
        let language = options.language.map { LanguageGuess(named: $0) ?? LanguageGuess([]) } ?? LanguageGuess(prompt.lastUserText)
        let read = Asked(
            question: PromptSummary.text(of: prompt, limit: Self.shownQuestion), language: language,
            languageName: options.language ?? language.language?.rawValue ?? "the language of the user's question",
            gate: FaithfulnessGate(prompt: prompt.lastUserText))
        asked = read
        return read
    }

    private mutating func standIn(_ fate: SummaryFate, at now: Duration) {
        facts.note(fate)
        state = .standingIn(since: now)
    }

    private mutating func judged(
        _ answer: [UInt8], isCut: Bool, madeFrom text: [UInt8], upTo ordinal: Int, at now: Duration
    ) -> Step? {
        let limit = min(options.pace.maximumStepCharacters, extractive.remainingCharacters)
        guard let clean = StepCleaner.step(from: answer, isCut: isCut, limit: limit) else {
            standIn(.unclean, at: now)
            return nil
        }
        if let fate = objection(to: clean, madeFrom: text) {
            standIn(fate, at: now)
            return nil
        }
        facts.note(.used)
        state = .listening
        return said(extractive.wasSaid(clean, upTo: ordinal, at: now), at: now)
    }

    private mutating func objection(to step: [UInt8], madeFrom text: [UInt8]) -> SummaryFate? {
        let asked = readPrompt()
        if LanguageGuess(step).contradicts(asked.language) { return .language }
        if asked.gate.objection(to: step, madeFrom: text) != nil { return .unfaithful }
        return extractive.isNews(step) ? nil : .repeated
    }

    private mutating func said(_ step: Step, at now: Duration) -> Step {
        lastStep = now
        guard step.kind == .thought else { return step }
        steps.append(step.text)
        if steps.count > Self.shownSteps { steps.removeFirst() }
        return step
    }
}
