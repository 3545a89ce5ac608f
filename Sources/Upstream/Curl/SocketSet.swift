internal import CCurl
internal import Glibc

/// libcurl's sockets in one epoll set, and libcurl's one timer as a member of the same set.
///
/// Used on the loop's thread only. The timer descriptor is moved lazily: nearly every transfer sets and clears
/// libcurl's timer several times, but a system call is made only if the wanted time lies before the one that is set;
/// an early expiry costs one empty round.
@safe final class SocketSet {
    /// The most events taken in one round.
    static let eventLimit = 256

    private let epoll: Descriptor
    private let timer: Descriptor
    // SAFETY: plain structs of zeros.
    private var events = unsafe [epoll_event](repeating: epoll_event(), count: SocketSet.eventLimit)
    /// What epoll watches, by descriptor; 0 for "not in the set".
    private var watched: [UInt32] = []
    /// When a socket was found ready last, by descriptor.
    private var readyTimes: [Duration] = []
    /// When libcurl wants to be called, or nil.
    private var wantedTime: Duration?
    /// When the timer descriptor expires, or nil if it is disarmed.
    private var armedTime: Duration?

    init() throws(UpstreamError) {
        epoll = try Descriptor(epoll_create1(Int32(EPOLL_CLOEXEC)))
        timer = try Descriptor(timerfd_create(CLOCK_MONOTONIC, Int32(TFD_NONBLOCK | TFD_CLOEXEC)))
        guard epollControl(epoll.number, EPOLL_CTL_ADD, timer.number, EPOLLIN.rawValue) else { throw .outOfResources }
    }

    /// The descriptor that is readable whenever a socket or the timer is.
    var descriptor: Int32 { epoll.number }

    /// Watches a socket for these epoll events, 0 for none.
    func watch(_ socket: Int32, for wanted: UInt32) {
        let index = Int(socket)
        guard index >= 0 else { return }
        while watched.count <= index {
            watched.append(contentsOf: repeatElement(0, count: 64))
            readyTimes.append(contentsOf: repeatElement(.zero, count: 64))
        }
        let current = watched[index]
        guard current != wanted else { return }
        watched[index] = wanted
        if wanted == 0 {
            _ = epollControl(epoll.number, EPOLL_CTL_DEL, socket, 0)
        } else if current == 0 || !epollControl(epoll.number, EPOLL_CTL_MOD, socket, wanted) {
            // The kernel drops a descriptor that was closed; its number may be in use again.
            _ = epollControl(epoll.number, EPOLL_CTL_ADD, socket, wanted)
        }
    }

    /// Takes over when libcurl wants to be called: after so many milliseconds, or never (-1).
    func timerChanged(milliseconds: Int) {
        wantedTime = milliseconds < 0 ? nil : MonotonicClock.now + .milliseconds(milliseconds)
    }

    /// Whether libcurl's time has come.
    var isTimeDue: Bool {
        guard let wantedTime else { return false }
        return wantedTime <= MonotonicClock.now
    }

    /// Whether libcurl's time has come; if so, it is forgotten until libcurl sets another one.
    func takeDueTime() -> Bool {
        guard isTimeDue else { return false }
        wantedTime = nil
        return true
    }

    /// Looks for ready sockets without waiting and calls `body` for each, with the events that epoll reports.
    ///
    /// - Parameters:
    ///   - now: the time of the look.
    ///   - body: what to do with each.
    /// - Returns: how many sockets were ready, and how many of them had been so less than ``LookPacing/spacing`` before.
    func forEachReady(at now: Duration, _ body: (_ socket: Int32, _ events: UInt32) -> Void) -> (count: Int, hotCount: Int) {
        // SAFETY: the call fills at most as many events as the array holds.
        let count = unsafe Int(epoll_wait(epoll.number, &events, Int32(events.count), 0))
        var found = (count: 0, hotCount: 0)
        for index in 0..<max(0, count) {
            let event = unsafe events[index]
            // SAFETY: `epollControl` writes only `fd` of the union.
            let socket = unsafe event.data.fd
            if socket == timer.number {
                timerExpired()
            } else {
                found.count += 1
                if noteReady(socket, at: now) { found.hotCount += 1 }
                // SAFETY: reads a number out of the copied event.
                unsafe body(socket, event.events)
            }
        }
        return found
    }

    /// Whether the socket was found ready shortly before.
    private func noteReady(_ socket: Int32, at now: Duration) -> Bool {
        let index = Int(socket)
        defer { readyTimes[index] = now }
        return now - readyTimes[index] < LookPacing.spacing
    }

    /// Makes sure that the set becomes readable when libcurl wants to be called. To be called before waiting.
    func armTimer() {
        guard let wantedTime else { return }
        if let armedTime, armedTime <= wantedTime { return }
        armedTime = wantedTime
        setTimer(to: wantedTime)
    }

    // Disarmed by force, which takes back its readiness; the next `armTimer` sets it again.
    private func timerExpired() {
        armedTime = nil
        setTimer(to: .zero)
    }

    private func setTimer(to time: Duration) {
        var setting = itimerspec()
        setting.it_value.tv_sec = Int(time.components.seconds)
        setting.it_value.tv_nsec = Int(time.components.attoseconds / 1_000_000_000)
        // SAFETY: the call reads `setting`, which outlives it.
        unsafe _ = timerfd_settime(timer.number, Int32(TFD_TIMER_ABSTIME), &setting, nil)
    }
}
