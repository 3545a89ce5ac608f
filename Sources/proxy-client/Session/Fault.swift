/// Why there is no answer, or not all of it.
enum Fault: Equatable, Sendable {
    /// An error status, or an error object in place of the reply.
    case refused(status: Int, ServerError, retryAfter: String?)
    /// An error object in the middle of the stream.
    case failedInStream(ServerError)
    case unreachable(TransportFailure.Unreachable, String)
    /// The stream ended without a finish reason and without `[DONE]`, or the connection broke.
    case cutOff(String)
    case timedOut(String)
    case interrupted
    /// The request cannot be sent as it is.
    case unusable(String)
}

extension Fault {
    init(_ failure: TransportFailure) {
        self =
            switch failure {
            case .unreachable(let kind, let text): .unreachable(kind, text)
            case .cut(let text): .cutOff(text)
            case .timedOut(let text): .timedOut(text)
            case .unusable(let text): .unusable(text)
            }
    }

    var exitStatus: ProgramExit {
        switch self {
        case .refused, .failedInStream: .serverError
        case .unreachable: .unreachable
        case .cutOff, .timedOut: .cutOff
        case .interrupted: .interrupted
        case .unusable: .usage
        }
    }

    /// The short name in JSON lines.
    var kind: String {
        switch self {
        case .refused: "refused"
        case .failedInStream: "failed"
        case .unreachable: "unreachable"
        case .cutOff: "cut"
        case .timedOut: "timeout"
        case .interrupted: "interrupted"
        case .unusable: "unusable"
        }
    }

    /// The server's own code or type, where it gave one.
    var code: String? {
        switch self {
        case .refused(_, let error, _), .failedInStream(let error): error.code ?? error.type
        case .unreachable, .cutOff, .timedOut, .interrupted, .unusable: nil
        }
    }

    /// What happened, in one sentence.
    func sentence(afterText: Bool) -> String {
        let name = code.map { ", \($0)" } ?? ""
        switch self {
        case .refused(let status, let error, _) where (200..<300).contains(status):
            return "The server sent an error in place of an answer (\(status)\(name)): \(error.message)"
        case .refused(let status, let error, _): return "The server refused the request (\(status)\(name)): \(error.message)"
        case .failedInStream(let error):
            let when = afterText ? "The answer above is not complete: the server failed" : "The server failed"
            return "\(when)\(code.map { " (\($0))" } ?? ""): \(error.message)"
        case .unreachable(_, let text): return "Cannot reach the server: \(text)"
        case .cutOff(let text): return (afterText ? "The answer above is not complete: " : "The reply broke off: ") + text
        case .timedOut(let text): return (afterText ? "The answer above is not complete: " : "") + text
        case .interrupted: return afterText ? "Stopped; the answer above is not complete." : "Stopped."
        case .unusable(let text): return "The request cannot be sent: \(text)"
        }
    }

    /// What the user may do about it.
    var hint: String? {
        switch self {
        case .refused(let status, _, let retryAfter): Self.hint(status: status, retryAfter: retryAfter)
        case .failedInStream: "ask again; --health shows how the upstreams are"
        case .unreachable(.refused, _): "is the proxy running? try `make run`, or give its address with --url"
        case .unreachable(.unknownHost, _): "check the host name in --url"
        case .unreachable(.tls, _): "check whether the server speaks https, and its certificate"
        case .unreachable: "check --url and the network"
        case .cutOff: "ask again; --verbose shows how far the reply came"
        case .timedOut: "give it longer with --timeout or --idle-timeout"
        case .interrupted: nil
        case .unusable: "see --help"
        }
    }

    private static func hint(status: Int, retryAfter: String?) -> String? {
        switch status {
        case 200..<300: "does --url name an OpenAI-compatible server?"
        case 400, 422: "the request itself must change; the message says how"
        case 401, 403: "set PROXY_API_KEY or OPENAI_API_KEY to a key that this server accepts"
        case 404: "check --url; --models lists the models this server knows"
        case 413: "the request is too large for this server: shorten the prompt or attach less"
        case 429: retryAfter.map { "too many requests; try again in \($0) s" } ?? "too many requests; try again later"
        case 502...504: (retryAfter.map { "try again in \($0) s; " } ?? "") + "--health shows which upstream is at fault"
        default: nil
        }
    }
}
