/// Takes the words `[Prompt Summary]` and `[Reasoning Summary]` out of summary text and tells by them which part follows,
/// where no phase tag says so.
///
/// A marker counts at the beginning of a line, or of a piece that follows a finished sentence. Holds back at most the
/// longest marker minus one character, and the white space before it; white space at the end of a summary is dropped.
struct SummaryMarkers {
    private static let markers: [(words: String, part: ReplyPart)] = [
        ("[Prompt Summary]", .promptSummary),
        ("[Reasoning Summary]", .reasoningSummary),
    ]

    private var held = ""
    private var tag: ReplyPart?
    private var untaggedPart = ReplyPart.thinking
    private var mayBegin = true
    private var followsMarker = false

    /// Takes one piece of summary or reasoning text; `tag` is the part its chunk named, if any.
    mutating func receive(_ text: String, tag: ReplyPart?, _ report: (ReplyPart, String) -> Void) {
        if tag != self.tag {
            finish(report)
            self.tag = tag
        }
        held += text
        while !held.isEmpty, advance(report) {}
    }

    /// Reports what was held back, and begins anew: what follows is another part.
    mutating func finish(_ report: (ReplyPart, String) -> Void) {
        if !held.isBlank { report(part, held) }
        held = ""
        mayBegin = true
        followsMarker = false
    }

    private var part: ReplyPart { tag ?? untaggedPart }

    /// Consumes one stretch; false when the rest must wait for more text.
    private mutating func advance(_ report: (ReplyPart, String) -> Void) -> Bool {
        if mayBegin {
            let start = held.drop(while: \.isWhitespace)
            if let marker = Self.markers.first(where: { start.hasPrefix($0.words) }) {
                untaggedPart = marker.part
                held = String(start.dropFirst(marker.words.count))
                mayBegin = false
                followsMarker = true
                return true
            }
            if Self.markers.contains(where: { $0.words.hasPrefix(start) }) { return false }
        }
        if followsMarker {
            held = String(held.drop(while: \.isWhitespace))
            followsMarker = held.isEmpty
            return !held.isEmpty
        }
        let line = held.firstIndex(where: \.isNewline).map { held[...$0] } ?? held[...]
        report(part, String(line))
        mayBegin = line.last.map { $0.isNewline || $0.endsSentence } ?? mayBegin
        held = String(held[line.endIndex...])
        return true
    }
}

extension Character {
    /// True for the marks that close a sentence, in Latin and East Asian scripts, and the brackets and quotes after them.
    var endsSentence: Bool { ".!?…。！？\"”»)）」".contains(self) }
}
