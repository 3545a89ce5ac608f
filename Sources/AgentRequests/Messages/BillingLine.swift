/// The pseudo header that an agent puts in front of its system prompt. It differs between sessions: the upstream would never find the prefix
/// of the prompt in its cache.
enum BillingLine {
    private static let name = Array("x-anthropic-billing-header:".utf8)

    /// `text` without the header's line.
    static func removed(from text: [UInt8]) -> [UInt8] {
        guard text.starts(with: name) else { return text }
        guard let end = text.firstIndex(of: UInt8(ascii: "\n")) else { return [] }
        return Array(text[(end + 1)...].drop { $0 == UInt8(ascii: "\n") })
    }
}
