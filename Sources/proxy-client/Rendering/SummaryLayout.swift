/// Lays summary text out as indented lines: one line for each step, with a bullet before the steps of the reasoning.
///
/// A step ends at a line feed, and between a piece that closes a sentence and one that begins with white space. Bullets
/// that the text brings along are replaced by ours.
struct SummaryLayout {
    private let lead: String
    private var isInStep = false
    private var bullet: Character?
    private var last: Character?

    init(part: ReplyPart) { lead = part == .reasoningSummary ? "  • " : "  " }

    /// True while a line is open.
    var hasOpenLine: Bool { isInStep }

    /// The lines, or the part of a line, that the next piece makes.
    mutating func receive(_ piece: String) -> String {
        var lines = ""
        if let last, last.endsSentence, piece.first?.isWhitespace == true { endStep(into: &lines) }
        for character in piece { take(character, into: &lines) }
        return lines
    }

    /// Ends the open line, if there is one.
    mutating func endStep(into lines: inout String) {
        if isInStep { lines += "\n" }
        isInStep = false
        bullet = nil
        last = nil
    }

    private mutating func take(_ character: Character, into lines: inout String) {
        if character.isNewline { return endStep(into: &lines) }
        if !isInStep { return begin(with: character, into: &lines) }
        lines.append(character)
        last = character
    }

    private mutating func begin(with character: Character, into lines: inout String) {
        if character.isWhitespace {
            bullet = nil  // A mark with a space after it was a bullet, and goes.
        } else if bullet == nil, "-*•·–".contains(character) {
            bullet = character
        } else {
            lines += lead + (bullet.map(String.init) ?? "")
            lines.append(character)
            last = character
            isInStep = true
        }
    }
}
