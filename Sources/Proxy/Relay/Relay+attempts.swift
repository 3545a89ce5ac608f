import ChatRequests
import Detect
import Logging
import Phases
import Settings
import Upstream

// One request, possibly several upstreams. Until the first answer byte is sent the client has seen nothing but summaries, so the request
// can move on unseen; from then on a failure can only be told.
extension Relay {
    /// The first try. False when there can be none.
    func startFirst() -> Bool {
        server.noteRequest()
        if startNext() != nil { return true }
        guard attemptCount == 0, server.settings.breaker.whenAllOpen == .try, let admitted = queue.admitFirstToReopen() else {
            return false
        }
        return start(admitted) != nil
    }

    /// Tries the next upstream whose breaker lets it. Nil when there is none.
    func startNext(isHedge: Bool = false) -> Attempt? {
        while !isOutOfTokens, let admitted = queue.admitNext() {
            if let attempt = start(admitted, isHedge: isHedge) { return attempt }
            if isHedge { return nil }
        }
        return nil
    }

    /// The upstream that failed once more, if the failure says that it did nothing yet: always when only a kept connection had died,
    /// else when there is no other.
    private func startAgain(_ failed: Attempt, after failure: AttemptFailure) -> Attempt? {
        guard failure.wasNotProcessed, !hasAskedAgain, failure.wasStale || job.upstreams.count == 1 else { return nil }
        hasAskedAgain = true
        return queue.admit(failed.upstream).flatMap { start($0, isFresh: failure.wasStale) }
    }

    private func start(_ admitted: UpstreamQueue.Admitted, isHedge: Bool = false, isFresh: Bool = false) -> Attempt? {
        note(admitted.transition, of: admitted.upstream)
        // Asked for last: a token must not be spent on an upstream that may not be called.
        let text = textReading(of: admitted.upstream)
        guard attemptCount == 0 || server.takeRetryToken() else {
            server.metrics.add(.retriesDenied)
            giveBack(admitted)
            // A hedge is a luxury: that there is no token for it now says nothing about a failure later.
            if isHedge { queue.putBack() } else { isOutOfTokens = true }
            return nil
        }
        guard let lane = lane(for: text, isHedge: isHedge) else {
            giveBack(admitted)
            return nil
        }
        let attempt = attempt(admitted, isHedge: isHedge, text, lane)
        return begin(attempt, isFresh: isFresh) ? attempt : nil
    }

    /// A permit that is not used after all.
    private func giveBack(_ admitted: UpstreamQueue.Admitted) {
        note(admitted.upstream.report(.excluded, for: admitted.permit), of: admitted.upstream)
        admitted.upstream.callEnded()
    }

    private func attempt(
        _ admitted: UpstreamQueue.Admitted, isHedge: Bool, _ text: TextReading, _ lane: StreamLane
    ) -> Attempt {
        attemptCount += 1
        machine.attempts = attemptCount
        let limits = DeadlineLimits(admitted.upstream.settings.timeouts, isStream: job.isStream, grace: lastAttemptGrace)
        let attempt = Attempt(admitted, self, number: attemptCount, isHedge: isHedge, text: text, lane: lane, limits: limits)
        running.append(attempt)
        if !isHedge { self.attempt = attempt }
        return attempt
    }

    private func begin(_ attempt: Attempt, isFresh: Bool) -> Bool {
        let strips = server.settings.stripsHistory
        var call = UpstreamCall.chat(
            job.request, job.chat, model: job.model, to: attempt.upstream, strips: strips, isBypass: job.plan.style == .off)
        call.wantsFreshConnection = isFresh
        do {
            try attempt.start(call, on: loop.upstream)
        } catch {
            couldNotBegin(attempt, AttemptFailure(error))
            return false
        }
        // Also where nobody else is left: the relay knows more about a failure than the machine.
        machine.mayRestart = true
        setAlarm()
        return true
    }

    /// The only upstream's clocks are what they were set to; where others could have been moved to, and none is left, more patience pays.
    private var lastAttemptGrace: Int {
        job.upstreams.count > 1 && !queue.hasMoreThatAdmit ? server.settings.retries.lastAttemptGrace : 0
    }

    private func couldNotBegin(_ attempt: Attempt, _ failure: AttemptFailure) {
        lastFailure = failure
        close(attempt, failure.verdict)
        attempt.letGo()
        running.removeAll { $0 === attempt }
        machine.upstreamDropped(attempt.lane)
    }

    /// What the upstream sends is read as its model writes.
    private func textReading(of upstream: UpstreamEntry) -> TextReading {
        let profile = job.requestedProfile ?? server.profile(forModel: job.model, at: upstream)
        let asked = job.chat.phases?.whitespace.map { $0 == .exact ? WhitespacePolicy.exact : .trim }
        return TextReading(
            profile: profile, beginsInside: server.beginsInside(job.model, at: upstream),
            whitespace: asked ?? server.settings.whitespacePolicy(of: profile.profile))
    }

