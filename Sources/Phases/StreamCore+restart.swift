import ChatRequests
public import Detect

// Moving to another upstream before the commit point: the client has seen nothing but summaries, and sees nothing of the change.
extension StreamCore {
    /// Whether the client has seen something of any choice: answer bytes or its finish. Style `off` has sent the upstream's own bytes.
    var isCommitted: Bool {
        plan.style == .off ? isOpen : phases.isFinal || choices.contains { $0.hasAnswer || $0.isFinished }
    }

    /// Whether a failure is not told yet, because the request may move on.
    mutating func keepsForRestart(_ failure: StreamFailure) -> Bool {
        guard mayRestart, !isCommitted else { return false }
        lost = failure
        return true
    }

    /// Another upstream answers the same request from the start: its stream is read as a new one, the phases and the summary go on.
    mutating func restarted(profile: CompiledProfile) {
        guard end == nil, !isCommitted else { return }
        lost = nil
        lostIsDelivered = false
        plan.profile = profile
        choices.removeAll(keepingCapacity: true)
        usage = nil
        notedFailure = nil
        facts.upstreamEvents = 0
        facts.restarts += 1
        thoughts.restarted()
    }

    /// No other upstream is left: the failure is told after all.
    mutating func gaveUp(_ failure: StreamFailure, at now: Duration, into output: inout [UInt8]) {
        lost = nil
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
    public mutating func upstreamRestarted(profile: CompiledProfile) {
        guard !isCommitted else { return }
        renewFramer()
        core.restarted(profile: profile)
    }

    /// After `StreamAction.lost`: there is no other upstream, so the client has to be told.
    public mutating func gaveUp(_ failure: StreamFailure, at now: Duration, into output: inout [UInt8]) -> StreamAction {
        let before = output.count
        core.gaveUp(failure, at: now, into: &output)
        return core.action(hasWritten: output.count > before, at: now)
    }
}
