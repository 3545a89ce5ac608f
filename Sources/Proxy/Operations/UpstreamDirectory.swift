import Settings
import Upstream

/// All upstreams, and which of them serves a model.
final class UpstreamDirectory: Sendable {
    /// In the order of priority; equals keep the order of the configuration.
    let entries: [UpstreamEntry]
    /// The keys of all upstreams, which must not come back in anybody's words.
    let secrets: [[UInt8]]

    /// Header values of at least so many bytes are taken for keys.
    private static let keyByteCount = 16

    init(_ settings: [UpstreamSettings], breaker: BreakerSettings = BreakerSettings()) {
        entries = settings.enumerated().sorted { ($0.element.priority, $0.offset) < ($1.element.priority, $1.offset) }
            .map { UpstreamEntry($0.element, breaker: breaker) }
        secrets = settings.flatMap { upstream in
            let headers = upstream.headers.map { Array($0.value.exposed.utf8) }.filter { $0.count >= UpstreamDirectory.keyByteCount }
            return headers + [upstream.apiKey].compactMap { $0.map { Array($0.exposed.utf8) } }
        }
    }

    /// The upstreams that serve `model`, the preferred one first.
    func serving(_ model: String) -> [UpstreamEntry] {
        entries.filter { $0.settings.serves(model) }
    }
}
