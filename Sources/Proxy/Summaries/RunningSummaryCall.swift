import NIOCore
import Phases
import Summaries
import Upstream

/// One call to the summariser: its transfer, what has come of its body, bounded, and its place among all calls.
///
/// States:
/// - *open*: somebody waits for the result.
/// - *left*: nobody does; the transfer ends a little later, whatever becomes of its owner until then.
/// - *over*: the breaker knows, and the place is free.
///
/// It keeps itself while its transfer runs or its end is due: whoever let go of it has nothing more to do.
final class RunningSummaryCall: TransferReceiver {
    /// Bytes of an answer that are read: a few hundred words in any wrapping.
    static let longestBody = 64 << 10
    /// How long a call that was left goes on. Its end closes a connection, which wakes the summariser; at once, that would compete with the
    /// client for the answer's first bytes, which have left in the same turn: 0.2 ms later at the median on two cores, more on busy ones.
    static let rest = TimeAmount.milliseconds(10)

    private enum State {
        case open(told: (SummaryOutcome, SummaryUsage?) -> Void)
        case left(BreakerVerdict)
        case over
    }

    let id: Int
    private let permit: BreakerPermit
    private let deadline: Duration
    private let request: (_ requestID: String) -> UpstreamRequest
    private let summariser: Summariser
    private let server: ServerContext
    private let loop: LoopContext
    private var state = State.over
    private var transfer: Transfer?
    private var status = 0
    private var body: [UInt8] = []

    init(_ call: SummaryCall, _ permit: BreakerPermit, _ summariser: Summariser, server: ServerContext, loop: LoopContext) {
        id = call.id
        deadline = call.deadline
        request = { summariser.request(call, requestID: $0) }
        self.permit = permit
        self.summariser = summariser
        self.server = server
        self.loop = loop
    }

    /// Makes the call. `told` hears of the result once, perhaps before this returns, unless the call is left before.
    func start(requestID: String, told: @escaping (SummaryOutcome, SummaryUsage?) -> Void) {
        state = .open(told: told)
        do {
            transfer = try loop.upstream.start(request(requestID), receiver: self)
        } catch {
            close(error.countsAgainstUpstream ? .failure(code: error.code, isSlow: false) : .excluded, .failed)
        }
    }

    /// Nobody waits any more. That it took too long is held against it only behind its deadline.
    func leave(at now: Duration) {
        guard case .open = state else { return }
        endLater(now >= deadline ? .failure(code: "summary_late", isSlow: true) : .excluded)
    }

    private func endLater(_ verdict: BreakerVerdict) {
        state = .left(verdict)
        let bound = NIOLoopBound(self, eventLoop: loop.eventLoop)
        loop.eventLoop.scheduleTask(in: RunningSummaryCall.rest) { bound.value.end() }
    }

    private func end() {
        guard case .left(let verdict) = state else { return }
        transfer?.cancel()
        close(verdict)
    }

    /// Once for each call, whatever happens.
    private func close(_ verdict: BreakerVerdict, _ outcome: SummaryOutcome = .failed, _ usage: SummaryUsage? = nil) {
        let last = state
        state = .over
        transfer = nil
        if let transition = summariser.report(verdict, for: permit) { server.note(transition, of: summariser.entry) }
        if case .open(let told) = last { told(outcome, usage) }
    }

    // MARK: TransferReceiver

    func receivedHead(_ head: ResponseHead) {
        status = head.status
    }

    func received(_ bytes: Span<UInt8>) {
        for index in 0..<min(bytes.count, RunningSummaryCall.longestBody + 1 - body.count) { body.append(bytes[index]) }
    }

    func roundEnded() {
        guard case .open(let told) = state, body.count > RunningSummaryCall.longestBody else { return }
        endLater(.failure(code: "summary_too_large", isSlow: false))
        told(.failed, nil)
    }

    func ended(_ result: Result<TransferStatistics, UpstreamError>) {
        transfer = nil
        // Left, it is closed when its time has come.
        guard case .open = state else { return }
        if case .success(let statistics) = result { server.metrics.observe(.summarySeconds, statistics.total) }
        let (answer, verdict) = judge(result)
        close(verdict, answer.outcome, answer.usage)
    }

    private func judge(
        _ result: Result<TransferStatistics, UpstreamError>
    ) -> (answer: (outcome: SummaryOutcome, usage: SummaryUsage?), verdict: BreakerVerdict) {
        if case .failure(let error) = result {
            return ((.failed, nil), error.countsAgainstUpstream ? .failure(code: error.code, isSlow: false) : .excluded)
        }
        guard status == 200 else {
            return ((.failed, nil), status == 429 ? .rateLimited : .failure(code: "summary_status", isSlow: false))
        }
        let answer = SummariserAnswer(body, profile: summariser.profile)
        switch answer.outcome {
        case .text: return ((answer.outcome, answer.usage), .success(isSlow: false))
        // A model that only thinks will go on doing so.
        case .empty: return ((answer.outcome, answer.usage), .softFailure(code: "summary_empty"))
        case .failed, .busy, .leftAlone: return ((.failed, answer.usage), .failure(code: "summary_malformed", isSlow: false))
        }
    }
}
