import NIOCore

/// One timer for whoever moves its deadline all the time (see `LazyDeadline`). Used on its loop only.
final class LazyAlarm {
    private let eventLoop: any EventLoop
    private var deadline = LazyDeadline()
    private var timer: Scheduled<Void>?
    /// Called when the deadline has passed.
    var onRing: (() -> Void)?

    init(eventLoop: any EventLoop) {
        self.eventLoop = eventLoop
    }

    /// Moves the deadline.
    func arm(at time: NIODeadline) {
        if let time = deadline.arm(at: time) { setTimer(time) }
    }

    /// Nothing is waited for; the timer may run on, for whoever arms it next.
    func disarm() {
        deadline.disarm()
    }

    /// Nothing is waited for ever again.
    func cancel() {
        deadline.cancel()
        timer?.cancel()
        timer = nil
        onRing = nil
    }

    private func setTimer(_ time: NIODeadline) {
        timer?.cancel()
        timer = eventLoop.assumeIsolated().scheduleTask(deadline: time) { self.rang() }
    }

    private func rang() {
        timer = nil
        switch deadline.timerRang(at: .now()) {
        case .nothing: break
        case .early(let time): setTimer(time)
        case .due: onRing?()
        }
    }
}

/// Alarms that streams of one loop have handed back, with their timers still set: a short request seldom needs a timer of its own.
final class AlarmPool {
    private static let limit = 256

    private let eventLoop: any EventLoop
    private var alarms: [LazyAlarm] = []

    init(eventLoop: any EventLoop) {
        self.eventLoop = eventLoop
    }

    func take(_ onRing: @escaping () -> Void) -> LazyAlarm {
        let alarm = alarms.popLast() ?? LazyAlarm(eventLoop: eventLoop)
        alarm.onRing = onRing
        return alarm
    }

    /// Takes back an alarm that its holder does not use any more.
    func giveBack(_ alarm: LazyAlarm) {
        alarm.disarm()
        alarm.onRing = nil
        if alarms.count < AlarmPool.limit { alarms.append(alarm) } else { alarm.cancel() }
    }
}
