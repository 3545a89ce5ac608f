/// One thing that is wrong, or odd, about the settings. Never holds a secret.
public struct SettingsIssue: Sendable, Equatable {
    /// Whether the proxy can start all the same.
    public enum Severity: String, Sendable {
        case error, warning
    }

    /// Whether the proxy can start all the same.
    public let severity: Severity
    /// Where it was written, or nil if it concerns no single place.
    public let origin: SettingOrigin?
    /// The full path of the setting (`upstreams[0].timeouts.connect`), empty for the file as a whole.
    public let path: String
    /// What is wrong, and what was expected.
    public let problem: String
    /// What to change, if that can be guessed.
    public let hint: String?

    /// An issue that somebody else found.
    ///
    /// - Parameters:
    ///   - severity: whether the proxy can start all the same.
    ///   - place: where it was written.
    ///   - problem: what is wrong, and what was expected.
    ///   - hint: what to change.
    public init(_ severity: Severity = .error, at place: SettingPlace, _ problem: String, hint: String? = nil) {
        self.init(severity: severity, origin: place.origin, path: place.path, problem: problem, hint: hint)
    }

    init(severity: Severity, origin: SettingOrigin?, path: String, problem: String, hint: String?) {
        self.severity = severity
        self.origin = origin
        self.path = path
        self.problem = problem
        self.hint = hint
    }
}

extension SettingsIssue: CustomStringConvertible {
    /// One line for people: `proxy.yaml:12:5: upstreams[0].timeout: unknown key; did you mean "timeouts"?`
    public var description: String {
        var parts: [String] = []
        if let origin { parts.append("\(origin)") }
        if severity == .warning { parts.append("warning") }
        if !path.isEmpty { parts.append(path) }
        parts.append(hint.map { "\(problem); \($0)" } ?? problem)
        return parts.joined(separator: ": ")
    }
}
