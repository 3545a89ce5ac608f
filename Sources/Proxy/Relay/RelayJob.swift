import AgentAPIs
import ChatRequests
import Detect
import Phases
import Settings

/// Everything a relay needs to know about one request for an answer, in whichever API it came.
struct RelayJob {
    /// Which route it came by.
    var route: Endpoint
    var model: String
    /// Whether the client asked for a stream.
    var isStream: Bool
    /// The plan; its text reading is that of the upstream that answers, once there is one.
    var plan: StreamPlan
    /// The profile that the request itself names: it holds at every upstream.
    var requestedProfile: CompiledProfile?
    /// The upstreams that serve the model, the preferred one first; never empty.
    var upstreams: [UpstreamEntry]
    /// The client's request, kept while it may still be sent to another upstream. Its body is chat completions' in any case.
    var request: HTTPRequest
    var chat: ChatRequest
    /// For whom it is counted.
    var client: ClientKey

    /// What the answer is written in: a wire style of chat completions, or an agent's API.
    var styleName: String {
        switch plan.agent?.api {
        case .responses: "responses"
        case .messages: "messages"
        case nil: plan.style.rawValue
        }
    }
}
