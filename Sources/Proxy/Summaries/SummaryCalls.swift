import Logging
import NIOCore
import Phases
import Summaries
import Upstream

/// The calls that one request makes to the summariser: at most one is under way. It makes them, reads what comes back, bounded, and
/// tells its owner; it decides nothing about steps.
///
/// Lives on the owner's event loop. The owner calls `keep` and `stop` behind its own sending, so that ending a call costs no byte of an
/// answer any time.
final class SummaryCalls: TransferReceiver {
    /// Bytes of an answer that are read: a few hundred words in any wrapping.
    static let longestBody = 64 << 10

    private struct Running {
        let id: Int
        let permit: BreakerPermit
        let started: Duration
        let deadline: Duration
        var transfer: Transfer?
        var status = 0
        var body: [UInt8] = []
    }

    private let summariser: Summariser
    private let server: ServerContext
    private let loop: LoopContext
    private var running: Running?
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
        let permit: BreakerPermit
        do throws(Summariser.Refusal) {
            permit = try summariser.admit()
        } catch {
            told?(call.id, error == .busy ? .busy : .leftAlone, nil)
            return
        }
        running = Running(id: call.id, permit: permit, started: now, deadline: call.deadline)
        do {
            running?.transfer = try loop.upstream.start(summariser.request(call, requestID: requestID), receiver: self)
        } catch {
            close(error.countsAgainstUpstream ? .failure(code: error.code, isSlow: false) : .excluded)
            told?(call.id, .failed, nil)
        }
    }

    /// Ends the call under way unless it is this one: nobody waits for it any more.
    func keep(_ awaited: Int?, at now: Duration) {
        guard let running, running.id != awaited else { return }
        running.transfer?.cancel()
        close(now >= running.deadline ? .failure(code: "summary_late", isSlow: true) : .excluded)
    }

    /// The request is over.
    func stop(at now: Duration) {
        keep(nil, at: now)
        told = nil
    }

    /// Once for each call, whatever happens.
    private func close(_ verdict: BreakerVerdict) {
        guard let running else { return }
        self.running = nil
        if let transition = summariser.report(verdict, for: running.permit) { server.note(transition, of: summariser.entry) }
    }

    // MARK: TransferReceiver

    func receivedHead(_ head: ResponseHead) {
        running?.status = head.status
    }

    func received(_ bytes: Span<UInt8>) {
        guard let count = running?.body.count else { return }
        for index in 0..<min(bytes.count, SummaryCalls.longestBody + 1 - count) { running?.body.append(bytes[index]) }
    }

    func roundEnded() {
        guard let running, running.body.count > SummaryCalls.longestBody else { return }
        running.transfer?.cancel()
        close(.failure(code: "summary_too_large", isSlow: false))
        told?(running.id, .failed, nil)
    }

    func ended(_ result: Result<TransferStatistics, UpstreamError>) {
        guard let running else { return }
        let (answer, verdict) = judge(running, result)
        if case .success(let statistics) = result { server.metrics.observe(.summarySeconds, statistics.total) }
        close(verdict)
        told?(running.id, answer.outcome, answer.usage)
    }

    private func judge(
        _ running: Running, _ result: Result<TransferStatistics, UpstreamError>
    ) -> (answer: (outcome: SummaryOutcome, usage: SummaryUsage?), verdict: BreakerVerdict) {
        if case .failure(let error) = result {
            return ((.failed, nil), error.countsAgainstUpstream ? .failure(code: error.code, isSlow: false) : .excluded)
        }
        guard running.status == 200 else {
            return ((.failed, nil), running.status == 429 ? .rateLimited : .failure(code: "summary_status", isSlow: false))
        }
        let answer = SummariserAnswer(running.body, profile: summariser.profile)
        switch answer.outcome {
        case .text: return ((answer.outcome, answer.usage), .success(isSlow: false))
        // A model that only thinks will go on doing so.
        case .empty: return ((answer.outcome, answer.usage), .softFailure(code: "summary_empty"))
        case .failed, .busy, .leftAlone: return ((.failed, answer.usage), .failure(code: "summary_malformed", isSlow: false))
        }
    }
}
