import JSONBytes
import NIOHTTP1
import Phases
import Upstream

/// An error as the edge sees it: whose fault it is, the status, and what the client may read.
struct ProxyFailure: Error, Equatable {
    /// Whose fault it is; decides log level and what the breaker learns.
    enum Origin: String {
        case client, upstream, proxy
    }

    var origin: Origin
    var status: Int
    var type: String
    var code: String
    /// One or two sentences that tell the reader what to change.
    var message: String
    /// The request's member it is about, if it is about one.
    var param: String?
    /// Seconds for `Retry-After`.
    var retryAfter: Int?
    /// For 405: the methods that exist.
    var allow: String?
    /// Where a breaker refuses: its state, why, and when it may change.
    var breaker: String?
    /// How many upstreams were asked, if any was.
    var attempts = 0

    init(
        _ origin: Origin, status: Int, type: String, code: String, message: String, param: String? = nil, retryAfter: Int? = nil,
        allow: String? = nil
    ) {
        self.origin = origin
        self.status = status
        self.type = type
        self.code = code
        self.message = message
        self.param = param
        self.retryAfter = retryAfter
        self.allow = allow
    }

    /// A mistake in the request.
    static func request(
        _ status: Int = 400, code: String, _ message: String, param: String? = nil, allow: String? = nil
    ) -> ProxyFailure {
        ProxyFailure(.client, status: status, type: "invalid_request_error", code: code, message: message, param: param, allow: allow)
    }

    /// The error object, in the one shape that OpenAI's clients read.
    var body: [UInt8] {
        var output: [UInt8] = []
        output.append("{\"error\": {\"message\": ")
        JSONText.appendQuoted(message, to: &output)
        output.append(", \"type\": ")
        JSONText.appendQuoted(type, to: &output)
        output.append(", \"param\": ")
        if let param { JSONText.appendQuoted(param, to: &output) } else { output.append("null") }
        output.append(", \"code\": ")
        JSONText.appendQuoted(code, to: &output)
        output.append("}}\n")
        return output
    }

    var headers: [(String, String)] {
        var headers = [("content-type", "application/json")]
        if let retryAfter { headers.append(("retry-after", String(retryAfter))) }
        if status == 401 { headers.append(("www-authenticate", "Bearer")) }
        // What is spoken instead (RFC 9110, section 15.5.22).
        if status == 426 { headers.append(("upgrade", "HTTP/1.1")) }
        if let allow { headers.append(("allow", allow)) }
        if let breaker { headers.append(("x-circuit-breaker", breaker)) }
        if attempts > 0 { headers.append(("x-upstream-attempts", String(attempts))) }
        return headers
    }
}

extension ProxyFailure {
    /// A request names a detection profile that does not exist.
    static func unknownProfile(_ known: [String], param: String?) -> ProxyFailure {
        let some = ["default", "think", "think-inside"].filter(known.contains)
        let names = some.map { "\"\($0)\"" }.joined(separator: ", ")
        return .request(
            code: "unknown_profile",
            "There is no detection profile of this name. Among the \(known.count) profiles are \(names); `proxy profiles` lists them all.",
            param: param)
    }

    /// A stream's failure, told by status because nothing has been sent yet.
    init(_ failure: StreamFailure, retryAfter: Int? = nil) {
        self.init(
            .upstream, status: failure.status, type: failure.type, code: failure.code, message: failure.message, retryAfter: retryAfter)
    }
}

extension StreamFailure {
    /// The same failure for a client that already has the head.
    init(_ failure: ProxyFailure) {
        self.init(
            code: failure.code, type: failure.type, message: failure.message, status: failure.status,
            countsAgainstUpstream: failure.origin == .upstream)
    }

    /// A transport's failure as the client reads it.
    init(_ error: UpstreamError) {
        let isTimeout = error == .connectTimeout
        let isOurs = !error.countsAgainstUpstream && !error.mayRetry
        self.init(
            code: error.code, type: isTimeout ? "timeout_error" : "server_error", message: error.message,
            status: isTimeout ? 504 : isOurs ? 500 : 502, countsAgainstUpstream: error.countsAgainstUpstream)
    }
}
