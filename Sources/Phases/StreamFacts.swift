/// What is known of a stream for the access log and the metrics; no text.
public struct StreamFacts: Sendable, Equatable {
    /// When the first frame of ours was written, on the machine's clock.
    public internal(set) var firstFrame: Duration?
    /// When the first reasoning text arrived.
    public internal(set) var firstReasoning: Duration?
    /// When the first answer text or tool call arrived.
    public internal(set) var firstAnswer: Duration?
    /// Complete events that carried a payload, of the upstream that was heard last.
    public internal(set) var upstreamEvents = 0
    /// Bytes of reasoning text seen.
    public internal(set) var reasoningBytes = 0
    /// Bytes of answer text seen.
    public internal(set) var answerBytes = 0
    /// Steps of the reasoning summary that were sent.
    public internal(set) var summarySteps = 0
    /// Times the model began to repeat itself while reasoning (``Summaries/RepetitionWatch``).
    public internal(set) var reasoningRepetitions = 0
    /// The most bytes the detector ever held back.
    public internal(set) var mostBytesHeld = 0
    /// The phase the client saw last.
    public internal(set) var phase: Phase?
    /// Finish reason of choice 0, if it came.
    public internal(set) var finishReason: String?
    /// How often the request moved to another upstream.
    public internal(set) var restarts = 0
    /// Whether the model used up its length while still reasoning.
    public internal(set) var answerIsMissing = false
    /// Whether the text of choice 0 ended reasoning that it never began (``Detector/sawOrphanEnd``).
    public internal(set) var sawOrphanEnd = false
    /// Whether what was taken for reasoning in choice 0 was the answer (``Detector/wasPromoted``).
    public internal(set) var wasPromoted = false
}
