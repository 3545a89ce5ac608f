internal import CCurl
internal import Glibc
internal import Synchronization

/// One thread of the operating system, with a name, that runs one function and can be joined.
///
/// All signals are blocked on it, so that those sent to the process reach the threads which expect them.
final class WorkerThread: Sendable {
    private let identifier: pthread_t
    private let isJoined = Atomic(false)

    init(name: String, _ body: @escaping @Sendable () -> Void) throws(UpstreamError) {
        let box = WorkerBody(name: name, body)
        var identifier = pthread_t()
        // SAFETY: the new thread releases what is retained here; if there is no new thread, the failure path does.
        let pointer = unsafe Unmanaged.passRetained(box).toOpaque()
        let status = unsafe pthread_create(&identifier, nil, runWorkerBody, pointer)
        self.identifier = identifier
        guard status == 0 else {
            // SAFETY: the thread was not created, so the retain above is still ours.
            unsafe Unmanaged<WorkerBody>.fromOpaque(pointer).release()
            isJoined.store(true, ordering: .relaxed)
            throw .outOfResources
        }
    }

    deinit {
        // Never joined: the thread frees itself when it ends.
        if !isJoined.load(ordering: .relaxed) { pthread_detach(identifier) }
    }

    /// Waits until the thread has ended; a second call, and one on that thread itself, returns at once.
    func join() {
        guard pthread_equal(pthread_self(), identifier) == 0, !isJoined.exchange(true, ordering: .relaxed) else { return }
        _ = pthread_join(identifier, nil)
    }
}

/// What the new thread is to run; its retain travels through `pthread_create`.
private final class WorkerBody: Sendable {
    let name: String
    let body: @Sendable () -> Void

    init(name: String, _ body: @escaping @Sendable () -> Void) {
        self.name = name
        self.body = body
    }
}

private func runWorkerBody(_ pointer: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    // SAFETY: only compared with null.
    guard let pointer = unsafe pointer else { return nil }
    // SAFETY: the pointer is the retained box that `WorkerThread.init` passed, and it comes here once.
    let box = unsafe Unmanaged<WorkerBody>.fromOpaque(pointer).takeRetainedValue()
    var signals = sigset_t()
    // SAFETY: `signals` is this frame's own, and filled before it is read; the name is copied during the call.
    unsafe sigfillset(&signals)
    unsafe pthread_sigmask(SIG_BLOCK, &signals, nil)
    unsafe ccurl_name_thread(box.name)
    box.body()
    return nil
}
