import Descriptors
import Settings

/// How the process's descriptors are shared out, so that a flood of clients leaves enough for upstreams, logs and the listener, and
/// accepting never meets the system's limit.
struct DescriptorBudget: Equatable, Sendable {
    /// Client connections that are served.
    let connections: Int
    /// Client connections beyond those, which are told that there are too many of them.
    let refusals: Int
    /// Idle upstream connections that each loop keeps.
    let idleUpstreamsPerLoop: Int

    /// What one loop needs for itself: its selector, timer and wake-up, and those of its upstream client.
    private static let perLoop = 10
    /// The standard descriptors, the listener, files that are opened for a moment.
    private static let base = 24
    private static let mostRefusals = 128
    private static let mostIdleUpstreams = 256

    /// Shares out `total` descriptors.
    init(total: Int, limits: LimitSettings, loopCount: Int) {
        let free = max(8, total - DescriptorBudget.base - DescriptorBudget.perLoop * loopCount)
        refusals = min(DescriptorBudget.mostRefusals, free / 8)
        // An upstream connection for each stream, and those kept for later.
        let wanted = max(limits.concurrentStreams, DescriptorBudget.mostIdleUpstreams * loopCount)
        let upstreams = min(wanted, (free - refusals) / 2)
        connections = min(limits.connections, free - refusals - upstreams)
        idleUpstreamsPerLoop = max(1, min(DescriptorBudget.mostIdleUpstreams, upstreams / loopCount))
    }

    /// The budget of this process, which takes as many descriptors as the system lets it have.
    init(limits: LimitSettings, loopCount: Int) {
        self.init(total: DescriptorLimit.raise(), limits: limits, loopCount: loopCount)
    }
}
