internal import CCurl
internal import Glibc
internal import Synchronization

/// An event loop of its own: a thread with a queue of tasks and a heap of timers.
///
/// For command-line programs and tests; a server lends its own loops to ``LoopPort``. The thread sleeps in `poll` on an
/// eventfd, and runs until ``shutdown()``. Tasks run in the order in which they were given; a due timer runs before tasks given after it fell due.
public final class ThreadLoop: LoopPort {
    private struct State {
        var tasks: [@Sendable () -> Void] = []
        var timers = TimerHeap()
        var isStopping = false
        /// Whether the thread may be asleep with nobody having written to the eventfd yet.
        var needsWake = false
    }

    private enum Turn {
        case run([@Sendable () -> Void])
        case sleep(milliseconds: Int32)
        case stop
    }

    private let state = Mutex(State())
    private let wakeDescriptor: Descriptor
    private let threadIdentifier = Atomic<UInt>(0)
    private let thread = Mutex<WorkerThread?>(nil)

    /// Starts the thread.
    ///
    /// - Throws: ``UpstreamError/outOfResources`` if the system has no descriptor or thread left.
    public init() throws(UpstreamError) {
        wakeDescriptor = try Descriptor(eventfd(0, Int32(EFD_NONBLOCK | EFD_CLOEXEC)))
        let worker = try WorkerThread(name: "upstream-loop") { [self] in run() }
        thread.withLock { $0 = worker }
    }

    /// Runs `task` on the thread, after those given before; dropped once the loop is shut down.
    public func execute(_ task: @escaping @Sendable () -> Void) {
        let wakes = state.withLock { state in
            guard !state.isStopping else { return false }
            state.tasks.append(task)
            return take(&state.needsWake)
        }
        if wakes { wake() }
    }

    /// Runs `task` on the thread once `delay` has passed; dropped when the loop is shut down.
    public func schedule(after delay: Duration, _ task: @escaping @Sendable () -> Void) -> any ScheduledWork {
        let timer = ThreadLoopTimer(deadline: MonotonicClock.now + delay, task)
        let wakes = state.withLock { state in
            guard !state.isStopping else { return false }
            state.timers.insert(timer)
            return take(&state.needsWake)
        }
        if wakes { wake() }
        return timer
    }

    /// Whether the caller runs on the loop's thread.
    public var isCurrentThread: Bool { pthread_self() == threadIdentifier.load(ordering: .relaxed) }

    /// Runs the tasks given so far, drops timers and later tasks, ends the thread and waits for its end.
    ///
    /// Callable from any thread and more than once; on the loop's own thread it does not wait.
    public func shutdown() {
        state.withLock { $0.isStopping = true }
        wake()
        let worker = isCurrentThread ? nil : thread.withLock { $0.take() }
        worker?.join()
    }

    private func take(_ flag: inout Bool) -> Bool {
        defer { flag = false }
        return flag
    }

    private func wake() { wakeDescriptor.signal() }

    private func run() {
        threadIdentifier.store(pthread_self(), ordering: .relaxed)
        while true {
            switch nextTurn() {
            case .run(let tasks):
                for task in tasks { task() }
            case .sleep(let milliseconds):
                wakeDescriptor.waitUntilReadable(milliseconds: milliseconds)
                wakeDescriptor.clearSignals()
            case .stop:
                return
            }
        }
    }

    private func nextTurn() -> Turn {
        let now = MonotonicClock.now
        return state.withLock { state in
            var tasks: [@Sendable () -> Void] = []
            while !state.isStopping, let timer = state.timers.popDue(at: now) {
                tasks.append { timer.fire() }
            }
            tasks.append(contentsOf: state.tasks)
            state.tasks.removeAll(keepingCapacity: true)
            if !tasks.isEmpty { return .run(tasks) }
            if state.isStopping {
                state.timers = TimerHeap()
                return .stop
            }
            state.needsWake = true
            guard let deadline = state.timers.nextDeadline else { return .sleep(milliseconds: -1) }
            return .sleep(milliseconds: Int32((deadline - now).wholeMilliseconds))
        }
    }
}
