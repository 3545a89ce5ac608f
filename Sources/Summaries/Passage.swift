/// A piece of text between two boundaries, as the splitter found it: white space collapsed, markup still in it.
struct Passage: Equatable {
    /// What made the splitter end it.
    enum Ending: Equatable {
        /// Sentence punctuation.
        case punctuation
        /// The line ended without punctuation.
        case lineEnd
        /// The line ended without punctuation and a formula or a code block follows: the sentence goes on there.
        case interrupted
        /// The text ended.
        case textEnd
    }

    var text: [UInt8]
    var ending: Ending
    /// Counts the passages of the text, also those that were dropped: neighbours differ by one.
    var ordinal: Int
    /// It is the first of its line, where list and heading markers stand.
    var startsLine: Bool
}
