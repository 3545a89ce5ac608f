/// An input read as choices, a cutting and a text, in this order, so that small changes of the bytes are small changes of meaning.
///
/// `Fixtures/fuzz/make.py` writes inputs of this form.
struct FuzzInput {
    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// The next byte, 0 when there is none left.
    mutating func byte() -> UInt8 {
        guard position < bytes.count else { return 0 }
        position += 1
        return bytes[position - 1]
    }

    /// One of `values`, chosen by the next byte.
    mutating func choice<Value>(of values: [Value]) -> Value {
        values[Int(byte()) % values.count]
    }

    /// A cutting: how many lengths follow, then the lengths.
    mutating func cutting() -> FuzzCutting {
        let count = Int(byte() % 16)
        return FuzzCutting(lengths: (0..<count).map { _ in Int(byte() % 64) })
    }

    /// Everything that is left.
    mutating func rest() -> [UInt8] {
        defer { position = bytes.count }
        return Array(bytes[min(position, bytes.count)...])
    }
}

/// Piece lengths, used over and over; pieces of no bytes are wanted, too.
struct FuzzCutting {
    let lengths: [Int]

    /// `bytes` in pieces; without a length other than 0, byte by byte.
    func pieces(of bytes: [UInt8]) -> [[UInt8]] {
        guard lengths.contains(where: { $0 > 0 }) else { return bytes.map { [$0] } }
        var pieces: [[UInt8]] = []
        var start = 0
        var turn = 0
        while start < bytes.count {
            let end = min(bytes.count, start + lengths[turn % lengths.count])
            pieces.append(Array(bytes[start..<end]))
            start = end
            turn += 1
        }
        return pieces
    }

    /// `text` in pieces that end between two code points; pieces without text are left out.
    func characterPieces(of text: [UInt8]) -> [[UInt8]] {
        var joined: [[UInt8]] = []
        for piece in pieces(of: text) where !piece.isEmpty {
            if let last = joined.indices.last, piece[0] & 0xC0 == 0x80 {
                let tail = piece.prefix { $0 & 0xC0 == 0x80 }
                joined[last] += tail
                if tail.count < piece.count { joined.append(Array(piece[tail.count...])) }
            } else {
                joined.append(piece)
            }
        }
        return joined
    }
}

extension Span<UInt8> {
    /// A copy that outlives the call.
    var copy: [UInt8] { indices.map { self[$0] } }
}
