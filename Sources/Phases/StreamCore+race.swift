// Two upstreams answer the same request at the same time (hedging): both are read, and the first word of an answer decides.
//
// Until then the summary follows the one that reasoned first; of the other nothing is told. The winner's first answer chunk leaves
// in the call that brought it, as if there had never been another: the race costs the answer no byte and no time.
extension StreamCore {
    /// Turns to the upstream whose input comes next. False when it is out of the race: it is not listened to any more.
    mutating func turn(to lane: StreamLane) -> Bool {
        if reading.lane == lane { return true }
        guard let other = rival, other.lane == lane else { return false }
        (rival, reading) = (reading, other)
        facts.upstreamEvents = reading.eventCount
        return true
    }

    /// A second upstream is asked beside the one at hand. Nil when it may not be: the answer has begun, or there are two already.
    mutating func joined(_ text: TextReading) -> StreamLane? {
        guard !isOver, rival == nil, !reading.isLost, !isCommitted else { return nil }
        let joined = UpstreamReading(reading.lane.other, text)
        rival = joined
        return joined.lane
    }

    /// One of two is out, and the other goes on alone.
    mutating func dropped(_ lane: StreamLane) {
        guard let other = rival, lane == reading.lane || lane == other.lane else { return }
        if lane == reading.lane { reading = other }
        rival = nil
        silence(lane)
    }

    /// The upstream at hand answers: the race, if there is one, is over.
    mutating func win() {
        guard let loser = rival else { return }
        rival = nil
        silence(loser.lane)
    }

    /// Whether the reasoning of the upstream at hand feeds the summary.
    mutating func maySpeak() -> Bool {
        if speaker == nil { speaker = reading.lane }
        return speaker == reading.lane
    }

    /// What an upstream that is out of the race thought is not concluded: the answer is another's.
    private mutating func silence(_ lane: StreamLane) {
        guard speaker == lane else { return }
        newSpeaker()
    }

    /// Somebody else thinks from the start. What was said stays said and is not said again.
    mutating func newSpeaker() {
        speaker = nil
        thoughts.restarted()
        // In a race nothing is told of what the other one thought.
        rendering.movedOn(isFromStart: !reading.choices.contains { $0.marks.hasReasoning })
        owesRawBreak = true
    }
}

extension StreamMachine {
    /// Whether two upstreams are being read.
    public var isRacing: Bool { core.rival != nil }

    /// The owner has asked a second upstream beside the first, which is slow. Both are read from here on, each input with its lane;
    /// the first whose answer begins, or that finishes, wins, and what the other sends from then on is ignored. A failure of one
    /// is handed to the owner (``StreamAction/lost(_:)``), who then calls ``upstreamDropped(_:)``.
    ///
    /// The owner sees that the race is decided, and by whom, when ``isCommitted`` turns true in an input of the winner's lane.
    ///
    /// - Parameter text: how the second upstream's text is separated.
    /// - Returns: the second upstream's lane; nil, and nothing happens, behind the commit point or when there are two already.
    public mutating func upstreamJoined(_ text: TextReading) -> StreamLane? {
        guard let lane = core.joined(text) else { return nil }
        renewFramer(of: lane)
        return lane
    }

    /// One of two upstreams has failed or was cancelled before either answered: the other goes on alone, unseen.
    public mutating func upstreamDropped(_ lane: StreamLane) {
        core.dropped(lane)
    }
}
