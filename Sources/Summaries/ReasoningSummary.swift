/// Makes the steps of a reasoning summary from the reasoning as it streams: picks whole sentences, cleans them up, says nothing twice.
///
/// States, by what they wait for:
/// - silent: no reasoning yet, nothing is due;
/// - opening: the first step comes with the first good sentence, or with any after `firstStepDelay`;
/// - pacing: further steps come `minimumStepInterval` apart when there is a good sentence, up to `maximumStepInterval` the less good it is, and
///   within the allowance (see `ReasoningSummaryOptions`);
/// - overdue: nothing was said for `maximumStepInterval`; a fair sentence may take of the room that was kept for the conclusion;
/// - looping: the model repeats itself; nothing is due but a step that says so, once for each loop;
/// - finished: nothing is due any more, unless another upstream takes over.
///
/// Has no clock: the owner says what time it is, as a duration since the stream's begin, and asks again at `nextDue`. The result depends on
/// the text and the times alone, not on how the text was cut. Time is linear in the text. Memory is bounded by
/// `largestHeldByteCount`, typically it is a tenth of that.
public struct ReasoningSummary: ~Copyable, Sendable {
    /// Points from which a sentence is good enough to be said as soon as the clock allows.
    static let goodScore = 60
    /// Points from which a sentence is better than silence.
    static let fairScore = 5
    /// The same two for the first step: an early sign of life matters more than its content.
    static let goodOpeningScore = 120
    static let fairOpeningScore = -16
    /// Share of the closing sentence's terms that may be known when the answer has just been said, in percent.
    static let answeredOverlap = 50

    /// Bytes split before their sentences are examined: a big piece of text must not become a big list of sentences.
    static let pieceLength = 4_096

    /// The most bytes held for one stream: the unfinished sentence, the candidates and what is left of earlier ones, what was said, the prompt's terms,
    /// the last passages, a heading, the sentences of one piece, and the phrases by which repetition is noticed.
    public static let largestHeldByteCount =
        SentenceSplitter.longestSentence + (Candidates.most + Leftovers.most) * (SentenceSplitter.longestSentence + Judge.mostTerms * 4)
        + SaidTerms.mostSteps * Judge.mostTerms * SaidTerms.bytesPerTerm + Judge.mostPromptTerms * 4 + Closing.most
        * SentenceSplitter.longestSentence
        + SentenceSplitter.longestSentence + pieceLength + RecurringTerms.slots + RepetitionWatch.heldByteCount

    let options: ReasoningSummaryOptions
    var splitter = SentenceSplitter()
    var judge: Judge
    private var passages: [Passage] = []
    /// Memory for the text of the next sentence.
    private var spareText: [UInt8] = []
    var candidates = Candidates()
    var leftovers = Leftovers()
    var closing = Closing()
    var said = SaidTerms()
    /// What the reasoning keeps coming back to.
    var recurring = RecurringTerms()
    private var watch = RepetitionWatch()
    /// The loop, counted from 1, of which a step has told.
    private var loopTold = 0
    private var heading: Heading?
    var begun: Duration?
    private var latest = Duration.zero
    var lastStep: Duration?
    var scalarsAtLastStep = 0
    var characterCount = 0
    /// Characters that another engine has said; they take nothing of this one's share.
    var othersCharacterCount = 0
    private var isFinished = false
    /// The latest step stated the answer.
    var hasAnswered = false

    /// Bytes of reasoning received, of all upstreams.
    public private(set) var reasoningByteCount = 0
    /// Steps said.
    public private(set) var stepCount = 0
    /// Bytes of sentences examined after they were split: at most the reasoning once.
    private(set) var examinedByteCount = 0

    private struct Heading {
        var text: [UInt8]
        var ordinal: Int
    }

    /// A summary of one stream's reasoning. The prompt tells which terms matter; nothing of it is quoted.
    public init(options: ReasoningSummaryOptions = ReasoningSummaryOptions(), prompt: PromptFacts = PromptFacts()) {
        self.options = options
        judge = Judge(prompt: prompt)
    }

    /// Times the model began to repeat itself word by word.
    public var repetitionCount: Int { watch.count }

    /// Bytes held now; never more than `largestHeldByteCount`.
    public var heldBytes: Int {
        splitter.heldBytes + candidates.heldBytes + leftovers.heldBytes + said.heldBytes + recurring.heldBytes + judge.heldBytes
            + watch.heldBytes + closing.heldBytes + (heading?.text.count ?? 0)
    }

