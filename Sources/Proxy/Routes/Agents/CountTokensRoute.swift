import AgentRequests
import JSONBytes
import Settings

/// Answers how many tokens a request of the Messages API would take. No upstream is asked, and no vocabulary known: the number is an estimate,
/// and says so in the header `x-token-count` and in the member `estimated`, which the API does not have and its SDKs let pass.
struct CountTokensRoute {
    let server: ServerContext

    func answer(_ request: HTTPRequest, sink: ResponseSink) {
        var options = AgentRequestOptions()
        options.limits = AgentRequestLimits(server.settings.limits, requiresModel: false)
        do {
            let tokens = try AgentRequest.messages(request.body, options: options).estimatedPromptTokens
            sink.respond(
                status: 200, headers: [("content-type", "application/json"), ("x-token-count", "estimated")],
                body: Array("{\"input_tokens\": \(tokens), \"estimated\": true}\n".utf8))
        } catch {
            sink.respond(ProxyFailure.request(code: error.code, error.message, param: error.field))
        }
    }
}
