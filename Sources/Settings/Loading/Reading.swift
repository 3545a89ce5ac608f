/// Why a text is not the value it should be.
enum ValueFault: Error, Sendable {
    /// Something else was expected.
    case unexpected(hint: String?)
    /// A rule of its own; the text says which.
    case rule(String)

    /// The problem and the hint for people, given what to say when something else was expected.
    func told(expected: String) -> (problem: String, hint: String?) {
        switch self {
        case .unexpected(let hint): (expected, hint)
        case .rule(let problem): (problem, nil)
        }
    }
}

/// What a value needs while it is read: the environment for references to it, and a place for complaints.
struct Reading {
    /// The process's environment.
    let environment: [String: String]
    /// Everything found so far.
    var issues: [SettingsIssue] = []
    /// The paths of all settings that somebody gave, also in vain.
    var given: Set<String> = []
    /// Environment variables that the file refers to.
    var referenced: Set<String> = []

    /// Notes an issue.
    mutating func complain(
        _ severity: SettingsIssue.Severity = .error, at origin: SettingOrigin?, path: String, _ problem: String, hint: String? = nil
    ) {
        issues.append(SettingsIssue(severity: severity, origin: origin, path: path, problem: problem, hint: hint))
    }

    /// The name in `env:NAME` or `${NAME}`; nil if the text is no reference.
    func reference(in text: String) -> String? {
        if text.hasPrefix("env:") { return String(text.dropFirst(4)) }
        if text.hasPrefix("${"), text.hasSuffix("}") { return String(text.dropFirst(2).dropLast()) }
        return nil
    }

    /// Looks a referenced variable up; an empty one counts as absent.
    mutating func lookUp(_ name: String, at origin: SettingOrigin, path: String) -> String? {
        referenced.insert(name)
        guard isVariableName(name) else {
            let hint = "write env:UPSTREAM_API_KEY or ${UPSTREAM_API_KEY}"
            complain(at: origin, path: path, "expected the name of an environment variable after env:", hint: hint)
            return nil
        }
        guard let value = environment[name], !value.isEmpty else {
            complain(at: origin, path: path, "the environment variable \(name) is not set", hint: "set it, or remove this line")
            return nil
        }
        return value
    }

    private func isVariableName(_ name: String) -> Bool {
        !name.isEmpty && name.utf8.count <= 128
            && name.utf8.allSatisfy { byte in
                byte == UInt8(ascii: "_") || (byte | 0x20 >= UInt8(ascii: "a") && byte | 0x20 <= UInt8(ascii: "z"))
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
            }
    }
}
