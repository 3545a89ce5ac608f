import ByteScan

extension Array where Element == UInt8 {
    /// Appends the bytes of `span`.
    public mutating func append(_ span: Span<UInt8>) {
        append(copying: span)
    }

    /// Appends the UTF-8 bytes of `text`.
    public mutating func append(_ text: String) {
        append(contentsOf: text.utf8)
    }

    /// Appends `number` in decimal digits, as `String` would write it, and makes none.
    public mutating func append(decimal number: Int) {
        append(addingCapacity: 20) { output in
            if number < 0 { output.append(UInt8(ascii: "-")) }
            let magnitude = number.magnitude
            var unit: UInt = 1
            while magnitude / unit >= 10 { unit *= 10 }
            while unit > 0 {
                output.append(UInt8(ascii: "0") + UInt8(magnitude / unit % 10))
                unit /= 10
            }
        }
    }
}
