/// One response as a sequence of wire actions, produced one at a time: an endless stream needs no memory.
struct ResponseScript: Sendable {
    private enum Source: Sendable {
        case fixed
        case stream(StreamScript)
    }

    /// Actions that come before the source's own.
    private var first: ActionQueue
    private var source: Source

    /// Exactly these actions.
    init(_ actions: [WireAction]) {
        first = ActionQueue(actions)
        source = .fixed
    }

    /// A stream, after `preamble`.
    init(preamble: [WireAction] = [], _ stream: StreamScript) {
        first = ActionQueue(preamble)
        source = .stream(stream)
    }

    /// The next action. After the last one, which is `complete`, `close`, `reset` or `stall`, it is not asked again.
    mutating func next() -> WireAction {
        if let action = first.popFirst() { return action }
        guard case .stream(var stream) = source else { return .complete(keepAlive: true) }
        source = .fixed  // keeps the stream uniquely referenced while it moves on
        let action = stream.next()
        source = .stream(stream)
        return action
    }

    /// How far the stream is.
    var progress: StreamProgress {
        if case .stream(let stream) = source { stream.progress } else { StreamProgress() }
    }
}

/// How far a stream is.
struct StreamProgress: Sendable, Equatable {
    var events = 0
    /// Bytes of the event stream, without the transfer coding.
    var bytes = 0
    var phase: Phase = .opening
}

/// A small first-in first-out queue.
struct ActionQueue: Sendable {
    private var actions: [WireAction]
    private var position = 0

    init(_ actions: [WireAction] = []) { self.actions = actions }

    mutating func append(_ action: WireAction) { actions.append(action) }

    mutating func popFirst() -> WireAction? {
        guard position < actions.count else { return nil }
        let action = actions[position]
        position += 1
        if position == actions.count {
            actions.removeAll(keepingCapacity: true)
            position = 0
        }
        return action
    }
}

/// What a response must know of its request and connection.
struct ResponseContext: Sendable, Equatable {
    var identity: ResponseIdentity
    /// The client spoke HTTP/1.0: no chunks, close at the end.
    var isHTTP10 = false
    /// The client keeps the connection.
    var keepsAlive = true

    /// The headers of every response, before those of the answer itself.
    func headers(scenario: String? = nil) -> [Header] {
        var headers = [Header("server", "mock-upstream"), Header("x-request-id", identity.requestID)]
        if let scenario { headers.append(Header("x-mock-scenario", scenario)) }
        return headers
    }

    /// A whole response whose body has a known length.
    func response(
        _ status: Int, type: String = "application/json", headers extra: [Header] = [], scenario: String? = nil, body: [UInt8]
    ) -> [WireAction] {
        var head = ResponseHead(version: isHTTP10 ? "HTTP/1.0" : "HTTP/1.1", status: status, headers: headers(scenario: scenario))
        if status != 204 {
            head.headers += [Header("content-type", type), Header("content-length", String(body.count))]
        }
        head.headers += extra
        if !keepsAlive { head.headers.append(Header("connection", "close")) }
        return [.write(head.bytes() + body), keepsAlive ? .complete(keepAlive: true) : .close]
    }

    /// An error in the shape of the OpenAI API.
    func error(
        _ status: Int, _ message: String, type: String = "invalid_request_error", parameter: String? = nil, code: String? = nil,
        headers: [Header] = []
    ) -> [WireAction] {
        response(status, headers: headers, body: ErrorBody.openAI(message, type: type, parameter: parameter, code: code).bytes())
    }
}

/// The error bodies that upstreams send.
enum ErrorBody {
    static func openAI(_ message: String, type: String, parameter: String? = nil, code: String? = nil) -> JSON {
        ["error": ["message": .string(message), "type": .string(type), "param": .optional(parameter), "code": .optional(code)]]
    }

    /// `{"error": "text"}`.
    static func string(_ message: String) -> JSON { ["error": .string(message)] }

    /// vLLM's older shape, without the `error` member.
    static func flat(_ message: String) -> JSON {
        ["object": "error", "message": .string(message), "type": "InternalServerError", "param": nil, "code": 500]
    }

    /// What a status usually says.
    static func forStatus(_ status: Int) -> JSON {
        switch status {
        case 400: openAI("The mock refuses this request.", type: "invalid_request_error")
        case 401: openAI("Incorrect API key provided.", type: "invalid_request_error", code: "invalid_api_key")
        case 402: openAI("Insufficient balance.", type: "insufficient_quota", code: "insufficient_quota")
        case 403: openAI("This key may not use the model.", type: "permission_error")
        case 404: openAI("The model does not exist.", type: "invalid_request_error", parameter: "model", code: "model_not_found")
        case 413: openAI("The request is too large.", type: "invalid_request_error")
        case 429: openAI("Rate limit reached.", type: "requests", code: "rate_limit_exceeded")
        case 503, 529: openAI("The engine is overloaded.", type: "service_unavailable")
        default: openAI("The mock failed on purpose.", type: "server_error")
        }
    }
}
