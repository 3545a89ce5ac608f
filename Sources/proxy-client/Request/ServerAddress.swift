import Foundation

/// Where the server is: the URL before `/v1`.
struct ServerAddress: Equatable, Sendable {
    static let standard = "http://127.0.0.1:8080"

    /// Without a slash at the end and without `/v1`.
    let base: String

    /// Takes a URL as users write it: with or without `http://`, `/v1` and a slash at the end.
    init(_ text: String) throws(UsageError) {
        var base = text.contains("://") ? text : "http://" + text
        while base.hasSuffix("/") { base.removeLast() }
        if base.hasSuffix("/v1") { base.removeLast(3) }
        while base.hasSuffix("/") { base.removeLast() }
        guard let url = URLComponents(string: base), ["http", "https"].contains(url.scheme?.lowercased()), url.host?.isEmpty == false else {
            throw UsageError("--url must be an http or https URL such as \(Self.standard), not \"\(text)\"")
        }
        guard url.query == nil, url.fragment == nil else {
            throw UsageError("--url must end before any ? or #: \"\(text)\"")
        }
        self.base = base
    }

    var chat: String { base + "/v1/chat/completions" }
    var models: String { base + "/v1/models" }
    var health: String { base + "/health" }
}
