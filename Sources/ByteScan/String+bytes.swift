extension String {
    /// The UTF-8 bytes, lent to `body`, without an allocation.
    ///
    /// `utf8.span` of a short string may point at a place on the stack that optimised code has given up already (seen with Swift 6.3.1: the two
    /// bytes of a literal came out as spaces); here the bytes stay where they are until `body` returns.
    ///
    /// - Parameter body: what reads the bytes.
    /// - Returns: what `body` returns.
    @inlinable
    @inline(__always)
    public func withBytes<Value>(_ body: (Span<UInt8>) -> Value) -> Value {
        var copy = self
        // SAFETY: `withUTF8` keeps the buffer until its closure returns, and the span does not leave `body`.
        return copy.withUTF8 { buffer in
            body(unsafe Span(_unsafeElements: buffer))
        }
    }
}
