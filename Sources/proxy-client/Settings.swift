import Foundation

/// The command line and the environment, put together.
struct Settings: Equatable, Sendable {
    var address: ServerAddress
    /// Sent as a bearer token; never shown.
    var key: Secret?
    var model: String?
    var style: WireStyle?
    var maxTokens: Int?
    var temperature: Double?
    var reasoningEffort: String?
    var streams: Bool
    /// Ask the server for its token counts: some servers reject the field, so only where they are shown.
    var wantsUsage: Bool
    var totalLimit: Duration?
    var silenceLimit: Duration?

    init(_ options: Options, environment: [String: String]) throws(UsageError) {
        let set = environment.filter { !$0.value.isEmpty }
        address = try ServerAddress(options.url ?? set["PROXY_URL"] ?? ServerAddress.standard)
        key = (set["PROXY_API_KEY"] ?? set["OPENAI_API_KEY"]).map(Secret.init)
        model = options.model ?? set["PROXY_MODEL"]
        style = options.style
        maxTokens = options.maxTokens
        temperature = options.temperature
        reasoningEffort = options.reasoningEffort
        streams = !options.noStream
        wantsUsage = options.verbose || options.json
        totalLimit = options.timeout.map { .milliseconds(Int64($0 * 1000)) }
        silenceLimit = options.idleTimeout > 0 ? .milliseconds(Int64(options.idleTimeout * 1000)) : nil
        try key?.checkHeaderSafety()
    }

    /// What a session must expect of the reply.
    var expectation: Session.Expectation {
        .init(asksForStream: streams, style: style, totalLimit: totalLimit, silenceLimit: silenceLimit)
    }

    /// The request that asks the model for the conversation's next answer.
    func chatRequest(_ conversation: Conversation, model: String) -> HTTPRequest {
        let body = ChatRequestBody(
            model: model, messages: conversation.messages, stream: streams, streamOptions: streams && wantsUsage ? .init() : nil,
            maxTokens: maxTokens, temperature: temperature, reasoningEffort: reasoningEffort)
        var headers = [Header("Content-Type", "application/json"), Header("Accept", streams ? "text/event-stream" : "application/json")]
        if let style { headers.append(Header("X-Phases", style.rawValue)) }
        return HTTPRequest(url: address.chat, method: "POST", headers: headers + commonHeaders, body: body.json)
    }

    /// A request without a body.
    func getRequest(_ url: String) -> HTTPRequest {
        HTTPRequest(url: url, headers: [Header("Accept", "application/json")] + commonHeaders)
    }

    private var commonHeaders: [Header] { key.map { [Header("Authorization", "Bearer \($0.revealed)")] } ?? [] }
}

/// A text that must not be shown: printing it in any way gives a placeholder.
struct Secret: Equatable, Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    let revealed: String

    init(_ text: String) { revealed = text.trimmingCharacters(in: .whitespacesAndNewlines) }

    var description: String { "(secret)" }
    var debugDescription: String { description }
    var customMirror: Mirror { Mirror(reflecting: description) }

    /// A line break inside a key would add a header of its own.
    fileprivate func checkHeaderSafety() throws(UsageError) {
        guard revealed.unicodeScalars.allSatisfy({ (0x21...0x7E).contains($0.value) }) else {
            throw UsageError("the API key in the environment holds characters that a header cannot carry")
        }
    }
}
