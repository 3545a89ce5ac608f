import ArgumentParser

/// When output is coloured.
enum ColourChoice: String, CaseIterable, ExpressibleByArgument, Sendable {
    case auto, always, never

    /// Decides for one output.
    ///
    /// The option wins; then `NO_COLOR` (any value but the empty one turns colour off), then `CLICOLOR_FORCE` (any value
    /// but `0` turns it on); otherwise a terminal that is not dumb has colour and a pipe or file has none.
    func hasColour(isTerminal: Bool, environment: [String: String]) -> Bool {
        switch self {
        case .always: return true
        case .never: return false
        case .auto: break
        }
        if let value = environment["NO_COLOR"], !value.isEmpty { return false }
        if let value = environment["CLICOLOR_FORCE"], !value.isEmpty, value != "0" { return true }
        return isTerminal && environment["TERM"] != "dumb"
    }
}
