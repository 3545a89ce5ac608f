/// Why a profile cannot be used; read by the person who wrote it.
public enum ProfileError: Error, Equatable, CustomStringConvertible {
    /// A pattern of `profile` does not compile or breaks a rule.
    case invalid(profile: String, pattern: String, reason: String)
    /// Two profiles have the same name.
    case duplicate(profile: String)

    /// A sentence that names the profile, the pattern and what to change.
    public var description: String {
        switch self {
        case .invalid(let profile, let pattern, let reason): "profile '\(profile)', pattern '\(pattern)': \(reason)"
        case .duplicate(let profile): "profile '\(profile)' is defined twice; give one of them another name"
        }
    }
}
