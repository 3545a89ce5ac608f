import Glibc

/// The three standard descriptors of a program, and whether they take bytes.
public enum StandardDescriptors {
    /// Opens those that are not open, on nothing. Otherwise the first socket would become descriptor 2, and a client would read the log.
    public static func ensureOpen() {
        for descriptor in CInt(0)...2 where fcntl(descriptor, F_GETFD) == -1 {
            // The lowest free descriptor is the missing one.
            // SAFETY: the path is a literal, copied by the kernel.
            _ = unsafe open("/dev/null", descriptor == 0 ? O_RDONLY : O_WRONLY)
        }
    }

    /// Writes all bytes to `descriptor`, as far as it takes them: what it does not take is lost.
    public static func write(_ bytes: [UInt8], to descriptor: CInt) {
        var start = 0
        while start < bytes.count {
            // SAFETY: the kernel reads no more bytes than the array holds, during the call.
            let count = unsafe bytes.withUnsafeBytes {
                unsafe Glibc.write(descriptor, $0.baseAddress?.advanced(by: start), $0.count - start)
            }
            guard count > 0 || (count < 0 && errno == EINTR) else { return }
            start += max(0, count)
        }
    }

    /// Whether a write of a few bytes to `descriptor` would not have to wait.
    public static func hasRoom(_ descriptor: CInt) -> Bool {
        var entry = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        // SAFETY: one entry, which the kernel reads and writes during the call.
        return unsafe poll(&entry, 1, 0) == 1 && entry.revents & Int16(POLLOUT) != 0
    }
}
