import NIOCore
import Phases
import Summaries

// The model engine: what the stream machine wants to ask is asked beside the stream, and never before the stream's own bytes are sent.
extension Relay {
    /// The calls of this request; nil when no model makes its summaries.
    func makeSummaryCalls() -> SummaryCalls? {
        guard job.plan.modelSummary != nil || job.plan.modelPrompt != nil, let summariser = server.summariser else { return nil }
        return SummaryCalls(summariser, server: server, loop: loop) { [weak self] in self?.summaryCallEnded($0, $1, $2) }
    }

    /// Has the model say what was asked, if it is there for that. The upstream is asked first: its request leaves on the loop's next turn.
    func askAboutPrompt() {
        guard job.plan.modelPrompt != nil else { return }
        let bound = NIOLoopBound(self, eventLoop: loop.eventLoop)
        loop.eventLoop.execute {
            bound.value.askSummariser()
            bound.value.setAlarm()
        }
    }

    /// Ends the call that nobody awaits any more, and makes the one that is due. Called behind every write: the answer has left by then.
    func askSummariser() {
        guard let summaryCalls, !isOver else { return }
        let now = now
        summaryCalls.keep(machine.awaitedSummaryCall, at: now)
        if let call = machine.takeSummaryCall(at: now) { summaryCalls.start(call, requestID: job.request.id, at: now) }
    }

    private func summaryCallEnded(_ id: Int, _ outcome: SummaryOutcome, _ usage: SummaryUsage?) {
        guard !isOver else { return }
        machine.summaryCallEnded(id, outcome, usage: usage, at: now, into: &output)
        if !output.isEmpty { send() }
        setAlarm()
    }
}