    /// Takes reasoning text, UTF-8, cut anywhere. `now` counts from the stream's begin.
    public mutating func received(_ text: Span<UInt8>, at now: Duration) {
        guard text.count > 0, !isFinished else { return }
        if begun == nil { begun = now }
        reasoningByteCount += text.count
        watch.received(text, at: now)
        latest = now
        var start = 0
        while start < text.count {
            let end = min(start + Self.pieceLength, text.count)
            splitter.take(text.extracting(start..<end), into: &passages)
            if !passages.isEmpty { examine() }
            start = end
        }
    }

    /// Another upstream took over and begins anew, also after `finish`. What was said stays said and is not said again; counts go on.
    public mutating func restarted() {
        isFinished = false
        watch.restarted()
        splitter.restart()
        passages.removeAll()
        candidates.removeAll()
        leftovers.removeAll()
        closing.removeAll()
        recurring.removeAll()
        heading = nil
    }

    /// The step that is due now, or nil.
    public mutating func step(at now: Duration) -> Step? {
        guard let begun, !isFinished else { return nil }
        if let due = noticeDue, now >= due { return notice(at: now) }
        let pace = pace(since: begun)
        guard watch.loopBegan == nil, now >= pace.start, stepCount == 0 || hasEnoughNew else { return nil }
        // Asked with every piece of text: the best score of all tells cheaply whether anything can be due, however many wait.
        guard let earliest = pace.due(for: candidates.highestScore), now >= earliest else { return nil }
        let room = room(at: now)
        guard let highest = candidates.highestScore(within: room), let due = pace.due(for: highest), now >= due else { return nil }
        return sayBest(within: room, from: pace.fair, at: now)
    }

    /// When `step` will have something if no more text comes; nil when that needs more text.
    public var nextDue: Duration? {
        guard let begun, !isFinished else { return nil }
        if let noticeDue { return noticeDue }
        guard watch.loopBegan == nil, stepCount == 0 || hasEnoughNew else { return nil }
        return soonestDue(pace(since: begun))
    }

    /// The reasoning ended: the conclusion, if it has not been said. With `cutShort` the text may have ended inside a sentence, and a last line
    /// without punctuation is left out.
    public mutating func finish(at now: Duration, cutShort: Bool = false) -> Step? {
        guard !isFinished else { return nil }
        splitter.finish(into: &passages)
        if cutShort { passages.removeAll { $0.ending == .textEnd } }
        examine()
        isFinished = true
        return closingStep(at: now)
    }
}

// Telling of loops.
extension ReasoningSummary {
    /// When a loop that has lasted long enough may be told of; nil without one, or when it has been told. Only text makes a loop longer:
    /// when none comes, the model is silent and does not repeat itself.
    private var noticeDue: Duration? {
        guard let delay = options.repetitionNoticeDelay, let loopBegan = watch.loopBegan, loopTold < watch.count,
            latest - loopBegan >= delay
        else { return nil }
        return max(latest, lastStep.map { $0 + options.minimumStepInterval } ?? latest)
    }

    private mutating func notice(at now: Duration) -> Step? {
        guard let loopBegan = watch.loopBegan else { return nil }
        let step = Step.repetition(latest - loopBegan)
        loopTold = watch.count
        characterCount += step.text.count
        stepCount += 1
        lastStep = now
        return step
    }
}

// Taking sentences in and saying them.
extension ReasoningSummary {
    private mutating func examine() {
        // Taken out and put back, with its memory.
        var found: [Passage] = []
        swap(&found, &passages)
        // What was thought so long ago is not what the model is doing: it may come back at the end.
        candidates.expire(before: latest - options.maximumStepInterval, to: &leftovers)
        for passage in found { examine(passage) }
        for passage in found { splitter.recycle(closing.add(passage)) }
        found.removeAll(keepingCapacity: true)
        swap(&found, &passages)
    }

    private mutating func examine(_ passage: Passage) {
        examinedByteCount += passage.text.count
        if spareText.capacity == 0, let spare = candidates.takeSpare() {
            spareText = spare.text
            judge.recycle(spare.judgement.terms)
        }
        guard let sentence = Sentence(passage, in: &spareText) else { return }
        if sentence.kind == .heading {
            heading = Heading(text: sentence.text, ordinal: sentence.ordinal)
        } else if let judgement = judge.judge(sentence) {
            recurring.add(judgement.terms)
            if let left = consider(sentence, judgement) {
                spareText = left.text
                judge.recycle(left.judgement.terms)
            }
        } else {
            spareText = sentence.text
        }
    }

