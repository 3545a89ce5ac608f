import CCores

/// The processor's cores, as far as this process may use them.
public enum Cores {
    /// How many cores the process is allowed to run on (`taskset`, cpusets); nil if the system does not say.
    public static var allowedCount: Int? {
        let count = ccores_allowed()
        return count > 0 ? count : nil
    }
}
