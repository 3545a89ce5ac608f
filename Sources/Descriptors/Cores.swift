import Glibc

/// The processor's cores, as far as this process may use them.
public enum Cores {
    /// How many cores the process is allowed to run on (`taskset`, cpusets); nil if the system does not say.
    public static var allowedCount: Int? {
        var set = cpu_set_t()
        // SAFETY: the kernel fills at most as many bytes as the set has.
        guard unsafe sched_getaffinity(0, MemoryLayout<cpu_set_t>.size, &set) == 0 else { return nil }
        // SAFETY: a plain structure of bits is read as bytes, during the call.
        let count = unsafe withUnsafeBytes(of: &set) { unsafe $0.reduce(0) { $0 + $1.nonzeroBitCount } }
        return count > 0 ? count : nil
    }
}
