/// One step of a reasoning summary.
public struct Step: Sendable, Equatable {
    /// What a step is.
    public enum Kind: Sendable {
        /// Sentences of the reasoning.
        case thought
        /// A remark about the reasoning, made here.
        case notice
    }

    /// One or two whole sentences of the reasoning, cleaned up, or a remark; ends with sentence punctuation.
    public var text: String
    /// A few words on what the step is about, without punctuation at the end; nil when none are good enough.
    public var title: String?
    /// What it is.
    public var kind: Kind

    /// A step with its text and title.
    public init(text: String, title: String? = nil, kind: Kind = .thought) {
        self.text = text
        self.title = title
        self.kind = kind
    }

    /// The remark that the model has said nothing new for so long.
    static func repetition(_ time: Duration) -> Step {
        Step(text: "The model has repeated itself for \(time.components.seconds) s.", kind: .notice)
    }
}
