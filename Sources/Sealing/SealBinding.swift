/// For whom a value is sealed. It opens for the same alone: another model would take the thoughts for its own, and another client could have
/// the model tell them.
public struct SealBinding: Sendable, Equatable {
    /// The model as the client called it.
    public var model: String
    /// What is known of the client, such as the token it shows; empty for everybody.
    public var client: [UInt8]

    /// A binding from both.
    public init(model: String, client: [UInt8] = []) {
        self.model = model
        self.client = client
    }

    /// Both with their lengths in front, so that no two bindings have the same bytes.
    var bytes: [UInt8] {
        let name = Array(model.utf8)
        return SealBinding.bigEndian(name.count) + name + SealBinding.bigEndian(client.count) + client
    }

    private static func bigEndian(_ count: Int) -> [UInt8] {
        (0..<8).reversed().map { UInt8(truncatingIfNeeded: count >> (8 * $0)) }
    }
}
