/// Where a value came from.
public enum SettingOrigin: Sendable, Equatable {
    /// Nobody set it.
    case standard
    /// A place in the file; line and column count from 1, columns in characters.
    case file(path: String, line: Int, column: Int)
    /// An environment variable.
    case environment(String)
    /// A command-line flag, without its dashes.
    case flag(String)
}

extension SettingOrigin: CustomStringConvertible {
    /// `proxy.yaml:12:5`, `PORT`, `--port` or `default`.
    public var description: String {
        switch self {
        case .standard: "default"
        case .file(let path, let line, let column): "\(path):\(line):\(column)"
        case .environment(let name): name
        case .flag(let name): "--\(name)"
        }
    }
}
