import Settings
import Synchronization
import Upstream

/// One upstream as the whole process sees it: its settings and what it is doing. Shared by all loops.
final class UpstreamEntry: Sendable {
    let settings: UpstreamSettings
    private let inFlight = Atomic<Int>(0)

    init(_ settings: UpstreamSettings) {
        self.settings = settings
    }

    var name: String { settings.name }
    var inFlightCount: Int { inFlight.load(ordering: .relaxed) }

    func requestStarted() {
        inFlight.add(1, ordering: .relaxed)
    }

    func requestEnded() {
        inFlight.subtract(1, ordering: .relaxed)
    }
}

/// All upstreams, and which of them serves a model.
final class UpstreamDirectory: Sendable {
    /// In the order of priority; equals keep the order of the configuration.
    let entries: [UpstreamEntry]

    init(_ settings: [UpstreamSettings]) {
        entries = settings.enumerated().sorted { ($0.element.priority, $0.offset) < ($1.element.priority, $1.offset) }
            .map { UpstreamEntry($0.element) }
    }

    /// The upstreams that serve `model`, the preferred one first.
    func serving(_ model: String) -> [UpstreamEntry] {
        entries.filter { $0.settings.serves(model) }
    }
}
