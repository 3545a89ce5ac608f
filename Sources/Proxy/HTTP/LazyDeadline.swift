import NIOCore

/// A deadline that is moved with every step of a request and hardly ever met. The timer behind it is set anew only when something is due
/// earlier than it rings; a timer that rings too early is set once more. Moving the timer itself each time cost more than reading a head.
struct LazyDeadline {
    /// What a timer that rings has to do.
    enum Outcome {
        case nothing
        /// It rang too early: the deadline is at this time.
        case early(NIODeadline)
        /// The deadline has passed, and is no more.
        case due
    }

    /// When it passes; nil if nothing is waited for.
    private var time: NIODeadline?
    private var alarmTime: NIODeadline?
    /// The timer, set by the owner.
    var alarm: Scheduled<Void>?

    /// Moves the deadline. Returns the time for which a timer has to be set, if one has.
    mutating func arm(at time: NIODeadline) -> NIODeadline? {
        self.time = time
        if let alarmTime, alarmTime <= time { return nil }
        alarm?.cancel()
        alarmTime = time
        return time
    }

    /// Nothing is waited for; the timer may ring in vain.
    mutating func disarm() {
        time = nil
    }

    /// Nothing is waited for ever again.
    mutating func cancel() {
        disarm()
        alarm?.cancel()
        alarm = nil
        alarmTime = nil
    }

    mutating func alarmRang(at now: NIODeadline) -> Outcome {
        alarm = nil
        alarmTime = nil
        guard let time else { return .nothing }
        guard time <= now else {
            alarmTime = time
            return .early(time)
        }
        self.time = nil
        return .due
    }
}
