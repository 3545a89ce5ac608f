import NIOCore
import Phases
import Settings
import Upstream

extension Relay {
    /// When something has to be looked at next.
    private var nextLook: Duration? {
        if isOver { return drainDeadline }
        // Asked for after every round: a loop, for an array would be an allocation a chunk.
        var next = hedgeTime
        for attempt in running {
            next = earlier(next, attempt.isRefused ? attempt.headArrived + Relay.errorBodyTime : attempt.deadlines.nextCheck)
        }
        guard job.isStream, !isBeingRefused else { return next }
        return earlier(next, sink.hasStarted ? machine.nextTick : earlier(openTime, machine.nextTick))
    }

    private func earlier(_ one: Duration?, _ other: Duration?) -> Duration? {
        guard let one, let other else { return one ?? other }
        return min(one, other)
    }

    /// Whether a refusal is all there is: then its status is waited for, and neither head nor heartbeat is sent meanwhile.
    private var isBeingRefused: Bool { running.allSatisfy(\.isRefused) }

    /// When the head goes out at the latest: a little before the commit delay is over, so that the frame arrives within it.
    private var commitTime: Duration {
        max(.zero, server.settings.stream.commitDelay - Relay.commitMargin)
    }

    /// When the head goes out if nothing comes that sends it earlier. An upstream that has accepted the request may yet say, in its first
    /// event, that it failed: that is a status if it comes at once.
    private var openTime: Duration {
        running.filter(\.hasAccepted).map { $0.headArrived + Relay.firstEventMargin }.reduce(commitTime) { min($0, $1) }
    }

    /// One timer for everything that waits. It is moved as a number, for every chunk; the timer itself rings too early now and then.
    func setAlarm() {
        guard !running.isEmpty, let next = nextLook else { return }
        // Not weak: `letGo` breaks the circle, and whatever has been referred to weakly once is slow to retain ever after.
        let alarm = alarm ?? loop.alarms.take { self.alarmRang() }
        self.alarm = alarm
        alarm.arm(at: started + TimeAmount(next))
    }

    private func alarmRang() {
        let now = now
        if isOver {
            if let drainDeadline, now >= drainDeadline { letGo() }
            return setAlarm()
        }
        for attempt in running { look(at: attempt, now) }
        if let hedgeTime, now >= hedgeTime { startHedge() }
        if !isOver, job.isStream, !isBeingRefused { tick(now) }
        setAlarm()
    }

    /// Whether one of the attempt's clocks has run out.
    private func look(at attempt: Attempt, _ now: Duration) {
        guard !isOver else { return }
        if attempt.isRefused {
            if now - attempt.headArrived >= Relay.errorBodyTime { attempt.stopWaitingForRefusal() }
        } else if let kind = attempt.deadlines.expired(at: now) {
            failed(attempt, AttemptFailure(StreamFailure(kind)))
        }
    }

    private func tick(_ now: Duration) {
        if !sink.hasStarted, now >= openTime { return open() }
        machine.ticked(at: now, into: &output)
        if output.isEmpty { askSummariser() } else { send() }
    }
}
