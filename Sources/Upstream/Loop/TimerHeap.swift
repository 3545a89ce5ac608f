internal import Synchronization

/// Timers in a binary heap, the earliest on top. Cancelled ones stay until they surface, without their task.
struct TimerHeap {
    private var timers: [ThreadLoopTimer] = []

    /// When the earliest timer falls due, cancelled or not.
    var nextDeadline: Duration? { timers.first?.deadline }

    mutating func insert(_ timer: ThreadLoopTimer) {
        timers.append(timer)
        var child = timers.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard timers[child].deadline < timers[parent].deadline else { return }
            timers.swapAt(child, parent)
            child = parent
        }
    }

    /// Takes out the earliest timer if its time has come.
    mutating func popDue(at now: Duration) -> ThreadLoopTimer? {
        guard let first = timers.first, first.deadline <= now else { return nil }
        timers.swapAt(0, timers.count - 1)
        timers.removeLast()
        siftDown()
        return first
    }

    private mutating func siftDown() {
        var parent = 0
        while true {
            var smallest = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < timers.count {
                if timers[child].deadline < timers[smallest].deadline { smallest = child }
            }
            guard smallest != parent else { return }
            timers.swapAt(parent, smallest)
            parent = smallest
        }
    }
}

/// One task of a ``ThreadLoop`` that waits for its time. Runs or is cancelled, whichever comes first.
final class ThreadLoopTimer: ScheduledWork {
    let deadline: Duration
    private let task: Mutex<(@Sendable () -> Void)?>

    init(deadline: Duration, _ task: @escaping @Sendable () -> Void) {
        self.deadline = deadline
        self.task = Mutex(task)
    }

    func cancel() {
        // The task is released outside the lock: its captures may run code of their own when they go.
        _ = task.withLock { $0.take() }
    }

    func fire() {
        let task = task.withLock { $0.take() }
        task?()
    }
}
