/// Raw reasoning of a tool step that travels through an agent's client and back to the model.
public struct CarrySettings: Sendable {
    /// Fewest characters of a key.
    public static let minimumKeyLength = 32

    /// Keys under which it travels; the first seals, all open. Without any the process makes up its own.
    public var keys: [Secret] = []
    /// Which models are given theirs back; the first pattern that fits wins.
    public var models: [PatternChoice<Bool>] = []

    /// Whether a model is given its reasoning back.
    ///
    /// - Parameter model: the model's name.
    /// - Returns: false unless a pattern says so.
    public func isWanted(by model: String) -> Bool {
        models.first { $0.pattern.matches(model) }?.value ?? false
    }
}
