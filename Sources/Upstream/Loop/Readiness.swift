internal import CCurl
internal import Glibc

/// Tells the loop that a descriptor has become readable: once for each time it is asked.
public protocol Readiness: AnyObject {
    /// Asks for one call of the closure given to the maker, on the loop's thread, as soon as the descriptor is readable.
    /// Called on the loop's thread, and only if no earlier request is open.
    func arm()

    /// Ends it; no call comes after that. Called once, on the loop's thread. The descriptor stays open until it returns.
    func stop()
}

/// Makes a ``Readiness`` for one descriptor; the closure is to be called on the loop's thread.
public typealias ReadinessMaker =
    @Sendable (_ descriptor: Int32, _ loop: any LoopPort, _ ready: @escaping @Sendable () -> Void) throws(UpstreamError) -> any Readiness

/// Readiness by a thread that sleeps on the descriptor and pokes the loop. Works everywhere.
///
/// The watched descriptor is a one-shot member of an epoll set of this object's own, so that `arm` is one system call on
/// the loop's thread and needs no hand-shake with the helper.
final class HelperThreadReadiness: Readiness {
    private let watched: Int32
    private let shared: Shared
    private let thread: WorkerThread
    private var isRegistered = false

    /// What both threads use: descriptors only.
    private final class Shared: Sendable {
        let epoll: Descriptor
        let stop: Descriptor

        init() throws(UpstreamError) {
            epoll = try Descriptor(epoll_create1(Int32(EPOLL_CLOEXEC)))
            stop = try Descriptor(eventfd(0, Int32(EFD_NONBLOCK | EFD_CLOEXEC)))
        }

        /// Sleeps until the watched descriptor is readable; false once it is time to stop.
        func waitForReadiness() -> Bool {
            while true {
                // SAFETY: a plain struct of zeros.
                var event = unsafe epoll_event()
                // SAFETY: room for one event is passed, and it outlives the call.
                let count = unsafe epoll_wait(epoll.number, &event, 1, -1)
                // Interrupted by a signal, or a spurious return: wait on.
                guard count == 1 else { continue }
                // SAFETY: only `fd` of the union is ever written by this file.
                return unsafe event.data.fd != stop.number
            }
        }
    }

    init(descriptor: Int32, loop: any LoopPort, ready: @escaping @Sendable () -> Void) throws(UpstreamError) {
        watched = descriptor
        let shared = try Shared()
        self.shared = shared
        guard epollControl(shared.epoll.number, EPOLL_CTL_ADD, shared.stop.number, EPOLLIN.rawValue) else { throw .outOfResources }
        thread = try WorkerThread(name: "upstream-ready") {
            while shared.waitForReadiness() { loop.execute(ready) }
        }
    }

    func arm() {
        let operation = isRegistered ? EPOLL_CTL_MOD : EPOLL_CTL_ADD
        isRegistered = true
        _ = epollControl(shared.epoll.number, operation, watched, EPOLLIN.rawValue | EPOLLONESHOT.rawValue)
    }

    func stop() {
        shared.stop.signal()
        thread.join()
    }
}

/// One change to an epoll set. The event carries the descriptor's number.
func epollControl(_ set: Int32, _ operation: Int32, _ descriptor: Int32, _ events: UInt32) -> Bool {
    // SAFETY: a plain struct of zeros.
    var event = unsafe epoll_event()
    // SAFETY: writes two members of a plain struct, one of them a union; the call copies the event.
    unsafe event.events = events
    unsafe event.data.fd = descriptor
    return unsafe epoll_ctl(set, operation, descriptor, &event) == 0
}
