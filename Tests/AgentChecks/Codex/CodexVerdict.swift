import Foundation

/// What Codex makes of a response that did not complete: whether another try is worth it, and what it says if not.
struct CodexVerdict {
    /// Whether the request is sent again.
    var mayPass: Bool
    /// What the user is told when it is not, or not any more.
    var words: String
    /// How long it waits, where somebody said so.
    var wait: Duration?
    /// What it tells the model beside.
    var developerNote: String?

    /// Nil for a response that is fine.
    init?(_ stream: CodexStream) {
        switch stream.ending {
        case .completed: return nil
        case .incomplete("content_filter"):
            self.init(mayPass: true, words: "Incomplete response returned, reason: content_filter")
            developerNote = "The previous answer was stopped by a content filter. Go on without what it objected to."
        case .incomplete(let reason): self.init(mayPass: false, words: "Incomplete response returned, reason: \(reason)")
        case .failed(let code, let message): self.init(code: code, message: message)
        case .disconnected(let why): self.init(mayPass: true, words: "stream disconnected before completion: \(why)")
        case .status(let status, let body): self.init(status: status, body: body, stream)
        case nil: self.init(mayPass: true, words: "stream disconnected before completion: no end")
        }
    }

    private init(mayPass: Bool, words: String, wait: Duration? = nil) {
        self.mayPass = mayPass
        self.words = words
        self.wait = wait
    }

    /// `response.failed`.
    private init(code: String, message: String) {
        switch code {
        case "context_length_exceeded":
            self.init(mayPass: false, words: "Codex ran out of room in the model's context window.")
        case "insufficient_quota": self.init(mayPass: false, words: "Quota exceeded.")
        case "usage_not_included": self.init(mayPass: false, words: "Usage not included in the plan.")
        case "server_is_overloaded": self.init(mayPass: false, words: CodexVerdict.capacity)
        case "invalid_prompt": self.init(mayPass: false, words: message)
        case "rate_limit_exceeded":
            self.init(
                mayPass: true, words: "stream disconnected before completion: \(message)", wait: CodexVerdict.wait(saidIn: message))
        default: self.init(mayPass: true, words: "stream disconnected before completion: \(message)")
        }
    }

    private static let capacity = "Selected model is at capacity. Please try a different model."

    private init(status: Int, body: String, _ stream: CodexStream) {
        let error = ((try? JSONSerialization.jsonObject(with: Data(body.utf8))) as? [String: Any])?["error"] as? [String: Any]
        let wait = CodexVerdict.retryAfter(stream)
        switch status {
        case 400: self.init(mayPass: false, words: body)
        case 429: self.init(mayPass: true, words: "exceeded retry limit, last status: 429 Too Many Requests", wait: wait)
        case 500:
            self.init(mayPass: true, words: "We're currently experiencing high demand, which may cause temporary errors.", wait: wait)
        case 503 where error?["code"] as? String == "server_is_overloaded": self.init(mayPass: false, words: CodexVerdict.capacity)
        default:
            let message = error?["message"] as? String ?? body
            self.init(mayPass: true, words: "unexpected status \(status): \(message)", wait: wait)
        }
    }

    /// Seconds, kept exactly.
    static func retryAfter(_ stream: CodexStream) -> Duration? {
        stream.headers["retry-after"].flatMap { Double($0) }.map { .seconds($0) }
    }

    /// `… try again in 1.5s …`
    private static func wait(saidIn message: String) -> Duration? {
        guard let words = message.firstRange(of: "try again in ") else { return nil }
        let text = message[words.upperBound...]
        let number = text.prefix { $0.isNumber || $0 == "." }
        guard let value = Double(number) else { return nil }
        return text.dropFirst(number.count).hasPrefix("ms") ? .milliseconds(Int(value)) : .seconds(value)
    }
}
