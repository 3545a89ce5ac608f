internal import CCurl
internal import Glibc

/// A file descriptor of ours, closed when its owner goes.
struct Descriptor: ~Copyable, Sendable {
    /// The number, for calls that need it. Valid as long as the owner lives.
    let number: Int32

    /// Adopts what a system call returned.
    ///
    /// - Throws: ``UpstreamError/outOfResources`` if the call had failed.
    init(_ result: Int32) throws(UpstreamError) {
        guard result >= 0 else { throw .outOfResources }
        number = result
    }

    deinit { close(number) }

    /// Makes an eventfd readable.
    func signal() {
        var one: UInt64 = 1
        // SAFETY: the call reads the eight bytes of `one`, which outlives it.
        unsafe _ = write(number, &one, MemoryLayout<UInt64>.size)
    }

    /// Makes a (non-blocking) eventfd unreadable again.
    func clearSignals() {
        var count: UInt64 = 0
        // SAFETY: the call writes at most the eight bytes of `count`, which outlives it.
        unsafe _ = read(number, &count, MemoryLayout<UInt64>.size)
    }

    /// Sleeps until the descriptor is readable; -1 sleeps without a limit. May return early.
    func waitUntilReadable(milliseconds: Int32) {
        var entry = pollfd(fd: number, events: Int16(POLLIN), revents: 0)
        // SAFETY: one entry is passed, and it outlives the call.
        unsafe _ = poll(&entry, 1, milliseconds)
    }
}
