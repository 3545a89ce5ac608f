/// The settings file as the caller found it; this module reads no files itself.
public struct SettingsFile: Sendable {
    /// What is in it.
    public enum Content: Sendable {
        /// Its bytes.
        case bytes([UInt8])
        /// Why it could not be read, for people.
        case unreadable(reason: String)
    }

    /// Its path, as the messages shall name it.
    public let path: String
    /// What is in it.
    public let content: Content

    /// Names a file and its content.
    ///
    /// - Parameters:
    ///   - path: its path, as the messages shall name it.
    ///   - content: its bytes, or why there are none.
    public init(path: String, content: Content) {
        self.path = path
        self.content = content
    }
}

/// All that settings are made from.
public struct SettingsSources: Sendable {
    /// One flag of the command line.
    public struct Flag: Sendable {
        /// The flag's name without dashes, or the setting's path.
        public let name: String
        /// Its value.
        public let value: String

        /// Names a flag and its value.
        ///
        /// - Parameters:
        ///   - name: the flag's name without dashes (`limits-body-bytes`), or the setting's path (`limits.body_bytes`).
        ///   - value: its value as text.
        public init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    /// Flags of the command line; the last of the same name wins.
    public let flags: [Flag]
    /// The process's environment; an empty variable counts as absent.
    public let environment: [String: String]
    /// The settings file, if there is one.
    public let file: SettingsFile?
    /// The built-in detection profiles; nil skips the check of profiles' names.
    public let knownProfiles: Set<String>?
    /// Judges the file's profiles, which this module cannot: what it finds joins the report.
    public var checkProfiles: @Sendable ([ProfileSettings]) -> [SettingsIssue] = { _ in [] }

    /// Collects the sources.
    ///
    /// - Parameters:
    ///   - flags: flags of the command line.
    ///   - environment: the process's environment.
    ///   - file: the settings file, if there is one.
    ///   - knownProfiles: the built-in detection profiles; nil skips the check of profiles' names.
    public init(flags: [Flag] = [], environment: [String: String] = [:], file: SettingsFile? = nil, knownProfiles: Set<String>? = nil) {
        self.flags = flags
        self.environment = environment
        self.file = file
        self.knownProfiles = knownProfiles
    }
}
