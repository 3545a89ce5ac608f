import Detect
import Phases
import Summaries
import Synchronization
import Upstream

/// Makes a summariser's calls one after the other, for a command that has no server. Neither breaker nor limit: it is asked as often as a
/// stream would ask that nothing hinders.
final class RehearsedCalls: Sendable {
    private let summariser: Summariser
    private let loop: ThreadLoop
    private let client = Mutex<UpstreamClient?>(nil)

    /// Starts a thread for the calls.
    init(_ summariser: Summariser) throws(UpstreamError) {
        self.summariser = summariser
        loop = try ThreadLoop()
    }

    /// Ends the thread.
    func end() { loop.shutdown() }

    /// Makes one call; nil when it is not over within the time.
    func ask(_ call: SummaryCall, within limit: Duration) async -> Rehearsal.Reply? {
        let start = ContinuousClock.now
        let (outcome, usage) = await withCheckedContinuation { continuation in
            loop.execute { [self] in
                let running = RehearsedCall(summariser.profile, continuation)
                do throws(UpstreamError) {
                    let request = summariser.request(call, requestID: "summarize-\(call.id)")
                    running.transfer = try readyClient().start(request, receiver: running)
                } catch {
                    return running.end(.failed, nil)
                }
                running.timer = loop.schedule(after: limit) { running.giveUp() }
            }
        }
        return outcome.map { Rehearsal.Reply($0, usage: usage, time: ContinuousClock.now - start) }
    }

    /// The one client, made on first use on the loop's thread, where it must live.
    private func readyClient() throws(UpstreamError) -> UpstreamClient {
        if let made = client.withLock({ $0 }) { return made }
        let made = try UpstreamClient(loop: loop, options: UpstreamClientOptions())
        client.withLock { $0 = made }
        return made
    }
}

/// One call under way.
///
/// `@unchecked Sendable`: everything happens on the loop's thread.
private final class RehearsedCall: TransferReceiver, @unchecked Sendable {
    var transfer: Transfer?
    var timer: (any ScheduledWork)?
    private let profile: CompiledProfile
    private var continuation: CheckedContinuation<(SummaryOutcome?, SummaryUsage?), Never>?
    private var status = 0
    private var body: [UInt8] = []

    init(_ profile: CompiledProfile, _ continuation: CheckedContinuation<(SummaryOutcome?, SummaryUsage?), Never>) {
        self.profile = profile
        self.continuation = continuation
    }

    /// Once for each call, whatever happens.
    func end(_ outcome: SummaryOutcome?, _ usage: SummaryUsage?) {
        timer?.cancel()
        timer = nil
        transfer = nil
        continuation?.resume(returning: (outcome, usage))
        continuation = nil
    }

    func giveUp() {
        transfer?.cancel()
        end(nil, nil)
    }

    func receivedHead(_ head: ResponseHead) { status = head.status }

    func received(_ bytes: Span<UInt8>) {
        for index in 0..<min(bytes.count, RunningSummaryCall.longestBody + 1 - body.count) { body.append(bytes[index]) }
    }

    func roundEnded() {
        guard body.count > RunningSummaryCall.longestBody else { return }
        transfer?.cancel()
        end(.failed, nil)
    }

    func ended(_ result: Result<TransferStatistics, UpstreamError>) {
        guard case .success = result, status == 200 else { return end(.failed, nil) }
        let answer = SummariserAnswer(body, profile: profile)
        end(answer.outcome, answer.usage)
    }
}
