import NIOCore

/// A deadline that is moved with every step of a request and hardly ever met. The timer behind it is set anew only when something is due
/// earlier than it rings; a timer that rings too early is set once more. Moving the timer itself each time cost more than reading a head.
struct LazyDeadline {
    /// What a timer that rings has to do.
    enum Outcome {
        case nothing
        /// It rang too early: it has to be set for this time.
        case early(NIODeadline)
        /// The deadline has passed, and is no more.
        case due
    }

    /// When it passes; nil if nothing is waited for.
    private var time: NIODeadline?
    /// When the timer rings; nil if none is set.
    private var timerTime: NIODeadline?

    /// Moves the deadline. Returns the time for which the timer has to be set, if it has.
    mutating func arm(at time: NIODeadline) -> NIODeadline? {
        self.time = time
        if let timerTime, timerTime <= time { return nil }
        timerTime = time
        return time
    }

    /// Nothing is waited for; the timer may ring in vain.
    mutating func disarm() {
        time = nil
    }

    /// Nothing is waited for, and the timer is taken back.
    mutating func cancel() {
        time = nil
        timerTime = nil
    }

    mutating func timerRang(at now: NIODeadline) -> Outcome {
        timerTime = nil
        guard let time else { return .nothing }
        guard time <= now else {
            timerTime = time
            return .early(time)
        }
        self.time = nil
        return .due
    }
}
