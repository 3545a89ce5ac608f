public import AgentAPIs
public import ChatRequests

/// A request in an agent's API, translated for a chat-completions server.
///
/// The body keeps to what strict servers and chat templates accept: one system message, first; only the roles system, user, assistant and
/// tool; no two messages of the assistant or of the user in a row; every call answered by exactly one tool message before anything else;
/// strings as content wherever there is no image; images only in messages of the user; no empty list of tools, and no choice among none;
/// functions with valid, unique names and an object for a schema.
///
/// `ChatRequest.read` reads it as it would read the body of a chat client, whatever the agent sent.
public struct AgentRequest: Sendable {
    /// The chat-completions body, under the client's name of the model.
    public internal(set) var body: [UInt8]
    /// The model as the client called it; nil if the request names none and the limits allow that.
    public internal(set) var model: String?
    /// Whether the client wants a stream.
    public internal(set) var stream: Bool
    /// The way back from the functions of the body to the client's tools.
    public internal(set) var tools: ToolRoutes
    /// What the client wants to see of the reasoning; nil if it does not say, or in a way nobody knows. What is not asked for where the API
    /// has a place to ask (`reasoning` without `summary`, no `thinking`) is off.
    public internal(set) var summary: SummaryLevel?
    /// Whether thinking is wanted; nil if the request does not say. The body says so only in the way the options name.
    public internal(set) var thinking: Bool?
    /// The effort that the body asks for.
    public internal(set) var effort: String?
    /// Whether the client wants the raw reasoning as an opaque value (`include`); in the Messages API there is always a place for it.
    public internal(set) var includesEncryptedReasoning: Bool
    /// The stop sequences.
    public internal(set) var stopSequences: [String]
    /// Types of tools, items and parts that were left out, each once, fit for a log line.
    public internal(set) var leftOut: [String]
    /// The text that the client's user wrote last, without what agents put beside it in tags of their own; UTF-8, at most 64 KiB, and
    /// empty if there is none. Better for the prompt summary than the last user message of the body, into which reminders and images of
    /// tools are merged.
    public internal(set) var question: [UInt8]
    /// What else that message of the user holds.
    public internal(set) var questionParts: Conversation.Parts
    /// Tokens of the prompt, estimated: see ``TokenEstimate``.
    public internal(set) var estimatedPromptTokens: Int
    /// What the response says about its request (Responses API).
    public internal(set) var echo: RequestEcho
}

extension AgentRequest {
    /// Translates a request of the Responses API.
    ///
    /// - Parameters:
    ///   - body: the body's bytes.
    ///   - options: what to know of the upstream.
    /// - Returns: the translation.
    /// - Throws: the first fault found.
    public static func responses(
        _ body: [UInt8], options: AgentRequestOptions = AgentRequestOptions()
    ) throws(AgentRequestError) -> AgentRequest {
        try responses(body, limits: options.limits) { _ in options }
    }

    /// Translates a request of the Responses API for an upstream that depends on its model.
    ///
    /// - Parameters:
    ///   - body: the body's bytes.
    ///   - limits: bounds of what it may hold; those of the options do not count.
    ///   - options: what to know of the upstream, for the model that the request names.
    /// - Returns: the translation.
    /// - Throws: the first fault found.
    public static func responses(
        _ body: [UInt8], limits: AgentRequestLimits, optionsFor options: (_ model: String?) -> AgentRequestOptions
    ) throws(AgentRequestError) -> AgentRequest {
        var reader = try ResponsesReader(body, limits)
        let request = try reader.read()
        return try Translation(request, options(request.model)).made()
    }

    /// Translates a request of the Messages API; also what `count_tokens` is asked, which only lacks `max_tokens`.
    ///
    /// - Parameters:
    ///   - body: the body's bytes.
    ///   - options: what to know of the upstream.
    /// - Returns: the translation.
    /// - Throws: the first fault found.
    public static func messages(
        _ body: [UInt8], options: AgentRequestOptions = AgentRequestOptions()
    ) throws(AgentRequestError) -> AgentRequest {
        try messages(body, limits: options.limits) { _ in options }
    }

    /// Translates a request of the Messages API for an upstream that depends on its model.
    ///
    /// - Parameters:
    ///   - body: the body's bytes.
    ///   - limits: bounds of what it may hold; those of the options do not count.
    ///   - options: what to know of the upstream, for the model that the request names.
    /// - Returns: the translation.
    /// - Throws: the first fault found.
    public static func messages(
        _ body: [UInt8], limits: AgentRequestLimits, optionsFor options: (_ model: String?) -> AgentRequestOptions
    ) throws(AgentRequestError) -> AgentRequest {
        var reader = try MessagesReader(body, limits)
        let request = try reader.read()
        return try Translation(request, options(request.model)).made()
    }
}