    /// Returns what is not kept, this sentence or another, for its memory.
    private mutating func consider(_ sentence: Sentence, _ judgement: Judgement) -> Candidate? {
        var candidate = Candidate(text: sentence.text, characters: 0, ordinal: sentence.ordinal, time: latest, judgement: judgement)
        // A byte is at least a quarter of a character: cheaper than counting.
        guard sentence.text.count <= options.maximumStepCharacters * 4, said.isNew(judgement) else { return candidate }
        candidate.characters = CharacterCount.of(sentence.text)
        guard candidate.characters <= options.maximumStepCharacters else { return candidate }
        candidate.topicality = Topicality.points(of: judgement.terms, recurring, said)
        return candidates.add(candidate)
    }

    /// The best step of what is at hand, of sentences with at least so many points where there are; nil when nothing fits.
    mutating func sayBest(within room: Int, from least: Int, at now: Duration) -> Step? {
        candidates.rate(recurring, said)
        let chosen = candidates.bestStep(within: room, from: least)
        return chosen.isEmpty ? nil : say(chosen, titledBy: chosen[0], at: now)
    }

    /// The step of these sentences, at least one, in the text's order.
    mutating func say(_ sentences: [Candidate], titledBy main: Candidate, at now: Duration) -> Step {
        let last = sentences[sentences.count - 1].ordinal
        let text = Self.joined(sentences)
        let step = Step(text: text, title: StepTitle.title(of: main.text, heading: takeHeading(before: last)))
        for sentence in sentences { said.add(sentence.judgement.terms) }
        candidates.drop(through: last, butKeepNewTo: said, to: &leftovers)
        characterCount += text.count
        stepCount += 1
        hasAnswered = sentences.contains { $0.judgement.answers }
        lastStep = now
        scalarsAtLastStep = splitter.scalarCount
        return step
    }

    private static func joined(_ sentences: [Candidate]) -> String {
        var text: [UInt8] = []
        for sentence in sentences {
            if !text.isEmpty, !Scalars.isDirectTerminator(LastScalar(of: text).scalar) { text.append(0x20) }
            text.append(contentsOf: sentence.text)
        }
        return String(decoding: text, as: UTF8.self)  // WHY: valid UTF-8, once per sentence or prompt
    }

    private mutating func takeHeading(before ordinal: Int) -> [UInt8]? {
        guard let held = heading, held.ordinal < ordinal else { return nil }
        heading = nil
        return held.text
    }
}

// Another engine makes the steps, and this one stands by: it hears the same reasoning, and what was said counts for both.
extension ReasoningSummary {
    /// The latest sentence that was examined: what a step made from the text so far covers.
    var latestOrdinal: Int { candidates.list.last?.ordinal ?? -1 }

    /// Characters that all further steps may have together.
    var remainingCharacters: Int { options.maximumTotalCharacters - characterCount - othersCharacterCount }

    /// Whether a loop may be told of now; then the next step does.
    func isNoticeDue(at now: Duration) -> Bool { noticeDue.map { now >= $0 } ?? false }

    /// When a loop may be told of; nil without one.
    var noticeTime: Duration? { noticeDue }

    /// Whether the model is repeating itself word by word.
    var isLooping: Bool { watch.loopBegan != nil }

    /// Whether `text` says something that no step has said.
    func isNews(_ text: [UInt8]) -> Bool {
        var judgement = Judgement()
        for term in Judge.terms(of: text.span) { _ = judgement.insert(term) }
        return judgement.terms.isEmpty ? false : said.isNew(judgement)
    }

    /// The other engine has said `text` about everything up to `ordinal`.
    mutating func wasSaid(_ text: [UInt8], upTo ordinal: Int, at now: Duration) -> Step {
        var judgement = Judgement()
        for term in Judge.terms(of: text.span) { _ = judgement.insert(term) }
        said.add(judgement.terms)
        candidates.drop(through: ordinal, butKeepNewTo: said, to: &leftovers)
        let step = Step(text: String(decoding: text, as: UTF8.self), title: StepTitle.title(of: text, heading: nil))  // WHY: once per step
        othersCharacterCount += step.text.count
        stepCount += 1
        let sentence = Sentence(Passage(text: text, ending: .punctuation, ordinal: ordinal, startsLine: false))
        hasAnswered = sentence.flatMap { judge.judge($0) }?.answers ?? false
        lastStep = now
        scalarsAtLastStep = splitter.scalarCount
        return step
    }
}
