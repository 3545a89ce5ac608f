import Phases
import Settings
import Upstream

extension DeadlineLimits {
    /// The clocks of one attempt as configured. libcurl watches the connect clock itself. A whole completion comes with its head only
    /// when the model has finished, so for it one clock runs from the start to the last byte, and the
    /// answer's gap clock from its first byte on.
    ///
    /// - Parameters:
    ///   - timeouts: the upstream's settings.
    ///   - isStream: whether a stream was asked for.
    ///   - grace: by how many percent the clocks that run before the answer are longer: moving on at their end costs little, giving up
    ///     costs everything. In the answer nothing ever moves, so its clock says already what is meant.
    init(_ timeouts: UpstreamTimeoutSettings, isStream: Bool, grace: Int) {
        func extended(_ time: Duration) -> Duration { time + time * grace / 100 }
        self.init()
        connect = nil
        head = isStream ? extended(timeouts.head) : nil
        firstEvent = isStream ? extended(timeouts.firstEvent) : nil
        reasoningGap = isStream ? extended(timeouts.gapReasoning) : nil
        answerGap = timeouts.gapAnswer
        whole = isStream ? nil : extended(timeouts.whole)
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
