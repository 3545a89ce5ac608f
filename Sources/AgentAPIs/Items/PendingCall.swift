import JSONBytes

/// A tool call that is being put together from its pieces.
struct PendingCall {
    /// The upstream's number for it, if it gives one.
    let index: Int?
    /// The upstream's id for it, as far as it is known.
    var upstreamID: [UInt8]
    /// The name, as far as it is known.
    var name: [UInt8]
    /// All arguments so far.
    private(set) var arguments: [UInt8] = []
    private var scan = JSONObjectScan()
    /// Whether the client has been told of it.
    var isOpen = false

    init(_ piece: borrowing CallPiece) {
        index = piece.index
        upstreamID = Array(copying: piece.id)
        name = Array(copying: piece.name)
    }

    /// Whether the arguments are a whole object; nothing more can come that would belong to it.
    var isWhole: Bool { scan.isWhole }

    /// Whether no arguments have come.
    var isBlank: Bool { scan.isBlank }

    mutating func receive(_ text: Span<UInt8>) {
        scan.receive(text)
        arguments.append(text)
    }

    /// Whether `piece` belongs to this call.
    ///
    /// Servers reuse an index for a second call, give every piece an id of its own, or leave out both. A piece is of another call if its
    /// id and its name say so together, or if this call is whole and a new name comes under a new id.
    func owns(_ piece: borrowing CallPiece, isLast: Bool) -> Bool {
        if let other = piece.index, let index {
            return other == index && !contradicts(piece)
        }
        if !piece.id.isEmpty, !upstreamID.isEmpty { return upstreamID == Array(copying: piece.id) }
        return isLast && !contradicts(piece) && !(isWhole && !piece.name.isEmpty)
    }

    private func contradicts(_ piece: borrowing CallPiece) -> Bool {
        guard !piece.id.isEmpty, !upstreamID.isEmpty, !piece.name.isEmpty, !name.isEmpty else { return false }
        guard upstreamID != Array(copying: piece.id) else { return false }
        return isWhole || name != Array(copying: piece.name)
    }

    /// A later piece's id and name: the first id counts, and a name that has not been used yet may come in parts.
    mutating func learn(_ piece: borrowing CallPiece) {
        if upstreamID.isEmpty { upstreamID = Array(copying: piece.id) }
        guard !isOpen, !piece.name.isEmpty else { return }
        let part = Array(copying: piece.name)
        if part != name { name += part }
    }
}

extension Array where Element == UInt8 {
    init(copying span: Span<UInt8>) {
        self = []
        append(span)
    }
}
