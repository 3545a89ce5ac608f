import Dispatch
import Synchronization

/// A queue from many threads to one reader, bounded for those who may wait.
///
/// A sender that waits is the transport's thread: a slow terminal or pipe then slows the connection down instead of filling the memory.
final class Mailbox<Item: Sendable>: Sendable {
    /// How many items wait at most before `post` blocks; a piece of a reply is some 16 KiB.
    static var capacity: Int { 256 }

    private struct State: Sendable {
        var items: [Item] = []
        var isClosed = false
    }

    private let state = Mutex(State())
    private let room = DispatchSemaphore(value: 0)
    private let arrivals = DispatchSemaphore(value: 0)

    init() {
        // Created at zero and raised: a semaphore that is let go below its first value is a crash.
        for _ in 0..<Self.capacity { room.signal() }
    }

    /// Adds an item; waits while the mailbox is full. Does nothing once it is closed.
    func post(_ item: Item) {
        room.wait()
        if !add(item) { room.signal() }
    }

    /// Adds an item at once, full or not: for the few that may not wait, such as signals.
    func postUrgently(_ item: Item) { _ = add(item) }

    /// The next item; nil when none has come within the time.
    func next(within time: Duration) -> Item? {
        let nanoseconds = Int(time.seconds * 1e9)
        guard arrivals.wait(timeout: .now() + .nanoseconds(nanoseconds)) == .success else { return nil }
        room.signal()
        return state.withLock { $0.items.isEmpty ? nil : $0.items.removeFirst() }
    }

    /// Lets every waiting sender go, and forgets what comes later.
    func close() {
        state.withLock { state in
            state.isClosed = true
            state.items = []
        }
        room.signal()
    }

    private func add(_ item: Item) -> Bool {
        let isAdded = state.withLock { state in
            if !state.isClosed { state.items.append(item) }
            return !state.isClosed
        }
        if isAdded { arrivals.signal() }
        return isAdded
    }
}
