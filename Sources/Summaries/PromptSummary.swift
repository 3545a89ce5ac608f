/// Says in one or two sentences what was asked, at once and without a model.
///
/// Quotes the question or instruction in the user's own words and language; code, logs and long texts are described by kind and size, and
/// images, files and tools counted, in brackets. Looks at no more than `PromptScan.window` bytes of each end, so the cost does not grow with
/// a huge prompt.
public enum PromptSummary {
    /// The summary: never empty, at most `limit` characters (grapheme clusters), whole words only. What is left out shows as "…".
    public static func text(of facts: PromptFacts, limit: Int = 240) -> String {
        let limit = max(1, limit)
        let scan = PromptScan(facts.lastUserText)
        return quotedWhole(scan, facts, limit: limit) ?? composed(scan, facts, limit: limit)
    }

    /// What is counted and described rather than quoted, in brackets with a space before them, for a summary whose words somebody else
    /// finds; empty when there is nothing. At most half the limit.
    static func counted(_ facts: PromptFacts, limit: Int) -> String {
        let scan = PromptScan(facts.lastUserText)
        let questions = scan.isWholeProse && !scan.isLong ? 0 : PromptQuestion(scan).questionCount
        return fitting(details(of: facts, scan: scan, questions: questions, quotesAll: false), limit: limit)
    }

    /// The words matter more than the counts: these get half of the room.
    private static func fitting(_ details: [String], limit: Int) -> String {
        var details = details
        while !details.isEmpty, suffix(details).count > limit / 2 { details.removeLast() }
        return suffix(details)
    }

    /// The text itself, when it is short and nothing is pasted into it.
    private static func quotedWhole(_ scan: PromptScan, _ facts: PromptFacts, limit: Int) -> String? {
        guard scan.isWholeProse, let prose = scan.prose.first, prose.text.count <= limit * Clip.bytesPerCharacter else { return nil }
        let details = details(of: facts, scan: scan, questions: 0, quotesAll: true)
        let text = Clip.collapsed(prose.text)
        let reference = text.count <= longestFollowUp ? previousQuestion(facts, room: limit - text.count - suffix(details).count) : []
        let end = suffix(details + reference)
        return !text.isEmpty && text.count + end.count <= limit ? text + end : nil
    }

    /// Characters of a message up to which it may refer to the one before it ("and the other one?").
    private static let longestFollowUp = 48
    /// Characters of the message before it that are worth quoting.
    private static let shortestReference = 24
    private static let longestReference = 100

    /// What a short message follows up, in the user's words.
    private static func previousQuestion(_ facts: PromptFacts, room: Int) -> [String] {
        let room = min(room - 12, longestReference)
        guard facts.earlierUserTurns > 0, room >= shortestReference, !facts.previousUserText.isEmpty else { return [] }
        return PromptQuestion(PromptScan(facts.previousUserText)).quote(limit: room).map { ["after “\($0)”"] } ?? []
    }

    private static func composed(_ scan: PromptScan, _ facts: PromptFacts, limit: Int) -> String {
        let choice = PromptQuestion(scan)
        var details = details(of: facts, scan: scan, questions: choice.questionCount, quotesAll: false)
        // The words matter more than the counts.
        while details.count > 1, suffix(details).count > limit / 2 { details.removeLast() }
        let end = suffix(details)
        if let quote = choice.quote(limit: limit - end.count) { return Self.withoutColon(quote, before: end) + end }
        return Clip.clipped(withoutWords(details, scan), to: limit) ?? "…"
    }

    /// "Convert this:" announces what is described behind it.
    private static func withoutColon(_ quote: String, before end: String) -> String {
        !end.isEmpty && (quote.hasSuffix(":") || quote.hasSuffix("：")) ? String(quote.dropLast()) : quote
    }

    private static func suffix(_ details: [String]) -> String {
        details.isEmpty ? "" : " (" + details.joined(separator: ", ") + ")"
    }

    private static func withoutWords(_ details: [String], _ scan: PromptScan) -> String {
        if details.isEmpty { return scan.isEmpty ? "A message without text." : "A message of about \(scan.roundedSize) characters." }
        let list = details.joined(separator: ", ")
        return scan.isEmpty ? "A message without text: \(list)." : "A message without a question in words: \(list)."
    }

    private static func details(of facts: PromptFacts, scan: PromptScan, questions: Int, quotesAll: Bool) -> [String] {
        var details: [String] = []
        if questions > 1 { details.append("\(questions) questions") }
        details += scan.pasteDescriptions
        if !quotesAll, let size = scan.textSizeDescription { details.append(size) }
        details += counted(facts.images, "image", "images")
        details += counted(facts.files, "file", "files")
        details += counted(facts.audio, "audio clip", "audio clips")
        details += counted(facts.toolResults, "tool result", "tool results")
        details += counted(facts.tools, "tool", "tools")
        if facts.earlierUserTurns > 0 { details.append("message \(facts.earlierUserTurns + 1)") }
        return details
    }

    private static func counted(_ count: Int, _ one: String, _ many: String) -> [String] {
        count <= 0 ? [] : [count == 1 ? "1 \(one)" : "\(count) \(many)"]
    }
}
