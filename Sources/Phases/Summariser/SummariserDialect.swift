public import Detect

/// How a small model is kept from thinking: a model that thinks about a summary is late, and often says nothing else.
public enum ThinkingOff: String, Sendable, CaseIterable {
    /// As the model's family has it, by its name.
    case auto
    /// `chat_template_kwargs: {"enable_thinking": false}`.
    case enableThinking = "enable_thinking"
    /// `chat_template_kwargs: {"thinking": false}`.
    case thinking
    /// Both of them: servers of one family disagree.
    case template
    /// `reasoning_effort: "low"`, for models that cannot do without.
    case lowEffort = "low_effort"
    /// `reasoning_effort: "none"`.
    case noEffort = "no_effort"
    /// `/no_think` behind the instructions.
    case noThink = "no_think"
    /// Nothing is said about thinking.
    case none
}

extension ThinkingOff {
    /// What `auto` is for a model: what its detection profile says its chat template listens to.
    ///
    /// - Parameter profile: the model's profile.
    /// - Returns: a way, never `auto`.
    public static func way(for profile: Profile) -> ThinkingOff {
        switch profile.startRule {
        case .insideUnlessOff(let switches), .insideIfOn(let switches), .insideIfOrUndecided(let switches):
            if switches.contains([.enableThinking, .thinking]) { return .template }
            return switches.contains(.enableThinking) ? .enableThinking : .thinking
        case .insideIfEffort: return .noEffort
        case .undecidedIfOn, .outside, .inside, .undecided:
            // The harmony models think always; how much, they can be told.
            return profile.channels == nil ? .none : .lowEffort
        }
    }
}
