import Foundation

/// Splits streamed content at `<think>` and `</think>`, when the reply opens with that tag.
///
/// Later tags are text: an answer may quote them. Holds back at most the longest tag minus one character, and the white
/// space before a tag that may still come.
struct ThinkTags {
    private enum State: Equatable {
        /// Nothing but white space, or a beginning of the tag, has come.
        case undecided
        /// Between the tags.
        case inside
        /// After the closing tag; the blank line before the answer is not part of it.
        case trimming
        /// The answer.
        case outside
    }

    private static let opening = "<think>"
    private static let closing = "</think>"

    private var state = State.undecided
    private var held = ""

    /// True between the tags.
    var isInside: Bool { state == .inside }

    /// The server has said that what follows is the answer; a tag in it is text.
    mutating func answerBegan() {
        if state == .undecided { state = .outside }
    }

    /// Takes one piece of content and reports each stretch as text inside or outside the tags.
    mutating func receive(_ text: String, _ report: (_ isInside: Bool, _ text: String) -> Void) {
        held += text
        while !held.isEmpty, advance(report) {}
    }

    /// Reports what was held back: no more text will come.
    mutating func finish(_ report: (_ isInside: Bool, _ text: String) -> Void) {
        // The answer's blank lines were held only while a tag could still follow them.
        if !held.isEmpty, state != .trimming { report(state == .inside, held) }
        held = ""
    }

    /// Consumes one stretch; false when the rest must wait for more text.
    private mutating func advance(_ report: (Bool, String) -> Void) -> Bool {
        switch state {
        case .undecided: return decide()
        case .inside: return thinkOn(report)
        case .trimming:
            held = String(held.unicodeScalars.drop { $0 == "\n" || $0 == "\r" })
            if !held.isEmpty { state = .outside }
            return !held.isEmpty
        case .outside:
            report(false, held)
            held = ""
            return false
        }
    }

    private mutating func decide() -> Bool {
        let start = held.drop(while: \.isWhitespace)
        if start.hasPrefix(Self.opening) {
            held = String(start.dropFirst(Self.opening.count))
            state = .inside
            return true
        }
        if Self.opening.hasPrefix(start) { return false }
        state = .outside
        return true
    }

    private mutating func thinkOn(_ report: (Bool, String) -> Void) -> Bool {
        if let end = held.range(of: Self.closing) {
            if end.lowerBound > held.startIndex { report(true, String(held[..<end.lowerBound])) }
            held = String(held[end.upperBound...])
            state = .trimming
            return true
        }
        let kept = Self.overlap(of: held, with: Self.closing)
        let free = held.dropLast(kept)
        if !free.isEmpty { report(true, String(free)) }
        held = String(held.suffix(kept))
        return false
    }

    /// How many characters at the end of `text` may be the beginning of `tag`.
    private static func overlap(of text: String, with tag: String) -> Int {
        for count in stride(from: min(tag.count - 1, text.count), to: 0, by: -1) where tag.hasPrefix(text.suffix(count)) {
            return count
        }
        return 0
    }
}
