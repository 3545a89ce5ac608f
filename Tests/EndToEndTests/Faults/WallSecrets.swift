import Foundation

/// What nobody may be told, and everything that was told.
///
/// Logs, metrics and health reports must hold none of the words of prompts and models and no key. What clients are told must hold no key, no
/// address and no page of an upstream, and no word of another play's prompt.
final class WallSecrets {
    static let upstreamKey = "canary-key-of-the-upstream-4711"
    static let upstreamHeader = "canary-header-of-the-upstream-4712"
    static let clientToken = "canary-token-of-the-client-4713"
    static let adminToken = "canary-token-of-the-admin-4714"
    static let clientCookie = "canary-cookie-of-the-client-4715"
    /// What stands in an upstream's error pages, headers and redirects.
    static let page = "canary-page-of-the-upstream-4716"
    static let prompt = "canary-prompt-4717"
    static let reasoning = "canary-reasoning-4718"
    static let answer = "canary-answer-4719"

    private static let keys = [upstreamKey, upstreamHeader, clientToken, adminToken, clientCookie]
    private static let words = [prompt, reasoning, answer, page]

    private var play = 0
    private var leaks: [String] = []
    private var logs: [(name: String, text: String)] = []
    private(set) var searchedByteCount = 0

    /// The prompt of the play at hand; no other play's answer may hold it.
    var question: String { "Which \(WallSecrets.prompt)-\(play)- river is the longest in Europe?" }

    func beginPlay() {
        play += 1
    }

    /// Something a client was told. `addresses` are the ports of upstreams.
    func clientWasTold(_ text: String, ports: [Int]) {
        searchedByteCount += text.utf8.count
        let addresses = ports.map { ":\($0)" } + ["127.0.0.1", ".invalid", "mock-upstream"]
        for secret in WallSecrets.keys + [WallSecrets.page] + addresses where text.contains(secret) {
            leaks.append("the client was told “\(secret)”: \(WallSecrets.place(of: secret, in: text))")
        }
        for part in text.components(separatedBy: WallSecrets.prompt + "-").dropFirst() where !part.hasPrefix("\(play)-") {
            leaks.append("the client was told another client's prompt: \(part.prefix(80))")
        }
    }

    /// A report of the proxy about itself.
    func operatorWasTold(_ name: String, _ text: String) {
        logs.append((name, text))
    }

    /// What the play at hand has leaked.
    func takeLeaks() -> [String] {
        defer { leaks = [] }
        return leaks
    }

    func leaksInLogs() -> [String] {
        var found: [String] = []
        for (name, text) in logs {
            searchedByteCount += text.utf8.count
            for secret in WallSecrets.keys + WallSecrets.words where text.contains(secret) {
                found.append("“\(secret)” stands in \(name): \(WallSecrets.place(of: secret, in: text))")
            }
            if name.hasPrefix("the log") {
                // Every line is one JSON object, whatever model names and request ids tried to be.
                for line in text.split(separator: "\n") where !Value(Array(line.utf8)).keys.contains("message") {
                    found.append("a line of \(name) is not whole: \(line.prefix(200))")
                }
            }
        }
        logs = []
        return found
    }

    private static func place(of secret: String, in text: String) -> String {
        guard let range = text.range(of: secret) else { return "" }
        let start = text.index(range.lowerBound, offsetBy: -80, limitedBy: text.startIndex) ?? text.startIndex
        return String(text[start...].prefix(240))
    }
}
