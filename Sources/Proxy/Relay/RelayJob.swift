import Phases
import Upstream

/// Everything a relay needs to know about one chat request.
struct RelayJob {
    var requestID: String
    var model: String
    /// Whether the client asked for a stream.
    var isStream: Bool
    var plan: StreamPlan
    var upstream: UpstreamEntry
    var upstreamRequest: UpstreamRequest
    /// Whether the key that goes upstream is the client's own: then a refusal of it is the client's business.
    var forwardsClientKey: Bool
}
