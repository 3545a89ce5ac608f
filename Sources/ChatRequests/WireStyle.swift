/// How the phases of a stream are written on the wire.
public enum WireStyle: String, Sendable, CaseIterable {
    /// `event: phase` markers and tagged chunks; summaries in `content`.
    case events
    /// The same chunks without `event:` lines.
    case inline
    /// Summaries in the reasoning field, the answer alone in `content`; no markers.
    case reasoning
    /// Summaries between `<think>` and `</think>` in `content`.
    case think
    /// The upstream's own stream.
    case off

    /// The style a request names; letter case and spaces around it do not matter.
    ///
    /// - Parameter name: the word of a field, header, query, suffix or path.
    public init?(named name: some StringProtocol) {
        var word = name[...]
        while word.first == " " || word.first == "\t" { word.removeFirst() }
        while word.last == " " || word.last == "\t" { word.removeLast() }
        self.init(rawValue: word.lowercased())
    }

    /// The style a path begins with, for clients that let people set nothing but a base address (`/inline/v1/models`).
    ///
    /// - Parameter path: an absolute path without query.
    /// - Returns: the style, and the path behind it with its slash; nil if the path begins with no style.
    public static func prefix(of path: String) -> (style: WireStyle, rest: String)? {
        guard path.first == "/" else { return nil }
        let segment = path.dropFirst().prefix { $0 != "/" }
        let rest = path.dropFirst(segment.count + 1)
        guard !rest.isEmpty, let style = WireStyle(rawValue: String(segment)) else { return nil }
        return (style, String(rest))
    }
}
