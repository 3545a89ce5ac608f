import ChatRequests
import Detect
import Phases
import Settings
import Upstream

/// Everything a relay needs to know about one chat request.
struct RelayJob {
    var model: String
    /// Whether the client asked for a stream.
    var isStream: Bool
    /// The plan; its profile is that of the upstream at hand.
    var plan: StreamPlan
    /// The profile that the request itself names: it holds at every upstream.
    var requestedProfile: CompiledProfile?
    /// The upstreams that serve the model, the preferred one first; never empty.
    var upstreams: [UpstreamEntry]
    /// The client's request, kept while it may still be sent to another upstream.
    var request: HTTPRequest
    var chat: ChatRequest
    /// For whom it is counted.
    var client: ClientKey
}

/// One try at one upstream.
struct Attempt {
    let upstream: UpstreamEntry
    let permit: BreakerPermit
    /// On the relay's clock.
    let started: Duration
    /// 1 for the first.
    let number: Int

    /// Whether the key that goes upstream is the client's own: then a refusal of it is the client's business.
    var forwardsClientKey: Bool { upstream.settings.authorization == .forward }
}
