/// How many characters (grapheme clusters) a text has.
enum CharacterCount {
    /// Counted in bytes where that is the same: collapsed ASCII has no clusters of two.
    static func of(_ text: [UInt8]) -> Int {
        text.allSatisfy { $0 < 0x80 } ? text.count : String(decoding: text, as: UTF8.self).count  // WHY: valid UTF-8, once per sentence
    }
}
