/// All that is wrong with the settings, found in one go, so that one edit can mend it.
public struct SettingsReport: Error, Sendable, Equatable {
    /// Errors and warnings: those of the file in the order of its lines, then those of the environment and of flags.
    public let issues: [SettingsIssue]

    /// Puts the issues in order.
    init(_ issues: [SettingsIssue]) {
        self.issues = issues.enumerated().sorted { Self.rank($0) < Self.rank($1) }.map(\.element)
    }

    /// What keeps the proxy from starting.
    public var errors: [SettingsIssue] { issues.filter { $0.severity == .error } }
    /// What is odd but does not.
    public var warnings: [SettingsIssue] { issues.filter { $0.severity == .warning } }

    private static func rank(_ entry: (offset: Int, element: SettingsIssue)) -> (Int, Int, Int, Int) {
        switch entry.element.origin {
        case .file(_, let line, let column): (0, line, column, entry.offset)
        case nil, .standard: (1, 0, 0, entry.offset)
        case .environment: (2, 0, 0, entry.offset)
        case .flag: (3, 0, 0, entry.offset)
        }
    }
}

extension SettingsReport: CustomStringConvertible {
    /// One line per issue, for people.
    public var description: String {
        issues.map { "\($0)" }.joined(separator: "\n")
    }
}
