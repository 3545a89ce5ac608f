/// What makes a tool the same tool for the client.
struct ToolKey: Hashable, Sendable {
    var isCustom = false
    var namespace: String?
    var name: String
}

/// A tool that the client offers.
struct AgentTool: Sendable {
    var key: ToolKey
    var description: [UInt8] = []
    /// The JSON schema of the arguments, an object; nil if there is none.
    var parameters: [UInt8]?
    var isStrict = false
    /// Whether it is only offered once it has been named.
    var isDeferred = false
}

/// Which tools may, or must, be called.
enum ToolChoice: Sendable {
    /// The request does not say.
    case unsaid
    case auto
    case none
    case required
    /// This one must be called.
    case tool(ToolKey)
    /// Only these may be called, or one of them must.
    case among(Set<ToolKey>, isRequired: Bool)
}

/// The form of the answer.
enum AnswerFormat: Sendable {
    case object
    /// A JSON schema, its name, and whether it binds the sampling.
    case schema([UInt8], name: String, isStrict: Bool?)
}
