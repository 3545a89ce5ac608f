/// What a request's messages say, as far as summaries need it. System prompts are not among it.
public struct PromptFacts: Sendable {
    /// The text of the last user message, valid UTF-8; several text parts joined by line breaks.
    public var lastUserText: [UInt8]
    /// The beginning of the user message before it, valid UTF-8: what a short follow-up refers to.
    public var previousUserText: [UInt8]
    /// User messages before the last one.
    public var earlierUserTurns: Int
    /// Images in the last user message.
    public var images: Int
    /// Files in the last user message.
    public var files: Int
    /// Audio clips in the last user message.
    public var audio: Int
    /// Tools the request offers.
    public var tools: Int
    /// Tool results after the last user message.
    public var toolResults: Int

    /// Facts of a request; what is not given is absent.
    public init(
        lastUserText: [UInt8] = [], previousUserText: [UInt8] = [], earlierUserTurns: Int = 0, images: Int = 0, files: Int = 0,
        audio: Int = 0, tools: Int = 0, toolResults: Int = 0
    ) {
        self.lastUserText = lastUserText
        self.previousUserText = previousUserText
        self.earlierUserTurns = earlierUserTurns
        self.images = images
        self.files = files
        self.audio = audio
        self.tools = tools
        self.toolResults = toolResults
    }
}
