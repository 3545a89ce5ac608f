import AgentAPIs
import Detect

/// The way of a turn's raw reasoning to an agent and back to the upstream, for models that want it back while they call tools.
struct ReasoningReturn: Sendable {
    /// Makes the opaque value that goes to the client.
    var carrier: ReasoningCarrier?
    /// Opens it again; nil for a value that is not ours.
    var opens: (@Sendable ([UInt8]) -> [UInt8]?)?

    /// Nothing goes out, and whatever comes back is dropped.
    static let none = ReasoningReturn()
}

extension ServerContext {
    /// Whether and how the reasoning of models with this profile travels.
    func reasoningReturn(_ profile: CompiledProfile) -> ReasoningReturn {
        .none
    }
}
