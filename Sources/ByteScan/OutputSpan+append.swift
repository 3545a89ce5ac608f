import Glibc

extension OutputSpan<UInt8> {
    /// Appends the bytes of `span` by one block copy. There must be room for them.
    @_lifetime(self: copy self)
    public mutating func append(copying span: Span<UInt8>) {
        guard span.count > 0 else { return }
        precondition(span.count <= freeCapacity, "an output span has no room for what is appended")
        // SAFETY: `withUnsafeMutableBufferPointer` gives the whole capacity, whose first `count` bytes are initialised; the room behind them
        // was checked. The output is exclusive to this call, so the copied bytes, which the span keeps readable, are elsewhere.
        unsafe withUnsafeMutableBufferPointer { buffer, count in
            unsafe span.withUnsafeBufferPointer { source in
                guard let target = buffer.baseAddress, let bytes = source.baseAddress else { return }
                unsafe memcpy(target + count, bytes, source.count)
                count += source.count
            }
        }
    }
}

extension [UInt8] {
    /// Appends the bytes of `span` by one block copy.
    public mutating func append(copying span: Span<UInt8>) {
        append(addingCapacity: span.count) { $0.append(copying: span) }
    }
}
