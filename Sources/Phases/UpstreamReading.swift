import ChatDelta
public import Detect

/// How an upstream's text is separated: the part of a plan that changes when another upstream answers.
public struct TextReading: Sendable {
    /// Which markers separate reasoning from answer in `content`.
    public var profile: CompiledProfile
    /// Whether its output is known to begin inside reasoning.
    public var beginsInside: Bool
    /// What happens to white space beside markers.
    public var whitespace: WhitespacePolicy

    /// A reading from its parts.
    public init(profile: CompiledProfile, beginsInside: Bool = false, whitespace: WhitespacePolicy = .trim) {
        self.profile = profile
        self.beginsInside = beginsInside
        self.whitespace = whitespace
    }
}

extension TextReading: Equatable {
    /// Whether both separate every text in the same way: by the same compiled profile.
    public static func == (one: TextReading, other: TextReading) -> Bool {
        one.profile === other.profile && one.beginsInside == other.beginsInside && one.whitespace == other.whitespace
    }
}

extension StreamPlan {
    /// How the upstream's text is separated.
    public var text: TextReading {
        get { TextReading(profile: profile, beginsInside: thinking.beginsInside, whitespace: whitespace) }
        set {
            profile = newValue.profile
            thinking.beginsInside = newValue.beginsInside
            whitespace = newValue.whitespace
        }
    }
}

/// Which of two upstreams that answer one request at the same time.
public enum StreamLane: Sendable, Equatable {
    /// The one that was asked first, or alone.
    case first
    /// The one that was asked beside it.
    case second

    var other: StreamLane { self == .first ? .second : .first }
}

/// What is read of one upstream's stream, from its first event on.
struct UpstreamReading {
    let lane: StreamLane
    let text: TextReading
    /// Whether the model may write tool calls as messages of a channel.
    let mayWriteCalls: Bool
    /// Reads the stream's chunks; the one at hand is its `delta`.
    var chunks = ChunkReader()
    var choices: [ChoiceTrack] = []
    var usage: [UInt8]?
    /// Events that carried a payload.
    var eventCount = 0
    /// Style `off`: what the upstream itself said was wrong; its own bytes have told the client.
    var notedFailure: StreamFailure?
    /// The failure that made the stream useless, while the owner looks for another upstream. Until then nothing is read.
    var lost: StreamFailure? {
        didSet { isLost = lost != nil }
    }
    /// Beside the failure itself, because it is asked for with every chunk and copies texts to answer.
    private(set) var isLost = false
    var lostIsDelivered = false

    init(_ lane: StreamLane, _ text: TextReading) {
        self.lane = lane
        self.text = text
        mayWriteCalls = text.profile.profile.channels != nil
    }
}
