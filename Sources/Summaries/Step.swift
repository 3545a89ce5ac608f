/// One step of a reasoning summary.
public struct Step: Sendable, Equatable {
    /// One or two whole sentences of the reasoning, cleaned up; ends with sentence punctuation.
    public var text: String
    /// A few words on what the step is about, without punctuation at the end; nil when none are good enough.
    public var title: String?

    /// A step with its text and title.
    public init(text: String, title: String? = nil) {
        self.text = text
        self.title = title
    }
}
