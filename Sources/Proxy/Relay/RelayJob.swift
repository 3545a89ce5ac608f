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

    /// Whether a failure is told inside the stream although its head has not gone out: agents of the Responses API shorten a conversation
    /// that is too long only if an event says so, and take a status for a request that can never be answered.
    func tellsInStream(_ failure: ProxyFailure) -> Bool {
        guard isStream, case .responses = plan.agent?.api else { return false }
        return failure.saysContextIsTooLong
    }

    /// What the answer is written in: a wire style of chat completions, or an agent's API.
    var styleName: String {
        switch plan.agent?.api {
        case .responses: "responses"
        case .messages: "messages"
        case nil: plan.style.rawValue
        }
    }
}
