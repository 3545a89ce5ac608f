import ChatRequests
public import Detect

// Moving to another upstream before the commit point: the client has seen nothing but summaries, and sees nothing of the change.
extension StreamCore {
    /// Whether an answer byte of any choice has been sent, or a finish chunk, which says that there will be none. In style `off`:
    /// whether any byte of the upstream's has passed.
    var isCommitted: Bool {
        mutating get {
            isBypass ? bypass.hasPassed : phases.isFinal || reading.choices.contains { $0.marks.hasAnswer || $0.marks.isFinished }
        }
    }

    /// Whether a failure is not told yet, because the request may move on.
    mutating func keepsForRestart(_ failure: StreamFailure) -> Bool {
        guard mayRestart || rival != nil, !isCommitted else { return false }
        reading.lost = failure
        return true
    }

    /// Another upstream answers the same request from the start: its stream is read as a new one, the phases and the summary go on.
    mutating func restarted(_ text: TextReading) {
        guard !isOver, !isCommitted else { return }
        reading = UpstreamReading(.first, text)
        rival = nil
        facts.upstreamEvents = 0
        facts.restarts += 1
        newSpeaker()
    }

    /// No other upstream is left: the failure is told after all.
    mutating func gaveUp(_ failure: StreamFailure, at now: Duration, into output: inout [UInt8]) {
        reading.lost = nil
        rival = nil
        mayRestart = false
        broke(failure, at: now, into: &output)
    }
}

extension StreamMachine {
    /// Whether a failure before the commit point is handed to the owner (`StreamAction.lost`) instead of being told to the client.
    public var mayRestart: Bool {
        get { core.mayRestart }
        set { core.mayRestart = newValue }
    }

    /// The owner has moved the request to another upstream, which begins anew. Legal before the commit point only; later it does
    /// nothing.
    ///
    /// - Parameters:
    ///   - profile: which markers separate reasoning from answer there.
    ///   - beginsInside: whether its output is known to begin inside reasoning.
    ///   - whitespace: what happens to white space beside markers there; nil leaves it as it was.
    public mutating func upstreamRestarted(profile: CompiledProfile, beginsInside: Bool = false, whitespace: WhitespacePolicy? = nil) {
        guard !isCommitted else { return }
        renewFramer(of: .first)
        core.restarted(
            TextReading(profile: profile, beginsInside: beginsInside, whitespace: whitespace ?? core.reading.text.whitespace))
    }

    /// After `StreamAction.lost`: there is no other upstream, so the client has to be told.
    public mutating func gaveUp(_ failure: StreamFailure, at now: Duration, into output: inout [UInt8]) -> StreamAction {
        let before = output.count
        core.gaveUp(failure, at: now, into: &output)
        return core.action(hasWritten: output.count > before, at: now)
    }
}
