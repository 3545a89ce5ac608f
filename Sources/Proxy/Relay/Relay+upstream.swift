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

    /// An upstream has said something that is no error: our head goes out at once.
    private func openIfSaid() {
        if !output.isEmpty { open() }
    }

    /// Bytes of an upstream's event stream.
    func received(_ bytes: Span<UInt8>, from attempt: Attempt) {
        let action = machine.upstreamSent(bytes, lane: attempt.lane, at: now, into: &output)
        noteEvents(of: attempt)
        openIfSaid()
        perform(action, of: attempt)
    }

    private func noteEvents(of attempt: Attempt) {
        guard machine.facts.upstreamEvents > attempt.eventCount else { return }
        let now = now
        attempt.eventCount = machine.facts.upstreamEvents
        if attempt.firstEvent == nil { attempt.firstEvent = now }
        attempt.deadlines.eventArrived(now: now)
        guard machine.isCommitted else { return }
        attempt.deadlines.answerBegan(now: now)
        // It cannot be sent to another upstream any more.
        job.request.body = []
        answers(attempt)
        answerBegan(attempt)
    }

    /// The upstream's event stream has ended, as far as the transport can tell, well.
    func streamEnded(_ attempt: Attempt) {
        let action = machine.upstreamEnded(lane: attempt.lane, at: now, into: &output)
        noteEvents(of: attempt)
        openIfSaid()
        perform(action, of: attempt)
    }

    /// A whole body has been read: told as a stream, or transformed, as the client asked.
    func completed(_ attempt: Attempt) {
        guard !attempt.body.isEmpty else { return failed(attempt, AttemptFailure(.empty)) }
        if job.isStream {
            let action = machine.upstreamSentWhole(attempt.body.span, lane: attempt.lane, at: now, into: &output)
            noteEvents(of: attempt)
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
        guard end == nil, sink.hasStarted else { return }
        send()
        setAlarm()
    }

    /// The upstream has ended behind its answer.
    func drained(_ attempt: Attempt) {
        if end != nil { letGo() }
    }
}
