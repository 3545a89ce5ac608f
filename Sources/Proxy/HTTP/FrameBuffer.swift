import NIOCore

/// Puts response bodies into the form in which they leave: one buffer for all that is sent at a time, with the framing of a chunk
/// (RFC 9112, section 7.1) around it where the length of the body is not known.
///
/// One for all connections of a loop. Mostly the system takes a buffer at once, so that the next one is written into the same memory:
/// no allocation for each chunk, and none kept for each stream. A buffer that waits for a slow client stays with that client, and is no
/// more than twice as large as what it holds.
final class FrameBuffer {
    /// The smallest and the largest buffers that are used again, as powers of two.
    private static let classes = 8...15
    /// A size of at most sixteen digits and three line ends.
    private static let framingByteCount = 22

    private var buffers: [ByteBuffer]

    init() {
        buffers = FrameBuffer.classes.map { ByteBufferAllocator().buffer(capacity: 1 << $0) }
    }

    /// - Parameters:
    ///   - bytes: the bytes, at least one.
    ///   - isChunked: whether they leave as one chunk, or as they are.
    /// - Returns: the bytes as they leave.
    func framed(_ bytes: [UInt8], isChunked: Bool) -> ByteBuffer {
        let capacity = bytes.count + FrameBuffer.framingByteCount
        let bits = Int.bitWidth - (capacity - 1).leadingZeroBitCount
        guard bits <= FrameBuffer.classes.upperBound else {
            var buffer = ByteBufferAllocator().buffer(capacity: capacity)
            FrameBuffer.write(bytes, isChunked, to: &buffer)
            return buffer
        }
        let index = max(bits, FrameBuffer.classes.lowerBound) - FrameBuffer.classes.lowerBound
        buffers[index].clear(minimumCapacity: capacity)
        FrameBuffer.write(bytes, isChunked, to: &buffers[index])
        return buffers[index]
    }

    private static func write(_ bytes: [UInt8], _ isChunked: Bool, to buffer: inout ByteBuffer) {
        guard isChunked else {
            buffer.writeBytes(bytes)
            return
        }
        var shift = (Int.bitWidth - 1 - bytes.count.leadingZeroBitCount) / 4 * 4
        while shift >= 0 {
            let digit = UInt8(truncatingIfNeeded: bytes.count >> shift) & 0xF
            buffer.writeInteger(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") - 10 + digit)
            shift -= 4
        }
        buffer.writeInteger(FrameBuffer.lineEnd)
        buffer.writeBytes(bytes)
        buffer.writeInteger(FrameBuffer.lineEnd)
    }

    /// CR LF, as the number that is written in this order.
    private static let lineEnd: UInt16 = 0x0D0A
}