    /// The machine's lane for a new attempt: beside the one under way, or in place of the one that failed.
    private func lane(for text: TextReading, isHedge: Bool) -> StreamLane? {
        if isHedge { return machine.upstreamJoined(text) }
        if attemptCount == 0, !sink.hasStarted {
            // Mostly the plan was made for this very upstream.
            if text != job.plan.text {
                job.plan.text = text
                machine = StreamMachine(job.plan)
            }
        } else {
            machine.upstreamRestarted(profile: text.profile, beginsInside: text.beginsInside, whitespace: text.whitespace)
        }
        return .first
    }

    // MARK: Failure

    /// An upstream is of no use: a rival goes on, or the request moves on if it may, else the client is told.
    func failed(_ attempt: Attempt, _ failure: AttemptFailure) {
        guard !isOver, running.contains(where: { $0 === attempt }) else { return }
        // The answer was complete, only the end mark was missing: nobody has lost anything.
        if attempt.isStreaming, machine.isAnswerComplete { return streamEnded(attempt) }
        close(attempt, failure.verdict)
        attempt.letGo()
        running.removeAll { $0 === attempt }
        if failure.isRateLimit, failure.status.retryAfter != nil { rateLimit = failure }
        if !running.isEmpty { return goOn(without: attempt, failure) }
        noteHedgeFailure(attempt)
        let failure = finalFailure ?? failure
        if failure.mayMoveOn, !isCommitted, let next = next(after: attempt, failure) {
            return moved(from: attempt, to: next, failure)
        }
        tell(failure)
    }

    private func next(after failed: Attempt, _ failure: AttemptFailure) -> Attempt? {
        if failure.wasStale { return startAgain(failed, after: failure) ?? startNext() }
        return startNext() ?? startAgain(failed, after: failure)
    }

    var isCommitted: Bool { sink.hasStarted && machine.isCommitted }

    private func moved(from: Attempt, to next: Attempt, _ failure: AttemptFailure) {
        // What the machine wrote before the failure would else wait for the next upstream's first bytes.
        if sink.hasStarted { send() }
        let code = failure.inStream.code
        let isSame = next.upstream === from.upstream
        if isSame {
            server.metrics.add(.retries, [("code", code)])
        } else {
            server.metrics.add(.failovers, [("phase", machine.facts.phase?.rawValue ?? "none"), ("code", code)])
        }
        server.log.warning(
            isSame ? "tried the same upstream again" : "moved to another upstream",
            metadata: [
                "request_id": "\(job.request.id)", "code": "\(code)", "from": "\(from.upstream.name)", "to": "\(next.upstream.name)",
                "after_ms": "\(now.inMilliseconds)",
            ])
    }

    private func tell(_ failure: AttemptFailure) {
        // A time to wait helps the client more than the fault of the upstream that was tried instead.
        let failure = failure.mayMoveOn && !isCommitted ? rateLimit ?? failure : failure
        if job.tellsInStream(failure.status) { open() }
        guard sink.hasStarted else {
            respond(failure.status)
            return finish(.failed(failure.inStream))
        }
        perform(machine.gaveUp(failure.inStream, at: now, into: &output))
    }

    // MARK: The breaker

    /// A probe that has begun to answer has shown what it was sent to find out; its stream may take minutes yet.
    func answerBegan(_ attempt: Attempt) {
        if attempt.permit.isProbe { note(attempt.report(attempt.goodVerdict), of: attempt.upstream) }
    }

    /// An attempt is over: the breaker learns what it says about its upstream, and its place is free. Once for each attempt, whatever
    /// happens.
    func close(_ attempt: Attempt, _ verdict: BreakerVerdict) {
        guard attempt.close() else { return }
        note(attempt.report(onceOnly(verdict, attempt)), of: attempt.upstream)
        if case .failure(let code, _) = verdict {
            server.metrics.add(.upstreamFailures, [("upstream", attempt.upstream.name), ("code", code)])
        }
    }

    /// The same fault of the same upstream, met again because the request was sent again, is one fault.
    private func onceOnly(_ verdict: BreakerVerdict, _ attempt: Attempt) -> BreakerVerdict {
        guard case .failure(let code, _) = verdict else { return verdict }
        if countedFaults.contains(where: { $0.upstream === attempt.upstream && $0.code == code }) { return .excluded }
        countedFaults.append((attempt.upstream, code))
        return verdict
    }

    /// A change of a breaker's state is worth a line.
    private func note(_ transition: BreakerTransition?, of upstream: UpstreamEntry) {
        if let transition { server.note(transition, of: upstream) }
    }
}

extension ServerContext {
    /// A change of a breaker's state is worth a line.
    func note(_ transition: BreakerTransition, of upstream: UpstreamEntry) {
        let status = upstream.status
        log.log(
            level: transition.to == .closed ? .notice : .warning, "breaker changed",
            metadata: [
                "upstream": "\(upstream.name)", "from": "\(transition.from.name)", "to": "\(transition.to.name)",
                "reason": "\(status.reason ?? "recovered")", "last_failure": "\(status.lastFailureCode ?? "-")",
                "next_attempt_ms": "\(status.retryAfter?.inMilliseconds ?? 0)",
            ])
        metrics.add(.breakerTransitions, [("upstream", upstream.name), ("to", transition.to.name)])
    }
}
