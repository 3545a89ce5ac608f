import AgentAPIs
import Sealing
import Settings

/// One request's raw reasoning on its way through the client: sealed into the answer's opaque value, opened when the next request brings it
/// back. For models that have it switched on (`agents.carry_reasoning`); the others neither give any out nor take any in.
///
/// A value that does not open is dropped and counted, never an error and never text: the model then does without, as it would have before.
struct CarriedReasoning: Sendable {
    private let seal: ReasoningSeal
    private let metrics: Metrics
    private let binding: SealBinding
    private let isWanted: Bool
    private let maximumBytes: Int

    /// - Parameters:
    ///   - server: the keys, the limit, the counters.
    ///   - model: the model as `models.map` has it, without a style behind it.
    ///   - client: for whom the request is counted. Where clients show tokens, what one has been given opens for no other.
    init(_ server: ServerContext, model: String, client: ClientKey) {
        seal = server.seal
        metrics = server.metrics
        if case .token(let place) = client {
            binding = SealBinding(model: model, client: server.apiTokens.bytes(at: place))
        } else {
            binding = SealBinding(model: model)
        }
        isWanted = server.settings.agents.carriesReasoning(of: model)
        maximumBytes = server.settings.limits.reasoningCarriedBytes
    }

    /// What seals the answer's reasoning; nil if none is to be carried.
    var carrier: ReasoningCarrier? {
        guard isWanted else { return nil }
        return ReasoningCarrier(maximumBytes: maximumBytes) { [self] reasoning in
            let value = seal.seal(reasoning, for: binding)
            note(value == nil ? "failed" : "sealed")
            return value
        }
    }

    /// What opens the values of the request; nil if none is wanted.
    var opener: (@Sendable ([UInt8]) -> [UInt8]?)? {
        guard isWanted else { return nil }
        return { [self] value in open(value) }
    }

    private func open(_ value: [UInt8]) -> [UInt8]? {
        // The signature of thinking that carried nothing.
        if value.elementsEqual(MessagesOptions.plainSignature.utf8) { return nil }
        switch seal.open(value, for: binding, atMost: maximumBytes) {
        case .opened(let reasoning):
            note("opened")
            return reasoning
        case .refused(let why):
            note(why.rawValue)
            return nil
        }
    }

    private func note(_ result: String) {
        metrics.add(.carriedReasoning, [("result", result)])
    }
}
