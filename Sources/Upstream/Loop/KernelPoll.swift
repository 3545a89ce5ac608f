internal import CCurl
internal import Glibc

/// Learns from the kernel, without a thread, that a descriptor has become readable: the fast kind of ``Readiness``.
///
/// Each ``arm()`` is one `io_submit`; the kernel answers by making an eventfd readable, which any event loop can watch
/// (and read) like a pipe. Against a helper thread this saves two wake-ups and a hop per notification. A loop's adapter
/// makes a ``Readiness`` of it: `arm` here, and at each readable ``notificationDescriptor``: read it empty,
/// ``discardResults()``, call `ready`.
///
/// Some sandboxes forbid asynchronous I/O, so that ``init(watching:)`` may fail where a helper thread would work.
/// Used on one thread.
public final class KernelPoll {
    private let watched: Int32
    private let notification: Descriptor
    private var context: aio_context_t = 0

    /// Prepares to watch a descriptor, which must stay open as long as this object lives.
    ///
    /// - Parameter descriptor: an epoll set, a socket, a pipe: anything that can be polled.
    /// - Throws: ``UpstreamError/outOfResources`` if the kernel does not allow it.
    public init(watching descriptor: Int32) throws(UpstreamError) {
        watched = descriptor
        notification = try Descriptor(eventfd(0, Int32(EFD_NONBLOCK | EFD_CLOEXEC)))
        // SAFETY: the call writes one word; a context of another kind than poll requests is never made.
        guard unsafe kernelpoll_setup(4, &context) == 0 else {
            context = 0
            throw .outOfResources
        }
        // A kernel before 4.18 refuses the first request.
        guard kernelpoll_arm(context, watched, notification.number) == 0 else { throw .outOfResources }
        isArmed = true
    }

    /// Whether the kernel of this machine takes such requests from this process.
    public static var isAvailable: Bool {
        do {
            let sample = try Descriptor(eventfd(0, Int32(EFD_NONBLOCK | EFD_CLOEXEC)))
            _ = try KernelPoll(watching: sample.number)
            return true
        } catch {
            return false
        }
    }

    /// Whether a request is under way.
    private var isArmed = false

    deinit {
        if context != 0 { kernelpoll_destroy(context) }
    }

    /// An eventfd (non-blocking) that becomes readable once the watched descriptor is, for each time it was asked. Closed
    /// with this object: who gives it away gives a duplicate.
    public var notificationDescriptor: Int32 { notification.number }

    /// A second descriptor of the same eventfd, which the caller has to close.
    ///
    /// - Throws: ``UpstreamError/outOfResources`` if there is none left.
    public func duplicateNotificationDescriptor() throws(UpstreamError) -> Int32 {
        let copy = fcntl(notification.number, F_DUPFD_CLOEXEC, 0)
        guard copy >= 0 else { throw .outOfResources }
        return copy
    }

    /// Closes what ``duplicateNotificationDescriptor()`` gave out and nobody took over.
    public static func close(_ descriptor: Int32) { _ = Glibc.close(descriptor) }

    /// Asks for one notification. A second request before the first is answered is not made.
    ///
    /// - Returns: whether the kernel took it.
    public func arm() -> Bool {
        guard !isArmed else { return true }
        isArmed = kernelpoll_arm(context, watched, notification.number) == 0
        return isArmed
    }

    /// Takes note of a notification: the kernel's ring of results is emptied, and the next ``arm()`` is a new request.
    public func discardResults() {
        isArmed = false
        // The context's address is the ring that the kernel has mapped for it; only this thread moves its head.
        kernelpoll_discard_results(context)
    }
}
