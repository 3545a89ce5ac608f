import ByteScan

extension Array where Element == UInt8 {
    /// Appends the bytes of `span`.
    public mutating func append(_ span: Span<UInt8>) {
        append(copying: span)
    }

    /// Appends the UTF-8 bytes of `text`.
    @inlinable
    public mutating func append(_ text: String) {
        append(contentsOf: text.utf8)
    }
}
