/// Texts that are cut because they are repeated.
enum Clipped {
    /// `text`, cut between characters to at most `count` bytes.
    static func text(_ text: [UInt8], atMost count: Int) -> [UInt8] {
        guard text.count > count else { return text }
        var end = count
        while end > 0, text[end] & 0xC0 == 0x80 { end -= 1 }
        return Array(text[..<end])
    }
}
