import Phases
import Summaries
import Upstream

/// The calls that one request makes to the summariser: at most one is under way. It makes them and tells its owner what came of them; it
/// decides nothing about summaries.
///
/// Lives on the owner's event loop. A call that nobody waits for any more is ended a little later, never in the turn in which the owner's
/// bytes leave.
final class SummaryCalls {
    private let summariser: Summariser
    private let server: ServerContext
    private let loop: LoopContext
    private var running: RunningSummaryCall?
    /// Who is told; cleared at the end, when nobody listens any more.
    private var told: ((Int, SummaryOutcome, SummaryUsage?) -> Void)?

    init(_ summariser: Summariser, server: ServerContext, loop: LoopContext, told: @escaping (Int, SummaryOutcome, SummaryUsage?) -> Void) {
        self.summariser = summariser
        self.server = server
        self.loop = loop
        self.told = told
    }

    /// Makes a call. A refusal is told before this returns.
    func start(_ call: SummaryCall, requestID: String, at now: Duration) {
        do throws(Summariser.Refusal) {
            let running = RunningSummaryCall(call, try summariser.admit(), summariser, server: server, loop: loop)
            self.running = running
            running.start(requestID: requestID) { [weak self] outcome, usage in self?.ended(call.id, outcome, usage) }
        } catch {
            told?(call.id, error == .busy ? .busy : .leftAlone, nil)
        }
    }

    /// Lets go of the call under way unless it is this one: nobody waits for it any more, and it ends by itself.
    func keep(_ awaited: Int?, at now: Duration) {
        guard let running, running.id != awaited else { return }
        self.running = nil
        running.leave(at: now)
    }

    /// The request is over.
    func stop(at now: Duration) {
        keep(nil, at: now)
        told = nil
    }

    private func ended(_ id: Int, _ outcome: SummaryOutcome, _ usage: SummaryUsage?) {
        running = nil
        told?(id, outcome, usage)
    }
}
