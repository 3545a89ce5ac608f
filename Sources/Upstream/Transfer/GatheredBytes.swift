import ByteScan

/// Body bytes that libcurl has handed over in one call into it, and the transfer they belong to.
///
/// libcurl calls back for every chunk of a chunked body, mostly some hundred bytes, however many of them one read brought. A receiver has much
/// to do that does not depend on how many bytes there are, so it gets the bytes of one read at once. One for all transfers of a loop: libcurl
/// works on one transfer at a time, and nobody is told of anything while bytes are held here.
struct GatheredBytes {
    /// The most bytes that are held: as many as libcurl hands over at a time (`CURL_MAX_WRITE_SIZE`), so that any piece has room.
    static let limit = 16 * 1024

    private var bytes: [UInt8] = []
    /// Whose bytes are held; nil if there are none.
    private var transfer: Transfer?

    /// Whether bytes of a transfer can be added to those that are held.
    func hasRoom(for byteCount: Int, of transfer: Transfer) -> Bool {
        self.transfer == nil || self.transfer === transfer && bytes.count + byteCount <= GatheredBytes.limit
    }

    mutating func add(_ piece: Span<UInt8>, of transfer: Transfer) {
        if self.transfer == nil { self.transfer = transfer }
        bytes.append(copying: piece)
    }

    /// The transfer whose bytes are held, and the bytes in trade for the memory of `buffer`. Nil if there are none.
    mutating func trade(for buffer: inout [UInt8]) -> Transfer? {
        guard let transfer else { return nil }
        self.transfer = nil
        swap(&buffer, &bytes)
        return transfer
    }

    /// Takes back memory, whose bytes are forgotten.
    mutating func giveBack(_ buffer: inout [UInt8]) {
        buffer.removeAll(keepingCapacity: true)
        swap(&buffer, &bytes)
    }
}
