import Glibc

/// How many descriptors the process may have open.
public enum DescriptorLimit {
    /// Raises the limit as far as the process may do so itself, from the soft to the hard one.
    ///
    /// - Returns: the limit in force; where it cannot be asked, a number that every system grants.
    public static func raise() -> Int {
        let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        var limit = rlimit()
        // SAFETY: the kernel fills the structure during the call.
        guard unsafe getrlimit(resource, &limit) == 0 else { return 256 }
        var wanted = limit
        wanted.rlim_cur = limit.rlim_max
        // SAFETY: the kernel reads the structure during the call.
        if limit.rlim_cur < limit.rlim_max, unsafe setrlimit(resource, &wanted) == 0 { limit = wanted }
        return Int(clamping: limit.rlim_cur)
    }
}
