import Phases
import Settings
import Upstream

// What attempts tell.
extension Relay {
    /// An upstream has accepted the request; its answer follows.
    func accepted(_ attempt: Attempt) {
        // Nobody else will be asked.
        if !queue.hasMore { job.request.body = [] }
        setAlarm()
    }

    /// An upstream has said something that is no error: our head goes out at the end of the round that brought it.
    private func openIfSaid() {
        if !output.isEmpty { begin() }
    }

    /// Bytes of an upstream's event stream.
    func received(_ bytes: Span<UInt8>, from attempt: Attempt, at now: Duration) {
        let action = machine.upstreamSent(bytes, lane: attempt.lane, at: now, into: &output)
        noteEvents(of: attempt, at: now)
        openIfSaid()
        perform(action, of: attempt)
    }

    private func noteEvents(of attempt: Attempt, at now: Duration) {
        let eventCount = machine.upstreamEventCount
        guard eventCount > attempt.eventCount else { return }
        attempt.eventCount = eventCount
        if attempt.firstEvent == nil { attempt.firstEvent = now }
        attempt.deadlines.eventArrived(now: now)
        guard machine.isCommitted else { return }
        attempt.deadlines.answerBegan(now: now)
        guard !attempt.hasAnswered else { return }
        attempt.hasAnswered = true
        // It cannot be sent to another upstream any more.
        job.request.body = []
        answers(attempt)
        answerBegan(attempt)
    }

    /// The upstream's event stream has ended, as far as the transport can tell, well.
    func streamEnded(_ attempt: Attempt) {
        let now = now
        let action = machine.upstreamEnded(lane: attempt.lane, at: now, into: &output)
        noteEvents(of: attempt, at: now)
        openIfSaid()
        perform(action, of: attempt)
        // Behind the round's end: nobody else would flush.
        if !isOver, sink.hasStarted { send() }
    }

    /// A whole body has been read: told as a stream, or transformed, as the client asked.
    func completed(_ attempt: Attempt) {
        guard !attempt.body.isEmpty else { return failed(attempt, AttemptFailure(.empty)) }
        if job.isStream {
            let now = now
            let body = attempt.body
            let action = machine.upstreamSentWhole(body.span, lane: attempt.lane, at: now, into: &output)
            noteEvents(of: attempt, at: now)
            openIfSaid()
            return perform(action, of: attempt)
        }
        do {
            var plan = job.plan
            plan.text = attempt.text
            plan.attempts = attemptCount
            let outcome = try CompletionTransform(plan).transform(attempt.body)
            answers(attempt)
            facts = outcome.facts
            sink.respond(status: 200, headers: ChatHeaders.completion(job, attempts: attemptCount), body: outcome.body)
            finish(.finished)
        } catch {
            failed(attempt, AttemptFailure(error, of: attempt))
        }
    }

    func roundEnded() {
        guard !isOver, sink.hasStarted else { return }
        send()
        if alarmCoversAnswer, alarm != nil { return }
        setAlarm()
        alarmCoversAnswer = running.count == 1 && attempt?.hasAnswered == true
    }

    /// A transfer has ended well. Not counted with the request's other figures: mostly it ends behind the answer.
    func noteConnection(_ statistics: TransferStatistics) {
        server.metrics.add(.upstreamConnections, [("kind", statistics.reusedConnection ? "reused" : "new")])
    }

    /// The upstream has ended behind its answer.
    func drained(_ attempt: Attempt) {
        if isOver { letGo() }
    }
}
