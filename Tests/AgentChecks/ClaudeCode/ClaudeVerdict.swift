import Foundation

/// What Claude Code does about a response that did not complete.
enum ClaudeVerdict: Equatable {
    /// The same request without streaming.
    case plain
    /// The same request again, so many requests in all; then something else.
    indirect case again(requests: Int, wait: Duration?, then: ClaudeVerdict)
    /// The same request without one more beta feature; so many requests in all.
    case lessBeta(message: String)
    /// What is finished is kept, and the model is asked to go on; if that was done too often, the words.
    case resume(words: String)
    /// The user is told.
    case say(String)

    /// Requests whose connection broke, in all, before the next remedy.
    static let cutRequests = 3

    /// The table of errors in a stream: by what is finished, and by what happened.
    init(_ stream: ClaudeStream) {
        switch stream.ending {
        case .status(let status, let body): self.init(status: status, body: body, stream.headers)
        case .error("overloaded_error", let message): self.init(overloaded: message, stream)
        case .error("invalid_request_error", let message), .error("rate_limit_error", let message):
            self = stream.progress == .nothing ? .plain : .say(message)
        case .error(_, let message):
            switch stream.progress {
            case .nothing: self = .plain
            case .thinking: self = .again(requests: 3, wait: nil, then: .say(message))
            case .text: self = .resume(words: "Server error mid-response. \(message)")
            }
        case .cleanEnd:
            switch stream.progress {
            case .nothing: self = stream.hasBegunBlock ? .again(requests: 2, wait: nil, then: .plain) : .plain
            case .thinking: self = .again(requests: 3, wait: nil, then: .say("Connection lost"))
            case .text: self = .resume(words: "Connection lost")
            }
        case .cut:
            let next: ClaudeVerdict = stream.progress == .text ? .resume(words: "Connection lost") : .plain
            self = .again(requests: ClaudeVerdict.cutRequests, wait: .milliseconds(500), then: next)
        case .idle, .complete, nil: self = .plain
        }
    }

    private init(overloaded message: String, _ stream: ClaudeStream) {
        switch stream.progress {
        case .nothing: self = stream.hasBegunText ? .plain : .again(requests: 3, wait: nil, then: .plain)
        case .thinking: self = .again(requests: 3, wait: nil, then: .plain)
        case .text: self = .resume(words: "Server error mid-response. \(message)")
        }
    }

    /// The table of HTTP errors.
    private init(status: Int, body: String, _ headers: [String: String]) {
        let object = (try? JSONSerialization.jsonObject(with: Data(body.utf8))) as? [String: Any]
        let message = (object?["error"] as? [String: Any])?["message"] as? String ?? body
        let words = ClaudeVerdict.told(status, message, headers)
        let wait = headers["retry-after"].flatMap { Double($0) }.map { Duration.seconds($0) }
        switch status {
        case 400 where message.firstRange(of: "prompt is too long: ") != nil: self = .say("Prompt is too long. \(message)")
        case _ where headers["x-should-retry"] == "false": self = .say(words)
        case 400: self = .lessBeta(message: words)
        case 403: self = .say(words)
        case 404: self = .say("There's an issue with the selected model. \(words)")
        case 413: self = .say("Request too large. \(words)")
        case 429 where wait.map { $0 >= .seconds(600) } == true: self = .say(words)
        case 401, 408, 429, 500...: self = .again(requests: 11, wait: wait, then: .say(words))
        default: self = .say(words)
        }
    }

    private static func told(_ status: Int, _ message: String, _ headers: [String: String]) -> String {
        let gateway = status >= 500 ? " Check your inference gateway." : ""
        let id = headers["request-id"] == nil ? " The response had no request-id header." : ""
        return "API Error: \(status) \(message)\(gateway)\(id)"
    }
}
