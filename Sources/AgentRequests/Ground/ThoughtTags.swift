/// Thoughts that a client wrote between tags in front of the assistant's text.
///
/// Some clients that cannot send a reasoning item back as it came turn it into `<think>…</think>` in the text. Here that is never the
/// model's own reasoning, which has not left the proxy, but our summaries of it: the model would read them as what it said.
enum ThoughtTags {
    private static let opening = Array("<think>".utf8)
    private static let closing = Array("</think>".utf8)

    /// `text` without the whole blocks at its beginning, and the white space behind them. A block that is not closed stays.
    static func removed(from text: [UInt8]) -> [UInt8] {
        var rest = text[...]
        while true {
            let start = rest.drop(while: isSpace)
            guard start.starts(with: opening), let end = start.firstRange(of: closing) else { break }
            rest = start[end.upperBound...].drop(while: isSpace)
        }
        return rest.count == text.count ? text : Array(rest)
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
}
