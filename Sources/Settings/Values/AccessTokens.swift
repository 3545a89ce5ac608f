/// The tokens that open a door, compared so that the time tells nothing about them.
///
/// Each token is kept as a block of fixed length, with its length as the last byte, and what a client shows is made into
/// such a block. Every comparison looks at every byte of every block, whatever is in them: there is nothing to be learnt
/// by trying one beginning after the other. A digest would add nothing to this but its cost, for it only serves to make
/// lengths equal.
public struct AccessTokens: Sendable {
    /// The longest token.
    public static let maximumByteCount = 255
    /// Tokens shorter than this are warned of.
    public static let safeByteCount = 16

    private let blocks: [[UInt8]]

    /// The doorkeeper of these tokens. Those that are empty or too long never open.
    ///
    /// - Parameter tokens: the tokens.
    public init(_ tokens: [Secret]) {
        var blocks: [[UInt8]] = []
        for token in tokens.map({ Array($0.exposed.utf8) }) where (1...AccessTokens.maximumByteCount).contains(token.count) {
            let block = AccessTokens.block(token)
            // A token listed twice would be two places at once.
            if !blocks.contains(block) { blocks.append(block) }
        }
        self.blocks = blocks
    }

    /// Whether there are none, so that nothing opens.
    public var isEmpty: Bool { blocks.isEmpty }

    /// Whether an `Authorization` header shows one of the tokens, as `Bearer`.
    ///
    /// - Parameter header: the header's value; nil if there is none.
    /// - Returns: true if the door opens.
    public func open(to header: String?) -> Bool {
        index(shownBy: header) != nil
    }

    /// Which of the tokens an `Authorization` header shows, as `Bearer`: who somebody is, without keeping what they showed.
    ///
    /// - Parameter header: the header's value; nil if there is none.
    /// - Returns: the token's place among the different ones; nil if the door stays shut.
    public func index(shownBy header: String?) -> Int? {
        let shown = AccessTokens.bearer(header)
        let block = AccessTokens.block(shown)
        var found: UInt32 = 0
        for (place, known) in blocks.enumerated() {
            var difference: UInt8 = 0
            for index in known.indices { difference |= known[index] ^ block[index] }
            // 1 if nothing differed, without a branch.
            let isSame = UInt32((UInt16(difference) &- 1) >> 15)
            found |= isSame &* UInt32(truncatingIfNeeded: place &+ 1)
        }
        // A token that is too long is cut in its block, and an empty one equals none that is kept.
        return found != 0 && shown.count <= AccessTokens.maximumByteCount ? Int(found) - 1 : nil
    }

    /// The bytes of the token at a place, always as many: for a cipher that binds something to whoever shows it.
    ///
    /// - Parameter place: what ``index(shownBy:)`` gave.
    /// - Returns: the token, filled up with zeros, and its length.
    public func bytes(at place: Int) -> [UInt8] { blocks[place] }

    private static func block(_ token: [UInt8]) -> [UInt8] {
        var block = [UInt8](repeating: 0, count: maximumByteCount + 1)
        for (index, byte) in token.prefix(maximumByteCount).enumerated() { block[index] = byte }
        block[maximumByteCount] = UInt8(truncatingIfNeeded: min(token.count, maximumByteCount))
        return block
    }

    /// What stands behind `Bearer`, in any case and with any number of spaces (RFC 9110, section 11.4); empty if nothing does.
    private static func bearer(_ header: String?) -> [UInt8] {
        guard let header else { return [] }
        let bytes = Array(header.utf8)
        let scheme = Array("bearer ".utf8)
        guard bytes.count > scheme.count, zip(bytes, scheme).allSatisfy({ $0 == $1 || ($1 > 0x60 && $0 | 0x20 == $1) }) else { return [] }
        return Array(bytes.dropFirst(scheme.count).drop { $0 == 0x20 })
    }
}
