import Phases
import Settings
import Upstream

extension DeadlineLimits {
    /// The clocks of one attempt as configured. libcurl watches the connect clock itself. A whole completion comes with its head only
    /// when the model has finished, so until its first byte the total clock alone counts for it.
    init(_ timeouts: UpstreamTimeoutSettings, isStream: Bool) {
        self.init()
        connect = nil
        head = isStream ? timeouts.head : nil
        firstEvent = isStream ? timeouts.firstEvent : nil
        reasoningGap = isStream ? timeouts.gapReasoning : nil
        answerGap = timeouts.gapAnswer
        total = timeouts.total
    }
}

extension StreamFailure {
    /// A clock that ran out, as the client reads it.
    init(_ kind: DeadlineKind) {
        self.init(
            code: kind.code, type: "timeout_error", message: kind.message, status: 504, countsAgainstUpstream: kind.countsAgainstUpstream)
    }
}
