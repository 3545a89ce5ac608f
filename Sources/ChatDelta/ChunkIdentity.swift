import JSONBytes

/// What all chunks of one stream have in common when the proxy writes them: `id`, `created` (seconds since 1970) and `model`.
///
/// Kept as ready-made bytes, because every chunk repeats them.
public struct ChunkIdentity: Sendable {
    /// `"id": "…"`
    let idMember: [UInt8]
    /// `"object": "chat.completion.chunk", "created": …, "model": "…"`
    let tailMembers: [UInt8]
    /// `"created": …`
    let createdMember: [UInt8]
    /// `"model": "…"`
    let modelMember: [UInt8]

    /// The id as given.
    public let id: String

    /// An identity from plain values.
    public init(id: String, created: Int, model: String) {
        self.id = id
        var idMember = Array("\"id\": ".utf8)
        JSONText.appendQuoted(id, to: &idMember)
        self.idMember = idMember
        createdMember = Array("\"created\": \(created)".utf8)
        var modelMember = Array("\"model\": ".utf8)
        JSONText.appendQuoted(model, to: &modelMember)
        self.modelMember = modelMember
        var tail = Array("\"object\": \"chat.completion.chunk\", ".utf8)
        tail += createdMember
        tail.append(", ")
        tail += modelMember
        tailMembers = tail
    }
}
