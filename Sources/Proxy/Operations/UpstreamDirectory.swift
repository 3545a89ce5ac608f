import Settings
import Upstream

/// All upstreams, and which of them serves a model.
final class UpstreamDirectory: Sendable {
    /// In the order of priority; equals keep the order of the configuration.
    let entries: [UpstreamEntry]

    init(_ settings: [UpstreamSettings], breaker: BreakerSettings = BreakerSettings()) {
        entries = settings.enumerated().sorted { ($0.element.priority, $0.offset) < ($1.element.priority, $1.offset) }
            .map { UpstreamEntry($0.element, breaker: breaker) }
    }

    /// The upstreams that serve `model`, the preferred one first.
    func serving(_ model: String) -> [UpstreamEntry] {
        entries.filter { $0.settings.serves(model) }
    }
}
