/// The request's switches that can tell a chat template to think.
public struct ThinkingSwitches: OptionSet, Sendable {
    /// The bits.
    public let rawValue: UInt8
    /// The set with these bits.
    public init(rawValue: UInt8) { self.rawValue = rawValue }
    /// `enable_thinking`.
    public static let enableThinking = ThinkingSwitches(rawValue: 1)
    /// `thinking`.
    public static let thinking = ThinkingSwitches(rawValue: 2)
}

/// How a family's chat template decides whether the output begins inside reasoning.
public enum StartRule: Sendable, Equatable {
    /// The model writes its own start marker, always.
    case outside
    /// The template writes the start marker, always.
    case inside
    /// Nobody knows, whatever the request says: text is held until a marker tells.
    case undecided
    /// Inside, unless one of the switches is false.
    case insideUnlessOff(ThinkingSwitches)
    /// Outside, unless one of the switches is true.
    case insideIfOn(ThinkingSwitches)
    /// Inside if one of the switches is true, outside if one is false, undecided if the request says neither: servers disagree.
    case insideIfOrUndecided(ThinkingSwitches)
    /// Inside if `reasoning_effort` is given and is not one of these.
    case insideIfEffort(unless: [String])
    /// Outside, but undecided if one of the switches is true: an unknown model may think without a start marker then.
    case undecidedIfOn(ThinkingSwitches)
}

/// What a request says about thinking; the start state is read from it, not guessed from the output.
public struct ThinkingRequest: Sendable, Equatable {
    /// `enable_thinking`, nil if absent.
    public var enableThinking: Bool?
    /// `thinking` (also `thinking_mode`, as `enabled` or not), nil if absent.
    public var thinking: Bool?
    /// `reasoning_effort`, nil if absent.
    public var reasoningEffort: String?
    /// The last bytes of an assistant message that the model is asked to continue, nil if the conversation ends otherwise.
    /// Only this message: a marker of an earlier turn says nothing.
    public var prefill: [UInt8]?
    /// The request asks for JSON (`response_format` other than text), so the server may have skipped the reasoning.
    public var constrainedToJSON: Bool
    /// Earlier answers of the model ended reasoning that they never began (``Detector/sawOrphanEnd``): where the profile's rule says
    /// outside, the output begins inside, unless the request switches thinking off or continues a message.
    public var beginsInside = false

    /// A request that says what the arguments say; nothing by default.
    public init(
        enableThinking: Bool? = nil, thinking: Bool? = nil, reasoningEffort: String? = nil, prefill: [UInt8]? = nil,
        constrainedToJSON: Bool = false
    ) {
        self.enableThinking = enableThinking
        self.thinking = thinking
        self.reasoningEffort = reasoningEffort
        self.prefill = prefill
        self.constrainedToJSON = constrainedToJSON
    }

    func isOn(_ switches: ThinkingSwitches) -> Bool { values(switches).contains(true) }
    func isOff(_ switches: ThinkingSwitches) -> Bool { values(switches).contains(false) }

    /// Whether some switch or the effort says that there shall be no thinking.
    var switchesThinkingOff: Bool {
        isOff([.enableThinking, .thinking]) || ["none", "no_think"].contains(reasoningEffort)
    }

    private func values(_ switches: ThinkingSwitches) -> [Bool?] {
        [switches.contains(.enableThinking) ? enableThinking : nil, switches.contains(.thinking) ? thinking : nil]
    }
}

extension StartRule {
    /// The start state of a request without prefill.
    func startState(for request: ThinkingRequest) -> StartState {
        switch self {
        case .outside: .outside
        case .inside: .inside
        case .undecided: .undecided
        case .insideUnlessOff(let switches): request.isOff(switches) ? .outside : .inside
        case .insideIfOn(let switches): request.isOn(switches) ? .inside : .outside
        case .insideIfOrUndecided(let switches):
            request.isOn(switches) ? .inside : request.isOff(switches) ? .outside : .undecided
        case .insideIfEffort(let none): request.reasoningEffort.map { none.contains($0) ? .outside : .inside } ?? .outside
        case .undecidedIfOn(let switches): request.isOn(switches) ? .undecided : .outside
        }
    }
}
