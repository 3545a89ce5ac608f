import ChatDelta

/// The upstream's chunk that brought something for the answer. Chat styles let its own bytes leave where they say the same; other
/// renderings take from it what they need.
struct ChunkAtHand: ~Escapable {
    /// The chunk; valid UTF-8.
    let data: Span<UInt8>
    /// What `ChunkReader.shape` says of it.
    let shape: Int?
    /// The choice it was brought for.
    let choice: Delta.Choice
    /// The place of that choice in the chunk.
    let ordinal: Int
    /// Whether the chunk's own bytes may stand for the choice's answer text.
    let isUnchanged: Bool
    /// Whether the chunk also brought reasoning, which must not leave with it.
    let isBesideReasoning: Bool

    @_lifetime(copy data)
    init(
        data: Span<UInt8>, shape: Int? = nil, choice: Delta.Choice, ordinal: Int, isUnchanged: Bool, isBesideReasoning: Bool
    ) {
        self.data = data
        self.shape = shape
        self.choice = choice
        self.ordinal = ordinal
        self.isUnchanged = isUnchanged
        self.isBesideReasoning = isBesideReasoning
    }
}
