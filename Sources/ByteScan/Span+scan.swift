import Glibc

// What the C library does with vectors, 32 bytes at a time: searching and comparing. Bytes come as spans, nothing leaves but positions.
extension Span<UInt8> {
    /// The offset of the first `byte` at or behind `start`; `count` if there is none.
    public func offset(of byte: UInt8, from start: Int) -> Int {
        guard start < count else { return count }
        let rest = extracting(start..<count)
        // SAFETY: the span keeps its bytes readable during the call, and there is at least one; memchr reads no further than `count`.
        let found: Int? = unsafe rest.withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress, let place = unsafe memchr(base, CInt(byte), bytes.count) else { return nil }
            return unsafe UnsafeRawPointer(place) - base
        }
        return found.map { start + $0 } ?? count
    }

    /// Whether both hold the same bytes.
    public func isEqual(to other: Span<UInt8>) -> Bool {
        guard count == other.count else { return false }
        guard count > 0 else { return true }
        // SAFETY: both spans keep their bytes readable during the call, and both have `count` of them.
        return unsafe withUnsafeBytes { left in
            unsafe other.withUnsafeBytes { right in
                guard let first = left.baseAddress, let second = right.baseAddress else { return true }
                return unsafe memcmp(first, second, left.count) == 0
            }
        }
    }

    /// Whether `other` stands at `start`.
    public func holds(_ other: Span<UInt8>, at start: Int) -> Bool {
        guard start >= 0, other.count <= count - start else { return false }
        return extracting(start..<start + other.count).isEqual(to: other)
    }
}
