/// What this module needs of an event loop: one thread that runs tasks in order, now or later.
///
/// The server adapts its own event loop to it; command-line programs and tests use ``ThreadLoop``.
public protocol LoopPort: AnyObject, Sendable {
    /// Runs `task` on the loop's thread, on a later turn of the loop. Callable from any thread.
    ///
    /// Must not run `task` before it returns, also not when it is called on the loop's thread itself.
    func execute(_ task: @escaping @Sendable () -> Void)

    /// Runs `task` on the loop's thread once `delay` has passed, by a monotonic clock. Callable from any thread.
    ///
    /// - Returns: the handle that takes the task back.
    func schedule(after delay: Duration, _ task: @escaping @Sendable () -> Void) -> any ScheduledWork

    /// Whether the caller runs on the loop's thread.
    var isCurrentThread: Bool { get }
}

/// A task that waits for its time.
public protocol ScheduledWork: Sendable {
    /// Takes the task back if it has not begun to run; does nothing otherwise.
    func cancel()
}
