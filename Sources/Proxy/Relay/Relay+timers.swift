import NIOCore
import Phases
import Settings
import Upstream

extension Relay {
    /// When something has to be looked at next.
    private var nextLook: Duration? {
        if end != nil { return drainDeadline }
        var times = [deadlines.nextCheck]
        if case .refused = state {
            times.append(headArrived + Relay.errorBodyTime)
        } else if job.isStream {
            times.append(sink.hasStarted ? machine.nextTick : openTime)
        }
        return times.compactMap { $0 }.min()
    }

    /// When the head goes out at the latest: a little before the commit delay is over, so that the frame arrives within it.
    private var commitTime: Duration {
        max(.zero, server.settings.stream.commitDelay - Relay.commitMargin)
    }

    /// When the head goes out if nothing comes that sends it earlier. An upstream that has accepted the request may yet say, in its first
    /// event, that it failed: that is a status if it comes at once.
    private var openTime: Duration {
        if case .waiting = state { return commitTime }
        return min(commitTime, headArrived + Relay.firstEventMargin)
    }

    /// One timer for everything that waits. It is moved only when something is due earlier: that it may ring too early costs
    /// one look, moving it for every chunk would cost more than the chunk.
    func setAlarm() {
        guard case .over = state else {
            guard let next = nextLook else { return }
            if let alarm, alarm.at <= next { return }
            alarm?.task.cancel()
            let bound = NIOLoopBound(self, eventLoop: loop.eventLoop)
            let task = loop.eventLoop.scheduleTask(in: TimeAmount(max(.zero, next - now))) { bound.value.alarmRang() }
            alarm = (next, task)
            return
        }
    }

    private func alarmRang() {
        alarm = nil
        let now = now
        if end != nil {
            if let drainDeadline, now >= drainDeadline { letGo() }
            return setAlarm()
        }
        if case .refused(let head) = state {
            if now - headArrived >= Relay.errorBodyTime { refused(head) }
            return setAlarm()
        }
        if let kind = deadlines.expired(at: now) { return deadlinePassed(kind) }
        if job.isStream { tick(now) }
        setAlarm()
    }

    private func deadlinePassed(_ kind: DeadlineKind) {
        upstreamFailed(StreamFailure(kind))
        if end == nil { setAlarm() }
    }

    private func tick(_ now: Duration) {
        if !sink.hasStarted {
            if now >= openTime { open() }
            return
        }
        machine.ticked(at: now, into: &output)
        if output.isEmpty { askSummariser() } else { send() }
    }
}
